package manifests

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"
)

// A query is a PromQL expression in a manifest. KEDA takes only one that gives a single number.
type query struct {
	file, where, text string
	single            bool
	needs             string // what the file says who must have its metrics
}

var needsLine = regexp.MustCompile(`(?m)^\s*# Needs: (.*)$`)

func queriesOf(t *testing.T) []query {
	t.Helper()
	var all []query
	walk(t, func(file, text string) {
		if !strings.HasPrefix(file, "k8s/") || otherwiseTested(file) {
			return
		}
		needs := ""
		if line := needsLine.FindStringSubmatch(text); line != nil {
			needs = line[1]
		}
		for _, document := range documents(file, text) {
			object, _, err := strict.Decode([]byte(document.Text), nil, nil)
			if err != nil {
				continue // another test tells
			}
			for _, expression := range queriesIn(object) {
				expression.file, expression.where, expression.needs = file, document.Where(), needs
				all = append(all, expression)
			}
		}
	}, ".yaml", ".yml")
	return all
}

func queriesIn(object any) []query {
	var all []query
	triggers := func(some []keda.ScaleTriggers) {
		for _, trigger := range some {
			if trigger.Type == "prometheus" {
				all = append(all, query{text: trigger.Metadata["query"], single: true})
			}
		}
	}
	switch o := object.(type) {
	case *keda.ScaledObject:
		triggers(o.Spec.Triggers)
	case *keda.ScaledJob:
		triggers(o.Spec.Triggers)
	case *monitoring.PrometheusRule:
		for _, group := range o.Spec.Groups {
			for _, rule := range group.Rules {
				all = append(all, query{text: rule.Expr.String()})
			}
		}
	}
	return all
}

var name = regexp.MustCompile("`([a-zA-Z_:][a-zA-Z0-9_:]*)`")

// ourMetrics are the names that the pages of metrics and rules have.
func ourMetrics(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{"up": true}
	for _, page := range []string{"metrics", "rules"} {
		for _, found := range name.FindAllStringSubmatch(read(t, root+"/docs/"+page+".md"), -1) {
			for _, ending := range []string{"", "_bucket", "_sum", "_count"} {
				known[found[1]+ending] = true
			}
		}
	}
	return known
}

// isOurs says so by the beginning of a name, or by what stands behind a recorded name's level.
func isOurs(metric string) bool { return ourBeginning.MatchString(metric) }

var ourBeginning = regexp.MustCompile(`^([a-z_]+:)?mcp[_:]`)

// Exporters of others, and how their metrics begin.
var exporters = map[string]string{"dcgm-exporter": "DCGM_FI_"}

// isNeeded: the line names the metric, or an exporter that has such.
func isNeeded(needs, metric string) bool {
	for exporter, beginning := range exporters {
		if strings.Contains(needs, exporter) && strings.HasPrefix(metric, beginning) {
			return true
		}
	}
	return slices.Contains(strings.FieldsFunc(needs, func(letter rune) bool {
		return strings.ContainsRune(" ,;()", letter)
	}), metric)
}

func TestQueriesAreOverMetricsThatThereAre(t *testing.T) {
	known := ourMetrics(t)
	for _, q := range queriesOf(t) {
		expression, err := parser.ParseExpr(q.text)
		if err != nil {
			t.Errorf("%s: %v: %s", q.where, err, q.text)
			continue
		}
		if q.needs == "" {
			t.Errorf("%s: a line `# Needs: ...` must say who exports what the query reads", q.where)
		}
		for _, selector := range selectors(expression) {
			switch {
			case known[selector.Name]:
			case isOurs(selector.Name):
				t.Errorf("%s: %q is no metric of ours", q.where, selector.Name)
			case !isNeeded(q.needs, selector.Name):
				t.Errorf("%s: %q: the line `# Needs: %s` names nobody who has it", q.where, selector.Name, q.needs)
			}
		}
	}
}

// What the proof asks its real Prometheus at the end of a run: `series/ours.json`, since it reads no YAML.
func TestTheProofHasTheQueriesOverOurMetrics(t *testing.T) {
	const file = "series/ours.json"
	ours := map[string][]string{}
	for _, q := range queriesOf(t) {
		expression, err := parser.ParseExpr(q.text)
		if err == nil && q.single && !slices.ContainsFunc(selectors(expression),
			func(s *parser.VectorSelector) bool { return !isOurs(s.Name) }) {
			ours[q.file] = append(ours[q.file], strings.TrimSpace(q.text))
		}
	}
	made, err := json.MarshalIndent(ours, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, append(made, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if strings.TrimSpace(read(t, file)) != string(made) {
		t.Errorf("%s does not have the patterns' queries: `make test-manifests ARGS=-update` writes it anew", file)
	}
}

func selectors(expression parser.Expr) []*parser.VectorSelector {
	var all []*parser.VectorSelector
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		if selector, is := node.(*parser.VectorSelector); is {
			all = append(all, selector)
		}
		return nil
	})
	return all
}
