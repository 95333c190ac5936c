#!/usr/bin/env python3
"""A real Prometheus scrapes /metrics, and drives /probe by relabelling as with blackbox_exporter.

MCP_VITALS and SAMPLE_SERVER name the two programs. Exit 77 where Prometheus is not installed.
"""

import json
import os
import pathlib
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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
probe:
  interval: 1s
  vantage: test
  targets:
    - {{name: good, url: "{cls.target}"}}
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
    relabel_configs:
      - {{source_labels: [__address__], target_label: __param_target}}
      - {{source_labels: [__param_target], target_label: instance}}
      - {{target_label: __address__, replacement: "127.0.0.1:{cls.port}"}}
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

    def value(self, query):
        """The one value of an instant query, as soon as there is one."""

        def ask():
            url = f"{self.prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": query})
            result = json.loads(get(url))["data"]["result"]
            return result and result[0]["value"][1]

        return wait_for(query, ask)

    def test_scrapes_metrics(self):
        self.assertEqual(self.value('up{job="vitals"}'), "1")
        self.assertEqual(self.value('mcp_probe_success{job="vitals",target="good"}'), "1")
        self.assertEqual(self.value('mcp_probe_success{job="vitals",target="bad"}'), "0")
        refused = 'mcp_probe_failures_total{job="vitals",target="bad",reason="connection_refused"}'
        self.assertGreaterEqual(float(self.value(f"{refused} > 0")), 1)
        info = 'mcp_probe_info{target="good",era="modern",transport="streamable_http"}'
        self.assertEqual(self.value(info), "1")

    def test_drives_probe_by_relabelling(self):
        good = f'{{job="mcp",instance="{self.target}"}}'
        bad = '{job="mcp",instance="http://127.0.0.1:1/mcp"}'
        self.assertEqual(self.value(f"up{good}"), "1")
        self.assertEqual(self.value(f"probe_success{good}"), "1")
        self.assertEqual(self.value(f"up{bad}"), "1")
        self.assertEqual(self.value(f"probe_success{bad}"), "0")
        self.assertEqual(self.value(f"probe_http_status_code{good}"), "200")
        self.assertGreater(float(self.value(f"probe_duration_seconds{good}")), 0)

    def test_promtool_finds_nothing_to_complain_about(self):
        target = urllib.parse.quote(self.target, safe="")
        for path in ("/metrics", f"/probe?target={target}"):
            with self.subTest(path=path):
                page = get(self.url + path)
                done = subprocess.run(
                    ["promtool", "check", "metrics"], input=page, capture_output=True, text=True
                )
                self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

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
