package manifests

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// What the chart installs of the rules and dashboards is what stands in alerts/ and dashboards/.
func TestChartHasTheRulesAndDashboards(t *testing.T) {
	values := with(with(nil, []string{"rules", "enabled"}, true), []string{"dashboards", "enabled"}, true)
	manifests, _, err := render(t, values)
	if err != nil {
		t.Fatal(err)
	}
	rules, dashboards := map[string]any{}, map[string]string{}
	for _, document := range documents("chart", manifests) {
		object, _, err := strict.Decode([]byte(document.Text), nil, nil)
		if err != nil {
			t.Fatalf("%s: %v", document.Where(), err)
		}
		switch o := object.(type) {
		case *monitoring.PrometheusRule:
			var content struct {
				Spec struct{ Groups []map[string]any }
			}
			if err := yaml.Unmarshal([]byte(document.Text), &content); err != nil {
				t.Fatal(err)
			}
			for _, group := range content.Spec.Groups {
				rules[group["name"].(string)] = group
			}
		case *corev1.ConfigMap:
			for key, text := range o.Data {
				if strings.HasSuffix(key, ".json") {
					dashboards[key] = text
				}
			}
		}
	}
	same(t, "rules", rules, sourceRules(t))
	same(t, "dashboards", dashboards, sourceDashboards(t))
}

func same[V any](t *testing.T, what string, installed, written map[string]V) {
	t.Helper()
	if len(written) == 0 {
		t.Errorf("no %s in their folder", what)
	}
	for name, value := range written {
		if has, there := installed[name]; !there || !reflect.DeepEqual(has, value) {
			t.Errorf("%s: %s is missing in the chart, or another (there: %v)", what, name, there)
		}
	}
	if len(installed) != len(written) {
		t.Errorf("%s: %d in the chart, %d in their folder", what, len(installed), len(written))
	}
}

func sourceRules(t *testing.T) map[string]any {
	t.Helper()
	groups := map[string]any{}
	files, _ := filepath.Glob(root + "/alerts/*/*.yml")
	for _, file := range files {
		var content struct{ Groups []map[string]any }
		if err := yaml.Unmarshal([]byte(read(t, file)), &content); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, group := range content.Groups {
			groups[group["name"].(string)] = group
		}
	}
	return groups
}

func sourceDashboards(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, _ := filepath.Glob(root + "/dashboards/*.json")
	for _, file := range files {
		all[filepath.Base(file)] = read(t, file)
	}
	return all
}

// The chart installs the program's version.
func TestChartsVersionIsThePrograms(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "CMakeLists.txt"))
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`project\(mcp-vitals VERSION (\S+)`).FindSubmatch(text)
	if version == nil || loadChart(t).AppVersion() != string(version[1]) {
		t.Errorf("the chart's appVersion is %s, the program's version is %s", loadChart(t).AppVersion(), version)
	}
}
