"""Weeks that Prometheus should have seen: hourly values at the compressed scale, as blocks."""

import asyncio
import dataclasses
import time

HOUR = 3_600_000  # milliseconds, uncompressed
WEEK = 7 * 24


@dataclasses.dataclass
class History:
    """`value(steps)` is what a series was so many steps ago, up to `steps`: hours, unless `step`
    says otherwise."""

    name: str
    labels: dict
    value: object
    steps: int = 3 * WEEK
    step: int = HOUR


def _text(value):
    return '"' + value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") + '"'


def _lines(histories, factor, now):
    """At whole multiples of the step, where a subquery with that step looks."""
    named = {}
    for one in histories:
        named.setdefault(one.name, []).append(one)
    for name, several in named.items():
        yield f"# TYPE {name} gauge"
        for one in several:
            labels = ",".join(f"{key}={_text(value)}" for key, value in one.labels.items())
            step = one.step // factor
            for ago in range(one.steps, 0, -1):
                at = (now // step - ago + 1) * step
                yield f"{name}{{{labels}}} {one.value(ago)} {at / 1000:.3f}"
    yield "# EOF"


async def write(data, histories, factor):
    if not histories:
        return
    text = data.parent / "history.txt"
    text.write_text("\n".join(_lines(histories, factor, int(time.time() * 1000))) + "\n")
    promtool = await asyncio.create_subprocess_exec(
        "promtool",
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        text,
        data,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await promtool.communicate()
    if promtool.returncode:
        raise RuntimeError(f"promtool: {said.decode()}")
