#!/usr/bin/env python3
"""What all rules together cost a Prometheus that scrapes 200 pods: `make bench-rules`.

A real Prometheus with the rule files as they are scrapes invented sidecars (exposition.py) each
15 s; what rules look back to for longer than that lasts is written beforehand. Once the usual
windows are full, each group's evaluations are timed, and the CPU time with the rules is compared
with that without them. The clock's figures suffer when the machine does something else; the bound
is on the CPU time. Exit status 1 where it is not met.
"""

import argparse
import collections
import http.server
import itertools
import json
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import catalogue
import exposition
import label_sets
import promql
import rule_files

BOUND = 0.05
SCRAPE = 15
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def seconds(text):
    return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdw])", text))


class Sidecars(http.server.BaseHTTPRequestHandler):
    """Answers for all of them: /server/N, /scaler, /kubernetes."""

    protocol_version = "HTTP/1.1"
    born = time.time()
    known = {}  # path -> (when, body): the pods of a server differ in nothing

    def do_GET(self):
        now = int(time.time() - self.born) // SCRAPE * SCRAPE
        if self.known.get(self.path, (None,))[0] != now:
            kind, _, number = self.path[1:].partition("/")
            body = (exposition.sidecar(int(number), now) if kind == "server"
                    else getattr(exposition, kind)(now))
            self.known[self.path] = now, body.encode()
        body = self.known[self.path][1]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def configuration(port, rules):
    """Prometheus' configuration: JSON is YAML."""
    address = f"127.0.0.1:{port}"
    pods = [{"targets": [address], "labels": {
                "__metrics_path__": f"/server/{server}", "namespace": "mcp", "pod": pod,
                "instance": f"10.0.{number // 250}.{number % 250}:9788"}}
            for number, (pod, server, _, _) in enumerate(exposition.pods())]
    return json.dumps({
        "global": {"scrape_interval": f"{SCRAPE}s", "evaluation_interval": "30s"},
        "rule_files": [str(path) for path in rules],
        "scrape_configs": [
            {"job_name": "mcp", "static_configs": pods},
            {"job_name": "scaler", "metrics_path": "/scaler",
             "static_configs": [{"targets": [address], "labels": {"namespace": "mcp"}}]},
            {"job_name": "kubernetes", "metrics_path": "/kubernetes", "honor_labels": True,
             "static_configs": [{"targets": [address]}]}]})


def past(rules):
    """What rules look back to beyond half an hour: recorded name -> (how long, which interval)."""
    recorded = {rule.name: rule.interval for rule in rules if not rule.is_alert}
    found = {}
    for rule in rules:
        for node in promql.walk(promql.parse(rule.expression)):
            if isinstance(node, promql.Selector) and node.metric in recorded:
                span = seconds(node.range.split(":")[0]) + seconds(node.offset)
                if span > 1800:
                    span = max(span, found.get(node.metric, (0,))[0])
                    found[node.metric] = span, seconds(recorded[node.metric])
    return found


def write_past(path, rules, now):
    """That, as OpenMetrics; the number of samples."""
    labels = label_sets.of_rules({**catalogue.ours(), **catalogue.outside()}, rules)[0].series
    values = {**exposition.VALUES, "namespace": ["mcp"], "job": ["mcp"],
              "server": [f"server-{n}" for n in range(exposition.SERVERS)],
              "workload": [f"server-{n}" for n in range(exposition.SERVERS)],
              "revision": ["abc"], "reason": exposition.REASONS,
              "gen_ai_tool_name": [f"tool_{n}" for n in range(exposition.TOOLS)],
              "pod": [pod for pod, *_ in exposition.pods()]}
    owner = {pod: f"server-{server}" for pod, server, *_ in exposition.pods()}
    written = 0
    with path.open("w") as file:
        for name, (span, interval) in past(rules).items():
            file.write(f"# TYPE {name} gauge\n")
            known = sorted(labels[name] - {"instance"})
            for combination in itertools.product(*(values.get(label, ["x"]) for label in known)):
                chosen = dict(zip(known, combination))
                server = chosen.get("server")
                if server != chosen.get("workload", server) or (
                        server and server != owner.get(chosen.get("pod"), server)):
                    continue
                series = exposition.text(name, chosen, "")[:-1]
                for at in range(int(now - span), int(now - 60), int(interval)):
                    file.write(f"{series}{(at // 60 % 7 + 1) / 10} {at}\n")
                    written += 1
        file.write("# EOF\n")
    return written


class Prometheus:
    def __init__(self, work, port):
        self.log = (work / "prometheus.log").open("w")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={work}/prometheus.yml",
             f"--storage.tsdb.path={work}/data",
             f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=60d",
             "--storage.tsdb.allow-overlapping-blocks"],
            stdout=self.log, stderr=self.log)
        self.url = f"http://127.0.0.1:{port}"

    def metrics(self):
        """Its own /metrics: name -> [(labels, value)]."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=60) as answer:
            found = collections.defaultdict(list)
            for line in answer.read().decode().split("\n"):
                if match := re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line):
                    labels = dict(re.findall(r'(\w+)="((?:\\.|[^"\\])*)"', match[2] or ""))
                    found[match[1]].append((labels, float(match[3])))
            return found

    def wait(self, patience):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise SystemExit(f"Prometheus ended: {self.log.name}")
            try:
                return self.metrics()
            except OSError:
                time.sleep(0.5)
        raise SystemExit("Prometheus did not come up")

    def cpu(self, duration):
        """Its CPU time for so long, as a part of one core."""
        before, began = self.metrics()["process_cpu_seconds_total"][0][1], time.monotonic()
        time.sleep(duration)
        after = self.metrics()["process_cpu_seconds_total"][0][1]
        return (after - before) / (time.monotonic() - began)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()


def by_group(metrics, name):
    return {labels["rule_group"].rsplit("/", 1)[1].replace(".yml", "").replace(";", " "): value
            for labels, value in metrics[name]}


def measure(prometheus, duration):
    """Each group's evaluations, and CPU: ({group: seconds}, {group: interval}, core, metrics)."""
    found, last, began = collections.defaultdict(list), {}, time.monotonic()
    first = metrics = prometheus.metrics()
    while time.monotonic() < began + duration:
        time.sleep(2)
        metrics = prometheus.metrics()
        took = by_group(metrics, "prometheus_rule_group_last_duration_seconds")
        for group, at in by_group(
                metrics, "prometheus_rule_group_last_evaluation_timestamp_seconds").items():
            if last.get(group, at) != at:
                found[group].append(took[group])
            last[group] = at
    used = metrics["process_cpu_seconds_total"][0][1] - first["process_cpu_seconds_total"][0][1]
    intervals = by_group(metrics, "prometheus_rule_group_interval_seconds")
    return found, intervals, used / (time.monotonic() - began), metrics


def report(found, intervals, metrics):
    """A table by the clock; True if no evaluation failed."""
    print(f"{'group':36}{'interval':>9}{'times':>6}{'least':>11}{'median':>11}{'most':>11}"
          f"{'share':>8}")
    total = 0
    for group, took in sorted(found.items(), key=lambda item: -statistics.median(item[1])):
        share = statistics.median(took) / intervals[group]
        total += share
        print(f"{group:36}{intervals[group]:7.0f} s{len(took):6}"
              + "".join(f"{part * 1e3:8.1f} ms" for part in (
                  min(took), statistics.median(took), max(took))) + f"{share:8.2%}")
    unseen = sorted(set(intervals) - set(found))
    if unseen:
        print("not evaluated while measuring:", ", ".join(unseen))
    failed = sum(value for _, value in metrics["prometheus_rule_evaluation_failures_total"])
    series = metrics["prometheus_tsdb_head_series"][0][1]
    print(f"\n{series:.0f} series; {failed:.0f} failed evaluations")
    print(f"by the clock, all groups together: {total:.2%} of their intervals")
    return failed == 0 and not unseen


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--warm", type=int, default=420, help="seconds of scrapes beforehand")
    arguments.add_argument("--measure", type=int, default=300, help="seconds of timing")
    arguments = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left behind
    rules = rule_files.rules()
    work = pathlib.Path(tempfile.mkdtemp(prefix="mcp-vitals-rules-"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sidecars)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    prometheus = None
    try:
        samples = write_past(work / "past.om", rules, time.time())
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet",
                        "--max-block-duration=768h", str(work / "past.om"), str(work / "data")],
                       check=True)
        print(f"{len(rules)} rules; {samples} samples of the past", flush=True)
        (work / "prometheus.yml").write_text(configuration(server.server_port, rule_files.paths()))
        prometheus = Prometheus(work, free_port())
        prometheus.wait(60)
        time.sleep(arguments.warm)
        found, intervals, core, metrics = measure(prometheus, arguments.measure)
        (work / "prometheus.yml").write_text(configuration(server.server_port, []))
        prometheus.process.send_signal(signal.SIGHUP)
        time.sleep(SCRAPE)
        cost = core - prometheus.cpu(arguments.measure / 2)
        sound = report(found, intervals, metrics)
        print(f"CPU for the rules: {cost:.2%} of one core (bound {BOUND:.0%})")
        sys.exit(0 if sound and cost < BOUND else 1)
    finally:
        if prometheus:
            prometheus.stop()
        server.shutdown()
        shutil.rmtree(work, ignore_errors=True)


def free_port():
    with http.server.HTTPServer(("127.0.0.1", 0), None) as probe:
        return probe.server_port


if __name__ == "__main__":
    main()
