"""A fleet: pods with sidecars, a scaler that asks them, and somebody who asks it as KEDA does."""

import asyncio
import signal
import time

from processes import free_port, run


def fleet(pods, **policy):
    """Prepares a world as a fleet of so many pods before one server."""

    async def prepare(world):
        world.pod_relays = [world.add_pod(number) for number in range(1, pods)]
        members = [f"127.0.0.1:{sidecar.port}" for sidecar in (world.sidecar, *world.others)]
        world.scaler_port = free_port()
        world.add_sidecar(
            f"{world.name}-scaler",
            {
                "scaler": {
                    "listen": f"127.0.0.1:{world.scaler_port}",
                    "fleets": [
                        {"name": world.name, "members": {"static": members}, "policy": policy}
                    ],
                }
            },
        )
        await ask_again(world)

    return prepare


def fleet_that_grows(**policy):
    """Prepares a fleet that Prometheus knows. As many pods come as are asked for (played)."""

    async def prepare(world):
        world.proof.exporters.replicas(world.name, 2)
        world.scaler_port = free_port()
        replicas = f'max(kube_deployment_status_replicas_available{{deployment="{world.name}"}})'
        world.add_sidecar(
            f"{world.name}-scaler",
            {
                "scaler": {
                    "listen": f"127.0.0.1:{world.scaler_port}",
                    "fleets": [
                        {
                            "name": world.name,
                            "policy": policy,
                            "prometheus": {
                                "url": world.proof.prometheus.url,
                                "queries": {"replicas": replicas, "silent": "vector(0)"},
                            },
                        }
                    ],
                }
            },
        )
        await ask_again(world)
        world.go_on(_grow(world))

    return prepare


async def _grow(world):
    while True:
        await asyncio.sleep(2)
        asked = f'max(mcp_scaler_desired_pods{{fleet="{world.name}"}})'
        for found in await world.proof.prometheus.query(asked):
            world.proof.exporters.replicas(world.name, int(float(found["value"][1])))


async def _ask(world):
    """By the program's own client: what it asks, KEDA asks."""
    while True:
        await asyncio.sleep(2)
        scaler = f"127.0.0.1:{world.scaler_port}"
        exit_code = await run(world.proof.program, "scaler", "get", scaler, f"fleet={world.name}")
        world.asked.append((time.time(), exit_code == 0))


async def ask_again(world):
    world.asking = asyncio.ensure_future(_ask(world))
    world.tasks.append(world.asking)


async def stop_asking(world):
    world.asking.cancel()


async def end_scaler(world):
    await world.others[-1].process.end()


async def start_scaler(world):
    await world.others[-1].start()


def send_pods(signal_, count):
    async def send(world):
        for sidecar in [world.sidecar, *world.others][:count]:
            sidecar.process.send(signal_)

    return send


def freeze_pods(count):
    return send_pods(signal.SIGSTOP, count)


def thaw_pods(count):
    return send_pods(signal.SIGCONT, count)
