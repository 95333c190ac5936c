"""What becomes of the sidecar."""

import signal

from fault import Fault


async def end_sidecar(world):
    await world.sidecar.process.end()


async def start_sidecar(world):
    await world.sidecar.start()


async def write_nonsense(world):
    world.sidecar.file.write_text("proxy: {upstream: 7}\n")
    world.sidecar.process.send(signal.SIGHUP)


async def write_sense(world):
    world.sidecar.write(world.vitals)
    world.sidecar.process.send(signal.SIGHUP)


async def crowd(world):
    """More calls at once than may be: the rest gets 503."""
    await world.set(delay=1)
    world.load.rate = 40


async def disperse(world):
    world.load.rate = 4
    await world.set(delay=0.002)


async def price(world):
    exporters = world.proof.exporters
    exporters.deploy(world.name, "first", [world.sidecar.pod])
    exporters.play(world.name, "node_cpu_hourly_cost", 0.05, node="a")
    exporters.play(world.name, "node_ram_hourly_cost", 0.005, node="a")
    await cheap(world)


def requests(cores):
    async def change(world):
        world.proof.exporters.play(
            world.name,
            "kube_pod_container_resource_requests",
            cores,
            pod=world.sidecar.pod,
            container="server",
            node="a",
            resource="cpu",
            unit="core",
        )

    return change


cheap = requests(1)

FAULTS = [
    Fault(
        "sidecar killed",
        {"MCPVitalsDown": {}},
        end_sidecar,
        start_sidecar,
        also=frozenset({"MCPProbeDataMissing"}),
        is_quick=True,
    ),
    Fault(
        "prober gone",
        {"MCPProbeDataMissing": {}},
        end_sidecar,
        start_sidecar,
        also=frozenset({"MCPVitalsDown"}),
    ),
    Fault(
        "bad configuration",
        {"MCPVitalsReloadFailed": {}},
        write_nonsense,
        write_sense,
        is_quick=True,
    ),
    Fault(
        "limit reached",
        {"MCPVitalsLimitsHit": {}},
        crowd,
        disperse,
        world={"rate": 4, "proxy": {"limits": {"max_in_flight": 8}}},
        also=frozenset(
            {"MCPHighErrorRate", "MCPNewErrorType", "MCPErrorBudgetBurn", "MCPOperationsSpike"}
        ),
    ),
    Fault(
        "costs too much",
        {"HighMCPCost": {}},
        requests(4000),
        cheap,
        prepare=price,
        within="4h",
        how="prices played",
        is_of_all=True,
    ),
]
