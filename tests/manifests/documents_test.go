package manifests

import (
	"bytes"
	"errors"
	"path"
	"strings"
	"testing"
	"text/template"
)

// Every YAML document of k8s/ is a manifest, or one of those that another test looks at.
func TestEachDocumentDecodes(t *testing.T) {
	count := 0
	walk(t, func(file, text string) {
		if !strings.HasPrefix(file, "k8s/") || otherwiseTested(file) {
			return
		}
		for _, document := range documents(file, text) {
			count++
			if err := check(document); err != nil {
				t.Errorf("%s: %v", document.Where(), err)
			}
		}
	}, ".yaml", ".yml")
	t.Logf("%d documents", count)
}

// otherwiseTested says so of a YAML file in k8s/ which is no manifest.
func otherwiseTested(file string) bool {
	inChart := strings.HasPrefix(file, "k8s/chart/") // a template, or described by the chart's schema
	seeds := strings.HasPrefix(file, "k8s/patterns/seeds/")
	return inChart || seeds || isConfiguration(file)
}

// isConfiguration says whether a YAML file in k8s/ is a configuration of mcp-vitals, by its name.
func isConfiguration(file string) bool {
	return strings.HasPrefix(path.Base(file), "mcp-vitals") && path.Ext(file) == ".yml"
}

// What readers copy from a page is a manifest too.
func TestEachManifestInAPageDecodes(t *testing.T) {
	walk(t, func(file, text string) {
		for _, document := range fenced(file, text) {
			if err := check(document); err != nil {
				t.Errorf("%s: %v", document.Where(), err)
			}
		}
	}, ".md")
}

// What the scaler's tests in a cluster apply is held to the same.
func TestTheClustersManifestsDecode(t *testing.T) {
	const file = "tests/cluster/manifests/fleet.yaml"
	parsed, err := template.New("").Option("missingkey=error").Parse(read(t, path.Join(root, file)))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	err = parsed.Execute(&text, map[string]any{"Name": "fleet", "Image": "server", "Replicas": 1,
		"Min": 0, "Fallback": 8, "Poll": 5, "ActiveHold": "20s"})
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range documents(file, text.String()) {
		if err := check(document); err != nil {
			t.Errorf("%s: %v", document.Where(), err)
		}
	}
}

// Elsewhere in the repository no manifest hides from these tests.
func TestManifestsStandInTheirPlaces(t *testing.T) {
	walk(t, func(file, text string) {
		known := strings.HasPrefix(file, "k8s/") || strings.HasPrefix(file, "tests/manifests/") ||
			file == "tests/cluster/manifests/fleet.yaml"
		for _, document := range documents(file, text) {
			if !known && looksLikeManifest.MatchString(document.Text) &&
				!errors.Is(check(document), errNoManifest) {
				t.Errorf("%s: a manifest that no test looks at", document.Where())
			}
		}
	}, ".yaml", ".yml")
}
