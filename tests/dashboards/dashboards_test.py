#!/usr/bin/env python3
"""The JSON is what the sources make, fits on the grid, and says what the alerts say."""

import pathlib
import subprocess
import sys
import unittest

import model
import rule_files
from source import cost, fleet, golden_signals, outside_view, streams_and_scaling

MODULES = (cost, fleet, golden_signals, outside_view, streams_and_scaling)
RUNBOOKS = model.ROOT / "docs" / "runbooks"


def numbers(expression):
    return {float(node.value) for node in model.promql.walk(model.promql.parse(expression))
            if isinstance(node, model.promql.Number)}


class GeneratedTest(unittest.TestCase):
    def test_what_is_checked_in_is_generated(self):
        run = subprocess.run([sys.executable, model.ROOT / "dashboards/generate", "--check"],
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout)


class LayoutTest(unittest.TestCase):
    def test_panels_are_on_the_grid_and_do_not_overlap(self):
        for name, dashboard in model.all_dashboards().items():
            taken = {}
            for panel in dashboard["panels"]:
                grid = panel["gridPos"]
                self.assertLessEqual(grid["x"] + grid["w"], 24, panel["title"])
                for x in range(grid["x"], grid["x"] + grid["w"]):
                    for y in range(grid["y"], grid["y"] + grid["h"]):
                        other = taken.setdefault((x, y), panel["title"])
                        self.assertEqual(other, panel["title"], name)

    def test_lines_of_panels_are_full(self):
        for name, dashboard in model.all_dashboards().items():
            widths = {}
            for panel in dashboard["panels"]:
                grid = panel["gridPos"]
                widths[grid["y"]] = widths.get(grid["y"], 0) + grid["w"]
            for y, width in widths.items():
                with self.subTest(dashboard=name, y=y):
                    self.assertEqual(width, 24)

    def test_ids_and_titles_are_told_apart(self):
        for name, dashboard in model.all_dashboards().items():
            for seen in ([panel["id"] for panel in dashboard["panels"]],
                         [panel["title"] for panel in model.panels(dashboard)]):
                self.assertEqual(sorted(seen), sorted(set(seen)), name)


class LinksTest(unittest.TestCase):
    def test_uids_are_those_that_alerts_name(self):
        uids = {dashboard["uid"] for dashboard in model.all_dashboards().values()}
        self.assertEqual(uids, {"mcp-golden-signals", "mcp-outside-view", "mcp-streams-scaling",
                                "mcp-fleet", "mcp-cost"})
        for alert in alerts():
            if "dashboard" in alert.annotations:
                with self.subTest(alert=alert.name):
                    self.assertIn(alert.annotations["dashboard"], uids)

    def test_each_links_to_all_by_their_tag(self):
        for dashboard in model.all_dashboards().values():
            tag = dashboard["links"][0]["tags"][0]
            self.assertIn(tag, dashboard["tags"])

    def test_panels_link_to_runbooks_of_alerts_that_exist(self):
        known = {alert.name for alert in alerts()}
        for dashboard in model.all_dashboards().values():
            for panel in model.panels(dashboard):
                for link in panel["links"]:
                    alert = pathlib.PurePosixPath(link["url"]).stem
                    with self.subTest(panel=panel["title"], alert=alert):
                        self.assertIn(alert, known)
                        self.assertTrue((RUNBOOKS / f"{alert}.md").exists())

    def test_every_alert_is_on_a_panel_of_its_dashboard(self):
        linked = {}
        for dashboard in model.all_dashboards().values():
            links = {pathlib.PurePosixPath(link["url"]).stem
                     for panel in model.panels(dashboard) for link in panel["links"]}
            linked[dashboard["uid"]] = links
        for alert in alerts():
            if "dashboard" in alert.annotations and alert.labels["severity"] != "none":
                with self.subTest(alert=alert.name):
                    self.assertIn(alert.name, linked[alert.annotations["dashboard"]])


class TimeTest(unittest.TestCase):
    def test_bars_are_of_their_own_time(self):
        """Bars of a rolling hour are a wall."""
        for dashboard in model.all_dashboards().values():
            for panel, target in model.targets(dashboard):
                if panel["fieldConfig"]["defaults"].get("custom", {}).get("drawStyle") == "bars":
                    with self.subTest(panel=panel["title"]):
                        self.assertRegex(target["expr"], r"\[\$__rate_interval\]")

    def test_deploys_are_not_those_of_the_probers_namespace(self):
        for one in model.all_dashboards()["outside-view"]["annotations"]["list"]:
            self.assertNotIn("$namespace", one.get("expr", ""))


class ThresholdsTest(unittest.TestCase):
    def test_thresholds_are_those_of_the_alerts(self):
        compared = 0
        for module in MODULES:
            for panel in module.DASHBOARD["panels"]:
                for limit in (one for one in panel.get("limits", ()) if one.alert):
                    with self.subTest(panel=panel["title"], alert=limit.alert):
                        self.assertIn(float(limit.literal), of_alert(limit.alert))
                        self.assertEqual(limit.value, meant(panel, limit))
                    compared += 1
        self.assertGreater(compared, 10)

    def test_the_side_of_a_threshold_is_that_of_the_alert(self):
        for module in MODULES:
            for panel in module.DASHBOARD["panels"]:
                good_above = panel["type"] != "row" and base(panel) == "red"
                for limit in (one for one in panel.get("limits", ()) if one.alert):
                    # Of a good share, what is left to the objective is the share that is bad.
                    literal = float(limit.literal)
                    is_rest = literal > 0 and limit.value == 1 - literal > 0.5
                    with self.subTest(panel=panel["title"], alert=limit.alert):
                        self.assertEqual(fires_below(limit) != is_rest, good_above)

    def test_thresholds_are_on_the_axis(self):
        for dashboard in model.all_dashboards().values():
            for panel in model.panels(dashboard):
                settings = panel["fieldConfig"]["defaults"]
                custom = settings.get("custom", {})
                if custom.get("thresholdsStyle") == {"mode": "dashed"} and base(panel) == "green":
                    lowest = min(step["value"] for step in settings["thresholds"]["steps"][1:])
                    with self.subTest(panel=panel["title"]):
                        highest = settings.get("max", custom.get("axisSoftMax", 0))
                        self.assertGreaterEqual(highest, lowest)

    def test_the_budget_burns_as_in_the_alerts(self):
        panel = next(panel for panel in model.panels(model.all_dashboards()["golden-signals"])
                     if panel["title"].startswith("Burn rate"))
        drawn = {burnt(target["expr"]) for target in panel["targets"]}
        fired = {burnt(alert.expression)
                 for alert in alerts() if alert.name == "MCPErrorBudgetBurn"}
        self.assertEqual(drawn, fired)

    def test_lines_that_move_are_those_of_the_alerts(self):
        """The line is all that the alert's first comparisons are with, and nothing else."""
        compared = 0
        for dashboard in model.all_dashboards().values():
            for panel, target in model.targets(dashboard):
                if target["legendFormat"] == "alert above":
                    alert = pathlib.PurePosixPath(panel["links"][0]["url"]).stem
                    curve = without_matchers(model.parsed(panel["targets"][0]["expr"]))
                    wanted = {repr(limit) for limit in limits_of(alert, curve)}
                    line = without_matchers(model.parsed(target["expr"]))
                    with self.subTest(panel=panel["title"]):
                        self.assertEqual(parts(line), wanted)
                    compared += 1
        self.assertEqual(compared, 2)


def base(panel):
    return panel["fieldConfig"]["defaults"]["thresholds"]["steps"][0]["color"]


def meant(panel, limit):
    """What a limit must be by the alert's number: that, what is left of all, or one of what is
    counted."""
    literal = float(limit.literal)
    queries_of = " ".join(target["expr"] for target in panel["targets"])
    if limit.value == 1 - literal and "1 - " in queries_of:
        return 1 - literal
    if literal == 0 or any(f">= {how}{limit.literal}" in queries_of for how in ("", "bool ")):
        return 1 if base(panel) == "green" else literal
    return literal


def fires_below(limit):
    """Whether the alert is about what is less than the number."""
    found = {node.operator for alert in alerts() if alert.name == limit.alert
             for node in model.promql.walk(model.promql.parse(alert.expression))
             if isinstance(node, model.promql.Binary) and node.operator in ("<", "<=", ">", ">=")
             and float(limit.literal) in {float(one.value) for one in model.promql.walk(node.right)
                                          if isinstance(one, model.promql.Number)}}
    return bool(found) and found <= {"<", "<="}


def burnt(expression):
    """The windows of a budget's burn, and how many times too fast they burn it."""
    nodes = list(model.promql.walk(model.parsed(expression)))
    return (frozenset(node.metric for node in nodes if isinstance(node, model.promql.Selector)
                      and ":ratio_rate" in node.metric),
            next(float(node.left.value) for node in nodes if isinstance(node, model.promql.Binary)
                 and node.operator == "*" and isinstance(node.left, model.promql.Number)))


def without_matchers(node):
    for one in model.promql.walk(node):
        if isinstance(one, model.promql.Selector):
            one.matchers = []
    return node


def limits_of(name, curve):
    """What an alert compares a curve with."""
    for alert in alerts():
        for node in model.promql.walk(without_matchers(model.promql.parse(alert.expression))):
            is_binary = isinstance(node, model.promql.Binary)
            if alert.name == name and is_binary and node.operator == ">":
                if node.left == curve:
                    yield node.right


def parts(line):
    """What a line is the greatest of."""
    if isinstance(line, model.promql.Call) and line.function == "clamp_min":
        return parts(line.arguments[0]) | {repr(line.arguments[1])}
    if isinstance(line, model.promql.Binary) and line.operator in ("or", ">", ">="):
        return parts(line.left) | parts(line.right)
    return {repr(line)}


def alerts():
    return [rule for rule in rule_files.rules() if rule.is_alert]


def of_alert(name):
    return set().union(*(numbers(alert.expression) for alert in alerts() if alert.name == name))


if __name__ == "__main__":
    unittest.main()
