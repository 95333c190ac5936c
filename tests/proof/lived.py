"""What happens to the measured world before it is asked: so often, and at known times."""

import asyncio
import re
import time

import measured
import wire
from processes import until
from world import PROBE_INTERVAL

FAILED_PROBES = 5
ENDED, CUT = 4, 4  # streams, by the server
DESCRIBED = 4  # times, in other words
SHOWN = 25  # seconds that a graph shows
DARK = 4.0  # seconds in which the scaler is blind, and some more until it sees: no alert yet


class Lived:
    """What has happened; times are as time.time() tells them."""

    def __init__(self, world):
        self.world = world
        self.began = time.time()
        self.deployed = self.scaled = ()
        self.blind = self.unheard = 0.0  # seconds: of the scaler, and of its members
        self.cpu = {}  # seconds that each sidecar had used when all was calm again, by pod
        self.calm = 0.0  # when that was


async def live(proof, world):
    """All of it, and then so long a calm that nothing of it is left in what is shown of the last
    five minutes."""
    lived = Lived(world)
    await asyncio.gather(
        _fail_probes(world),
        _end_streams(world),
        _go_blind(lived),
        _describe_anew(proof, world),
        _change(proof, lived),
    )
    await asyncio.sleep(proof.seconds("8m"))
    lived.cpu = {s.pod: s.process.cpu_seconds() for s in _ours(world)}
    lived.calm = time.time()
    await asyncio.sleep(SHOWN)
    return lived


def _ours(world):
    return (world.sidecar, *world.others)


async def _fail_probes(world):
    """One at a time, since two in a row would be an alert, and not in the midst of one: refused."""
    failed = measured.failed(await _of_west(world))
    for number in range(1, FAILED_PROBES + 1):
        made = (await _of_west(world))["made"]
        await until("another probe", lambda: _is_made(world, made + 1))
        await world.west.stop()
        await until("a failed probe", lambda: _has_failed(world, failed + number))
        await world.west.start()


async def _of_west(world):
    return (await measured.probed(world))["measured west"]


async def _is_made(world, times):
    return (await _of_west(world))["made"] >= times


async def _has_failed(world, times):
    return measured.failed(await _of_west(world)) >= times


async def _end_streams(world):
    for path, times in (("end-a-stream", ENDED), ("cut-a-stream", CUT)):
        for _ in range(times):
            await wire.fetch(f"http://127.0.0.1:{world.ports['server']}/{path}")
            await asyncio.sleep(0.5)
    world.load.hold(measured.STREAMS - 1)
    await asyncio.sleep(0.5)
    world.load.hold(measured.STREAMS)


async def _go_blind(lived):
    """A scaler that starts and hears nobody."""
    for way in lived.world.ways:
        await way.stop()
    await lived.world.scaler.process.end()
    await lived.world.scaler.start()
    started = time.time()
    await until("a blind scaler", lambda: _is_blind(lived.world, "1"))
    began = time.time()
    await asyncio.sleep(DARK)
    for way in lived.world.ways:
        await way.start()
    await until("a scaler that sees", lambda: _is_blind(lived.world, "0"))
    seen = time.time()
    lived.blind, lived.unheard = seen - began, seen - started


async def _is_blind(world, value):
    text = await wire.fetch(f"{world.scaler.url}/metrics")
    return re.search(rb"^mcp_scaler_blind\{.*\} " + value.encode(), text, re.M)


async def _describe_anew(proof, world):
    """Not before each prober has seen the words before."""
    for number in range(DESCRIBED):
        await world.set(wording=f"In other words ({number}), what is called")
        await asyncio.sleep(2 * proof.seconds(f"{PROBE_INTERVAL}ms"))


async def _change(proof, lived):
    """A rollout; a pod more, and less."""
    world, exporters = lived.world, proof.exporters
    await asyncio.sleep(2)
    lived.deployed = (time.time(),)
    exporters.deploy(world.name, "second", [pod.pod for pod in _ours(world)[: measured.PODS]])
    await asyncio.sleep(3)
    scaled = []
    for count in (measured.PODS + 1, measured.PODS):
        scaled.append(time.time())
        exporters.replicas(world.name, count)
        await asyncio.sleep(proof.seconds("3m"))
    lived.scaled = tuple(scaled)
