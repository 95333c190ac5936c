package manifests

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
)

// The queries of KEDA's triggers on invented series: each gives one number. KEDA takes no other
// answer: several are an error, none is the trigger's `ignoreNullValues`.
func TestQueriesGiveOneNumber(t *testing.T) {
	for _, q := range queriesOf(t) {
		expression, err := parser.ParseExpr(q.text)
		if err != nil || !q.single {
			continue // another test tells
		}
		storage := promqltest.LoadedStorage(t, "load 15s\n"+invented(expression))
		engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
		instant, err := engine.NewInstantQuery(context.Background(), storage, nil, q.text,
			time.Unix(0, 0).Add(time.Hour))
		if err != nil {
			t.Fatalf("%s: %v", q.where, err)
		}
		value, err := one(instant.Exec(context.Background()))
		if err != nil {
			t.Errorf("%s: %v: %s", q.where, err, q.text)
		} else {
			t.Logf("%s: %v: %s", q.where, value, q.text)
		}
	}
}

func one(result *promql.Result) (float64, error) {
	if result.Err != nil {
		return 0, result.Err
	}
	value := math.NaN()
	switch v := result.Value.(type) {
	case promql.Scalar:
		value = v.V
	case promql.Vector:
		if len(v) != 1 {
			return 0, fmt.Errorf("%d numbers, not one", len(v))
		}
		value = v[0].F
	}
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return 0, fmt.Errorf("it gives %v", value)
	}
	return value, nil
}

// invented are two pods' series, of an hour, for each metric that is asked for: counters that grow,
// which will do for gauges, and buckets where there have to be some.
func invented(expression parser.Expr) string {
	var lines []string
	for _, selector := range selectors(expression) {
		for pod := range 2 {
			set := map[string]string{"pod": fmt.Sprintf("pod-%d", pod)}
			for _, matcher := range selector.LabelMatchers {
				if matcher.Name != labels.MetricName {
					set[matcher.Name] = matching(matcher)
				}
			}
			bounds := []string{""}
			if strings.HasSuffix(selector.Name, "_bucket") {
				bounds = []string{"0.5", "1", "2", "5", "+Inf"}
			}
			for i, bound := range bounds {
				if bound != "" {
					set["le"] = bound
				}
				line := fmt.Sprintf("  %s%s 1+%dx240", selector.Name, braces(set), (i+1)*(pod+1))
				if !slices.Contains(lines, line) {
					lines = append(lines, line)
				}
			}
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// matching is a value that the matcher takes.
func matching(matcher *labels.Matcher) string {
	for _, value := range append(strings.Split(matcher.Value, "|"), "a", "mcp-server-1", "500",
		strings.NewReplacer(".*", "a", ".+", "a", "..", "00", "\\", "").Replace(matcher.Value)) {
		if matcher.Matches(value) {
			return value
		}
	}
	return ""
}

func braces(set map[string]string) string {
	var pairs []string
	for key, value := range set {
		if value != "" {
			pairs = append(pairs, fmt.Sprintf("%s=%q", key, value))
		}
	}
	slices.Sort(pairs)
	return "{" + strings.Join(pairs, ",") + "}"
}
