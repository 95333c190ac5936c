"""Plays the exporters that only a cluster has, by their real metric names: what they would tell."""

import json
import time

import wire


def _sample(name, labels, value):
    text = ",".join(f"{key}={json.dumps(value)}" for key, value in labels.items())
    return f"{name}{{{text}}} {value}"


class Exporters:
    """kube-state-metrics, cAdvisor, KEDA and OpenCost on one page."""

    def __init__(self, folder):
        self._folder = folder
        self._samples = {}  # by world: values, or functions of no argument, by name and labels

    async def start(self):
        server = await wire.serve(self._page, "127.0.0.1")
        port = server.sockets[0].getsockname()[1]
        (self._folder / "played.json").write_text(json.dumps([{"targets": [f"127.0.0.1:{port}"]}]))

    def play(self, world, name, value, **labels):
        """From now on that series has this value; None ends it."""
        key = (name, tuple({"namespace": world, **labels}.items()))
        played = self._samples.setdefault(world, {})
        if value is None:
            played.pop(key, None)
        else:
            played[key] = value

    def deploy(self, world, revision, pods):
        """A Deployment of the world's name, all of whose pods are of one ReplicaSet."""
        for name in ("kube_pod_owner", "kube_replicaset_owner"):
            self._end(world, name)
        replicaset = f"{world}-{revision}"
        self.play(
            world,
            "kube_replicaset_owner",
            1,
            replicaset=replicaset,
            owner_kind="Deployment",
            owner_name=world,
        )
        for pod in pods:
            self.play(
                world, "kube_pod_owner", 1, pod=pod, owner_kind="ReplicaSet", owner_name=replicaset
            )
        self.replicas(world, len(pods))

    def replicas(self, world, count):
        for name in ("kube_deployment_spec_replicas", "kube_deployment_status_replicas_available"):
            self.play(world, name, count, deployment=world)

    def hpa(self, world, current, least, most):
        name = {"horizontalpodautoscaler": f"keda-hpa-{world}"}
        self.play(
            world,
            "kube_horizontalpodautoscaler_info",
            1,
            **name,
            scaletargetref_kind="Deployment",
            scaletargetref_name=world,
        )
        for part, value in (
            ("spec_min", least),
            ("spec_max", most),
            ("status_current", current),
            ("status_desired", current),
        ):
            self.play(world, f"kube_horizontalpodautoscaler_{part}_replicas", value, **name)

    def _end(self, world, name):
        played = self._samples.get(world, {})
        for key in [key for key in played if key[0] == name]:
            del played[key]

    def forget(self, world):
        self._samples.pop(world, None)

    async def _page(self, method, path, headers, body):
        lines = []
        for played in self._samples.values():
            for (name, labels), value in played.items():
                lines.append(_sample(name, dict(labels), value() if callable(value) else value))
        return wire.answer(200, ("\n".join(lines) + "\n").encode(), "text/plain; version=0.0.4")


class Growing:
    """A counter that grows by `rate` in a second."""

    def __init__(self, rate):
        self._rate, self._since = rate, time.monotonic()

    def __call__(self):
        return self._rate * (time.monotonic() - self._since)


CORES, USED = 2, 0.5  # of each pod: limit, and what it takes of a second
MEMORY, SET = 1_000_000_000, 400_000_000  # bytes: limit, and working set
RECEIVED, SENT = 3000, 5000  # bytes a second
REQUESTED = 1  # core
CORE_PRICE = 0.05  # an hour


def pods_of(world, count):
    """What a cluster tells of so many pods of a world."""
    play, name = world.proof.exporters.play, world.name
    pods = [f"{name}-{number}" for number in range(count)]
    world.proof.exporters.deploy(name, "first", pods)
    world.proof.exporters.hpa(name, current=count, least=1, most=5)
    play(name, "kube_replicaset_created", time.time() - 86400, replicaset=f"{name}-first")
    for pod in pods:
        at = {"pod": pod, "container": "server"}
        play(name, "kube_pod_container_resource_limits", CORES, **at, resource="cpu", unit="core")
        play(
            name, "kube_pod_container_resource_limits", MEMORY, **at, resource="memory", unit="byte"
        )
        play(
            name,
            "kube_pod_container_resource_requests",
            REQUESTED,
            **at,
            resource="cpu",
            unit="core",
            node="a",
        )
        play(name, "container_cpu_usage_seconds_total", Growing(USED), **at)
        play(name, "container_memory_working_set_bytes", SET, **at)
        play(
            name,
            "container_network_receive_bytes_total",
            Growing(RECEIVED),
            pod=pod,
            interface="eth0",
        )
        play(
            name, "container_network_transmit_bytes_total", Growing(SENT), pod=pod, interface="eth0"
        )
    play(name, "node_cpu_hourly_cost", CORE_PRICE, node="a")
    play(name, "node_ram_hourly_cost", 0.005, node="a")
    for bucket, rate in (("0.01", 5), ("0.1", 9), ("+Inf", 10)):
        play(name, "db_query_duration_seconds_bucket", Growing(rate), pod=f"{name}-0", le=bucket)
