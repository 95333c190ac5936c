"""`mcp-vitals run` as a proxy in front of real servers: what official clients have seen there, many
at a time, is what `/metrics` tells, number by number.
"""

import json
import subprocess
import unittest
import urllib.request
from collections import Counter
from dataclasses import replace
from pathlib import Path

from peers import NODE, PEERS, VENVS
from process import open_connections, wait_until
from running import DIRECTORY, PEER, probe_url
from sidecar import WITHIN, Metrics, Proxy

CLIENTS = Path(__file__).resolve().parent / "clients"
NODE_USERS = [NODE, str(CLIENTS / "users.mjs")]
PYTHON1_USERS, PYTHON2_USERS = (
    [str(VENVS / sdk / "bin" / "python"), str(CLIENTS / "users.py")]
    for sdk in ("python-mcp1", "python-mcp2")
)

# (server, path if not its own, clients, kind, users)
USED = [
    ("everything", None, NODE_USERS, "streamable", 20),
    ("everything-sse", None, NODE_USERS, "sse", 20),
    ("modern", None, NODE_USERS, "modern", 20),
    ("modern-only", None, NODE_USERS, "modern", 20),
    ("modern-streaming", None, NODE_USERS, "modern", 20),
    ("mcp-proxy", None, NODE_USERS, "streamable", 10),
    ("mcp-proxy", "/sse", NODE_USERS, "sse", 10),
    ("supergateway", None, NODE_USERS, "streamable", 4),
    ("python", None, PYTHON1_USERS, "streamable", 10),
    ("python", None, PYTHON2_USERS, "streamable", 10),
    ("python-sse", None, PYTHON1_USERS, "sse", 10),
    ("python-sse", None, PYTHON2_USERS, "sse", 10),
    ("python-modern", None, PYTHON1_USERS, "streamable", 10),
    ("python-modern", None, PYTHON2_USERS, "streamable", 10),
    ("python-modern", None, PYTHON2_USERS, "modern", 10),
]
KILLED = [
    ("everything", "streamable"),
    ("everything-sse", "sse"),
    ("modern", "modern"),
    ("modern-streaming", "modern"),
]


def told(metrics: Metrics) -> dict:
    """What the metrics say, in the words of the clients' tallies."""
    closed = metrics.numbers("mcp_sessions_closed_total", "reason")
    return {
        "operations": metrics.numbers(
            "mcp_server_operation_duration_seconds_count",
            *("mcp_method_name", "gen_ai_tool_name", "error_type"),
        ),
        "requests": metrics.numbers("mcp_requests_total", "method", "status"),
        "streams": metrics.numbers("mcp_sse_connections_opened_total", "kind"),
        "resumed": metrics.numbers("mcp_sse_connections_resumed_total", "kind"),
        "sessions": int(metrics.value("mcp_sessions_opened_total")),
        "deleted": closed.pop("deleted", 0),
        "lost or expired": closed.total(),
        "alive": int(metrics.value("mcp_active_sessions")),
    }


def seen(tally: dict, kind: str) -> dict:
    """What the clients say, in the words of the metrics."""
    sessions = tally["streams"].get("sse", 0) if kind == "sse" else len(tally["sessions"])
    deleted = sessions if kind == "sse" else len(tally["deleted"])
    counted = {key: Counter(tally[key]) for key in ("operations", "requests", "streams", "resumed")}
    ended = {"deleted": deleted, "lost or expired": 0, "alive": sessions - deleted}
    return {**counted, "sessions": sessions, **ended}


def at_rest(metrics: Metrics) -> bool:
    live = metrics.numbers("mcp_active_sse_connections", "kind")
    return not (
        live.total()
        or metrics.value("mcp_requests_in_flight")
        or metrics.value("mcp_connections_active")
    )


class ProxyTest(unittest.TestCase):
    maxDiff = None

    def compare(self, proxy: Proxy, tally: dict, kind: str):
        metrics = proxy.wait_for("rest", at_rest)
        self.assertEqual(told(metrics), seen(tally, kind))
        self.compare_ends(metrics, tally, kind)
        limits = metrics.numbers("mcp_limits_hit_total", "limit")
        self.assertEqual(sum(limits.values()), 0, limits)
        for nothing in ("uninspected_bodies", "malformed_requests"):
            self.assertEqual(metrics.value(f"mcp_{nothing}_total"), 0, nothing)

    def compare_ends(self, metrics: Metrics, tally: dict, kind: str):
        """A client knows that its server has ended a stream when it has read that end.

        What it leaves before may all the same have been ended by the server, whose last words were
        on their way. In Streamable HTTP's legacy era they often are: the Python SDKs leave a stream
        as soon as it has brought the answer, and a client that has deleted its session leaves what
        its server is about to end. The other clients leave only what no server has a reason to end:
        2024-11-05's streams, subscriptions, and calls that are given up.
        """
        opened, ended = Counter(tally["streams"]), Counter(tally["ended"])
        by_server = Counter({f"{key}|server": count for key, count in ended.items()})
        by_client = Counter({f"{key}|client": count for key, count in (opened - ended).items()})
        closed = metrics.numbers("mcp_sse_connections_closed_total", "kind", "reason")
        if kind != "streamable":
            self.assertEqual(closed, by_server + by_client)
            return
        self.assertLessEqual(by_server, closed)
        self.assertEqual(metrics.numbers("mcp_sse_connections_closed_total", "kind"), opened)
        reasons = metrics.numbers("mcp_sse_connections_closed_total", "reason")
        self.assertLessEqual(set(reasons), {"client", "server"})

    def test_what_clients_have_seen_is_what_is_told(self):
        for server, path, clients, kind, users in USED:
            path = path or PEERS[server].path
            with self.subTest(server, path=path), Proxy(server, PEER[server].port) as proxy:
                finished = subprocess.run(
                    [*clients, proxy.url(path), kind, str(users)],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,  # of what shall fail
                    timeout=120,
                    check=True,
                )
                self.compare(proxy, json.loads(finished.stdout), kind)
                port = PEER[server].port
                wait_until(
                    lambda: open_connections(port) == 0,
                    WITHIN,
                    lambda: f"{server} has {open_connections(port)} connections",
                )

    def test_clients_that_are_killed(self):
        """Their streams end at once, and their calls with them or with their sessions."""
        for server, kind in KILLED:
            with self.subTest(server), Proxy(server, PEER[server].port) as proxy:
                url = proxy.url(PEERS[server].path)
                command = [*NODE_USERS, url, kind, "10", "stay"]
                with subprocess.Popen(command, stdout=subprocess.PIPE) as users:
                    tally = json.loads(users.stdout.readline())
                    in_flight = proxy.metrics().value("mcp_requests_in_flight")
                    self.assertEqual(in_flight, 10)
                    users.kill()
                proxy.wait_for(
                    "the streams' ends",
                    lambda m: not m.numbers("mcp_active_sse_connections", "kind"),
                )
                for session in tally["sessions"]:
                    headers = {"Mcp-Session-Id": session}
                    delete = urllib.request.Request(url, headers=headers, method="DELETE")
                    urllib.request.urlopen(delete, timeout=10).close()
                    tally["requests"]["_DELETE|200"] = tally["requests"].get("_DELETE|200", 0) + 1
                tally["deleted"] = tally["sessions"]
                self.compare(proxy, tally, kind)

    def test_a_server_that_refuses_foreign_hosts(self):
        command = [*PEERS["legacy"].command, "guarded"]
        server = replace(PEERS["legacy"], name="legacy-guarded", command=command).start(DIRECTORY)
        self.addCleanup(server.stop)
        server.wait_until_ready()
        own = f"127.0.0.1:{server.port}"
        for host_header, good in (("preserve", False), ("upstream", True), (own, True)):
            with self.subTest(host_header):
                with Proxy("guarded", server.port, host_header=host_header) as proxy:
                    _, said = probe_url(proxy.url("/mcp"))
                self.assertEqual(said["success"], good, said)
                self.assertEqual(said["http_status"], 200 if good else 403, said)
        with Proxy("guarded", server.port) as proxy:
            _, said = probe_url(proxy.url("/mcp"), "--header", f"Host: {own}")
            self.assertTrue(said["success"], said)
