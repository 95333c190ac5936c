"""What probes see."""

import json
import signal

from fault import Fault

DOWN = {"MCPProbeFailing": {}, "MCPEndpointDown": {}}
SOON = "150s"  # two cycles of probes, a scrape and an evaluation
SOON_BY_TIMEOUT = "200s"  # and the second probe's time-out
# Calls fail as probes do: by the proxy's 502, or by answers that come when the server wakes up.
REFUSED = frozenset({"MCPHighErrorRate", "MCPNewErrorType", "MCPErrorBudgetBurn"})
LATE = frozenset({"MCPHighLatency", "MCPLatencyBudgetBurn"})
FAILING = frozenset(DOWN)


async def kill(world):
    await world.server.end()


async def restart(world):
    await world.start_server()


async def freeze(world):
    world.server.send(signal.SIGSTOP)


async def thaw(world):
    world.server.send(signal.SIGCONT)


def becomes(**state):
    async def change(world):
        await world.set(**state)

    return change


def expires_in(days):
    async def change(world):
        await world.use_certificate(days)

    return change


async def loses_canaries(world):
    world.front.loses = b'"tools/call"'


async def loses_nothing(world):
    world.front.loses = None


async def with_west(world):
    _, world.west = world.add_prober("west")


async def west_goes(world):
    await world.west.stop()


async def west_is_back(world):
    await world.west.start()


async def west_is_slow(world):
    world.west.delay = 0.25


async def west_is_fast(world):
    world.west.delay = 0


async def with_manifest(world):
    tools = [
        {
            "name": name,
            "description": f"The tool {name}",
            "inputSchema": {
                "type": "object",
                "properties": {"query": {"type": "string"}},
                "required": ["query"],
            },
        }
        for name in ("search", "fetch", "canary")
    ]
    manifest = world.directory / "tools.json"
    manifest.write_text(json.dumps({"tools": tools}))
    world.vitals["probe"]["targets"][0]["expect"] = {"manifest_file": str(manifest)}


async def with_health(world):
    world.vitals["probe"]["targets"][0][
        "health_url"
    ] = f"http://127.0.0.1:{world.ports['server']}/health"


FAULTS = [
    Fault("server killed", DOWN, kill, restart, detected=SOON, also=REFUSED, is_quick=True),
    Fault(
        "server hangs",
        DOWN,
        freeze,
        thaw,
        detected=SOON_BY_TIMEOUT,
        also=REFUSED | LATE,
        is_quick=True,
    ),
    Fault(
        "certificate of 10 days",
        {"MCPCertificateExpiresSoon": {}},
        expires_in(10),
        expires_in(91),
        world={"tls": True},
    ),
    Fault(
        "certificate of 2 days",
        {"MCPCertificateExpiresVerySoon": {}},
        expires_in(2),
        expires_in(91),
        also=frozenset({"MCPCertificateExpiresSoon"}),
        world={"tls": True},
    ),
    Fault(
        "certificate expired",
        {"MCPCertificateExpired": {}},
        expires_in(-1),
        expires_in(91),
        also=FAILING | {"MCPCertificateExpiresSoon", "MCPCertificateExpiresVerySoon"},
        world={"tls": True},
        is_quick=True,
    ),
    Fault(
        "version changed",
        {"MCPProtocolVersionWrong": {}},
        becomes(version="2025-06-18", release="1.1.0"),
        becomes(version="2025-11-25"),
        also=FAILING,
        world={"is_modern": False, "target": {"protocol": "2025-11-25"}},
    ),
    Fault(
        "tool missing",
        {"MCPToolsMissing": {}},
        becomes(tools=["search", "canary"]),
        becomes(tools=["search", "fetch", "canary"]),
        also=FAILING,
        world={"tools": ["search"], "target": {"expect": {"tools": ["search", "fetch"]}}},
        is_quick=True,
    ),
    Fault(
        "tool not as in manifest",
        {"MCPSchemaBreaking": {}},
        becomes(tools=["search", "canary"]),
        becomes(tools=["search", "fetch", "canary"]),
        prepare=with_manifest,
        also=FAILING,
        world={"tools": ["search"]},
    ),
    Fault(
        "canary fails",
        {"MCPCanaryFailing": {}},
        becomes(is_canary_good=False),
        becomes(is_canary_good=True),
        also=FAILING,
        is_quick=True,
    ),
    Fault(
        "health contradicts",
        {"MCPHealthContradicts": {}, "MCPCanaryFailing": {}},
        becomes(is_canary_good=False),
        becomes(is_canary_good=True),
        prepare=with_health,
        also=FAILING,
    ),
    Fault(
        "path loses answers",
        {"MCPPathAtFault": {}},
        loses_canaries,
        loses_nothing,
        also=FAILING | {"MCPCanaryFailing"},
    ),
    Fault(
        "region down",
        {"MCPRegionDown": {}},
        west_goes,
        west_is_back,
        prepare=with_west,
        also=frozenset({"MCPProbeFailing"}),
        is_quick=True,
    ),
    Fault(
        "region slow",
        {"MCPRegionSlow": {}},
        west_is_slow,
        west_is_fast,
        prepare=with_west,
        warm="45m",
        world={"probe": {"timeout": "2s"}},
        within="1h",
    ),
]
