"""What Prometheus should have seen before it was started: a quarter of a year, as blocks."""

import asyncio
import math
import random
import time

HOUR = 3600
WEEK, QUARTER = 7 * 24, 90 * 24  # hours


def series(servers, regions):
    """(name, labels, hours, every so many hours, value by hours ago) of each."""
    for name, server in servers.items():
        for region, delay in regions.items():
            slower = 0.4 if (region, name) == ("us-east", "search") else 0
            at = f'{{namespace="monitoring",job="mcp-vitals",target="{name}",vantage="{region}"}}'
            yield "vantage:mcp_probe_duration_seconds:p95_1h", at, QUARTER, 6, _waves(0.05 + 9 * delay, slower)
            yield "vantage:mcp_probes:rate1h", at, WEEK, 1, lambda ago: 1 / 15
            yield "vantage:mcp_probe_failures:rate1h", at, WEEK, 1, lambda ago: 0
        of = f'{{namespace="prod",job="mcp-vitals",server="{name}"}}'
        yield "server:mcp_operation_duration_seconds:p95_1h_calm", of, WEEK, 1, _waves(server.usual, 0)


def _waves(usual, slower):
    """By day and by week, with some noise; `slower` at the end by that share."""
    noise = random.Random(usual)

    def value(ago):
        wave = 1 + 0.18 * math.sin(ago / 24 * 2 * math.pi) + 0.07 * math.sin(ago / WEEK * 2 * math.pi)
        return usual * (wave + slower * (1 - ago / QUARTER)) * noise.uniform(0.94, 1.06)

    return value


def _text(every):
    by_name = {}
    for name, labels, hours, step, value in every:
        by_name.setdefault(name, []).append((labels, hours, step, value))
    last = int(time.time()) // HOUR * HOUR
    for name, several in by_name.items():
        yield f"# TYPE {name} gauge"
        for labels, hours, step, value in several:
            for ago in range(hours, 0, -step):
                at = last // (step * HOUR) * step * HOUR - ago * HOUR
                yield f"{name}{labels} {value(ago)} {at}"
    yield "# EOF\n"


async def write(directory, data, every):
    text = directory / "past.txt"
    text.write_text("\n".join(_text(every)))
    promtool = await asyncio.create_subprocess_exec(
        "promtool", "tsdb", "create-blocks-from", "openmetrics", text, data,
        stdout=asyncio.subprocess.DEVNULL)
    if await promtool.wait():
        raise RuntimeError("promtool could not write the past")
