#!/usr/bin/env python3
"""grafana/dashboard-linter's rules hold for each dashboard, and each finds what it is there for."""

import copy
import unittest

import linter
import model

# Those that are used. The test `dashboards_grafana` asks Grafana's own package whether it knows
# them.
UNITS = {"none", "short", "percentunit", "s", "bytes", "Bps", "ops", "cps", "reqps", "currencyUSD"}


def excluded():
    """dashboards/.lint: what the linter is told to leave out, (rule, dashboard, panel)."""
    found, rule = set(), ""
    for line in (model.ROOT / "dashboards/.lint").read_text().split("\n"):
        if line.endswith("-rule:"):
            rule = line.strip().removesuffix("-rule:").replace("-", "_")
        elif "- dashboard: " in line:
            dashboard = line.split(": ", 1)[1].strip('"')
        elif "panel: " in line:
            found.add((rule, dashboard, line.split(": ", 1)[1].strip('"')))
    return found


class LinterTest(unittest.TestCase):
    def test_every_rule_holds(self):
        excluded_, used = excluded(), set()
        for dashboard in model.all_dashboards().values():
            for rule, panel, wrong in linter.findings(dashboard, UNITS):
                where = (rule, dashboard["title"], panel)
                with self.subTest(where=where, wrong=wrong):
                    self.assertIn(where, excluded_)
                used.add(where)
        self.assertEqual(excluded_ - used, set(), "left out for nothing")

    def test_nothing_but_matchers_is_left_out(self):
        self.assertEqual({rule for rule, _, _ in excluded()}, {"target_job", "target_instance"})


class RulesFindTest(unittest.TestCase):
    """Each rule against a dashboard that is good but for one thing."""

    def setUp(self):
        self.good = copy.deepcopy(model.all_dashboards()["golden-signals"])
        self.good["panels"] = [next(panel for panel in model.panels(self.good)
                                    if panel["title"] == "Client connections")]
        self.panel = self.good["panels"][0]
        self.target = self.panel["targets"][0]
        self.assertEqual(list(linter.findings(self.good, UNITS)), [])

    def expect(self, rule):
        self.assertIn(rule, {found[0] for found in linter.findings(self.good, UNITS)})

    def variable(self, name):
        return linter.variable(self.good, name)

    def test_template_datasource(self):
        self.variable("datasource")["label"] = "Source"
        self.expect("template_datasource")

    def test_template_job(self):
        self.variable("job")["allValue"] = ".*"
        self.expect("template_job")

    def test_template_instance(self):
        self.variable("instance")["multi"] = False
        self.expect("template_instance")

    def test_template_label_promql(self):
        self.variable("server")["query"] = "label_values(up{, server)"
        self.expect("template_label_promql")

    def test_template_on_time_change_reload(self):
        self.variable("server")["refresh"] = 1
        self.expect("template_on_time_change_reload")

    def test_uneditable_dashboard(self):
        self.good["editable"] = True
        self.expect("uneditable_dashboard")

    def test_panel_datasource(self):
        self.panel["datasource"] = {"uid": "P1"}
        self.expect("panel_datasource")

    def test_panel_title_description(self):
        self.panel["description"] = ""
        self.expect("panel_title_description")

    def test_panel_units(self):
        self.panel["fieldConfig"]["defaults"]["unit"] = "connections"
        self.expect("panel_units")

    def test_panel_no_targets(self):
        self.panel["targets"] = []
        self.expect("panel_no_targets")

    def test_target_promql(self):
        self.target["expr"] = "sum(up{"
        self.good["panels"][0]["targets"] = [self.target]
        self.assertEqual(len(list(linter.target_promql(self.target))), 1)

    def test_target_rate_interval(self):
        self.target["expr"] = 'rate(a_total{job=~"$job",instance=~"$instance"}[5m])'
        self.expect("target_rate_interval")

    def test_target_job_and_instance(self):
        self.target["expr"] = "a + b"
        self.expect("target_job")
        self.expect("target_instance")

    def test_target_counter_agg(self):
        self.target["expr"] = 'sum(a_total{job=~"$job",instance=~"$instance"})'
        self.expect("target_counter_agg")


if __name__ == "__main__":
    unittest.main()
