#!/usr/bin/env python3
"""A real Prometheus scrapes /metrics, and drives /probe by relabelling as with blackbox_exporter.

MCP_VITALS and SAMPLE_SERVER name the two programs. Exit 77 where Prometheus is not installed.
"""

import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

PATIENCE = 60  # seconds for anything to come up


# Names that dashboards made for blackbox_exporter read, of a probe over plain HTTP.
BLACKBOX = {
    "probe_success",
    "probe_duration_seconds",
    "probe_dns_lookup_time_seconds",
    "probe_http_duration_seconds",
    "probe_http_redirects",
    "probe_http_status_code",
    "probe_http_version",
    "probe_ip_protocol",
}


def free_port():
    """A port that nobody listens on, below the ephemeral ones: those come and go by themselves."""
    for port in random.sample(range(20000, 32768), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def wait_for(what, condition):
    """The first true value of `condition`; its exceptions mean "not yet"."""
    end = time.monotonic() + PATIENCE
    last = None
    while time.monotonic() < end:
        try:
            value = condition()
            if value:
                return value
        except (OSError, KeyError, IndexError, ValueError) as error:
            last = error
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {PATIENCE} s (last: {last})")


class PrometheusTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="mcp-vitals-prometheus-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.sample = cls.start("sample", os.environ["SAMPLE_SERVER"], stdout=subprocess.PIPE)
        address = cls.sample.stdout.readline().decode().split()[-1]
        cls.target = f"http://{address}/mcp"
        cls.port = free_port()
        cls.run_sidecar()
        cls.run_prometheus()

    @classmethod
    def start(cls, name, *command, **options):
        log = open(cls.directory / f"{name}.log", "wb")
        options.setdefault("stdout", log)
        process = subprocess.Popen(command, stderr=log, **options)
        cls.addClassCleanup(cls.stop, process, log)
        return process

    @staticmethod
    def stop(process, log):
        process.terminate()
        process.wait(timeout=20)
        if process.stdout:
            process.stdout.close()
        log.close()

    @classmethod
    def run_sidecar(cls):
        config = cls.directory / "mcp-vitals.yml"
        config.write_text(
            f"""
http: {{listen: "127.0.0.1:{cls.port}"}}
admin: {{listen: "unix:{cls.directory}/admin.sock"}}
labels: {{team: 'a "quoted" team'}}
probe:
  interval: 1s
  vantage: test
  targets:
    - {{name: good, url: "{cls.target}", canary: {{tool: add, arguments: {{a: 2, b: 3}}}}}}
    - {{name: short, url: "{cls.target}", expect: {{tools: [echo, fly]}}}}
    - {{name: bad, url: "http://127.0.0.1:1/mcp"}}
  modules:
    default: {{allowed_hosts: [127.0.0.1]}}
"""
        )
        cls.start("sidecar", os.environ["MCP_VITALS"], "run", "--config", str(config))
        cls.url = f"http://127.0.0.1:{cls.port}"
        wait_for("the sidecar", lambda: get(f"{cls.url}/-/startup"))

    @classmethod
    def run_prometheus(cls):
        port = free_port()
        config = cls.directory / "prometheus.yml"
        config.write_text(
            f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: vitals
    static_configs: [{{targets: ["127.0.0.1:{cls.port}"]}}]
  - job_name: mcp
    metrics_path: /probe
    static_configs: [{{targets: ["{cls.target}", "http://127.0.0.1:1/mcp"]}}]
    relabel_configs: &probe
      - {{source_labels: [__address__], target_label: __param_target}}
      - {{source_labels: [__param_target], target_label: instance}}
      - {{target_label: __address__, replacement: "127.0.0.1:{cls.port}"}}
  - job_name: foreign-host
    metrics_path: /probe
    static_configs: [{{targets: ["http://mcp.example.com/mcp"]}}]
    relabel_configs: *probe
"""
        )
        cls.start(
            "prometheus",
            "prometheus",
            f"--config.file={config}",
            f"--storage.tsdb.path={cls.directory}/data",
            f"--web.listen-address=127.0.0.1:{port}",
        )
        cls.prometheus = f"http://127.0.0.1:{port}"
        wait_for("Prometheus", lambda: get(f"{cls.prometheus}/-/ready"))

    def samples(self, query):
        """What an instant query finds, as soon as it finds anything."""
        url = f"{self.prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": query})
        return wait_for(query, lambda: json.loads(get(url))["data"]["result"])

    def value(self, query):
        return self.samples(query)[0]["value"][1]

    def test_scrapes_metrics(self):
        self.assertEqual(self.value('up{job="vitals"}'), "1")
        self.assertEqual(self.value('mcp_probe_success{job="vitals",target="good"}'), "1")
        self.assertEqual(self.value('mcp_probe_success{job="vitals",target="bad"}'), "0")
        refused = 'mcp_probe_failures_total{job="vitals",target="bad",reason="connection_refused"}'
        self.assertGreaterEqual(float(self.value(f"{refused} > 0")), 1)
        info = 'mcp_probe_info{target="good",era="modern",transport="streamable_http"}'
        self.assertEqual(self.value(info), "1")
        self.assertEqual(self.value('mcp_probe_canary_success{target="good"}'), "1")
        self.assertEqual(self.value('mcp_probe_missing_tools{target="short"}'), "1")

    def test_every_reason_is_a_series_from_the_start(self):
        self.assertEqual(len(self.samples('mcp_probe_failures_total{target="good"} == 0')), 22)

    def test_quantiles_come_out_of_the_histogram(self):
        rate = 'increase(mcp_probe_duration_seconds_bucket{target="good",phase="total"}[20s])'
        quantile = float(self.value(f"histogram_quantile(0.9, sum by (le) ({rate})) > 0"))
        self.assertLess(quantile, 10)

    def test_constant_labels_stand_on_every_sample(self):
        self.value('mcp_probe_success{job="vitals",team="a \\"quoted\\" team"}')
        without = '{job="vitals",__name__=~"mcp_.+|process_.+",team!="a \\"quoted\\" team"}'
        self.value(f"absent({without})")

    def test_tells_of_the_pod_and_of_the_program(self):
        self.assertGreaterEqual(float(self.value("mcp_pod_startup_duration_seconds")), 0)
        self.assertEqual(self.value("mcp_vitals_config_last_reload_successful"), "1")
        age = 'time() - process_start_time_seconds{job="vitals"}'
        self.assertLess(float(self.value(age)), 3600)

    def test_drives_probe_by_relabelling(self):
        good = f'{{job="mcp",instance="{self.target}"}}'
        bad = '{job="mcp",instance="http://127.0.0.1:1/mcp"}'
        self.assertEqual(self.value(f"up{good}"), "1")
        self.assertEqual(self.value(f"probe_success{good}"), "1")
        self.assertEqual(self.value(f"up{bad}"), "1")
        self.assertEqual(self.value(f"probe_success{bad}"), "0")
        self.assertEqual(self.value(f"probe_http_status_code{good}"), "200")
        self.assertGreater(float(self.value(f"probe_duration_seconds{good}")), 0)
        found = self.samples(good[:-1] + ',__name__=~"probe_.+"}')
        self.assertLessEqual(BLACKBOX, {sample["metric"]["__name__"] for sample in found})
        why = self.samples(f"mcp_probe_failure_info{bad}")[0]["metric"]
        self.assertEqual((why["reason"], why["phase"]), ("connection_refused", "connect"))

    def test_a_host_that_is_not_allowed_is_a_failed_scrape(self):
        self.assertEqual(self.value('up{job="foreign-host"}'), "0")

    def test_promtool_finds_nothing_to_complain_about(self):
        self.value('mcp_probe_success{target="good"}')  # every family has a sample from here on
        types = {}
        for path in ("/metrics", *map(self.probe_path, (self.target, "http://127.0.0.1:1/mcp"))):
            with self.subTest(path=path):
                page = get(self.url + path)
                done = subprocess.run(
                    ["promtool", "check", "metrics"],
                    input=page,
                    capture_output=True,
                    text=True,
                    timeout=30,
                )
                self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))
            for line in page.splitlines():
                if line.startswith(("# TYPE ", "# HELP ")):
                    _, what, name, text = line.split(maxsplit=3)
                    # Prometheus keeps one type and one help text of a name.
                    self.assertEqual(types.setdefault((what, name), text), text)

    @staticmethod
    def probe_path(target):
        return "/probe?target=" + urllib.parse.quote(target, safe="")

    def test_refuses_an_unknown_module_with_400(self):
        with self.assertRaises(urllib.error.HTTPError) as refused:
            get(f"{self.url}/probe?target={self.target}&module=nope")
        self.assertEqual(refused.exception.code, 400)
        refused.exception.close()


if __name__ == "__main__":
    missing = [tool for tool in ("prometheus", "promtool") if not shutil.which(tool)]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed (apt install prometheus)")
        sys.exit(77)
    unittest.main()
