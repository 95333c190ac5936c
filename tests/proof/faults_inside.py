"""What clients are served: latency, traffic, errors."""

from fault import Fault, nothing
from faults_outside import becomes
from history import WEEK, History

SLOW = frozenset({"MCPHighLatency", "MCPLatencyBudgetBurn"})
FAILS = frozenset({"MCPHighErrorRate", "MCPNewErrorType", "MCPErrorBudgetBurn"})
USUAL = {"state": {"delay": 0.12}}  # whose p95 lies in the bucket up to 0.2 s


def hourly_p95(world, value):
    """Weeks of hourly p95, in the two names that the baseline is made of."""
    labels = {"namespace": world, "job": "mcp-vitals", "server": world}
    return [
        History(f"server:mcp_operation_duration_seconds:{name}", labels, value)
        for name in ("p95_1h", "p95_1h_calm")
    ]


def as_usual(ago):
    return 0.195


def crept_up(ago):
    return 0.1 if ago > WEEK else 0.2


async def in_pod_too(world):
    """A target beside the sidecar, which tells it the server's own version."""
    url = f"http://127.0.0.1:{world.ports['server']}/mcp"
    world.vitals["probe"]["targets"].append({"name": "in-pod", "url": url})


async def deploy_slow(world):
    await world.server.end()
    world.state |= {"release": "2.0.0", "delay": 1}
    await world.start_server()


async def forget_weeks(world):
    await world.proof.prometheus.forget(
        f'{{__name__=~"server:mcp_operation_duration_seconds:p95_1h.*",server="{world.name}"}}'
    )


def calls(rate):
    async def change(world):
        world.load.rate = rate

    return change


def streams(count):
    async def change(world):
        world.load.hold(count)

    return change


async def sessions_arrive(world):
    world.opened = [await world.load.open_session() for _ in range(40)]


async def sessions_leave(world):
    for session in world.opened:
        await world.load.end_session(session)


FAULTS = [
    Fault(
        "latency",
        {"MCPHighLatency": {}},
        becomes(delay=1),
        becomes(delay=0.12),
        world=USUAL,
        also=frozenset({"MCPLatencyStepAfterDeploy"}),
        history=hourly_p95("latency", as_usual),
        is_quick=True,
    ),
    Fault(
        "latency after a deploy",
        {"MCPLatencyStepAfterDeploy": {}},
        deploy_slow,
        becomes(delay=0.12),
        world=USUAL,
        prepare=in_pod_too,
        warm="25m",
        also=SLOW,
        within="2h",
        history=hourly_p95("latency-after-a-deploy", as_usual),
    ),
    Fault(
        "latency creeps up",
        {"MCPLatencyDrift": {"view": "inside"}},
        nothing,
        forget_weeks,
        is_there_before=True,
        world={"state": {"delay": 0.15}},
        within="4h",
        how="weeks played, and taken away",
        history=hourly_p95("latency-creeps-up", crept_up),
    ),
    Fault(
        "calls of 35 s",
        {"MCPLatencyTailExtreme": {}},
        becomes(delays={"fetch": 35}),
        becomes(delays={}),
        also=SLOW,
        world=USUAL,
        real=45,
        within="30m",
    ),
    Fault(
        "calls of 3 s",
        {"MCPLatencyBudgetBurn": {"severity": "critical"}},
        becomes(delay=3),
        becomes(delay=0.12),
        world=USUAL,
        also=SLOW,
        within="3h",
        real=5,
    ),
    Fault(
        "sessions rush in",
        {"MCPSessionsSpike": {}},
        sessions_arrive,
        sessions_leave,
        world={"is_modern": False, "sessions": 5},
        warm="25m",
        is_quick=True,
    ),
    Fault(
        "streams rush in",
        {"MCPStreamsSpike": {}},
        streams(60),
        streams(6),
        world={"streams": 6},
        warm="25m",
    ),
    Fault(
        "calls rush in",
        {"MCPOperationsSpike": {}},
        calls(60),
        calls(8),
        world={"rate": 8},
        warm="25m",
    ),
    Fault("calls stop", {"MCPTrafficGone": {}}, calls(0), calls(12), warm="20m", is_quick=True),
    Fault(
        "half of the calls fail",
        {"MCPHighErrorRate": {}, "MCPErrorBudgetBurn": {}},
        becomes(errors={"tool_error": 0.5}),
        becomes(errors={}),
        also=FAILS,
        within="3h",
        is_quick=True,
    ),
    Fault(
        "new error",
        {"MCPNewErrorType": {"error_type": "invalid_params"}},
        becomes(errors={"invalid_params": 0.3}),
        becomes(errors={}),
        warm="65m",
        within="3h",
    ),
]
