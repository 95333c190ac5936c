#!/usr/bin/env python3
"""The checks themselves: what they read, and what they must find."""

import unittest

import label_sets
import promql
import rule_files

SERIES = {
    "a": {"job", "server", "tool"},
    "b": {"job", "server", "pod"},
    "h_bucket": {"job", "le"},
}


def labels(text):
    return label_sets.Labels(SERIES).of(text)


class PromqlTest(unittest.TestCase):
    def test_binds_as_prometheus_does(self):
        self.assertEqual(promql.parse("a or b and c"), promql.parse("a or (b and c)"))
        self.assertEqual(promql.parse("a - b - c"), promql.parse("(a - b) - c"))
        self.assertEqual(promql.parse("a + b * c > d"), promql.parse("(a + (b * c)) > d"))
        self.assertEqual(promql.parse("-a ^ b ^ c"), promql.parse("-(a ^ (b ^ c))"))

    def test_reads_matchers_with_quotes_braces_and_newlines(self):
        node = promql.parse(r'''a{x="}\"\n", y=~'[)]', z!~`\d`}''')
        self.assertEqual(
            node.matchers, [("x", "=", '}"\n'), ("y", "=~", "[)]"), ("z", "!~", r"\d")])

    def test_reads_ranges_offsets_and_comments(self):
        call = promql.parse("max(rate(a[1d:5m] offset -1h @ 5)) # as it is").arguments[0]
        self.assertEqual(call.arguments, [promql.Selector("a", [], "1d:5m", "-1h")])
        self.assertEqual(promql.parse("(a + b)[5m:] offset 1m"), promql.parse("a + b"))

    def test_reads_both_places_of_a_grouping(self):
        self.assertEqual(promql.parse("sum(a) by (x, y)"), promql.parse("sum by (x, y) (a)"))

    def test_refuses_what_it_does_not_know(self):
        for text in ("a b", "sum(", "a{x}", "a ? b", "(a", "a)"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                promql.parse(text)


class LabelsTest(unittest.TestCase):
    def test_finds_a_metric_that_is_not_there(self):
        with self.assertRaisesRegex(label_sets.Problem, "c is in no list"):
            labels("sum(rate(c[5m]))")

    def test_finds_a_label_that_is_not_there(self):
        for text in (
                'a{pod="x"}', "sum by (pod) (a)", "sum without (pod) (a)", "topk by (pod) (1, a)",
                "a * on (pod) b", "a and on (tool) b", "a * on (job) group_left (tool) b",
                "sum by (tool) (sum by (job) (a))", "histogram_quantile(0.9, a)",
                'label_replace(a, "x", "$1", "pod", "(.*)")'):
            with self.subTest(text=text), self.assertRaisesRegex(label_sets.Problem, "no label"):
                labels(text)

    def test_finds_sides_that_never_match(self):
        for text in ("a / b", "a and b", "a / ignoring (tool) b"):
            with self.subTest(text=text), self.assertRaisesRegex(label_sets.Problem, "never match"):
                labels(text)

    def test_knows_the_labels_of_a_result(self):
        for text, expected in {
                "a > 1": {"job", "server", "tool"},
                "1 - a": {"job", "server", "tool"},
                "sum(a)": set(),
                "sum without (tool) (a)": {"job", "server"},
                "sum by (job) (a) / on (job) sum by (job) (b)": {"job"},
                "a * on (server) group_left (pod) b": {"job", "server", "tool", "pod"},
                "a / ignoring (tool, pod) group_left b": {"job", "server", "tool"},
                "a and on (server) b": {"job", "server", "tool"},
                "a or b": {"job", "server", "tool", "pod"},
                "histogram_quantile(0.9, rate(h_bucket[5m]))": {"job"},
                'count_values("v", a)': {"v"},
                'label_replace(a, "x", "$1", "tool", "(.*)")': {"job", "server", "tool", "x"},
                'absent(a{job="x", tool=~"y"})': {"job"},
                "vector(1)": set()}.items():
            with self.subTest(text=text):
                self.assertEqual(labels(text), expected)

    def test_an_alert_and_a_recorded_name_may_wait_for_each_other(self):
        calm = rule("calm", 'a unless on (job) ALERTS{alertname="High"}')
        high = rule("High", "sum by (job) (a) > sum by (job) (calm)", is_alert=True)
        self.assertEqual(label_sets.of_rules(SERIES, [calm, high])[1], {})
        high.expression = "sum(a) > sum(calm)"
        self.assertEqual(set(label_sets.of_rules(SERIES, [calm, high])[1]), {"calm"})
        self.assertEqual(set(label_sets.of_rules(SERIES, [calm])[1]), {"calm"})


def rule(name, expression, is_alert=False):
    return rule_files.Rule("x.yml", "x", "1m", name, is_alert, expression, "0s", {}, {})


class RuleFilesTest(unittest.TestCase):
    def read(self, text):
        return rule_files.read(text.split("\n"), 0, 0)[0]

    def test_reads_what_our_files_hold(self):
        self.assertEqual(
            self.read('a:\n  # why\n  - b: "x: \\"y\\" # z"  # note\n    c: |\n      1\n        2\n'
                      "    d: >-\n      folded\n      text\n  - b: [x, y]\n\n"),
            {"a": [{"b": 'x: "y" # z', "c": "1\n  2\n", "d": "folded text"}, {"b": ["x", "y"]}]})

    def test_refuses_what_it_does_not_know(self):
        for text in ("a: 1\na: 2", "a:\n  b: 1\n   c: 2", "just words", "a:"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                self.read(text)


if __name__ == "__main__":
    unittest.main()
