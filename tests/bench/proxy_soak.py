"""Whether mixed load for long leaves memory and descriptors where they were."""
import contextlib
import socket
import statistics
import subprocess
import time

from processes import SERVER_CORE, running
from proxies import OURS, proxy
from report import Series, print_table
from streams import result_of, stream_clients, stream_server

CALLS = {"/mcp": 500, "/sse": 200}  # a second; answered by JSON, by a stream
CONNECTIONS = 16  # for either
FOLLOWED, CUT = 200, 50  # streams of a slice: until their ends, and cut by their clients
SESSIONS = 1000  # numbers set aside for a slice, more than it uses
# What is remembered of sessions is forgotten within a rest, so that rests can be compared.
FORGETTING = {"session_idle": "500ms", "resume_window": "500ms"}
REST = 1.2
CLOSING = 10  # seconds at most beyond it, until idle connections to the server are closed (after 4)
WARM_SLICES, JUDGED_SLICES = 4, 5  # at least
# What a heap still settles, in steps, stays below this. A leak of its smallest piece (32 bytes) for
# one call in 100 does not, in an hour; nor two such pieces for each call in the short run, if there
# are calls enough: on a slow machine that takes more slices.
SLACK_KIB = 256
JUDGED_CALLS = SLACK_KIB * 1024 // (2 * 32)
MOST_SLICES = 30  # of the short run
# A leak for each time a client misbehaves, or in one slice of ten in an hour, is more.
SLACK_DESCRIPTORS = 4

CALL = (b'POST /sse HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
        b'Accept: application/json, text/event-stream\r\nContent-Length: 58\r\n\r\n'
        b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}')
MISBEHAVIOUR = [
    b"\x16\x03\x01 this is no request\r\n\r\n",
    b"GET /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    CALL[:60],   # gone within its head
    CALL[:-20],  # gone within its body
    CALL,        # gone before the answer
]


class Sample:
    """What the proxy holds while nobody asks anything of it."""

    def __init__(self, one):
        self.memory, self.descriptors = one.memory() / 1024, one.descriptors()


def _misbehave(port, times):
    for _ in range(times):
        for what in MISBEHAVIOUR:
            with contextlib.suppress(OSError), \
                    socket.create_connection(("127.0.0.1", port), 5) as client:
                client.sendall(what)


def _slice(build, port, server, number, seconds):
    """Some seconds of everything at once; returns how many calls and events there were."""
    session = number * SESSIONS
    with contextlib.ExitStack() as stack:
        loads = [stack.enter_context(running(
            [build / "tests/bench/bench_load", port, path, CONNECTIONS, seconds, rate,
             session + i * CONNECTIONS], SERVER_CORE, stdout=subprocess.PIPE))
            for i, (path, rate) in enumerate(CALLS.items())]
        followed = stack.enter_context(stream_clients(build, port, FOLLOWED, session + 100))
        cut = stack.enter_context(stream_clients(build, port, CUT, session + 100 + FOLLOWED))
        server.send_events()
        _misbehave(port, 10)
        time.sleep(seconds / 2)
        cut(cut=True)
        streams = followed()
        calls = [result_of(load, "the load") for load in loads]
    failed = sum(call["failures"] for call in calls)
    if failed or streams["missing"] or streams["cut"]:
        raise RuntimeError(f"{failed} calls failed, {streams['missing']} events were missing, "
                           f"{streams['cut']} streams were cut")
    sent, unsent = (sum(call[what] for call in calls) for what in ("requests", "unsent"))
    return sent, unsent, streams["events"]


def _rest(one, descriptors):
    """Until the proxy has about as many descriptors as it began with, if that ever happens."""
    time.sleep(REST)
    until = time.monotonic() + CLOSING
    while one.descriptors() > descriptors + SLACK_DESCRIPTORS and time.monotonic() < until:
        time.sleep(0.1)


def measure(build, work, options, report):
    seconds, duration = (2, 30) if options.quick else (10, options.minutes * 60)
    samples, calls, unsent, events = [], [], 0, 0
    began = time.monotonic()
    with stream_server(build, seconds - 1) as server, \
            proxy(OURS, build, work, server.port, settings=FORGETTING) as one:
        descriptors = one.descriptors()
        while time.monotonic() - began < duration or _too_few(calls):
            sent, late, more = _slice(build, one.port, server, len(samples) + 1, seconds)
            if late and not options.quick:
                raise RuntimeError(f"{late} calls could not be sent when they were due")
            calls.append(sent)
            unsent, events = unsent + late, events + more
            _rest(one, descriptors)
            samples.append(Sample(one))
            if options.quick and len(samples) == MOST_SLICES and _too_few(calls):
                raise RuntimeError(f"{sum(calls)} calls in {MOST_SLICES} slices: the machine is too"
                                   " slow for a leak to be seen")
    if unsent:
        print(f"{unsent:,} calls could not be sent when they were due: the machine is busy")
    _judge(samples, sum(calls), events, time.monotonic() - began, seconds, report)


def _judged(slices):
    """Where the warm-up ends, and how many slices are a quarter of the rest."""
    warm = max(WARM_SLICES, slices // 4)
    return warm, max(1, (slices - warm) // 4)


def _too_few(calls):
    """Of the calls of each slice, those between what is compared with one another."""
    warm, quarter = _judged(len(calls))
    between = calls[warm + quarter:len(calls) - quarter // 2]
    return len(calls) < WARM_SLICES + JUDGED_SLICES or sum(between) < JUDGED_CALLS


def _judge(samples, calls, events, took, seconds, report):
    """Growth is how far the median of the last quarter lies above the most of the first one, after
    the warm-up."""
    warm, quarter = _judged(len(samples))
    rows, growth = [], {}
    for field, unit in (("memory", "KiB"), ("descriptors", "")):
        values = [getattr(sample, field) for sample in samples[warm:]]
        first, last = values[:quarter], values[-quarter:]
        growth[field] = statistics.median(last) - max(first)
        rows.append((f"{field} {unit}".strip(), f"{getattr(samples[0], field):,.0f}",
                     Series(first).show(0), Series(last).show(0)))
    print_table(f"{took / 60:.1f} minutes of mixed load, {calls:,} calls and {events:,} events in "
                f"slices of {seconds} s, looked at in the rest after each: median (min–max)",
                ("", "after the first slice", "first quarter", "last quarter"), rows)
    report.at_most(f"memory grown after {calls:,} calls", Series([growth["memory"]]), SLACK_KIB,
                   " KiB", 0)
    report.at_most("descriptors grown", Series([growth["descriptors"]]), SLACK_DESCRIPTORS,
                   digits=0)
