package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// clashes are names that a Deployment has already and the component gives too, as kustomize merges
// them: the API server says what docs/kubernetes.md tells, or takes it where that tells of nothing.
func clashes(t *testing.T, applier *applier, root string) {
	page, err := os.ReadFile(filepath.Join(root, "docs/kubernetes.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, clash := range []struct {
		list  string
		named map[string]any // added to what is of our name, or to the first of the list
		says  string
	}{
		{"containers", map[string]any{"name": "mcp-vitals"},
			`spec.template.spec.initContainers[0].name: Duplicate value: "mcp-vitals"`},
		{"volumes", map[string]any{"emptyDir": map[string]any{}}, "may not specify more than 1 volume type"},
		{"initContainers", map[string]any{"args": []any{"--their", "own"}}, ""},
	} {
		err := applier.DryRun(clashing(t, root, clash.list, clash.named))
		switch {
		case clash.says == "" && err != nil:
			t.Errorf("%s: the API server: %v", clash.list, err)
		case clash.says != "" && (err == nil || !strings.Contains(err.Error(), clash.says)):
			t.Errorf("%s: the API server says %v, not %s", clash.list, err, clash.says)
		case !strings.Contains(string(page), "`"+clash.says+"`") && clash.says != "":
			t.Errorf("docs/kubernetes.md has no %s", clash.says)
		}
	}
}

// clashing is the component's Deployment, changed.
func clashing(t *testing.T, root, list string, named map[string]any) *unstructured.Unstructured {
	t.Helper()
	objects, err := readObjects(filepath.Join(root, "tests/manifests/golden/component.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range objects {
		if object.GetKind() != "Deployment" {
			continue
		}
		path := []string{"spec", "template", "spec", list}
		items, _, err := unstructured.NestedSlice(object.Object, path...)
		if err != nil || len(items) == 0 {
			t.Fatalf("the component has no %s: %v", list, err)
		}
		item := items[0].(map[string]any)
		for _, other := range items {
			if other.(map[string]any)["name"] == "mcp-vitals" {
				item = other.(map[string]any)
			}
		}
		for key, value := range named {
			item[key] = value
		}
		if err := unstructured.SetNestedSlice(object.Object, items, path...); err != nil {
			t.Fatal(err)
		}
		return object
	}
	t.Fatal("the component has no Deployment")
	return nil
}
