#!/usr/bin/env python3
"""The example configuration of the Alertmanager: who hears of what, and what is made needless."""

import json
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.request

import catalogue
import label_sets
import rule_files
import unit_tests

EXAMPLE = rule_files.ROOT / "alerts/alertmanager.example.yml"
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"(.*)"')
DEADLINE = 30  # s, for what takes milliseconds

# What an alert's labels are, and who is told, in order.
ROUTES = [
    ({"alertname": "MCPWatchdog", "severity": "none"}, "watchdog"),
    ({"alertname": "MCPEndpointDown", "severity": "critical", "priority": "P1"}, "webhook,pager"),
    ({"alertname": "MCPCanaryFailing", "severity": "critical"}, "webhook,pager"),
    ({"alertname": "MCPRegionDown", "severity": "warning", "priority": "P2"}, "webhook,on-duty"),
    ({"alertname": "MCPHighErrorRate", "severity": "warning"}, "webhook,on-duty"),
    ({"alertname": "MCPRegionSlow", "severity": "info", "priority": "P3"}, "webhook,chat"),
    ({"alertname": "Another"}, "chat"),
]

PODS = {"namespace": "n", "job": "s", "target": "local"}
EU = {"job": "p", "target": "public", "vantage": "eu"}
FILES = {"namespace": "n", "job": "s", "server": "files"}
# Alerts that fire together, and those of them that nobody is told of.
TOGETHER = [
    ([("MCPEndpointDown", {"target": "public"}), ("MCPProbeFailing", EU), ("MCPRegionDown", EU),
      ("MCPRegionSlow", EU), ("MCPCanaryFailing", EU),
      ("MCPProbeFailing", {**EU, "target": "other"})],
     [("MCPProbeFailing", EU), ("MCPRegionDown", EU), ("MCPRegionSlow", EU)]),
    # The pods of two servers use one name for their targets.
    ([("MCPEndpointDown", PODS), ("MCPProbeFailing", PODS),
      ("MCPProbeFailing", {**PODS, "namespace": "other"})],
     [("MCPProbeFailing", PODS)]),
    ([("MCPRegionDown", EU), ("MCPProbeFailing", EU), ("MCPProbeFailing", {**EU, "vantage": "us"})],
     [("MCPProbeFailing", EU)]),
    ([("MCPCertificateExpired", EU), ("MCPCertificateExpiresVerySoon", EU),
      ("MCPCertificateExpiresSoon", EU), ("MCPCertificateExpiresSoon", {**EU, "target": "other"})],
     [("MCPCertificateExpiresVerySoon", EU), ("MCPCertificateExpiresSoon", EU)]),
    ([("MCPDatabaseConnectionPoolExhausted", FILES), ("MCPPoolFilling", FILES),
      ("MCPHeapFilling", FILES)],
     [("MCPPoolFilling", FILES)]),
    ([("MCPHeapExhausted", FILES), ("MCPHeapFilling", FILES)], [("MCPHeapFilling", FILES)]),
    ([("MCPErrorBudgetBurn", {**FILES, "severity": "critical"}),
      ("MCPErrorBudgetBurn", {**FILES, "severity": "warning"}),
      ("MCPHighErrorRate", {**FILES, "severity": "warning"})],
     [("MCPErrorBudgetBurn", {**FILES, "severity": "warning"}),
      ("MCPHighErrorRate", {**FILES, "severity": "warning"})]),
    ([("MCPVitalsDown", {"job": "p"}), ("MCPProbeDataMissing", EU),
      ("MCPProbeDataMissing", {**EU, "job": "q"}),
      ("MCPScalerGone", {"job": "p", "fleet": "files"})],
     [("MCPProbeDataMissing", EU), ("MCPScalerGone", {"job": "p", "fleet": "files"})]),
]


class AlertmanagerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.config = rule_files.load(EXAMPLE)
        rules = rule_files.rules()
        cls.alerts = {rule.name for rule in rules if rule.is_alert}
        cls.labels, _ = label_sets.of_rules({**catalogue.ours(), **catalogue.outside()}, rules)

    def amtool(self, *arguments):
        if not shutil.which("amtool"):
            self.skipTest("amtool is not installed")
        return subprocess.run(["amtool", *arguments], capture_output=True, text=True)

    def test_amtool_takes_it(self):
        run = self.amtool("check-config", EXAMPLE)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_severity_says_who_hears_of_it(self):
        for labels, receivers in ROUTES:
            with self.subTest(labels=labels):
                run = self.amtool(
                    "config", "routes", "test", f"--config.file={EXAMPLE}",
                    f"--verify.receivers={receivers}",
                    *(f"{name}={value}" for name, value in labels.items()))
                self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_every_kind_of_receiver_is_shown(self):
        kinds = {kind for receiver in self.config["receivers"] for kind in receiver}
        self.assertEqual(kinds - {"name"}, {
            "slack_configs", "pagerduty_configs", "opsgenie_configs", "webhook_configs"})

    def test_inhibition_is_between_alerts_and_labels_that_there_are(self):
        for rule in self.config["inhibit_rules"]:
            sides = [self.named(rule[side]) for side in ("source_matchers", "target_matchers")]
            for alert in set.union(*sides):
                # A pair without the label on both sides is equal, too, and must be meant.
                for label in set(rule["equal"]) - {"job", "namespace", "vantage"}:
                    with self.subTest(alert=alert, label=label):
                        self.assertIn(label, self.labels.alerts[alert])

    def named(self, matchers):
        """The alerts that the matchers name; one of a name that is no alert's is a failure."""
        for text in matchers:
            label, operator, value = MATCHER.fullmatch(text).groups()
            if label == "alertname":
                for name in value.split("|"):
                    self.assertIn(name, self.alerts)
                return {name for name in self.alerts if unit_tests.matches(name, operator, value)}
        return self.fail(f"no alertname: {matchers}")

    def test_an_alertmanager_inhibits_what_is_needless(self):
        program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
        if not program:
            self.skipTest("the Alertmanager is not installed")
        for alerts, needless in TOGETHER:
            with self.subTest(alerts=alerts), tempfile.TemporaryDirectory() as folder:
                with Alertmanager(program, folder) as manager:
                    manager.post(alerts)
                    expected = sorted((name, sorted(labels.items())) for name, labels in needless)
                    self.assertEqual(manager.inhibited(expected), expected)


class Alertmanager:
    """One on a free port, that waits for an hour before it tells anybody."""

    def __init__(self, program, folder):
        text = EXAMPLE.read_text()
        config = f"{folder}/alertmanager.yml"
        with open(config, "w", encoding="utf-8") as file:
            file.write(re.sub(r"group_wait: \w+", "group_wait: 1h", text))
        self.process = subprocess.Popen(
            [program, f"--config.file={config}", f"--storage.path={folder}",
             "--web.listen-address=127.0.0.1:0", "--cluster.listen-address="],
            stderr=subprocess.PIPE, text=True)
        self.url = None

    def __enter__(self):
        for line in self.process.stderr:
            if found := re.search(r"address=(127\.0\.0\.1:[1-9]\d*)", line):
                self.url = f"http://{found[1]}/api/v2/alerts"
                return self
        raise RuntimeError("the Alertmanager does not start")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def post(self, alerts):
        body = json.dumps(
            [{"labels": {"alertname": name, **labels}} for name, labels in alerts]).encode()
        urllib.request.urlopen(urllib.request.Request(
            self.url, body, {"Content-Type": "application/json"}), timeout=DEADLINE).close()

    def inhibited(self, expected):
        """The alerts that another inhibits: it takes a moment until they are these."""
        end = time.monotonic() + DEADLINE
        found = None
        while found != expected and time.monotonic() < end:
            with urllib.request.urlopen(self.url, timeout=DEADLINE) as answer:
                found = sorted(
                    (alert["labels"].pop("alertname"), sorted(alert["labels"].items()))
                    for alert in json.load(answer) if alert["status"]["inhibitedBy"])
        return found


if __name__ == "__main__":
    unittest.main()
