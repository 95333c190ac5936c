"""The official conformance suite's judgement of `mcp-vitals probe` as an MCP client.

Each scenario is a server of the suite's own that watches what the client sends. A scenario passes
when no check of it failed or warned *and* the checks named here were really made.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "peers"))

import peers  # noqa: E402

SKIPPED = 77
STABLE = peers.MODULES / "conformance-stable"  # up to 2025-11-25
CURRENT = peers.MODULES / "conformance-2026"  # 2026-07-28 too, and every message against its schema

# A check of milliseconds, which a loaded machine may miss.
TIMED = "client-sse-retry-timing"
ATTEMPTS = 3

CLIENT_INFO = ["mcp-client-initialization"]
CALLED = ["tool-add-numbers"]
VALID = ["wire-schema-valid"]  # of each message by the schema of its revision
RESUMED = [
    "client-sse-graceful-reconnect",
    TIMED,
    "client-sse-last-event-id",
]
METADATA = [
    "sep-2575-http-client-sends-version-header",
    "sep-2575-client-populates-meta",
    "sep-2575-client-sends-client-info",
    "sep-2575-http-version-header-matches-meta",
    "sep-2575-client-retry-supported-version",
]
PARAMETERS = [
    "sep-2243-client-supports-custom-headers",
    "sep-2243-client-mirrors-designated-params",
    "sep-2243-client-encode-values",
    "sep-2243-client-base64-unsafe",
    "sep-2243-client-omit-null",
]
STANDARD_HEADERS = ["sep-2243-client-includes-standard-headers"]
INVALID_TOOLS = [
    "sep-2243-client-reject-invalid-tool",
    "sep-2243-x-mcp-header-not-empty",
    "sep-2243-x-mcp-header-primitive-only",
    "sep-2243-x-mcp-header-unique",
    "sep-2243-x-mcp-header-charset",
]
KEPT = [
    "json-schema-2020-12-client-$schema-preserved",
    "json-schema-2020-12-client-$defs-preserved",
    "json-schema-2020-12-client-additionalProperties-preserved",
]
KEPT_MODERN = KEPT + [
    "sep-2106-client-composition-keywords-preserved",
    "sep-2106-client-conditional-keywords-preserved",
    "sep-2106-client-anchor-keyword-preserved",
]
NO_FETCH = ["sep-2106-no-network-ref-deref"]

# (suite, scenario, revision, checks that must have been made, is the probe told the revision)
SCENARIOS = [
    (STABLE, "initialize", "2025-06-18", CLIENT_INFO, True),
    (STABLE, "initialize", "2025-11-25", CLIENT_INFO, True),
    (STABLE, "tools_call", "2025-11-25", CALLED, True),
    (STABLE, "sse-retry", "2025-11-25", RESUMED, False),  # it answers 2025-03-26, whatever is asked
    (CURRENT, "initialize", "2025-06-18", CLIENT_INFO, True),
    (CURRENT, "initialize", "2025-11-25", CLIENT_INFO, True),
    (CURRENT, "initialize", "2025-11-25", CLIENT_INFO, False),
    (CURRENT, "tools_call", "2025-06-18", CALLED + VALID, True),
    (CURRENT, "tools_call", "2025-11-25", CALLED + VALID, True),
    (CURRENT, "tools_call", "2025-11-25", CALLED + VALID, False),
    (CURRENT, "sse-retry", "2025-11-25", RESUMED, True),
    (CURRENT, "sse-retry", "2025-11-25", RESUMED, False),
    (CURRENT, "tools_call", "2026-07-28", CALLED + VALID, True),
    (CURRENT, "tools_call", "2026-07-28", CALLED + VALID, False),
    (CURRENT, "request-metadata", "2026-07-28", METADATA, True),
    (CURRENT, "request-metadata", "2026-07-28", METADATA, False),
    (CURRENT, "http-standard-headers", "2026-07-28", STANDARD_HEADERS, False),
    (CURRENT, "http-custom-headers", "2026-07-28", PARAMETERS, False),
    (CURRENT, "http-invalid-tool-headers", "2026-07-28", INVALID_TOOLS, False),
    (CURRENT, "json-schema-ref-no-deref", "2026-07-28", NO_FETCH, False),
    (CURRENT, "json-schema-2020-12-preservation", "2025-11-25", KEPT, False),
    (CURRENT, "json-schema-2020-12-preservation", "2026-07-28", KEPT_MODERN, False),
]


def judge(suite: Path, scenario: str, revision: str, told: bool) -> tuple[list[dict], str]:
    """The checks that the suite made, and what the client wrote."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(
            [peers.NODE, suite / "dist" / "index.js", "client"]
            + ["--command", "python3 client.py", "--scenario", scenario]
            + ["--spec-version", revision, "--timeout", "20000", "--output-dir", directory],
            cwd=HERE,
            env={
                **os.environ,
                "PROBE_PROTOCOL": "told" if told else "auto",
                "MCP_CONFORMANCE_PROTOCOL_VERSION": revision,  # the stable suite does not say it
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        found = [path.parent for path in Path(directory).rglob("checks.json")]
        if not found:
            raise AssertionError(f"{scenario} made no checks")
        wrote = (found[0] / "stdout.txt").read_text() + (found[0] / "stderr.txt").read_text()
        return json.loads((found[0] / "checks.json").read_text()), wrote


class ConformanceTest(unittest.TestCase):
    """One test for each line of SCENARIOS: see `_add_scenarios`."""

    def check(self, suite: Path, scenario: str, revision: str, wanted: list[str], told: bool):
        for _ in range(ATTEMPTS):
            checks, wrote = judge(suite, scenario, revision, told)
            bad = [c for c in checks if c["status"] in ("FAILURE", "WARNING")]
            if {c["id"] for c in bad} != {TIMED}:
                break
        said = [f"{c['id']}: {c.get('errorMessage') or c['description']}" for c in bad]
        self.assertEqual(said, [], f"the client wrote:\n{wrote}")
        passed = {c["id"] for c in checks if c["status"] == "SUCCESS"}
        self.assertEqual(sorted(set(wanted) - passed), [], f"not checked; it wrote:\n{wrote}")

    def test_a_server_that_wants_authorization_is_told_from_a_broken_one(self):
        for scenario in ("auth/metadata-default", "auth/metadata-var2"):
            with self.subTest(scenario):
                _, wrote = judge(CURRENT, scenario, "2025-11-25", told=True)
                self.assertEqual(json.loads(wrote)["reason"], "auth_required", wrote)


def _add_scenarios():
    for suite, scenario, revision, wanted, told in SCENARIOS:
        name = f"test_{scenario}_{revision}".replace("-", "_")
        name += "" if told else "_found_out"
        name += "_stable_suite" if suite == STABLE else ""

        def test(self, arguments=(suite, scenario, revision, wanted, told)):
            self.check(*arguments)

        assert not hasattr(ConformanceTest, name), name
        setattr(ConformanceTest, name, test)


_add_scenarios()

if __name__ == "__main__":
    if not all(stamp.exists() for stamp in peers.INSTALLED):
        print("skipped: the conformance suite is not installed (tests/peers/install)")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
