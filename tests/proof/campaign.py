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
    """What the last attempt found: each is slower, and there is one more only where the machine was
    too busy for what the one before found wrong, or could not tell, to be believed."""
    for attempt, factor in enumerate(options.factors):
        if attempt:
            print(
                "\nThe machine was too busy for this pace, and what is wrong or unsure may be due"
                f" to that: all of it once more, durations divided by {factor}.\n",
                flush=True,
            )
        proof = await _attempt(options, factor)
        if not (proof.was_busy and (proof.wrong or proof.unsure)):
            break
    return 1 if proof.wrong else 0


async def _attempt(options, factor):
    chosen = [
        fault
        for fault in faults.ALL
        if (fault.is_quick or not options.quick) and (options.only or "") in fault.name
    ]
    directory = options.directory / str(factor)
    directory.mkdir()
    proof = Proof(options.program, directory, factor, options.at_once)
    began = time.monotonic()
    try:
        try:
            await _prove(proof, options.alerts, chosen)
        except Exception as error:  # what was seen until then is told all the same
            traceback.print_exc()
            proof.wrong.append(f"the proof did not end well: {error!r}")
        await proof.count_missed_evaluations()
    finally:
        await proof.stop()
    lag, problem = verdict.lag(proof.rows, LAG, "MCPPoolFilling", "MCPHighLatency")
    if problem:
        proof.wrong.append(problem)
    _report(proof, lag, time.monotonic() - began)
    return proof


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
    if proof.was_busy:
        print(
            f"the machine was busy: held up {len(proof.held_up)} times, for up to"
            f" {max(proof.held_up, default=0):.1f} s; Prometheus missed"
            f" {proof.missed_evaluations:.0f} evaluations"
        )
    for wrong in proof.unsure:
        print(f"UNSURE: {wrong}")
    for wrong in proof.wrong:
        print(f"WRONG: {wrong}")
