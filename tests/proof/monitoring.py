"""A real Prometheus with the compressed rules, and an Alertmanager that posts to the webhook."""

import json
import re
import urllib.parse

import compress
import wire
from processes import Process, free_port, until

SCRAPE = 15_000  # milliseconds, uncompressed, as `alerts/README.md` assumes
EVALUATION = 15_000
LOOKBACK = 300_000  # Prometheus' default, which is a duration too
FAILED = "prometheus_rule_evaluation_failures_total"
MISSED = "prometheus_rule_group_iterations_missed_total"


class Prometheus:
    """One with `rules` (compressed by `factor`), that scrapes what the files in `targets` name."""

    def __init__(self, directory, name, factor, rules, targets=None, alertmanager=None):
        self.directory = directory / name
        self.directory.mkdir()
        self.factor, self._rules, self._targets, self._alertmanager = (
            factor,
            rules,
            targets,
            alertmanager,
        )
        self.url = ""

    async def start(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        config = self.directory / "prometheus.yml"
        config.write_text(json.dumps(self._configuration()))  # JSON is YAML
        self.process = Process(
            self.directory / "log",
            "prometheus",
            f"--config.file={config}",
            f"--storage.tsdb.path={self.directory}/data",
            f"--web.listen-address=127.0.0.1:{port}",
            f"--query.lookback-delta={LOOKBACK // self.factor}ms",
            "--storage.tsdb.retention.time=3650d",
            "--web.enable-admin-api",
            "--log.level=warn",
        )
        await self.process.start()
        await until("Prometheus", self._is_ready)

    def _configuration(self):
        configuration = {
            "global": {
                "scrape_interval": f"{SCRAPE // self.factor}ms",
                "scrape_timeout": f"{SCRAPE // self.factor}ms",
                "evaluation_interval": f"{EVALUATION // self.factor}ms",
            },
            "rule_files": [f"{self._rules}/{part}/*.yml" for part in ("recording", "alerting")],
        }
        if self._targets:
            # Kubernetes' exporters tell of others' namespaces and pods.
            configuration["scrape_configs"] = [
                {
                    "job_name": job,
                    "honor_labels": job == "kubernetes",
                    "file_sd_configs": [{"files": [f"{self._targets}/{job}/*.json"]}],
                }
                for job in ("mcp-vitals", "kubernetes")
            ]
        if self._alertmanager:
            targets = [{"targets": [self._alertmanager]}]
            configuration["alerting"] = {"alertmanagers": [{"static_configs": targets}]}
        return configuration

    async def _is_ready(self):
        if not self.process.is_running:
            raise RuntimeError(f"Prometheus ended:\n{self.process.tail()}")
        return await wire.fetch(f"{self.url}/-/ready")

    async def _api(self, path, **parameters):
        answer = await wire.fetch(
            f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}", timeout=60
        )
        return json.loads(answer)["data"]

    async def query(self, expression, **parameters):
        return (await self._api("query", query=expression, **parameters))["result"]

    async def query_range(self, expression, **parameters):
        return (await self._api("query_range", query=expression, **parameters))["result"]

    async def forget(self, selector):
        """Deletes what is stored of these series."""
        query = urllib.parse.urlencode({"match[]": selector})
        await wire.fetch(f"{self.url}/api/v1/admin/tsdb/delete_series?{query}", b"", timeout=60)

    async def rule_failures(self):
        """By group of rules, how often one could not be evaluated since the start."""
        return failures(await self._metrics())

    async def missed_evaluations(self):
        """How often rules were not evaluated when they should have been, since the start."""
        return sum(by_group(await self._metrics(), MISSED).values())

    async def _metrics(self):
        return (await wire.fetch(f"{self.url}/metrics", timeout=60)).decode()

    async def rule_groups(self):
        return (await self._api("rules"))["groups"]


def failures(metrics):
    """What Prometheus tells of failed evaluations, where there were some."""
    return {group: count for group, count in by_group(metrics, FAILED).items() if count}


def by_group(metrics, counter):
    """What one of Prometheus' counters says of each group of rules."""
    told = re.findall(rf'^{counter}\{{rule_group="(.*)"\}} (.*)$', metrics, re.M)
    if not told:
        raise ValueError(f"Prometheus does not tell {counter}")
    return {group: float(count) for group, count in told}


async def start_alertmanager(directory, webhook_port):
    """Its address. Every alert is a group of its own, posted at once: none hides another."""
    port = free_port()
    config = directory / "alertmanager.yml"
    config.write_text(
        json.dumps(
            {
                "route": {
                    "receiver": "harness",
                    "group_by": ["..."],
                    "group_wait": "0s",
                    "group_interval": "100ms",
                    "repeat_interval": "1d",
                },
                "receivers": [
                    {
                        "name": "harness",
                        "webhook_configs": [
                            {"url": f"http://127.0.0.1:{webhook_port}/", "send_resolved": True}
                        ],
                    }
                ],
            }
        )
    )
    process = Process(
        directory / "alertmanager.log",
        "prometheus-alertmanager",
        f"--config.file={config}",
        f"--storage.path={directory}/alertmanager",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    )
    await process.start()

    async def is_ready():
        if not process.is_running:
            raise RuntimeError(f"Alertmanager ended:\n{process.tail()}")
        return await wire.fetch(f"http://127.0.0.1:{port}/-/ready")

    await until("Alertmanager", is_ready)
    return process, f"127.0.0.1:{port}"


async def compressed(directory, factor, alerts):
    """The folder of the compressed rules, and what differs in them beside durations: Prometheus
    reads them, and the very files that are shipped."""
    rules = directory / "rules"
    compress.compress_folder(factor, alerts, rules)
    groups = []
    for name, speed, folder in (("shipped", 1, alerts.resolve()), ("compressed", factor, rules)):
        prometheus = Prometheus(directory, name, speed, folder)
        await prometheus.start()
        try:
            groups.append(await prometheus.rule_groups())
        finally:
            await prometheus.process.end()
    return rules, compress.differences(*groups, factor)
