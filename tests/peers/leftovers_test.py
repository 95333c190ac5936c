"""What is left in a server after many probes of it: nothing."""

import json
import socket
import unittest
import urllib.request

from peers import PEERS
from process import open_connections, wait_until
from running import PEER, probe, sessions, url

WITHIN = 10  # seconds: some servers end a session some time after they have said so


def open_session(server: str):
    """A session that nobody ends: the answer, still open, to what a client begins with."""
    client = {"protocolVersion": "2025-11-25", "capabilities": {}}
    client["clientInfo"] = {"name": "test", "version": "1"}
    request = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client}
    sse = PEERS[server].path == "/sse"
    return urllib.request.urlopen(
        urllib.request.Request(
            url(server),
            data=None if sse else json.dumps(request).encode(),
            headers={
                "Content-Type": "application/json",
                "Accept": "text/event-stream" if sse else "application/json, text/event-stream",
            },
        ),
        timeout=10,
    )


class CountingTest(unittest.TestCase):
    """That the tests below would see what is left: what is opened here is counted."""

    def test_sees_a_connection(self):
        port = PEER["everything"].port
        with socket.create_connection(("127.0.0.1", port)):
            wait_until(lambda: open_connections(port) == 1, WITHIN, lambda: "no connection seen")

    def test_sees_a_session(self):
        for server in (name for name, peer in PEERS.items() if peer.sessions):
            with self.subTest(server):
                before = sessions(server)
                with open_session(server) as stream:
                    wait_until(lambda: sessions(server) > before, WITHIN, lambda: "no session seen")
                    session = stream.headers.get("Mcp-Session-Id")
                if session:
                    headers = {"Mcp-Session-Id": session}
                    delete = urllib.request.Request(url(server), headers=headers, method="DELETE")
                    urllib.request.urlopen(delete, timeout=10).close()
                wait_until(lambda: sessions(server) <= before, WITHIN, lambda: "it does not end")


class LeftoversTest(unittest.TestCase):
    def check(self, server: str, *options: str):
        before = sessions(server)
        for _ in range(PEERS[server].probes):
            probe(server, *options)
        wait_until(
            lambda: sessions(server) <= before,
            WITHIN,
            lambda: f"{server} has {sessions(server)} sessions, and had {before}",
        )
        port = PEER[server].port
        wait_until(
            lambda: open_connections(port) == 0,
            WITHIN,
            lambda: f"{server} has {open_connections(port)} connections",
        )

    def test_nothing_after_good_probes(self):
        for server in PEERS:
            with self.subTest(server):
                self.check(server)

    def test_nothing_after_probes_that_fail_late(self):
        for server in ("everything", "everything-sse", "legacy", "python", "python-sse"):
            with self.subTest(server):
                self.check(server, "--call", "no_such_tool")

    def test_nothing_after_probes_that_run_out_of_time(self):
        slow = '{"duration":60,"steps":1}'
        for server in ("everything", "everything-sse"):
            with self.subTest(server):
                before = sessions(server)
                for _ in range(5):
                    call = ["--call", "trigger-long-running-operation", "--arguments", slow]
                    _, said = probe(server, *call, "--timeout", "500ms")
                    self.assertEqual((said["reason"], said["phase"]), ("timeout", "canary"), said)
                wait_until(
                    lambda: sessions(server) <= before,
                    WITHIN,
                    lambda: f"{server} has {sessions(server)} sessions, and had {before}",
                )

    def test_a_proxy_is_sent_a_delete_for_each_session(self):
        """mcp-proxy cannot be asked for its sessions, but it tells of each DELETE."""
        deleted = "received delete request for session"
        before = PEER["mcp-proxy"].log().count(deleted)
        self.check("mcp-proxy", "--protocol", "2025-11-25")
        after = PEER["mcp-proxy"].log().count(deleted)
        self.assertEqual(after - before, PEERS["mcp-proxy"].probes)
