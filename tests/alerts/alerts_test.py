#!/usr/bin/env python3
"""What is true of each alert: people can act on it, and tests have seen it fire and be silent."""

import collections
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import catalogue
import label_sets
import rule_files
import unit_tests

ROOT = rule_files.ROOT
RUNBOOKS = ROOT / "docs/runbooks"
URL = "https://github.com/mcp-vitals/mcp-vitals/blob/main/"
DASHBOARDS = {
    "mcp-golden-signals", "mcp-outside-view", "mcp-streams-scaling", "mcp-fleet", "mcp-cost"}
HEADINGS = ["What it means", "Confirm", "Do", "What it is not"]


class AlertsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        rules = rule_files.rules()
        cls.alerts = [rule for rule in rules if rule.is_alert]
        cls.names = {alert.name for alert in cls.alerts}
        cls.fires, cls.silences = unit_tests.fires_and_silences(cls.names)
        cls.labels, _ = label_sets.of_rules({**catalogue.ours(), **catalogue.outside()}, rules)

    def each(self, check):
        for alert in self.alerts:
            with self.subTest(alert=alert.name, labels=alert.labels):
                check(alert)

    def test_has_a_severity(self):
        def check(alert):
            self.assertIn(alert.labels.get("severity"), {"critical", "warning", "info", "none"})
            self.assertIn(alert.labels.get("priority", "P1"), {"P1", "P2", "P3"})
        self.each(check)

    def test_its_summary_is_one_fixed_sentence(self):
        def check(alert):
            self.assertRegex(alert.annotations["summary"], r"^[A-Zm][^{}]*[^.{}]\.$")
            self.assertNotRegex(alert.annotations["summary"], r"[.!?] ")
        self.each(check)

    def test_its_description_tells_of_the_case(self):
        def check(alert):
            if alert.labels["severity"] != "none":
                self.assertRegex(alert.annotations["description"], r"\{\{.*\$(labels|value)\b")
        self.each(check)

    def test_it_leads_to_a_dashboard_that_is_there(self):
        shipped = {json.loads(path.read_text())["uid"] for path in ROOT.glob("dashboards/*.json")}
        self.assertEqual(shipped, DASHBOARDS)
        self.each(lambda alert: self.assertIn(alert.annotations["dashboard"], DASHBOARDS))

    def test_it_has_a_runbook(self):
        def check(alert):
            self.assertEqual(
                alert.annotations["runbook_url"], f"{URL}docs/runbooks/{alert.name}.md")
            self.assertTrue((RUNBOOKS / f"{alert.name}.md").is_file())
        self.each(check)

    def test_each_runbook_belongs_to_an_alert(self):
        self.assertEqual({path.stem for path in RUNBOOKS.iterdir()}, self.names)

    def test_runbooks_say_what_there_is_to_say(self):
        for path in sorted(RUNBOOKS.glob("*.md")):
            text = path.read_text()
            with self.subTest(runbook=path.name):
                self.assertTrue(text.startswith(f"# {path.stem}\n"))
                self.assertEqual(re.findall(r"^## (.*)", text, re.MULTILINE), HEADINGS)

    def test_queries_of_runbooks_can_work(self):
        for path in sorted(RUNBOOKS.glob("*.md")):
            for query in re.findall(r"^```promql\n(.*?)^```", path.read_text(), re.M | re.S):
                with self.subTest(runbook=path.name, query=query):
                    self.labels.of(query)

    def test_links_of_runbooks_lead_somewhere(self):
        for path in sorted(RUNBOOKS.glob("*.md")):
            for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
                with self.subTest(runbook=path.name, link=link):
                    self.assertTrue((path.parent / link).is_file())

    def test_it_has_been_seen_to_fire(self):
        self.assertEqual(self.names - {shown.alert for shown in self.fires}, set())

    def test_it_has_been_seen_to_be_silent(self):
        # The watchdog never is.
        silent = {shown.alert for shown in self.silences} | {"MCPWatchdog"}
        self.assertEqual(self.names - silent, set())

    def test_tests_ask_for_alerts_that_exist(self):
        self.assertEqual({shown.alert for shown in self.fires + self.silences} - self.names, set())

    def test_its_words_can_be_written(self):
        """Where an alert fires, promtool is told to expect nothing, and shows what it got."""
        if not shutil.which("promtool"):
            self.skipTest("promtool is not installed")
        cases = collections.defaultdict(list)
        for shown in self.fires:
            cases[shown.file].append(shown)
        for path, wanted in cases.items():
            told = got_by_promtool(path, wanted)
            written = collections.defaultdict(set)
            for alert, got in re.findall(r"alertname: (\w+), (.*?)(?=alertname:|\Z)", told, re.S):
                written[alert] |= set(re.findall(r'description="((?:[^"\\]|\\.)*)"', got))
            for alert in sorted({shown.alert for shown in wanted}):
                with self.subTest(alert=alert, file=path.name):
                    self.assertTrue(written[alert], told)
                    for text in written[alert]:
                        self.assertNotRegex(text, r"<error|<no value>|%!|\{\{|  | [,.;:)]|\( ")


def got_by_promtool(path, wanted):
    file = rule_files.load(path)
    tests = [{
        "interval": test.get("interval", "1m"),
        "input_series": test.get("input_series", []),
        "alert_rule_test": [
            {"eval_time": shown.time, "alertname": shown.alert, "exp_alerts": []}
            for shown in wanted if shown.test is test],
    } for test in {id(shown.test): shown.test for shown in wanted}.values()]
    # JSON is YAML.
    text = json.dumps({
        **file, "tests": tests,
        "rule_files": [str((path.parent / rules).resolve()) for rules in file["rule_files"]]})
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "tests.yml"
        copy.write_text(text)
        run = subprocess.run(["promtool", "test", "rules", copy], capture_output=True, text=True)
    return run.stdout + run.stderr


if __name__ == "__main__":
    unittest.main()
