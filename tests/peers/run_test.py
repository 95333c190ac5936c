"""`mcp-vitals run` with every real server as a target: what Prometheus is told."""

import json
import unittest

from peers import PEERS, Peer
from process import wait_until
from running import DIRECTORY, sessions, url
from sidecar import WITHIN, Metrics, Sidecar

MODERN = {"modern", "modern-only", "modern-streaming", "mcp-proxy", "python-modern"}


def target(name: str, peer: Peer, address: str) -> dict:
    tool, arguments, text = peer.call
    expect = {"text_contains": [text]}
    canary = {"tool": tool, "arguments": json.loads(arguments), "expect": expect}
    return {"name": name, "url": address, "canary": canary}


class RunTest(unittest.TestCase):
    maxDiff = None

    def test_prometheus_is_told_what_each_server_is(self):
        before = {name: sessions(name) for name in PEERS}
        targets = [target(name, peer, url(name)) for name, peer in PEERS.items()]
        sidecar = Sidecar(
            "all", probe={"interval": "3s", "vantage": "here", "targets": targets}
        )
        with sidecar:
            metrics = sidecar.wait_for(
                "two probes of each",
                lambda m: all((m.value("mcp_probes_total", target=t) or 0) >= 2 for t in PEERS),
            )
        for name, peer in PEERS.items():
            with self.subTest(name):
                where = {"target": name, "vantage": "here"}
                self.assertEqual(metrics.value("mcp_probe_success", **where), 1)
                self.assertEqual(metrics.value("mcp_probe_canary_success", **where), 1)
                self.assertEqual(metrics.value("mcp_probe_tools", **where), peer.tools)
                self.assertEqual(metrics.value("mcp_probe_consecutive_failures", **where), 0)
                modern = name in MODERN
                self.assertEqual(
                    metrics.labels("mcp_probe_info", **where),
                    {
                        "era": "modern" if modern else "legacy",
                        "protocol_version": "2026-07-28" if modern else "2025-11-25",
                        "transport": "sse" if peer.path == "/sse" else "streamable_http",
                        "server_name": peer.server,
                        "server_version": peer.version,
                        "address_scope": "loopback",
                    },
                )
                wait_until(
                    lambda: sessions(name) <= before[name],
                    WITHIN,
                    lambda: f"{name} has {sessions(name)} sessions, and had {before[name]}",
                )
        self.assertEqual(sidecar.status, 0)

    def test_a_server_goes_and_comes_back_as_another(self):
        """Down is told with its reason; what was known of the server is found out anew."""
        process = PEERS["modern"].start(DIRECTORY)
        address = f"http://127.0.0.1:{process.port}/mcp"
        probe = {"interval": "1s", "retry_interval": "500ms"}
        probe["targets"] = [{"name": "x", "url": address}]

        def is_up(metrics: Metrics, era: str) -> bool:
            up = metrics.value("mcp_probe_success", target="x") == 1
            return up and metrics.labels("mcp_probe_info", target="x").get("era") == era

        try:
            process.wait_until_ready()
            with Sidecar("one", probe=probe) as sidecar:
                sidecar.wait_for("the modern server", lambda m: is_up(m, "modern"))
                process.stop()
                refused = {"target": "x", "reason": "connection_refused"}
                down = sidecar.wait_for(
                    "the refusal", lambda m: m.value("mcp_probe_failures_total", **refused)
                )
                self.assertEqual(down.value("mcp_probe_success", target="x"), 0)
                process = PEERS["legacy"].start(DIRECTORY, process.port)
                process.wait_until_ready()
                back = sidecar.wait_for("the legacy server", lambda m: is_up(m, "legacy"))
                self.assertEqual(back.value("mcp_probe_tools", target="x"), PEERS["legacy"].tools)
        finally:
            process.stop()
