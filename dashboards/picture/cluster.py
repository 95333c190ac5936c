"""Plays the cluster's exporters: kube-state-metrics, cAdvisor and OpenCost, of the pods that are there."""

import math
import random
import time

import wire

GIB = 2**30
REQUESTS = {"server": (0.5, GIB / 2), "mcp-vitals": (0.05, GIB / 16)}  # cores, bytes
BOUNDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, math.inf)  # seconds
PRICES = {"node_cpu_hourly_cost": 0.0337, "node_ram_hourly_cost": 0.0045}  # dollars a core, a GiB


class Cluster:
    def __init__(self, servers):
        self._servers = servers
        self._spent = {}  # seconds and bytes, by pod
        self._queries = {}  # of the database: how many by bucket, and their seconds, by pod
        self._lines = []

    async def start(self):
        """The port of the page on which all of them tell."""
        listener = await wire.serve(self._page, "127.0.0.1")
        return listener.sockets[0].getsockname()[1]

    async def _page(self, method, path, headers, body):
        self._lines = []
        for server in self._servers:
            self._play_workload(server)
            for pod in server.pods:
                self._play_pod(server, pod)
        for name, price in PRICES.items():
            self._play(name, price, node="node-a")
        return wire.answer(200, "".join(self._lines).encode(), "text/plain; version=0.0.4")

    def _play(self, name, value, **labels):
        text = ",".join(f'{key}="{value}"' for key, value in {"namespace": "prod", **labels}.items())
        self._lines.append(f"{name}{{{text}}} {value}\n")

    def _play_workload(self, server):
        deployment = {"deployment": server.name}
        self._play("kube_deployment_spec_replicas", server.replicas, **deployment)
        self._play("kube_deployment_status_replicas_available", len(server.pods), **deployment)
        hpa = {"horizontalpodautoscaler": f"keda-hpa-{server.name}"}
        self._play("kube_horizontalpodautoscaler_spec_max_replicas", 6, **hpa)
        self._play("kube_horizontalpodautoscaler_info", 1, scaletargetref_kind="Deployment",
                   scaletargetref_name=server.name, **hpa)
        self._play("kube_replicaset_owner", 1, replicaset=server.replicaset, owner_kind="Deployment",
                   owner_name=server.name)

    def _play_pod(self, server, pod):
        rate, streams = pod.rate, pod.streams
        seconds, sent, at = self._spent.get(pod.name, (0, 0, time.time()))
        passed = time.time() - at
        cores = 0.06 + 0.012 * rate + 0.001 * streams
        seconds, sent = seconds + passed * cores, sent + passed * (rate * 3_000 + streams * 400)
        self._spent[pod.name] = seconds, sent, time.time()
        self._play_queries(pod, round(rate * passed))
        named = {"pod": pod.name}
        self._play("kube_pod_owner", 1, owner_kind="ReplicaSet",
                   owner_name=pod.name.rpartition("-")[0], **named)
        self._play("container_network_receive_bytes_total", sent * 0.3, interface="eth0", **named)
        self._play("container_network_transmit_bytes_total", sent, interface="eth0", **named)
        for container, (cpu, memory) in REQUESTS.items():
            share = 1 if container == "server" else 0.08
            used = {"container": container, **named}
            self._play("container_cpu_usage_seconds_total", seconds * share, **used)
            self._play("container_memory_working_set_bytes",
                       share * (170e6 + streams * 0.8e6 + rate * 1.2e6), **used)
            for resource, unit, request in (("cpu", "core", cpu), ("memory", "byte", memory)):
                what = {"resource": resource, "unit": unit, "node": "node-a", **used}
                self._play("kube_pod_container_resource_requests", request, **what)
                self._play("kube_pod_container_resource_limits", 2 * request, **what)

    def _play_queries(self, pod, count):
        """What the server itself tells of its database, about as slow as it really waits."""
        buckets, seconds = self._queries.get(pod.name, ([0] * len(BOUNDS), 0))
        for _ in range(count):
            took = pod.state["query"] * random.lognormvariate(0, 0.35)
            seconds += took
            buckets = [many + (took <= bound) for many, bound in zip(buckets, BOUNDS)]
        self._queries[pod.name] = buckets, seconds
        for many, bound in zip(buckets, BOUNDS):
            le = "+Inf" if bound == math.inf else bound
            self._play("db_query_duration_seconds_bucket", many, pod=pod.name, le=le)
