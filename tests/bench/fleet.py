"""What `mcp-vitals run` takes: with 5,000 targets, with one, and until its first answer."""
import json
import os
import re
import socket
import time

from processes import (PROBER_CORE, cpu_seconds, fixed_server, free_port, get, resident_mib,
                       run_json, running, wait_channel, wait_for)
from report import Series, print_table

TARGETS = 5000
INTERVAL = 60
SCRAPES = 40
_SUCCESS = re.compile(rb"^mcp_probe_success\{[^\n]*\} 1$", re.MULTILINE)


def write_config(path, port, server, count):
    """Targets at addresses of their own; every second one speaks the legacy era."""
    targets = [{"name": f"target-{i:04}",
                "url": f"http://127.{i // 250}.{i % 250}.1:{server}/{('modern', 'legacy')[i % 2]}"}
               for i in range(count)]
    path.write_text(json.dumps({"http": {"listen": f"127.0.0.1:{port}"},
                                "admin": {"listen": f"unix:{path}.sock"},
                                "probe": {"interval": f"{INTERVAL}s", "targets": targets}}))
    return path


def command(build, config):
    return [build / "app/mcp-vitals", "run", "--config", config]


def window(pid, metrics, scrape_every):
    """CPU in percent of a core over one interval with a scrape at the start of each period, and the
    wall seconds that each scrape took."""
    began, cpu = time.monotonic(), sum(cpu_seconds(pid))
    scrapes = []
    for i in range(INTERVAL // scrape_every):
        time.sleep(max(0.0, began + i * scrape_every - time.monotonic()))
        at = time.monotonic()
        get(metrics, 30)
        scrapes.append(time.monotonic() - at)
    time.sleep(max(0.0, began + INTERVAL - time.monotonic()))
    return (sum(cpu_seconds(pid)) - cpu) / (time.monotonic() - began) * 100, scrapes


def floor_percent(build, server, seconds):
    """CPU of a core that the bare loop takes at the fleet's pace, the mean of both eras."""
    percents = []
    for exchanges in (2, 4):
        result = run_json([build / "tests/bench/bench_floor", server, exchanges, seconds,
                           TARGETS / INTERVAL], PROBER_CORE, seconds + 30)
        cpu = (result["user"] + result["sys"]) / result["probes"]
        percents.append(cpu * TARGETS / INTERVAL * 100)
    return sum(percents) / 2


def measure_fleet(build, work, options, report):
    windows = 1 if options.quick else 3
    port = free_port()
    metrics = f"http://127.0.0.1:{port}/metrics"
    with fixed_server(build) as server:
        config = write_config(work / "fleet.json", port, server, TARGETS)
        with running(command(build, config), PROBER_CORE, log=work / "fleet.log") as process:
            wait_for(f"http://127.0.0.1:{port}/-/healthy", process)
            time.sleep(INTERVAL * 1.1)  # the first probes are spread over an interval
            measured = {period: [window(process.pid, metrics, period) for _ in range(windows)]
                        for period in (60, 15)}
            floor = floor_percent(build, server, 10 * windows)
            for _ in range(SCRAPES):  # so that every thread of the server has answered some
                body = get(metrics, 30)
            good = len(_SUCCESS.findall(body))
            peak, now = resident_mib(process.pid, "VmHWM"), resident_mib(process.pid)
    if good != TARGETS:
        raise RuntimeError(f"only {good} of {TARGETS} targets were probed with success")
    cpu = {period: Series(percent for percent, _ in of) for period, of in measured.items()}
    rows = [(f"/metrics scraped every {period} s", cpu[period].show(2) + " %",
             Series(s * 1e3 for _, scrapes in of for s in scrapes).show(0) + " ms")
            for period, of in measured.items()]
    print_table(f"{TARGETS:,} targets every {INTERVAL} s, half of either era; windows of "
                f"{INTERVAL} s", ("", "CPU of a core", "a scrape takes"), rows)
    print(f"  The bare loop at the same pace: {floor:.2f} %. "
          f"An answer has {len(body) / 2**20:.1f} MiB.\n"
          f"  Resident after {SCRAPES} more scrapes: {now:.1f} MiB, {peak:.1f} MiB at most.")
    report.below(f"CPU of a core with {TARGETS:,} targets, a scrape every 60 s", cpu[60], 3, " %")
    report.below(f"most resident memory with {TARGETS:,} targets", Series([peak]), 48, " MiB", 1)


def first_answer_milliseconds(build, config, port):
    """From before fork to the last byte of a 200 on /metrics; and what it then holds."""
    began = time.monotonic()
    with running(command(build, config), PROBER_CORE, log=f"{config}.log") as process:
        answer = b""
        while not answer.startswith(b"HTTP/1.1 200"):
            if process.poll() is not None or time.monotonic() - began > 20:
                raise RuntimeError("mcp-vitals run gave no answer")
            try:
                with socket.create_connection(("127.0.0.1", port)) as client:
                    client.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
                                   b"Connection: close\r\n\r\n")
                    answer = b"".join(iter(lambda: client.recv(65536), b""))
            except OSError:
                time.sleep(0.0005)
        return (time.monotonic() - began) * 1e3


def bare_mib(build):
    """What the program holds when it prints its version: libraries loaded, nothing begun. It prints
    into a pipe that is full, and so can be looked at in peace."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, bytes(4096))
    except BlockingIOError:
        os.set_blocking(writer, True)
    with running([build / "app/mcp-vitals", "--version"], stdout=writer) as process:
        until = time.monotonic() + 5
        while not wait_channel(process.pid).endswith("pipe_write"):
            if time.monotonic() > until:
                raise RuntimeError("mcp-vitals --version does not print")
            time.sleep(0.01)
        resident = resident_mib(process.pid, "VmHWM")
    os.close(reader)
    os.close(writer)
    return resident


def measure_start(build, work, options, report):
    port = free_port()
    with fixed_server(build) as server:
        config = write_config(work / "one.json", port, server, 1)
        first = Series(first_answer_milliseconds(build, config, port) for _ in range(10))
        with running(command(build, config), PROBER_CORE, log=work / "one.log") as process:
            wait_for(f"http://127.0.0.1:{port}/-/healthy", process)
            for _ in range(10):  # the first probe, and scrapes, leave their traces
                get(f"http://127.0.0.1:{port}/metrics")
                time.sleep(0.5)
            resident = resident_mib(process.pid, "VmHWM")
    print_table("One target", ("", ""), [
        ("first /metrics answer after start, ms, 10 starts", first.show(1)),
        ("most resident memory after ten scrapes", f"{resident:.1f} MiB"),
        ("the same of --version: the program and its libraries", f"{bare_mib(build):.1f} MiB")])
    report.below("first /metrics answer after start", first, 100, " ms", 1)
    report.below("most resident memory with one target", Series([resident]), 20, " MiB", 1)
