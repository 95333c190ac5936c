package manifests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// checkConfiguration has the program itself look at a configuration.
func checkConfiguration(t *testing.T, where, text string) {
	t.Helper()
	program := os.Getenv("MCP_VITALS")
	if program == "" {
		t.Skip("MCP_VITALS does not say where the program is: configurations are not checked")
	}
	folder := t.TempDir()
	for _, file := range named.FindAllStringSubmatch(text, -1) {
		secret(t, filepath.Join(folder, file[2]))
	}
	text = named.ReplaceAllString(text, "${1}"+folder+"/${2}")
	file := filepath.Join(folder, "mcp-vitals.yml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "run", "--config", file, "--check-config").CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v: %s", where, err, out)
	}
}

// checkConfigurations looks at those of mcp-vitals in ConfigMaps, and returns how many there are.
func checkConfigurations(t *testing.T, rendered []Document) int {
	t.Helper()
	count := 0
	for _, document := range rendered {
		object, _, err := strict.Decode([]byte(document.Text), nil, nil)
		config, isConfig := object.(*corev1.ConfigMap)
		if err != nil || !isConfig {
			continue
		}
		for key, text := range config.Data {
			if strings.HasPrefix(key, "mcp-vitals") && strings.HasSuffix(key, ".yml") {
				count++
				checkConfiguration(t, document.Where()+" "+key, text)
			}
		}
	}
	return count
}

func TestEachConfigurationIsGood(t *testing.T) {
	walk(t, func(file, text string) {
		if strings.HasPrefix(file, "k8s/") && isConfiguration(file) {
			checkConfiguration(t, file, text)
		}
	}, ".yml")
}
