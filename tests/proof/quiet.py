"""Worlds of which no alert may come, from beginning to end: healthy ones, and odd ones."""

import asyncio
import json

from faults_inside import as_usual, hourly_p95, in_pod_too
from kubernetes import pods_of

NAME = 'an "odd" name\\ {{ .Labels }}'
LABEL = f"{NAME}\nof two lines"  # which a name may not have


async def start(proof):
    await asyncio.gather(*(one(proof) for one in (_modern, _legacy, _odd, _renamed, _at_zero)))


HISTORIES = [*hourly_p95("healthy-modern", as_usual), *hourly_p95("healthy-legacy", as_usual)]
USUAL = {"delay": 0.12}


async def _modern(proof):
    memory = {"held": 40, "heap": 100}
    world = await proof.open("healthy-modern", state=USUAL | memory, figures=True)
    await in_pod_too(world)
    await world.start()


async def _legacy(proof):
    world = await proof.open("healthy-legacy", is_modern=False, state=USUAL, tls=True, sessions=3)
    world.add_prober("west")
    await world.start()


async def _odd(proof):
    """Names with quotes, labels and tools with newlines, and what looks like a template."""
    world = await proof.open("odd-names", tools=[LABEL])
    world.state |= USUAL | {"tools": [LABEL, "canary"]}
    world.vitals["labels"] = {"team": LABEL}
    world.vitals["proxy"]["server"] = NAME
    world.vitals["probe"]["vantage"] = world.vitals["probe"]["targets"][0]["name"] = NAME
    await world.start()
    world.sidecar.be_scraped(cluster=LABEL)


async def _renamed(proof):
    """After a while its target has another name."""
    world = await proof.open("renamed", state=USUAL)
    await world.start()

    async def rename():
        await asyncio.sleep(proof.seconds("20m"))
        vitals = json.loads(json.dumps(world.vitals))
        vitals["probe"]["targets"][0]["name"] = "renamed-anew"
        world.sidecar.write(vitals)

    world.go_on(rename())


async def _at_zero(proof):
    """After a while its only pod goes, and comes back later."""
    world = await proof.open("at-zero", state=USUAL)
    pods_of(world, 1)
    await in_pod_too(world)
    await world.start()

    async def scale():
        while True:
            await asyncio.sleep(proof.seconds("20m"))
            await world.load.pause()
            await world.sidecar.leave()
            proof.exporters.replicas(world.name, 0)
            await asyncio.sleep(proof.seconds("30m"))
            await world.sidecar.start()
            world.sidecar.be_scraped()
            proof.exporters.replicas(world.name, 1)
            world.load.start()

    world.go_on(scale())
