"""The world that the dashboards are held against: each thing in it that a panel shows is known."""

import asyncio
import collections
import re
import statistics
import time

import wire

from faults_inside import hourly_p95, in_pod_too
from fleet import fleet
from history import HOUR, WEEK, History
from kubernetes import pods_of
from processes import free_port
from relay import Relay
from world import PROBE_INTERVAL

POOL, QUERY = 10, 0.1  # connections, and seconds that a call holds one
CANARY = 0.1  # seconds that its call takes
DELAYS = {"search": 0.5, "fetch": 1.2, "canary": CANARY}  # those of tools are beyond QUERY
FRONT, WEST = 0.04, 0.12  # seconds that each answer takes on its way to a prober
TOOLS = ("search", "search", "search", "fetch")
ERRORS = {"tool_error": 0.2, "invalid_params": 0.1, "internal_error": 0.1}
RATE = 10  # of each pod
STREAMS = 4
PODS = 2
FIGURES = {"heap_used_mb": 40, "heap_limit_mb": 100, "rss_mb": 120, "active_sessions": 7}
WORLD = {
    "is_modern": False,
    "rate": RATE,
    "tools": TOOLS,
    "streams": STREAMS,
    "sessions": 3,
    "tls": True,
    "figures": True,
    "state": {"delays": DELAYS, "errors": ERRORS, "pool": POOL, "query": QUERY, "figures": FIGURES},
    "target": {"expect": {"tools": ["search", "fetch"]}},
}
# By OpenTelemetry's buckets: calls of 0.6 s are between 0.5 and 1, and those of 1.3 s, a quarter of
# all, between 1 and 2.
P50, P95, P99 = 0.5 + 0.5 * 0.5 / 0.75, 1 + 0.2 / 0.25, 1 + 0.24 / 0.25
BASELINE = 0.8 * P95  # of the weeks before
# Of four answers and a canary: 0.26 s, 0.58 s and 0.1 s are in the buckets up to 0.5, 1 and 0.2.
PROBES_P95 = {
    "measured here": 0.2 + 0.95 * 0.3,
    "measured west": 0.5 + 0.95 * 0.5,
    "in-pod here": 0.1 + 0.95 * 0.1,
}
# Of the probes of the day before; of those of the week twice, and of the month four times as many.
FAILED = {"measured here": 0.004, "measured west": 0.01, "in-pod here": 0.02}
DAY, MONTH = 24, 30 * 24  # hours
PROBES_OF_A_WEEK = WEEK * HOUR // PROBE_INTERVAL
# Its errors are meant.
ALERTS = {"MCPHighErrorRate", "MCPErrorBudgetBurn", "MCPNewErrorType"}


def histories(factor):
    """A month, and its last day in steps of five minutes, as availability's windows need it."""
    made = 1000 * factor / PROBE_INTERVAL
    found = hourly_p95("measured", lambda ago: BASELINE)
    for key, share in FAILED.items():
        target, vantage = key.split()
        labels = {
            "namespace": "measured",
            "job": "mcp-vitals",
            "target": target,
            "vantage": vantage,
        }
        p95 = PROBES_P95[key]
        for name, value, *steps in (
            ("mcp_probes:rate1h", lambda ago: made, MONTH),
            ("mcp_probes:rate5m", lambda ago: made, 12 * DAY, HOUR // 12),
            (
                "mcp_probe_failures:rate1h",
                lambda ago, fails=made * share: fails * (2 if ago <= WEEK else 4),
                MONTH,
            ),
            (
                "mcp_probe_failures:rate5m",
                lambda ago, fails=made * share: fails,
                12 * DAY,
                HOUR // 12,
            ),
            ("mcp_probe_duration_seconds:p95_1h", lambda ago, p95=p95: p95, MONTH),
        ):
            found.append(History(f"vantage:{name}", labels, value, *steps))
    return found


async def prepare(world):
    await in_pod_too(world)
    outside, in_pod = world.vitals["probe"]["targets"]
    in_pod["canary"] = outside["canary"]
    world.vitals["probe"]["targets"][0][
        "health_url"
    ] = f"http://127.0.0.1:{world.ports['server']}/health"
    await fleet(PODS, connectionsPerPod="2")(world)
    _take_it_by_relays(world)
    _, world.west = world.add_prober("west")
    world.front.delay, world.west.delay = FRONT, WEST
    pods_of(world, PODS)
    world.probed = []  # when, and what `probed` was then
    world.opened = []  # when, and how many connections there were by the proxies and past the first
    world.go_on(_count_probes(world))
    world.go_on(_count_connections(world))


def _take_it_by_relays(world):
    """The scaler's way to its members, so that it can be broken."""
    world.scaler = world.others[-1]
    world.ways = [
        Relay("127.0.0.1", free_port(), pod.port) for pod in (world.sidecar, *world.others[:-1])
    ]
    world.relays += world.ways
    (its_fleet,) = world.scaler.configuration["scaler"]["fleets"]
    its_fleet["members"]["static"] = [f"127.0.0.1:{way.port}" for way in world.ways]


async def _count_probes(world):
    while True:
        await asyncio.sleep(1)
        try:
            world.probed.append((time.time(), await probed(world)))
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            pass  # one of those that are asked is not there yet


async def _count_connections(world):
    while True:
        await asyncio.sleep(0.2)
        by_proxy = sum(load.connections for load in world.loads)
        world.opened.append((time.time(), by_proxy, world.pod_relays[0].connections))


def connections_of(world, seconds):
    """The means of these last seconds."""
    since = time.time() - seconds
    _, by_proxy, past = zip(*(one for one in world.opened if one[0] >= since))
    return statistics.fmean(by_proxy), statistics.fmean(past)


def probes_of(world, seconds):
    """As `probed`, of these last seconds."""
    now, nothing = world.probed[-1][1], collections.Counter()
    since = time.time() - seconds
    is_all = since < world.probed[0][0]
    _, before = min(world.probed, key=lambda one: abs(one[0] - since))
    return {
        key: collections.Counter(now[key]) - (nothing if is_all else before.get(key, nothing))
        for key in now
    }


async def probed(world):
    """By target and vantage, how many probes there were ("made") and how many of them failed, by
    reason, as those say that made them: a machine that is busy may make one late."""
    counts = {}
    for sidecar in (world.sidecar, *world.others):
        if "probe" not in sidecar.configuration:
            continue
        text = (await wire.fetch(f"{sidecar.url}/metrics")).decode()
        for name, labels, value in re.findall(r"^(mcp_probe\w*_total)\{(.*)\} (\S+)$", text, re.M):
            labels = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            if name in ("mcp_probes_total", "mcp_probe_failures_total"):
                of = counts.setdefault(
                    f'{labels["target"]} {labels["vantage"]}', collections.Counter()
                )
                of[labels.get("reason", "made")] += int(value)
    return counts


def failed(counts):
    return counts.total() - counts["made"]


class Seen:
    """What the clients of the world saw in the `seconds` before now."""

    def __init__(self, world, seconds):
        since = time.time() - seconds
        self.seconds = seconds
        self.ended = [call for load in world.loads for call in load.log if call[0] >= since]

    def rate(self, tool=None, outcome=None):
        ended = [
            c for c in self.ended if tool in (None, c[1]) and (outcome is None or c[2] in outcome)
        ]
        return len(ended) / self.seconds

    def share(self, *outcomes, tool=None):
        return self.rate(tool, outcomes) / self.rate(tool)
