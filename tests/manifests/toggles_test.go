package manifests

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// A contradiction is a set of values that must not render, and what the user is then told.
type contradiction struct {
	Name    string         `json:"name"`
	Values  map[string]any `json:"values"`
	Message string         `json:"message"`
}

func contradictions(t *testing.T) []contradiction {
	t.Helper()
	var all []contradiction
	if err := yaml.UnmarshalStrict([]byte(read(t, "contradictions.yaml")), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestContradictionsAreRefused(t *testing.T) {
	for _, c := range contradictions(t) {
		t.Run(c.Name, func(t *testing.T) {
			switch _, _, err := render(t, c.Values); {
			case c.Message == "":
				t.Error("it does not say with what message")
			case err == nil:
				t.Error("it renders")
			case !strings.Contains(err.Error(), c.Message):
				t.Errorf("it says %q, not %q", err, c.Message)
			}
		})
	}
}

// refusal is the message of the chart's own check, and nothing else that may go wrong in a template.
var refusal = regexp.MustCompile(`^execution error at \(mcp-vitals/templates/check\.yaml:\d+:\d+\): \n((?s).*)$`)

// which are the fleet and the Secret that a refusal names.
var which = regexp.MustCompile(`\[\d+\]|add [\w-]+,`)

// isRefusal says whether each line of an error is one of the known contradictions.
func isRefusal(err error, known []contradiction) bool {
	found := refusal.FindStringSubmatch(err.Error())
	if found == nil {
		return false
	}
	for _, line := range strings.Split(strings.TrimSpace(found[1]), "\n") {
		if !slices.ContainsFunc(known, func(c contradiction) bool {
			said := which.ReplaceAllString(c.Message, "#") // a single word is the schema's
			return strings.Contains(said, " ") && strings.Contains(which.ReplaceAllString(line, "#"), said)
		}) {
			return false
		}
	}
	return true
}

// others are what a value may be set to in its place.
func others(value any) []any {
	switch value.(type) {
	case bool:
		return []any{true, false}
	case string: // an empty one, and what an enumeration or a pattern may refuse
		return []any{"", "123"}
	case []any:
		return []any{[]any{}}
	}
	return nil
}

// switches are the paths of all booleans, texts and lists among the chart's values.
func switches(values map[string]any, prefix []string) [][]string {
	var found [][]string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		path := append(slices.Clone(prefix), key)
		switch value := values[key].(type) {
		case map[string]any:
			found = append(found, switches(value, path)...)
		default:
			if others(value) != nil {
				found = append(found, path)
			}
		}
	}
	return found
}

// at is the value at a path.
func at(values map[string]any, path []string) any {
	for _, key := range path[:len(path)-1] {
		values = values[key].(map[string]any)
	}
	return values[path[len(path)-1]]
}

// with is a copy of the values with one of them set.
func with(values map[string]any, path []string, value any) map[string]any {
	copied := maps.Clone(values)
	if copied == nil {
		copied = map[string]any{}
	}
	if len(path) == 1 {
		copied[path[0]] = value
	} else {
		inner, _ := copied[path[0]].(map[string]any)
		copied[path[0]] = with(inner, path[1:], value)
	}
	return copied
}

// Each switch, both ways, and each text and list, on top of each set of values: what comes out decodes, or the chart says
// which values contradict each other.
func TestEachSwitchBothWays(t *testing.T) {
	known := contradictions(t)
	defaults := loadChart(t).Values
	all := switches(defaults, nil)
	if len(all) == 0 {
		t.Fatal("the chart has no switches")
	}
	checked := map[string]bool{} // documents that have been seen: most are the same each time
	for name, values := range valuesFiles(t) {
		for _, path := range all {
			for _, value := range others(at(defaults, path)) {
				what := fmt.Sprintf("%s, %s: %v", name, strings.Join(path, "."), value)
				manifests, _, err := render(t, with(values, path, value))
				if err != nil {
					bySchema := fmt.Sprintf("at '/%s", strings.Join(path, "/"))
					if !isRefusal(err, known) && !strings.Contains(err.Error(), bySchema) {
						t.Errorf("%s: %v", what, err)
					}
					continue
				}
				for _, document := range documents(what, manifests) {
					if checked[document.Text] {
						continue
					}
					checked[document.Text] = true
					if err := check(document); err != nil {
						t.Errorf("%s: %v\n%s", document.Where(), err, document.Text)
					}
				}
			}
		}
	}
	t.Logf("%d switches, %d different documents", len(all), len(checked))
}
