package manifests

import (
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

func kustomized(t *testing.T, folder string) string {
	t.Helper()
	kustomizer := krusty.MakeKustomizer(krusty.MakeDefaultOptions())
	made, err := kustomizer.Run(filesys.MakeFsOnDisk(), filepath.Join(root, folder))
	if err != nil {
		t.Fatal(err)
	}
	text, err := made.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The example through the component: what an operator gets by `kubectl apply -k k8s/example`.
func TestComponent(t *testing.T) {
	rendered := kustomized(t, "k8s/example")
	found := decodes(t, "component", rendered)
	golden(t, "component", rendered)
	checkConfigurations(t, found)
}

// Whatever else can be given to `kubectl apply -k` renders, and decodes.
func TestEachKustomizationRenders(t *testing.T) {
	walk(t, func(file, text string) {
		if filepath.Base(file) == "kustomization.yaml" && strings.Contains(text, "\nkind: Kustomization\n") {
			decodes(t, file, kustomized(t, filepath.Dir(file)))
		}
	}, ".yaml")
}
