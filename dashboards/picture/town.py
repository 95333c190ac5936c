"""The town: its servers, what is around them, and the Prometheus that watches."""

import asyncio
import json
import math
import random
import signal
import time

import past
import wire
from certificates import Authority
from cluster import Cluster
from names import Names
from pods import CANARY, Pod, Vitals
from processes import Process, free_port, own_address, until
from relay import Relay

REGIONS = {"eu-west": 0.004, "us-east": 0.045}  # seconds that each answer is on its way


class Road(Relay):
    """From a region to a server, wherever that is now."""

    def lead(self, port):
        self._upstream = port


class Server:
    def __init__(self, town, name, eras, tools, replicas, rate, streams, usual, state):
        self.town, self.name, self.eras, self.tools = town, name, eras, tools
        self.replicas, self.revision = replicas, 0
        self.rate, self.streams, self.factor = rate, streams, 1.0
        self.usual = usual  # p95 of its operations in the weeks before, in seconds
        self.state = {"tools": [*tools, "canary"], "name": name, "release": "1.4.2", **state}
        self.pods, self.roads = [], {}

    @property
    def replicaset(self):
        return f"{self.name}-{['6d5f9c', '7b88d4'][self.revision]}"

    async def start(self):
        for _ in range(self.replicas):
            await self._add()

    async def _add(self):
        letters = "".join(random.choices("bcdfghjklmnpqrstvwxz2456789", k=5))
        pod = Pod(self.town, self, f"{self.replicaset}-{letters}", self.state)
        await pod.start()
        self.pods.append(pod)
        self.lead()

    async def _remove(self):
        pod = self.pods.pop(0)
        self.lead()
        await pod.stop(signal.SIGTERM)

    def lead(self):
        """The roads of the world lead to a pod that is there."""
        for road in self.roads.values():
            road.lead(self.pods[-1].ports["proxy"])

    async def scale(self, replicas):
        self.replicas = replicas
        while len(self.pods) < replicas:
            await self._add()
        while len(self.pods) > replicas:
            await self._remove()

    async def deploy(self, **state):
        """All pods are replaced, by what is in that state."""
        self.revision = 1
        self.state |= state
        for _ in range(len(self.pods)):
            await self._add()
            await self._remove()

    async def set(self, **state):
        self.state |= state
        await asyncio.gather(*(pod.set(**state) for pod in self.pods))

    def load(self, factor):
        self.factor = factor

    async def live(self, minutes):
        wave = self.factor * (1 + 0.3 * math.sin(minutes / 2.2 + len(self.name)) + random.uniform(-0.08, 0.08))
        share = wave / max(1, len(self.pods))
        for i, pod in enumerate(self.pods):
            uneven = 1 + 0.12 * math.sin(i * 2 + minutes / 3)
            await pod.live(self.rate * share * uneven, self.streams * share * uneven)


class Town:
    def __init__(self, directory, program, alerts):
        self.directory, self.program, self.root = directory, program, alerts.parent
        self.targets = directory / "targets"
        for job in ("mcp-vitals", "kubernetes"):
            (self.targets / job).mkdir(parents=True)
        both, legacy, modern = (True, False), (False,), (True,)
        pool = {"pool": 10, "query": 0.06, "delay": 0.01}
        self.servers = {one.name: one for one in (
            Server(self, "files", both, ("read_file", "write_file", "list_directory"), 2, 24, 44, 0.19,
                   {**pool, "errors": {"tool_error": 0.002}, "delays": {"write_file": 0.12, "list_directory": 0.03}}),
            Server(self, "search", modern, ("search_documents", "suggest"), 2, 30, 30, 0.45,
                   {**pool, "delays": {"search_documents": 0.25}}),
            Server(self, "orders", legacy, ("place_order", "order_status"), 1, 8, 16, 0.95,
                   {**pool, "is_modern": False, "delays": {"place_order": 0.6}, "errors": {"tool_error": 0.001}}))}
        self.cluster = Cluster(self.servers.values())
        self.others, self.processes, self._tasks = [], [], []
        self.port, self._last_address = free_port(), 1

    def new_address(self):
        self._last_address += 1
        return f"127.0.1.{self._last_address}"

    def scrape(self, name, address, **labels):
        place = self.targets / "mcp-vitals" / f"{name}.json"
        groups = [{"targets": [address], "labels": labels}] if address else []
        place.with_suffix(".new").write_text(json.dumps(groups))
        place.with_suffix(".new").rename(place)

    async def start(self, port):
        self.began = time.monotonic()
        await asyncio.gather(*(server.start() for server in self.servers.values()))
        await self._start_probers()
        await self._start_scaler()
        port_of_cluster = await self.cluster.start()
        (self.targets / "kubernetes" / "played.json").write_text(
            json.dumps([{"targets": [f"127.0.0.1:{port_of_cluster}"]}]))
        await self._start_prometheus(port)
        self._tasks = [asyncio.ensure_future(work()) for work in (self._live, self._ask)]

    async def _start_probers(self):
        authority = Authority(self.directory)
        await authority.start()
        for (name, server), days in zip(self.servers.items(), (61, 33, 11)):
            pair = await authority.make(own_address(), days)
            for region, delay in REGIONS.items():
                road = server.roads[region] = Road(own_address(), free_port(), 0, pair)
                road.delay = delay
                await road.start()
            server.lead()
        for region in REGIONS:
            targets = [{"name": name, "url": f"https://{own_address()}:{server.roads[region].port}/mcp",
                        "canary": CANARY, "expect": {"tools": list(server.tools)},
                        "tls_config": {"ca_file": str(authority.certificate)}}
                       for name, server in self.servers.items()]  # fmt: skip
            prober = Vitals(self, f"prober-{region}", {"probe": {
                "interval": "15s", "timeout": "5s", "vantage": region, "targets": targets}},
                namespace="monitoring", pod=f"prober-{region}")
            await prober.start()
            self.others.append(prober)

    async def _start_scaler(self):
        self.grpc, resolver = free_port(), free_port()
        await Names(lambda name: [pod.vitals.address for pod in self.servers[name].pods]).start(resolver)
        fleets = [{"name": name, "policy": {"connectionsPerPod": "25"},
                   "members": {"dns": f"{name}:{self.port}", "resolver": f"127.0.0.1:{resolver}"}}
                  for name in self.servers]  # fmt: skip
        scaler = Vitals(self, "scaler-0", {"scaler": {"listen": f"127.0.0.1:{self.grpc}", "fleets": fleets}},
                        namespace="prod", pod="scaler-0")
        await scaler.start()
        self.others.append(scaler)

    async def _start_prometheus(self, port):
        config, data = self.directory / "prometheus.yml", self.directory / "data"
        config.write_text(json.dumps({
            "global": {"scrape_interval": "5s", "scrape_timeout": "4s", "evaluation_interval": "15s"},
            "rule_files": [f"{self.root}/alerts/recording/*.yml", f"{self.root}/alerts/alerting/*.yml"],
            "scrape_configs": [
                {"job_name": job, "honor_labels": job == "kubernetes",
                 "file_sd_configs": [{"files": [f"{self.targets}/{job}/*.json"]}]}
                for job in ("mcp-vitals", "kubernetes")]}))  # fmt: skip
        await past.write(self.directory, data, past.series(self.servers, REGIONS))
        prometheus = Process(self.directory / "prometheus.log", "prometheus", f"--config.file={config}",
                             f"--storage.tsdb.path={data}", f"--web.listen-address=127.0.0.1:{port}",
                             "--storage.tsdb.retention.time=3650d", "--log.level=warn")
        await prometheus.start()
        self.processes.append(prometheus)
        await until("Prometheus", lambda: wire.fetch(f"http://127.0.0.1:{port}/-/ready"))

    async def _live(self):
        while True:
            minutes = (time.monotonic() - self.began) / 60
            for server in self.servers.values():
                try:
                    await server.live(minutes)
                except (OSError, EOFError, asyncio.TimeoutError):
                    continue  # a pod has just gone
            await asyncio.sleep(5)

    async def _ask(self):
        """As KEDA would."""
        while True:
            for name in self.servers:
                for metadata in ([], ["metric=concurrency", "concurrencyPerPod=20"]):
                    asked = Process(self.directory / "keda.log", self.program, "scaler", "get",
                                    f"127.0.0.1:{self.grpc}", f"fleet={name}", *metadata)
                    await asked.start()
                    await asyncio.sleep(1.5)
                    await asked.end()

    async def at(self, minutes):
        await asyncio.sleep(max(0, self.began + 60 * minutes - time.monotonic()))

    async def stop(self):
        for task in self._tasks:
            task.cancel()
        for server in self.servers.values():
            for road in server.roads.values():
                await road.stop()
            for pod in server.pods:
                await pod.stop(signal.SIGKILL)
        for other in self.others:
            await other.stop(signal.SIGKILL)
        for process in self.processes:
            await process.end()

