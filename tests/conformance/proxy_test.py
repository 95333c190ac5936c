"""The official conformance suite as the judge of `mcp-vitals run` as a proxy.

Each server is judged through the proxy and directly, and the judgements are compared check by
check: a server that the suite finds fault with must be found at fault in just the same way. Some
checks are a matter of time on a loaded machine, so the server may be judged more than once. The
proxy may not: what it loses now and then would be forgiven.
"""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "peers"))

import peers  # noqa: E402
import running  # noqa: E402
from peers import Peer  # noqa: E402
from sidecar import Proxy  # noqa: E402

SKIPPED = 77
SUITE = peers.MODULES / "conformance-2026"
LEGACY, MODERN = "2025-11-25", "2026-07-28"
FULL = Peer(
    "full",
    [peers.NODE, str(peers.HERE / "servers" / "full_server.mjs"), "{port}"],
    "/mcp",
    server="full",
    version="1.0.0",
    tools=13,
)
PEERS = {**peers.PEERS, "full": FULL}
DIRECTLY = 3  # times at most that a server is judged without the proxy

# (server, revision, scenarios and checks that pass at least: else nothing was judged)
JUDGED = [
    ("full", LEGACY, 30, 70),
    ("everything", LEGACY, 30, 40),
    ("python", LEGACY, 30, 30),
    ("modern", MODERN, 40, 90),
    ("python-modern", MODERN, 40, 60),
    ("mcp-proxy", MODERN, 40, 60),
]


def plain(text: str) -> str:
    """Without what is another each time: ports, identifiers, times."""
    text = re.sub(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", "ID", text)
    return re.sub(r"\d+(\.\d+)? ?ms|127\.0\.0\.1:\d+|\d{5,}", "N", text)


def judge(url: str, revision: str) -> dict[str, Counter]:
    """How often each check ended how, by scenario."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(
            [peers.NODE, SUITE / "dist" / "index.js", "server", "--url", url]
            + ["--requirements", revision, "--output-dir", directory],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=180,
            check=False,
        )
        judgement = {}
        for path in Path(directory).rglob("checks.json"):
            scenario = re.sub(r"-\d{4}-\d\d-\d\dT.*", "", path.parent.name)
            judgement[scenario] = Counter(
                f"{check['id']}: {check['status']} {plain(check.get('errorMessage', ''))}"
                for check in json.loads(path.read_text())
            )
        return judgement


def not_shown(through: dict, direct: list[dict]) -> set[str]:
    """The scenarios that have ended through the proxy as in no direct run."""
    scenarios = set(through).union(*direct)
    return {one for one in scenarios if all(run.get(one) != through.get(one) for run in direct)}


def varying(direct: list[dict]) -> set[str]:
    """The scenarios that are a matter of time: they do not end alike without the proxy either."""
    first = direct[0]
    return {one for run in direct for one in {*first, *run} if run.get(one) != first.get(one)}


class ProxyTest(unittest.TestCase):
    maxDiff = None

    def test_nothing_is_judged_otherwise_through_the_proxy(self):
        for name, revision, scenarios, passed in JUDGED:
            peer = PEERS[name]
            with self.subTest(name, revision=revision):
                server = peer.start(running.DIRECTORY)
                self.addCleanup(server.stop)
                server.wait_until_ready()
                direct = self.compare(server.port, name, revision)
                self.assertGreaterEqual(len(direct), scenarios)
                good = sum(
                    count
                    for checks in direct.values()
                    for check, count in checks.items()
                    if ": SUCCESS" in check
                )
                self.assertGreaterEqual(good, passed)

    def compare(self, port: int, name: str, revision: str) -> dict[str, Counter]:
        """Returns the last judgement of the server alone."""
        path = PEERS[name].path

        def judge_through() -> dict[str, Counter]:
            with Proxy(name, port) as proxy:
                return judge(proxy.url(path), revision)

        through, direct = judge_through(), []
        while not direct or (not_shown(through, direct) and len(direct) < DIRECTLY):
            direct.append(judge(f"http://127.0.0.1:{port}{path}", revision))
        differing = not_shown(through, direct)
        if differing and differing <= varying(direct):
            differing &= not_shown(through := judge_through(), direct)
        self.assertEqual(
            {one: through.get(one) for one in differing},
            {one: [run.get(one) for run in direct] for one in differing},
            "through the proxy, and in each direct run",
        )
        return direct[-1]


if __name__ == "__main__":
    if not all(stamp.exists() for stamp in peers.INSTALLED):
        print("skipped: the conformance suite is not installed (tests/peers/install)")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
