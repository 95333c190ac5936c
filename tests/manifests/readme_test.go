package manifests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
)

// namedFence is a block of a page whose first line is the name of its file.
var namedFence = regexp.MustCompile("(?s)```yaml\n# ([\\w./]+)\n(.*?)```")

// The chart of one's own in the chart's README, as it is written there: it renders, and has the sidecar.
func TestTheReadmesOwnChart(t *testing.T) {
	_, section, _ := strings.Cut(read(t, chartFolder+"/README.md"), "\n## The sidecar in a chart of your own\n")
	section, _, _ = strings.Cut(section, "\n## ")
	folder := t.TempDir()
	write := func(name, text string) {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	blocks := namedFence.FindAllStringSubmatch(section, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d files, not 3", len(blocks))
	}
	for _, block := range blocks {
		if block[1] == "Chart.yaml" { // the page shows what is added to it
			block[2] = "apiVersion: v2\nname: files\nversion: 1.0.0\n" + block[2]
		}
		write(block[1], block[2])
	}
	// As `helm dependency build` does, which heeds .helmignore.
	if _, err := chartutil.Save(loadChart(t), filepath.Join(folder, "charts")); err != nil {
		t.Fatal(err)
	}
	parent, err := loader.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]any{}
	if err := chartutil.ProcessDependencies(parent, values); err != nil {
		t.Fatal(err)
	}
	manifests, _, err := rendered(parent, values, installed)
	if err != nil {
		t.Fatal(err)
	}
	if checkConfigurations(t, decodes(t, "README.md", manifests)) != 1 {
		t.Error("it has not one configuration")
	}
	for _, want := range []string{"kind: Deployment", "path: /drain/wait", "name: files-vitals",
		"terminationGracePeriodSeconds: 45", "restartPolicy: Always"} {
		if !strings.Contains(manifests, want) {
			t.Errorf("%q is missing in\n%s", want, manifests)
		}
	}
}

// Who gives a server a name that no fleet has is told so.
func TestTheNotesTellOfAServerThatNobodyScales(t *testing.T) {
	for name, told := range map[string]bool{"files": true, "mcp-server": false} {
		_, notes, err := render(t, map[string]any{"server": map[string]any{"image": "a:1", "name": name}})
		if err != nil || strings.Contains(notes, "Nobody scales the server") != told {
			t.Errorf("%s: %v\n%s", name, err, notes)
		}
	}
}
