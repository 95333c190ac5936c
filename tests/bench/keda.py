"""The scaler: how fast it answers KEDA, how soon it knows, and what it and its members take."""
import contextlib
import json
import subprocess
import time

from processes import (PROBER_CORE, SERVER_CORE, cpu_seconds, fixed_server, free_port, get,
                       resident_mib, run_json, running, wait_for)
from report import Series, print_table

MEMBERS = 1000
CALLS = 1  # to each of three tools of each member, a second
RATE, POLLING = 2000, 300  # calls of KEDA a second: the most, and those of 500 ScaledObjects
FRESH_TRIES = 20


@contextlib.contextmanager
def members(build):
    """A thousand members; yields the process and its port."""
    with subprocess.Popen([str(build / "tests/bench/bench_fleet_members"), str(MEMBERS),
                           str(CALLS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as process:
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.terminate()


def addresses(port):
    return [f"127.1.{i // 250}.{i % 250 + 1}:{port}" for i in range(MEMBERS)]


@contextlib.contextmanager
def scaler(build, work, fleet):
    """A scaler of `fleet`; yields the process and the address for KEDA, once it knows all."""
    http, grpc = free_port(), free_port()
    config = work / "scaler.json"
    config.write_text(json.dumps({
        "http": {"listen": f"127.0.0.1:{http}"}, "admin": {"listen": f"unix:{work}/scaler.sock"},
        "scaler": {"listen": f"127.0.0.1:{grpc}",
                   "fleets": [{"name": "bench", "members": {"static": fleet}}]}}))
    command = [build / "app/mcp-vitals", "run", "--config", config]
    with running(command, PROBER_CORE, log=work / "scaler.log") as process:
        wait_for(f"http://127.0.0.1:{http}/-/healthy", process)
        time.sleep(5)
        yield process, f"127.0.0.1:{grpc}"


@contextlib.contextmanager
def empty_scaler(build):
    """A gRPC service that answers the same call with a constant: what gRPC itself takes."""
    with running([build / "tests/bench/bench_empty_scaler"], PROBER_CORE,
                 stdout=subprocess.PIPE) as process:
        yield process, f"127.0.0.1:{int(process.stdout.readline())}"


def keda(build, address, mode, number, seconds):
    return run_json([build / "tests/bench/bench_keda_calls", address, mode, number, seconds],
                    SERVER_CORE, seconds + 30)


def percent_of_core(process, seconds, meanwhile):
    """CPU of `process` in percent of a core while `meanwhile` goes on for so long."""
    began, cpu = time.monotonic(), sum(cpu_seconds(process.pid))
    meanwhile(seconds)
    return (sum(cpu_seconds(process.pid)) - cpu) / (time.monotonic() - began) * 100


def measure_calls(build, process, address, seconds):
    """Of calls at RATE, p50 and p99 in ms; of calls at POLLING, the CPU in percent of a core."""
    result = keda(build, address, "load", RATE, seconds)
    if result["failures"]:
        raise RuntimeError(f"{result['failures']} of {result['calls']} calls failed")
    cpu = percent_of_core(process, seconds, lambda s: keda(build, address, "load", POLLING, s))
    return result["p50"] * 1e3, result["p99"] * 1e3, cpu


def measure_fleet(build, work, options, report):
    seconds, rounds = (3, 2) if options.quick else (10, 5)
    p50, p99, idle, calls, fresh, empty = [], [], [], [], [], []
    with (members(build) as (pods, port),
          scaler(build, work, addresses(port)) as (process, address),
          empty_scaler(build) as (nothing, nowhere)):
        for _ in range(rounds):
            idle.append(percent_of_core(process, seconds, time.sleep))
            median, tail, cpu = measure_calls(build, process, address, seconds)
            p50.append(median)
            p99.append(tail)
            calls.append(cpu - idle[-1])
            empty.append(measure_calls(build, nothing, nowhere, seconds))
        resident = resident_mib(process.pid)
        streams = 0
        for attempt in range(FRESH_TRIES):
            streams += 1
            waiting = subprocess.Popen(
                [str(build / "tests/bench/bench_keda_calls"), address, "await", str(streams), "10"],
                stdout=subprocess.PIPE, text=True)
            time.sleep(0.3)
            pods.stdin.write(f"{attempt * 37 % MEMBERS} 1\n")
            pods.stdin.flush()
            opened = float(pods.stdout.readline())
            seen = json.loads(waiting.communicate(timeout=30)[0])["at"]
            if seen < 0:
                raise RuntimeError("a stream was not seen within 10 s")
            fresh.append(seen - opened)
    empty50, empty99, empty_cpu = (Series(column) for column in zip(*empty))
    rows = [("GetMetrics p50, ms", Series(p50).show(3)),
            ("  of a service that answers a constant", empty50.show(3)),
            ("GetMetrics p99, ms", Series(p99).show(3)),
            ("  of a service that answers a constant", empty99.show(3)),
            (f"CPU of {POLLING} calls/s, % of a core", Series(calls).show(2)),
            ("  of a service that answers a constant", empty_cpu.show(2)),
            (f"CPU of {MEMBERS} members a second, % of a core", Series(idle).show(2)),
            ("resident memory, MiB", f"{resident:.1f}"),
            ("a new stream is answered after, s", f"{Series(fresh).show(2)}")]
    print_table(f"A scaler of {MEMBERS} members; GetMetrics {RATE} times a second",
                ("figure", "median (min–max)"), rows)
    report.below(f"GetMetrics p99 at {RATE} calls/s, {MEMBERS} members", Series(p99), 1, " ms", 3)
    report.below(f"CPU of {POLLING} GetMetrics/s", Series(calls), 2, " % of a core")
    report.below(f"CPU of {MEMBERS} members", Series(idle), 10, " % of a core")
    report.below(f"memory with {MEMBERS} members", Series([resident]), 64, " MiB", 1)
    report.below("the slowest of new streams to be answered", Series([max(fresh)]), 1.5, " s")


def measure_member(build, work, options, report):
    """What being asked costs a sidecar: asked 100 times a second, since once is too little to see."""
    seconds, often = (5, 100) if options.quick else (20, 100)
    http, listen = free_port(), free_port()
    config = work / "member.json"
    with fixed_server(build) as server:
        config.write_text(json.dumps({
            "http": {"listen": f"127.0.0.1:{http}"},
            "admin": {"listen": f"unix:{work}/member.sock"},
            "proxy": {"server": "bench", "listen": f"127.0.0.1:{listen}",
                      "upstream": f"http://127.0.0.1:{server}"}}))
        with running([build / "app/mcp-vitals", "run", "--config", config], PROBER_CORE,
                     log=work / "member.log") as process:
            url = f"http://127.0.0.1:{http}/vitals"
            wait_for(url, process)
            idle = percent_of_core(process, seconds, time.sleep)

            def ask(duration):
                until = time.monotonic() + duration
                for i in range(int(duration * often)):
                    get(url)
                    due = until - duration + (i + 1) / often
                    time.sleep(max(0.0, due - time.monotonic()))

            asked = percent_of_core(process, seconds, ask)
    once = Series([(asked - idle) / often])
    print_table("A sidecar that is asked for its vitals once a second, by a new connection each time",
                ("figure", "value"), [("CPU, % of a core", once.show(4))])
    report.below("CPU of a sidecar that is asked once a second", once, 0.2, " % of a core", 4)
