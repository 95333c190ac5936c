package manifests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// golden compares a rendering with what is kept of it, so that a change of either is seen in review.
func golden(t *testing.T, name, rendered string) {
	t.Helper()
	file := filepath.Join("golden", name+".yaml")
	if *update {
		if err := os.MkdirAll("golden", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(rendered), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: `make test-manifests ARGS=-update` writes it", err)
	}
	had, has := strings.Split(string(kept), "\n"), strings.Split(rendered, "\n")
	for i := range max(len(had), len(has)) {
		if i >= len(had) || i >= len(has) || had[i] != has[i] {
			t.Fatalf("from line %d on %s is not what is rendered:\n  kept:     %s\n  rendered: %s\n"+
				"`make test-manifests ARGS=-update` writes it anew", i+1, file, lineOf(had, i), lineOf(has, i))
		}
	}
}

func lineOf(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(the end)"
}

// decodes checks each document of a rendering.
func decodes(t *testing.T, name, rendered string) []Document {
	t.Helper()
	found := documents(name, rendered)
	for _, document := range found {
		if err := check(document); err != nil {
			t.Errorf("%s: %v\n%s", document.Where(), err, document.Text)
		}
	}
	return found
}
