package manifests

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"sync"
)

// modules are the folders of the modules with CRDs, by Go's own account.
var modules = map[string]string{}

var crds = sync.OnceValues(func() (*customs, error) {
	arguments := append([]string{"list", "-m", "-f", "{{.Path}} {{.Dir}}"},
		slices.Collect(maps.Keys(crdFiles))...)
	out, err := exec.Command("go", arguments...).Output()
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(out)) {
		path, folder, _ := strings.Cut(strings.TrimSpace(line), " ")
		modules[path] = folder
	}
	return loadCRDs()
})
