"""`mcp-vitals probe` against real servers: is what it says of them true?"""

import json
import unittest
from concurrent.futures import ThreadPoolExecutor

from peers import PEERS
from running import DIRECTORY, probe, probe_url, url

AUTO, OLDER, LEGACY, MODERN = "auto", "2025-06-18", "2025-11-25", "2026-07-28"
HTTP, SSE = "streamable_http", "sse"

# What a probe finds: (server, path if not its own, version to speak; era, agreed version,
# transport, phases after `connect`).
FOUND = [
    ("everything", None, AUTO, "legacy", LEGACY, HTTP, "discover initialize list_tools close"),
    ("everything", None, LEGACY, "legacy", LEGACY, HTTP, "initialize list_tools close"),
    ("everything", None, OLDER, "legacy", OLDER, HTTP, "initialize list_tools close"),
    ("everything", None, "2025-03-26", "legacy", "2025-03-26", HTTP, "initialize list_tools close"),
    ("everything-sse", None, AUTO, "legacy", LEGACY, SSE, "discover initialize list_tools"),
    ("everything-sse", None, "2024-11-05", "legacy", "2024-11-05", SSE, "initialize list_tools"),
    ("mcp-proxy", None, AUTO, "modern", MODERN, HTTP, "discover list_tools"),
    ("mcp-proxy", None, MODERN, "modern", MODERN, HTTP, "discover list_tools"),
    ("mcp-proxy", None, LEGACY, "legacy", LEGACY, HTTP, "initialize list_tools close"),
    ("mcp-proxy", None, OLDER, "legacy", OLDER, HTTP, "initialize list_tools close"),
    ("mcp-proxy", "/sse", AUTO, "legacy", LEGACY, SSE, "discover initialize list_tools"),
    ("mcp-proxy", "/sse", "2024-11-05", "legacy", "2024-11-05", SSE, "initialize list_tools"),
    ("supergateway", None, AUTO, "legacy", LEGACY, HTTP, "discover initialize list_tools close"),
    ("supergateway", None, OLDER, "legacy", OLDER, HTTP, "initialize list_tools close"),
    ("supergateway-sse", None, AUTO, "legacy", LEGACY, SSE, "discover initialize list_tools"),
    ("modern", None, AUTO, "modern", MODERN, HTTP, "discover list_tools"),
    ("modern", None, LEGACY, "legacy", LEGACY, HTTP, "initialize list_tools"),
    ("modern-only", None, AUTO, "modern", MODERN, HTTP, "discover list_tools"),
    ("modern-streaming", None, AUTO, "modern", MODERN, HTTP, "discover list_tools"),
    ("legacy", None, AUTO, "legacy", LEGACY, HTTP, "discover initialize list_tools close"),
    ("legacy-json", None, AUTO, "legacy", LEGACY, HTTP, "discover initialize list_tools close"),
    ("legacy-stateless", None, AUTO, "legacy", LEGACY, HTTP, "discover initialize list_tools"),
    ("python", None, AUTO, "legacy", LEGACY, HTTP, "discover initialize list_tools close"),
    ("python", None, OLDER, "legacy", OLDER, HTTP, "initialize list_tools close"),
    ("python-sse", None, AUTO, "legacy", LEGACY, SSE, "discover initialize list_tools"),
    ("python-modern", None, AUTO, "modern", MODERN, HTTP, "discover list_tools"),
    ("python-modern", None, LEGACY, "legacy", LEGACY, HTTP, "initialize list_tools close"),
]

# What a probe that asks for too much says: (server, options, reason, phase, words of the detail).
REFUSED = [
    ("everything", ["--expect-tool", "fly"], "tools_missing", "list_tools", "fly"),
    ("modern", ["--expect-tool", "fly"], "tools_missing", "list_tools", "fly"),
    ("modern-only", ["--protocol", LEGACY], "version_mismatch", "initialize", MODERN),
    ("modern", ["--call", "broken"], "canary_failed", "canary", "the database is away"),
    ("modern", ["--call", "no_such_tool"], "canary_failed", "canary", "no_such_tool"),
    ("python", ["--call", "fail"], "canary_failed", "canary", "the database is away"),
    ("python-sse", ["--call", "fail"], "canary_failed", "canary", "the database is away"),
    ("python-modern", ["--call", "no_such_tool"], "canary_failed", "canary", "no_such_tool"),
    ("legacy", ["--protocol", MODERN], "init_error", "discover", "not initialized"),
    ("python", ["--protocol", MODERN], "init_error", "discover", "Missing session ID"),
    ("supergateway", ["--protocol", MODERN], "version_mismatch", "discover", "server/discover"),
]


class ProbeTest(unittest.TestCase):
    maxDiff = None

    def test_says_what_each_server_is(self):
        for server, path, version, era, agreed, transport, phases in FOUND:
            peer = PEERS[server]
            options = [] if version == AUTO else ["--protocol", version]
            with self.subTest(server=server, path=path, version=version):
                status, said = probe(server, *options, path=path)
                seen = {key: said[key] for key in ("success", "reason", "era", "transport")}
                seen |= {"version": said["protocol_version"], "tools": said["tools"]}
                seen |= {"server": said["server"], "scope": said["address_scope"]}
                reached = [name for name, spent in said["phases"].items() if spent is not None]
                seen["phases"] = " ".join(reached)
                self.assertEqual(
                    seen,
                    {
                        "success": True,
                        "reason": None,
                        "era": era,
                        "transport": transport,
                        "version": agreed,
                        "tools": peer.tools,
                        "server": {"name": peer.server, "version": peer.version},
                        "scope": "loopback",
                        "phases": f"resolve connect {phases}",
                    },
                )
                self.assertEqual(status, 0)

    def test_calls_a_tool_and_judges_its_result(self):
        for server, peer in PEERS.items():
            tool, arguments, text = peer.call
            call = ["--call", tool, "--arguments", arguments]
            with self.subTest(server=server, right=True):
                status, said = probe(server, *call, "--expect", f"contains={text}")
                self.assertEqual((said["reason"], said["success"], status), (None, True, 0), said)
                self.assertIsNotNone(said["phases"]["canary"])
            with self.subTest(server=server, right=False):
                status, said = probe(server, *call, "--expect", "contains=no such words")
                self.assertEqual((said["reason"], said["phase"]), ("canary_failed", "canary"), said)
                self.assertEqual((said["success"], said["tools"], status), (False, peer.tools, 1))

    def test_sends_the_header_that_a_tool_wants(self):
        for server in ("modern", "modern-only", "modern-streaming"):
            with self.subTest(server):
                call = ["--call", "regional", "--arguments", '{"region":"Zürich"}']
                _, said = probe(server, *call, "--expect", "contains=from Zürich")
                self.assertTrue(said["success"], said)

    def test_judges_structured_content(self):
        for pointer, holds in (("count=3", True), ("count=4", False), ("items/2=\"c\"", True)):
            with self.subTest(pointer):
                expectation = f"/structuredContent/{pointer}"
                _, said = probe("modern", "--call", "measure", "--expect", expectation)
                self.assertEqual(said["success"], holds, said)

    def test_gives_the_reason_of_a_failure(self):
        for server, options, reason, phase, words in REFUSED:
            with self.subTest(server=server, options=options):
                status, said = probe(server, *options)
                self.assertEqual((said["reason"], said["phase"]), (reason, phase), said)
                self.assertIn(words, said["detail"])
                self.assertEqual((said["success"], status), (False, 1))

    def test_names_the_missing_tools(self):
        expected = [f"--expect-tool={tool}" for tool in ("walk", "echo", "fly")]
        _, said = probe("everything", *expected)
        self.assertEqual(said["missing_tools"], ["fly", "walk"])

    def test_compares_the_tools_with_a_manifest_that_it_wrote(self):
        for server in ("everything", "legacy", "modern", "python-sse"):
            with self.subTest(server):
                status, manifest = probe_url(url(server), output="manifest")
                self.assertEqual((status, len(manifest["tools"])), (0, PEERS[server].tools))
                file = DIRECTORY / "manifest.json"
                file.write_text(json.dumps(manifest, indent=2))
                _, said = probe(server, "--manifest-file", str(file))
                self.assertEqual((said["reason"], said["schema_change"]), (None, None), said)
                manifest["tools"][-1]["description"] = "changed"
                file.write_text(json.dumps(manifest))
                _, said = probe(server, "--manifest-file", str(file))
                self.assertEqual((said["reason"], said["phase"]), ("schema_changed", "list_tools"))
                self.assertIn(manifest["tools"][-1]["name"], said["detail"])

    def test_keeps_apart_what_a_server_mixes(self):
        """supergateway hands every answer to every client: only ours may count as ours."""

        def say(word: str) -> dict:
            call = ["--call", "echo", "--arguments", f'{{"message":"{word}"}}']
            return probe("supergateway-sse", *call, "--expect", f"contains=Echo: {word}")[1]

        words = [f"word{i}" for i in range(30)]
        with ThreadPoolExecutor(10) as pool:
            said = list(pool.map(say, words))
        self.assertEqual([answer["detail"] for answer in said], [None] * len(words))
