package manifests

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	"helm.sh/helm/v3/pkg/releaseutil"
)

const chartFolder = root + "/k8s/chart"

// The Kubernetes that the manifests are written for: 1.35.
const kubernetesMinor = 35

var kubernetesVersion = chartutil.KubeVersion{Version: fmt.Sprintf("v1.%d.0", kubernetesMinor), Major: "1",
	Minor: fmt.Sprint(kubernetesMinor)}

func loadChart(t *testing.T) *chart.Chart {
	t.Helper()
	loaded, err := loader.Load(chartFolder)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

var installed = chartutil.ReleaseOptions{Name: "mcp-vitals", Namespace: "mcp", Revision: 1, IsInstall: true}

// rendered is what `helm template RELEASE k8s/chart --namespace NAMESPACE` prints, and the notes.
func rendered(loaded *chart.Chart, values map[string]any, release chartutil.ReleaseOptions) (
	manifests, notes string, err error) {
	capabilities := *chartutil.DefaultCapabilities
	capabilities.KubeVersion = kubernetesVersion
	all, err := chartutil.ToRenderValuesWithSchemaValidation(loaded, values, release, &capabilities, false)
	if err != nil {
		return "", "", err
	}
	files, err := engine.Render(loaded, all)
	if err != nil {
		return "", "", err
	}
	for name, text := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			notes = text
			delete(files, name)
		}
	}
	hooks, sorted, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return "", "", err
	}
	var out strings.Builder
	for _, m := range sorted {
		fmt.Fprintf(&out, "---\n# Source: %s\n%s\n", m.Name, strings.TrimSpace(m.Content))
	}
	for _, h := range hooks {
		fmt.Fprintf(&out, "---\n# Source: %s\n%s\n", h.Path, strings.TrimSpace(h.Manifest))
	}
	return out.String(), notes, nil
}

// valuesFiles are the values of `values/`, by name.
func valuesFiles(t *testing.T) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	files, err := filepath.Glob("values/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no values: %v", err)
	}
	for _, file := range files {
		values, err := chartutil.ReadValuesFile(file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".yaml")] = values
	}
	return all
}

// render is `rendered`, anew each time: Helm merges values into the chart that it is given.
func render(t *testing.T, values map[string]any) (string, string, error) {
	t.Helper()
	return rendered(loadChart(t), values, installed)
}

func TestChart(t *testing.T) {
	for name, values := range valuesFiles(t) {
		t.Run(name, func(t *testing.T) {
			manifests, notes, err := render(t, values)
			if err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(notes) == "" {
				t.Error("it has no notes")
			}
			found := decodes(t, name, manifests)
			if name != "sources" { // the rules and dashboards, which sources_test.go compares
				golden(t, name, manifests)
			}
			checkConfigurations(t, found)
		})
	}
}

func TestChartIsClean(t *testing.T) {
	for name, values := range valuesFiles(t) {
		t.Run(name, func(t *testing.T) {
			linted := lint.AllWithKubeVersion(chartFolder, values, "mcp", &kubernetesVersion)
			for _, message := range linted.Messages {
				if message.Severity >= support.WarningSev {
					t.Error(message.Error())
				}
			}
		})
	}
}

// A release and a namespace may be called like a number, too; and the strict decoder wants text.
func TestNamesThatLookLikeNumbers(t *testing.T) {
	release := chartutil.ReleaseOptions{Name: "123", Namespace: "456", Revision: 1, IsInstall: true}
	for name, values := range valuesFiles(t) {
		manifests, _, err := rendered(loadChart(t), values, release)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		decodes(t, name, manifests)
	}
}
