#!/usr/bin/env python3
"""What queries of panels answer in worlds that are played to promtool, with the shipped rules."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import model

RULES = model.ROOT / "alerts"
PROBES = ("recording/probes.yml", "recording/outside.yml")
# As README.md has it for /probe: what is probed is the instance.
BY_PROBE = '{job="mcp",instance="https://mcp.example.com/mcp"}'


def of(dashboard, panel, ref="A", intervals=None, **chosen):
    found = [one.filled for one in model.queries.queries(chosen, intervals)
             if (one.dashboard, one.panel, one.ref) == (dashboard, panel, ref)]
    assert len(found) == 1, (dashboard, panel, ref)
    return found[0]


@unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
class PlayedTest(unittest.TestCase):
    def answers(self, rules, series, at, *expected):
        """`rules`: files of alerts/. `expected`: query, and its samples (labels -> value)."""
        cases = [{"expr": query, "eval_time": at,
                  "exp_samples": [{"labels": labels, "value": value}
                                  for labels, value in samples.items()]}
                 for query, samples in expected]
        test = {"interval": "15s", "promql_expr_test": cases,
                "input_series": [{"series": one, "values": values}
                                 for one, values in series.items()]}
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "played.yml"
            file.write_text(json.dumps({"rule_files": [str(RULES / rule) for rule in rules],
                                        "evaluation_interval": "15s", "tests": [test]}))
            run = subprocess.run(["promtool", "test", "rules", file], capture_output=True,
                                 text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_the_line_of_a_spike_stays_while_the_curve_rises(self):
        sessions = '{job="mcp",instance="a",server="files"}'
        self.answers(
            ["recording/traffic.yml"], {"mcp_active_sessions" + sessions: "10x340 50x40"}, "89m",
            (of("golden-signals", "Sessions", "B", server="files"),
             {'{job="mcp",server="files"}': 30}))

    def test_what_comes_by_probe_is_seen(self):
        named = '{target="https://mcp.example.com/mcp"}'
        seen = '{target="https://mcp.example.com/mcp",vantage="eu"}'
        own = BY_PROBE[:-1] + ',vantage="eu"}'
        outside = "outside-view"
        self.answers(
            PROBES, {"mcp_probe_success" + own: "0x40", "mcp_probe_tools" + own: "3x40",
             "mcp_probe_missing_tools" + own: "1x40", "mcp_probe_canary_success" + own: "0x40",
             "mcp_probe_health_contradicts" + own: "1x40",
             "mcp_probe_certificate_expiry_timestamp_seconds" + own: "864480x40",
             "mcp_probe_info" + own[:-1] + ',era="modern",server_name="files"}': "1x40"},
            "8m",
            (of(outside, "Probes by target and vantage"), {seen: 0}),
            (of(outside, "Days to the first expiry"), {"{}": 10}),
            (of(outside, "Certificate, days left"), {named: 10}),
            (of(outside, "Tools missing"), {"{}": 1}),
            (of(outside, "Tools"), {named: 3}),
            (of(outside, "Tools", "B"), {named: 1}),
            (of(outside, "Canary"), {seen: 0}),
            (of(outside, "Contradicting health"), {"{}": 1}),
            (of(outside, "Health contradicts"), {seen: 1}),
            (of(outside, "What answered"), {named[:-1] + ',era="modern",server_name="files"}': 1}),
            (of("fleet", "Targets"), {named: 0}))

    def test_a_mean_over_eras_adds_up_to_the_mean(self):
        def spent(target, phase, seconds):
            series = '{job="a",instance="a",vantage="eu",target="%s",phase="%s"}' % (target, phase)
            return {f"mcp_probe_duration_seconds_sum{series}": f"0+{seconds}x80",
                    f"mcp_probe_duration_seconds_count{series}": "0+1x80"}

        self.answers(
            PROBES, {**spent("old", "initialize", 2), **spent("old", "total", 2),
             **spent("new", "discover", 4), **spent("new", "total", 4)}, "20m",
            (of("outside-view", "Phases of a probe"),
             {'{phase="initialize"}': 1, '{phase="discover"}': 2}))

    def test_inside_and_outside_are_of_the_same_probes(self):
        of_eu, of_us = (
            '{job="a",instance="%s",target="files",vantage="%s"%%s}' % (vantage, vantage)
            for vantage in ("eu", "us"))
        panel = "Canary inside and outside"
        canary = ',phase="canary"'
        self.answers(
            PROBES, {"mcp_probe_duration_seconds_sum" + of_eu % canary: "0+4x80",
             "mcp_probe_duration_seconds_count" + of_eu % canary: "0+1x80",
             "mcp_probe_duration_seconds_sum" + of_us % canary: "0+8x80",
             "mcp_probe_duration_seconds_count" + of_us % canary: "0+1x80",
             # Of the last ten minutes the mean is 2; the last of them is 3.
             "mcp_probe_inside_canary_seconds" + of_eu % "": "1x59 2x0 3x19"}, "20m",
            (of("outside-view", panel), {'{target="files"}': 4}),
            (of("outside-view", panel, "B"), {'{target="files"}': 2}))

    def test_a_path_at_fault_is_seen_though_no_proxy_tells(self):
        outside = '{job="a",instance="a",target="public",vantage="eu"}'
        inside = '{job="b",instance="b",target="in-pod",vantage="pod"}'
        named = ',server_name="files",address_scope="%s"}'
        self.answers(
            (*PROBES, "alerting/outside.yml"),
            {"mcp_probe_consecutive_failures" + outside: "0x20 5x40",
             "mcp_probe_info" + outside[:-1] + named % "public": "1x20 _x40",
             "mcp_probe_consecutive_failures" + inside: "0x60",
             "mcp_probe_last_success_timestamp_seconds" + inside: "0+15x60",
             "mcp_probe_info" + inside[:-1] + named % "loopback": "1x60"}, "12m",
            (of("outside-view", "Path at fault"), {'{target="public",vantage="eu"}': 1}),
            (of("outside-view", "Layer at fault"), {}))

    def test_two_scalers_of_a_fleet_are_one_voice(self):
        series = {}
        for instance in ("a", "b"):
            labels = '{job="a",instance="%s",fleet="files"%%s}' % instance
            series |= {"mcp_scaler_blind" + labels % "": "1x8",
                       "mcp_scaler_pods" + labels % ',state="serving"': "3x8",
                       "mcp_scaler_members" + labels % ',state="fresh"': "3x8"}
        panels = "streams-and-scaling"
        self.answers(
            (), series, "1m",
            (of(panels, "Blind fleets"), {"{}": 1}),
            (of(panels, "Pods as the scaler sees them"), {'{state="serving"}': 3}),
            (of(panels, "Members by state"), {'{state="fresh"}': 3}))

    def test_alerts_are_those_of_what_is_chosen(self):
        def alert(name, severity, labels=""):
            return ('ALERTS{alertname="%s",alertstate="firing",severity="%s"%s}'
                    % (name, severity, labels))

        series = {alert("MCPHeapFilling", "warning", ',server="files",namespace="n"'): "1x8",
                  alert("MCPHeapFilling", "warning", ',server="other",namespace="n"'): "1x8",
                  alert("MCPScalerBlind", "critical", ',fleet="files",namespace="keda"'): "1x8",
                  alert("MCPEndpointDown", "critical", ',target="files"'): "1x8",
                  alert("HighMCPCost", "warning"): "1x8",
                  alert("MCPWatchdog", "none"): "1x8"}
        chosen = {"server": "files", "namespace": "n"}
        self.answers(
            (), series, "1m",
            (of("golden-signals", "Alerts that fire", **chosen), {"{}": 3}),
            (of("fleet", "Critical alerts", **chosen), {"{}": 1}),
            (of("fleet", "Critical alerts"), {"{}": 2}),
            (of("fleet", "Other alerts", **chosen), {"{}": 2}),
            (of("fleet", "Alerts that fire", **chosen),
             {'{alertname="MCPEndpointDown",target="files"}': 1,
              '{alertname="MCPHeapFilling",namespace="n",server="files"}': 2,
              '{alertname="HighMCPCost"}': 2}))

    def test_what_a_pod_sees_of_itself_is_not_the_availability(self):
        outside = '{job="a",instance="a",target="public",vantage="eu"}'
        in_pod = '{job="a",instance="a",target="in-pod",vantage="pod"}'
        self.answers(
            PROBES, {"mcp_probes_total" + outside: "0+4x60",
                     "mcp_probe_failures_total" + outside: "0+0x60",
                     "mcp_probes_total" + in_pod: "0+4x60",
                     "mcp_probe_failures_total" + in_pod[:-1] + ',reason="timeout"}': "0+2x60",
                     "mcp_probe_info" + in_pod[:-1] + ',address_scope="loopback"}': "1x60"}, "15m",
            ('vantage:mcp_probe:availability5m{target="in-pod"} + 0',
             {in_pod.replace('instance="a",', ""): 0.5}),
            (of("outside-view", "Worst availability, 30 days").replace("30d", "5m"), {"{}": 1}))

    def test_cold_starts_are_of_the_chosen_server(self):
        series = {}
        for instance, server, seconds in (("a", "files", 5), ("b", "other", 50)):
            labels = '{job="a",instance="%s"}' % instance
            series |= {"mcp_pod_startup_duration_seconds" + labels: f"{seconds}x8",
                       "mcp_requests_in_flight" + labels[:-1] + f',server="{server}"}}': "0x8"}
        self.answers((), series, "1m",
                     (of("streams-and-scaling", "Slowest cold start", server="files"), {"{}": 5}))

    def test_deploys_and_replica_changes_are_seen_at_any_step(self):
        """Each is at one step and no other, however long a step is."""
        labels = '{namespace="n",server="s",workload="s"}'
        pods = "revision:mcp_pods:count" + labels[:-1]
        series = {"workload:mcp_replicas:spec" + labels: "2x100 3x1000",
                  pods + ',revision="1"}': "2x100 _x1000", pods + ',revision="2"}': "_x101 1x1000"}
        workload = '{namespace="n",workload="s"}'
        for step, before, at, after in (("30m", "20m", "50m", "80m"), ("1m", "25m", "26m", "27m")):
            deploy, change = (of("golden-signals", f"annotation {name}", "", {"__interval": step})
                              for name in ("Deploys", "Replica changes"))
            for moment, deploys, changes in (
                    (before, {}, {}), (after, {}, {}), (at, {workload: 1}, {labels: 3})):
                with self.subTest(step=step, moment=moment):
                    self.answers((), series, moment,
                                 (f"count by (namespace, workload) ({deploy})", deploys),
                                 (f"({change}) + 0", changes))


if __name__ == "__main__":
    unittest.main()
