"""The whole proof: all worlds, and what is said at the end."""

import asyncio
import time
import traceback

import faults
import lived
import measured
import panels
import patterns
import quiet
import verdict
from faults_saturation import LAG
from proof import Proof


async def run(options):
    chosen = [
        fault
        for fault in faults.ALL
        if (fault.is_quick or not options.quick) and (options.only or "") in fault.name
    ]
    proof = Proof(options.program, options.directory, options.factor, options.at_once)
    began = time.monotonic()
    try:
        await _prove(proof, options.alerts, chosen)
    except Exception as error:  # what was seen until then is told all the same
        traceback.print_exc()
        proof.wrong.append(f"the proof did not end well: {error!r}")
    finally:
        await proof.stop()
    lag, problem = verdict.lag(proof.rows, LAG, "MCPPoolFilling", "MCPHighLatency")
    if problem:
        proof.wrong.append(problem)
    _report(proof, lag, time.monotonic() - began)
    return 1 if proof.wrong else 0


async def _prove(proof, alerts, chosen):
    weeks = [*quiet.HISTORIES, *measured.histories(proof.factor), *faults.histories(chosen)]
    await proof.start(alerts, weeks)
    await quiet.start(proof)
    world = await proof.open("measured", **measured.WORLD)
    await measured.prepare(world)
    await world.start()
    quiet_ones = dict.fromkeys(proof.worlds, set()) | {"measured": measured.ALERTS}
    # With what is lived through at the end, more than an hour.
    await asyncio.gather(
        *(proof.try_fault(fault) for fault in chosen), asyncio.sleep(proof.seconds("35m"))
    )
    await panels.check(proof, world, await lived.live(proof, world))
    await patterns.check(proof, world)
    await proof.check_quiet(quiet_ones)
    await proof.check_rules({name for fault in faults.ALL for name in fault.alerts})


def _report(proof, lag, seconds):
    print(verdict.table(proof.rows, proof.factor))
    print(
        f"\n{len(proof.rows)} alerts awaited in {seconds:.0f} s;"
        f" durations divided by {proof.factor}"
    )
    if lag is not None:
        print(
            f"from saturation to latency: {lag:.1f} s,"
            f" uncompressed {lag * proof.factor / 60:.0f} min"
        )
    print(
        f"{proof.queries} queries of the dashboards and of patterns, {proof.wrong_queries} wrong,"
        f" {len(proof.unsure)} unsure"
    )
    if proof.held_up:
        print(
            f"the machine was busy: held up {len(proof.held_up)} times,"
            f" for up to {max(proof.held_up):.1f} s"
        )
    for wrong in proof.unsure:
        print(f"UNSURE: {wrong}")
    for wrong in proof.wrong:
        print(f"WRONG: {wrong}")
