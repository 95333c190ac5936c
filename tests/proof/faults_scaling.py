"""Scaling. The scaler and its fleets are real; Kubernetes' and KEDA's exporters are played."""

import asyncio

from fault import Fault
from faults_inside import SLOW, in_pod_too
from faults_outside import FAILING, REFUSED, becomes, kill, restart
from fleet import (
    ask_again,
    end_scaler,
    fleet,
    fleet_that_grows,
    freeze_pods,
    start_scaler,
    stop_asking,
    thaw_pods,
)
from processes import run

PLAYED = "exporters played"
LATE = frozenset({"MCPHighLatency", "MCPLatencyBudgetBurn", "MCPLatencyTailExtreme"})


async def deployed(world):
    world.proof.exporters.deploy(world.name, "first", [world.sidecar.pod])
    world.proof.exporters.hpa(world.name, current=2, least=1, most=5)


def replicas(count):
    async def change(world):
        world.proof.exporters.replicas(world.name, count)
        world.proof.exporters.hpa(world.name, current=count, least=1, most=5)

    return change


async def grow_in_vain(world):
    """Another pod, with a sidecar and clients of its own: as slow as the first."""
    await world.set(delay=3)
    world.add_pod(1)
    await world.start_pods()


async def cure(world):
    await world.set(delay=0.03)


async def flap(world):
    async def loop():
        count = 2
        while True:
            count = 5 - count  # 3 and 2
            await replicas(count)(world)
            await asyncio.sleep(world.proof.seconds("2m"))

    world.flapping = asyncio.ensure_future(loop())
    world.tasks.append(world.flapping)


async def settle(world):
    world.flapping.cancel()


def keda_active(active):
    async def change(world):
        world.proof.exporters.play(
            world.name,
            "keda_scaler_active",
            active,
            scaledObject=world.name,
            scaler="externalPushScaler",
            triggerIndex="0",
            metric="s0-external",
            type="scaledobject",
        )

    return change


async def with_keda(world):
    await deployed(world)
    await replicas(2)(world)
    await keda_active(1)(world)


async def in_pod(world):
    """The target is the server beside the sidecar."""
    target = world.vitals["probe"]["targets"][0]
    target["url"] = f"http://127.0.0.1:{world.ports['server']}/mcp"


async def start_cold(world):
    """The server needs 33 real seconds longer than its sidecar."""
    await kill(world)
    await restart_sidecar(world)
    await asyncio.sleep(33)
    await restart(world)


async def restart_sidecar(world):
    await world.sidecar.process.end()
    await world.sidecar.start()


def pods_slow(count, seconds):
    async def change(world):
        for relay in world.pod_relays[:count]:
            relay.delay = seconds

    return change


async def drain_in_a_hurry(world):
    """A rollout, whose calls take longer than the drain may."""
    await world.set(release="2.0.0", delay=20)
    await asyncio.sleep(1)
    admin = f"unix:{world.directory}/{world.sidecar.pod}.sock"
    await run(world.proof.program, "drain", "--admin", admin)
    # A preStop hook is over: the process is told to end, after it was scraped once more.
    await asyncio.sleep(world.proof.seconds("30s"))


async def come_back(world):
    await world.set(delay=0.03)
    await restart_sidecar(world)


FAULTS = [
    Fault(
        "pods do not cure",
        {"MCPScalerLatched": {}},
        becomes(delay=3),
        becomes(delay=0.03),
        real=400,
        prepare=fleet_that_grows(latencyTarget="2s"),
        also=SLOW | LATE,
        how="number of pods played",
    ),
    Fault(
        "one pod is hot",
        {"MCPHotPod": {}},
        pods_slow(1, 3),
        pods_slow(1, 0),
        real=180,
        prepare=fleet(4, latencyTarget="2s"),
        world={"rate": 6},
        also=SLOW | LATE,
    ),
    Fault(
        "all members frozen",
        {"MCPScalerBlind": {}},
        freeze_pods(3),
        thaw_pods(3),
        real=90,
        prepare=fleet(3),
        world={"rate": 4},
        also=FAILING
        | REFUSED
        | LATE
        | {"MCPVitalsDown", "MCPScalerMembersStale", "MCPProbeDataMissing", "MCPTrafficGone"},
    ),
    Fault(
        "one member frozen",
        {"MCPScalerMembersStale": {}},
        freeze_pods(1),
        thaw_pods(1),
        real=30,
        prepare=fleet(3),
        world={"rate": 4},
        is_quick=True,
        also=FAILING | REFUSED | LATE | {"MCPVitalsDown", "MCPProbeDataMissing"},
    ),
    Fault(
        "scaler gone",
        {"MCPScalerGone": {}},
        end_scaler,
        start_scaler,
        prepare=fleet(2),
        world={"rate": 4},
        also=frozenset({"MCPVitalsDown"}),
    ),
    Fault(
        "KEDA stops asking",
        {"MCPScalerNotAsked": {}},
        stop_asking,
        ask_again,
        prepare=fleet(2),
        world={"rate": 4},
        warm="15m",  # for more than twenty calls
    ),
    Fault(
        "slow start",
        {"MCPColdStartSlow": {}},
        start_cold,
        restart_sidecar,
        real=40,
        prepare=in_pod,
        world={"rate": 0, "streams": 0},
        also=FAILING | {"MCPVitalsDown", "MCPProbeDataMissing"},
    ),
    Fault(
        "at the maximum",
        {"MCPAtMaximumScale": {}},
        replicas(5),
        replicas(3),
        prepare=deployed,
        how=PLAYED,
        is_quick=True,
    ),
    Fault(
        "more pods in vain",
        {"MCPHighLatencyDespiteScaling": {}},
        grow_in_vain,
        cure,
        world={"state": {"delay": 0.03}},
        also=SLOW,
        warm="65m",
        real=5,
    ),
    Fault(
        "replicas flap",
        {"MCPFrequentScaling": {}},
        flap,
        settle,
        prepare=deployed,
        how=PLAYED,
        within="3h",
    ),
    Fault(
        "not down to zero",
        {"MCPScaleToZeroStuck": {}},
        keda_active(0),
        keda_active(1),
        prepare=with_keda,
        how=PLAYED,
        within="2h",
    ),
    Fault(
        "drain cuts calls",
        {"MCPDeployCutStreams": {}},
        drain_in_a_hurry,
        come_back,
        prepare=in_pod_too,
        warm="25m",
        also=FAILING | REFUSED | SLOW | LATE | {"MCPVitalsDown"},
        within="2h",
    ),
]
