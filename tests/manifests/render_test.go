package manifests

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"helm.sh/helm/v3/pkg/chartutil"
)

var renderInto = flag.String("render", "", "write what the chart renders for each of values/ into this folder")

// tests/cluster gets the chart's renderings by this, in a namespace of their own.
func TestRender(t *testing.T) {
	if *renderInto == "" {
		t.Skip("nobody asked for it")
	}
	if err := os.MkdirAll(*renderInto, 0o755); err != nil {
		t.Fatal(err)
	}
	release := chartutil.ReleaseOptions{Name: "mcp-vitals", Namespace: "chart", Revision: 1, IsInstall: true}
	for name, values := range valuesFiles(t) {
		manifests, _, err := rendered(loadChart(t), values, release)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := os.WriteFile(filepath.Join(*renderInto, name+".yaml"), []byte(manifests), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
