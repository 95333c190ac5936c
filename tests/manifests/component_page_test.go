package manifests

import (
	"regexp"
	"strings"
	"testing"
)

var yamlBlock = regexp.MustCompile("(?s)\n```yaml\n(.*?)```\n")

// What k8s/README.md shows of a kustomization builds, all of it together, with a good configuration in it; and
// names are put around as it says.
func TestTheComponentsPageBuilds(t *testing.T) {
	page := read(t, root+"/k8s/README.md")
	kustomization := "resources: [deployment.yaml, service.yaml]\nnamePrefix: pre-\nnameSuffix: -suf\n"
	for _, block := range yamlBlock.FindAllStringSubmatch(page, -1) {
		kustomization += strings.ReplaceAll(block[1], "path/to/k8s/component", "../component")
	}
	rendered, err := besides(t, func(files map[string]string) { files["kustomization.yaml"] = kustomization })
	if err != nil {
		t.Fatalf("%v\n%s", err, kustomization)
	}
	if count := checkConfigurations(t, decodes(t, "k8s/README.md", rendered)); count != 1 {
		t.Errorf("%d configurations", count)
	}
	const named = "pre-mcp-server-vitals-suf"
	for _, text := range []string{
		"image: registry.example.com/mcp-vitals:0.1.0\n",
		"terminationGracePeriodSeconds: 80\n",
		"/api/mcp",
		"\n  name: " + named + "\n",                            // the headless Service
		"\n      - configMap:\n          name: " + named + "-", // with the hash of what is in it
	} {
		if !strings.Contains(rendered, text) {
			t.Errorf("no %q in\n%s", text, rendered)
		}
	}
	if !strings.Contains(page, "`"+strings.Replace(named, "mcp-server", "DEPLOYMENT", 1)+"`") {
		t.Error("the page names it otherwise")
	}
}
