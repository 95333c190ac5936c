package manifests

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"sigs.k8s.io/yaml"
)

// The queries of KEDA's triggers on fixed series, `series/`: each gives the one number that
// `series/values.yml` has. KEDA takes no other answer: several are an error, none is the trigger's
// `ignoreNullValues`. Where nothing at all is seen, none may invent a number.
func TestQueriesGiveTheirNumber(t *testing.T) {
	wanted := map[string][]map[string]any{}
	if err := yaml.UnmarshalStrict([]byte(read(t, "series/values.yml")), &wanted); err != nil {
		t.Fatal(err)
	}
	has := map[string]int{}
	for _, q := range queriesOf(t) {
		if !q.single {
			continue
		}
		at := has[q.file]
		has[q.file]++
		if at >= len(wanted[q.file]) {
			t.Errorf("%s: series/values.yml says nothing of it: %s", q.where, q.text)
			continue
		}
		for series, value := range map[string]any{"busy": wanted[q.file][at]["busy"],
			"rest": wanted[q.file][at]["rest"], "": "none"} {
			if given := asked(t, q, series); given != fmt.Sprint(value) {
				t.Errorf("%s: %q series give %s, not %v: %s", q.where, series, given, value, q.text)
			}
		}
	}
	for file, values := range wanted {
		if has[file] != len(values) {
			t.Errorf("series/values.yml has %d values of %s, which has %d queries", len(values), file, has[file])
		}
	}
}

// asked is the number that a query gives an hour after the first sample, or why there is none.
func asked(t *testing.T, q query, series string) string {
	t.Helper()
	storage := promqltest.LoadedStorage(t, "load 15s\n"+strings.Join(linesOf(t, series), "\n")+"\n")
	engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
	instant, err := engine.NewInstantQuery(context.Background(), storage, nil, q.text,
		time.Unix(0, 0).Add(time.Hour))
	if err != nil {
		return err.Error()
	}
	result := instant.Exec(context.Background())
	vector, _ := result.Value.(promql.Vector)
	switch {
	case result.Err != nil:
		return result.Err.Error()
	case len(vector) == 0:
		return "none"
	case len(vector) > 1:
		return fmt.Sprintf("%d numbers", len(vector))
	}
	return fmt.Sprint(math.Round(vector[0].F*1e6) / 1e6)
}

// linesOf are the series of one of the files, none of "".
func linesOf(t *testing.T, series string) []string {
	t.Helper()
	if series == "" {
		return nil
	}
	return slices.DeleteFunc(strings.Split(read(t, "series/"+series+".txt"), "\n"), func(line string) bool {
		return line == "" || strings.HasPrefix(line, "#")
	})
}

var (
	tableRow = regexp.MustCompile("(?m)^\\| `(mcp_\\w+)` \\| \\w+ \\| ([\\w, ]*) \\|")
	recorded = regexp.MustCompile(`record: (\S+)\s+expr: [|\s]*\w+ by \(([\w, ]+)\)`)
)

// The series have the labels that the program and the rules give them: no others would be found.
func TestSeriesHaveTheirRealLabels(t *testing.T) {
	known := map[string][]string{}
	for _, row := range tableRow.FindAllStringSubmatch(read(t, root+"/docs/metrics.md"), -1) {
		known[row[1]] = append(strings.FieldsFunc(row[2], notOfALabel),
			"namespace", "job", "pod", "instance", "server")
	}
	walk(t, func(file, text string) {
		if !strings.HasPrefix(file, "alerts/recording/") {
			return
		}
		for _, rule := range recorded.FindAllStringSubmatch(text, -1) {
			known[rule[1]] = strings.FieldsFunc(rule[2], notOfALabel)
		}
	}, ".yml")
	for _, line := range append(linesOf(t, "busy"), linesOf(t, "rest")...) {
		set, err := parser.ParseMetric(strings.SplitAfter(line, "}")[0])
		if err != nil {
			t.Errorf("%v: %s", err, line)
			continue
		}
		name := set.Get(labels.MetricName)
		if !isOurs(name) {
			continue
		}
		its := known[strings.TrimSuffix(name, "_count")]
		set.Range(func(label labels.Label) {
			if label.Name != labels.MetricName && !slices.Contains(its, label.Name) {
				t.Errorf("%s has no label %s (it has %v)", name, label.Name, its)
			}
		})
	}
}

func notOfALabel(letter rune) bool { return letter == ',' || letter == ' ' }
