"""What a server runs out of: connections and memory that are really taken."""

import asyncio

from fault import Fault
from faults_inside import SLOW, calls, hourly_p95, as_usual
from faults_outside import REFUSED, FAILING, becomes

LAG = "load rises above the pool"  # whose alerts tell the lag from saturation to latency
HEAP = {"state": {"held": 40, "heap": 100}, "figures": True}
# Ten connections, each held for 100 ms: 100 calls a second fill them, 40 half of that.
POOL = {"state": {"pool": 10, "query": 0.1, "delay": 0}, "figures": True}


async def load_rises(world):
    """Slowly, beyond what the pool can carry."""

    async def rise():
        while world.load.rate < 46:
            await asyncio.sleep(1)
            world.load.rate += 1.5

    world.rising = asyncio.ensure_future(rise())
    world.tasks.append(world.rising)


async def load_falls(world):
    world.rising.cancel()
    world.load.rate = 10


async def leak(world):
    """A megabyte in each compressed minute, of which there were forty."""

    async def grow():
        for held in range(41, 400):
            await asyncio.sleep(world.proof.seconds("1m"))
            await world.set(held=held)

    world.growth = asyncio.ensure_future(grow())
    world.tasks.append(world.growth)


async def give_back(world):
    world.growth.cancel()
    await world.set(held=40)


async def abandon_sessions(world):
    async def open_them():
        while True:
            await asyncio.sleep(world.proof.seconds("30s"))
            world.opened.append(await world.load.open_session())

    world.opened = []
    world.leak = asyncio.ensure_future(open_them())
    world.tasks.append(world.leak)


async def end_sessions(world):
    world.leak.cancel()
    for session in world.opened:
        await world.load.end_session(session)


async def cut_streams(world):
    async def cut():
        while True:
            world.behind.cut()
            await asyncio.sleep(world.proof.seconds("1m"))

    world.cutter = asyncio.ensure_future(cut())
    world.tasks.append(world.cutter)


async def leave_streams(world):
    world.cutter.cancel()


async def restart_again_and_again(world):
    """Each time it is slow for three quarters of a minute after it."""

    async def loop():
        while True:
            await world.server.end()
            world.state |= {"delay": 1}
            await world.start_server()
            await asyncio.sleep(world.proof.seconds("45s"))
            await world.set(delay=0.12)
            await asyncio.sleep(world.proof.seconds("5m"))

    world.loop = asyncio.ensure_future(loop())
    world.tasks.append(world.loop)


async def run_on(world):
    world.loop.cancel()
    await world.server.end()
    world.state |= {"delay": 0.12}
    await world.start_server()


FAULTS = [
    Fault(
        LAG,
        {"MCPPoolFilling": {}, "MCPHighLatency": {}},
        load_rises,
        load_falls,
        world=POOL | {"rate": 10, "state": POOL["state"] | {"pool": 4}},
        within="1h",
        also=frozenset(
            {"MCPDatabaseConnectionPoolExhausted", "MCPOperationsSpike", "MCPLatencyBudgetBurn"}
        ),
        history=hourly_p95(LAG.replace(" ", "-"), as_usual),
        is_quick=True,
    ),
    Fault(
        "pool filling",
        {"MCPPoolFilling": {}},
        calls(80),
        calls(20),
        world=POOL | {"rate": 20},
        also=frozenset({"MCPDatabaseConnectionPoolExhausted", "MCPOperationsSpike"}),
    ),
    Fault(
        "pool exhausted",
        {"MCPDatabaseConnectionPoolExhausted": {}},
        becomes(query=1.5),
        becomes(query=0.1),
        world=POOL | {"rate": 20},
        also=SLOW | {"MCPPoolFilling"},
        is_quick=True,
    ),
    Fault(
        "figures fail",
        {"MCPSaturationUnknown": {}},
        becomes(tells_figures=False),
        becomes(tells_figures=True),
        world=HEAP,
    ),
    Fault(
        "heap filling",
        {"MCPHeapFilling": {}},
        becomes(held=80),
        becomes(held=40),
        world=HEAP,
    ),
    Fault(
        "heap exhausted",
        {"MCPHeapExhausted": {}},
        becomes(held=96),
        becomes(held=40),
        also=frozenset({"MCPHeapFilling"}),
        world=HEAP,
        is_quick=True,
    ),
    Fault(
        "memory grows",
        {"MCPMemoryGrowing": {}},
        leak,
        give_back,
        world={"state": {"held": 40, "heap": 1000}, "figures": True},
        within="4h",
    ),
    Fault(
        "sessions leak",
        {"MCPSessionsLeaking": {}},
        abandon_sessions,
        end_sessions,
        world={"is_modern": False},
        within="4h",
        also=frozenset({"MCPSessionsSpike"}),
    ),
    Fault(
        "streams are cut",
        {"MCPStreamsCut": {}},
        cut_streams,
        leave_streams,
        also=REFUSED | FAILING,
        world={"behind": True, "streams": 6},
        is_quick=True,
    ),
    Fault(
        "restart loop",
        {"MCPRestartLoop": {}},
        restart_again_and_again,
        run_on,
        also=REFUSED | SLOW | FAILING,
        within="4h",
        world={"state": {"delay": 0.12}},
        history=hourly_p95("restart-loop", as_usual),
    ),
]
