package manifests

import (
	"regexp"
	"strings"
	"testing"

	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"
)

// A query is a PromQL expression in a manifest. KEDA takes only one that gives a single number.
type query struct {
	where, text string
	single      bool
	needs       bool // the file names an exporter that has its metrics
}

var needsLine = regexp.MustCompile(`(?m)^\s*# Needs: \S`)

func queriesOf(t *testing.T) []query {
	t.Helper()
	var all []query
	walk(t, func(file, text string) {
		if !strings.HasPrefix(file, "k8s/") || otherwiseTested(file) {
			return
		}
		needs := needsLine.MatchString(text)
		for _, document := range documents(file, text) {
			object, _, err := strict.Decode([]byte(document.Text), nil, nil)
			if err != nil {
				continue // another test tells
			}
			for _, expression := range queriesIn(object) {
				expression.where, expression.needs = document.Where(), needs
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

func TestQueriesAreOverMetricsThatThereAre(t *testing.T) {
	known := ourMetrics(t)
	for _, q := range queriesOf(t) {
		expression, err := parser.ParseExpr(q.text)
		if err != nil {
			t.Errorf("%s: %v: %s", q.where, err, q.text)
			continue
		}
		for _, selector := range selectors(expression) {
			if !known[selector.Name] && !q.needs {
				t.Errorf("%s: %q is no metric of ours: a line `# Needs: <exporter>` must say whose it is",
					q.where, selector.Name)
			}
		}
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
