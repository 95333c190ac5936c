#!/usr/bin/env python3
"""What is true of all rule files: names and labels that exist, in a good order, documented."""

import pathlib
import re
import shutil
import subprocess
import unittest

import catalogue
import label_sets
import promql
import rule_files

ROOT = rule_files.ROOT

# The rule names of older dashboards and alerts that are kept.
SEEDS = {
    "mcp:requests:rate1m", "mcp:request_duration:p50", "mcp:request_duration:p95",
    "mcp:request_duration:p99", "mcp:connections:active", "mcp:errors:rate1m",
    "mcp:cpu:utilization", "mcp:memory:utilization", "mcp:queue:depth", "mcp:scaling:events_rate",
    "mcp:cost:hourly_pod_cost", "mcp:cost:total_hourly", "mcp:cost:waste_potential"}

# Whose fault an error is; error_type's values, as docs/metrics.md lists them.
APPLICATION = {"tool_error"}
PROTOCOL = {"http_5xx", "internal_error", "rpc_other", "cut"}
CLIENT = {"http_4xx", "invalid_request", "method_not_found", "invalid_params", "cancelled"}


def metrics_of(rule):
    return {node.metric for node in promql.walk(promql.parse(rule.expression))
            if isinstance(node, promql.Selector)}


class RulesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rules = rule_files.rules()
        cls.recorded = {rule.name: rule for rule in cls.rules if not rule.is_alert}
        cls.labels, cls.problems = label_sets.of_rules(
            {**catalogue.ours(), **catalogue.outside()}, cls.rules)

    def test_promtool_finds_nothing(self):
        if not shutil.which("promtool"):
            self.skipTest("promtool is not installed")
        run = subprocess.run(
            ["promtool", "check", "rules", "--lint=all", "--lint-fatal", *rule_files.paths()],
            capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        found = sum(int(count) for count in re.findall(r"SUCCESS: (\d+) rules", run.stdout))
        self.assertEqual(found, len(self.rules), "promtool and rule_files.py read different rules")

    def test_every_metric_and_label_exists(self):
        self.assertEqual(self.problems, {})

    def test_every_label_in_an_annotation_exists(self):
        for rule in self.rules:
            for text in rule.annotations.values():
                for label in re.findall(r"\$labels\.(\w+)", text):
                    with self.subTest(alert=rule.name, label=label):
                        # Two rules may be one alert, with labels of their own.
                        self.assertIn(label, self.labels.of(rule.expression) | set(rule.labels))

    def test_every_name_is_recorded_once(self):
        names = [rule.name for rule in self.rules if not rule.is_alert]
        self.assertEqual(sorted(names), sorted(set(names)))

    def test_every_name_says_its_level(self):
        for name in self.recorded:
            self.assertRegex(name, r"^[a-z_]+:[a-z_]+:[a-z0-9_]+$")

    def test_a_rule_stands_below_what_it_reads(self):
        # Within a group rules run in order; one above what it reads would lag an interval behind.
        for rule in self.rules:
            group = [other.name for other in self.rules
                     if (other.file, other.group) == (rule.file, rule.group)]
            for metric in metrics_of(rule) & set(group):
                if metric != rule.name:
                    with self.subTest(rule=rule.name, reads=metric):
                        self.assertLess(group.index(metric), group.index(rule.name))

    def test_groups_have_names_of_their_own(self):
        groups = [group["name"] for path in rule_files.paths()
                  for group in rule_files.load(path)["groups"]]
        self.assertEqual(sorted(groups), sorted(set(groups)))

    def test_the_old_names_are_kept(self):
        self.assertEqual({name for name in self.recorded if name in SEEDS}, SEEDS)

    def test_every_error_is_somebodys_fault(self):
        row = next(line for line in (ROOT / "docs/metrics.md").read_text().split("\n")
                   if line.startswith("| `mcp_server_operation_duration_seconds`"))
        told = set(re.findall(r"\b[a-z]+_[a-z0-9_]+\b|\bcancelled\b|\bcut\b", row.split("|")[4]))
        told -= {"error_type"}
        self.assertEqual(told, APPLICATION | PROTOCOL | CLIENT)

    def test_kinds_of_errors_are_the_same_everywhere(self):
        kinds = [PROTOCOL, CLIENT, APPLICATION | PROTOCOL]
        for rule in self.rules:
            for node in promql.walk(promql.parse(rule.expression)):
                for label, operator, value in getattr(node, "matchers", []):
                    if label == "error_type" and operator == "=~" and "|" in value:
                        with self.subTest(rule=rule.name):
                            self.assertIn(set(value.split("|")), kinds)

    def test_outside_metrics_are_used(self):
        texts = [path.read_text() for path in rule_files.paths()]
        texts += [path.read_text() for path in ROOT.glob("dashboards/*.json")]
        for name in catalogue.outside():
            with self.subTest(metric=name):
                self.assertTrue(any(re.search(rf"\b{name}\b", text) for text in texts))

    def test_docs_tell_every_recorded_name_with_its_labels(self):
        documented = catalogue.documented()
        self.assertEqual(sorted(documented), sorted(self.recorded))
        for name, labels in documented.items():
            with self.subTest(name=name):
                self.assertEqual(labels, self.labels.series[name])


if __name__ == "__main__":
    unittest.main()
