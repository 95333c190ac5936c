"""What a proxied stream costs: until its first event, in memory while it is idle, and how late its
events come when there are many."""
import time

from processes import SERVER_CORE, run_json
from proxies import ALL, DIRECT, OURS, SPARE_CONNECTIONS, all_proxies, possible_streams, proxy
from report import Series, print_table
from streams import stream_clients, stream_server

WAYS = {"kept": "on a kept connection, in answer to a call",
        "new": "by GET on a new connection, connected before"}
WARM_STREAMS = 200
REST = 1.0  # after the last stream is open


def measure_first_event(build, work, options, report):
    count, rounds = (200, 3) if options.quick else (500, 7)

    def once(port, way, streams):
        return run_json([build / "tests/bench/bench_first_event", port, streams, way], SERVER_CORE,
                        60)["p50"]

    with stream_server(build) as server, all_proxies(build, work, server.port) as found:
        ports = {DIRECT: server.port, **{name: one.port for name, one in found.items()}}
        for way, what in WAYS.items():
            for port in ports.values():
                once(port, way, 50)
            medians = {name: [] for name in ports}
            for _ in range(rounds):
                for name, port in ports.items():
                    medians[name].append(once(port, way, count))
            _show_first_event(medians, way, what, rounds, count, report)


def _show_first_event(medians, way, what, rounds, count, report):
    def apart(name, other):
        return Series(a - b for a, b in zip(medians[name], medians[other]))

    rows = [(name, Series(medians[name]).show(3),
             "–" if name == DIRECT else apart(name, DIRECT).show(3)) for name in medians]
    print_table(f"First event of a stream {what}, ms: {rounds} rounds of {count} streams in turn, "
                "median of the medians (min–max)", ("", "from the request", "added"), rows)
    report.at_most(f"first event, {way} connection, over nginx's", apart(OURS, "nginx"), 0.05,
                   " ms", 3)


def _bytes_per_stream(name, build, work, streams):
    """A new process each time, since what streams once took is used again by later ones."""
    with stream_server(build) as server, \
            proxy(name, build, work, server.port, streams + SPARE_CONNECTIONS) as one, \
            stream_clients(build, one.port, WARM_STREAMS):
        time.sleep(REST)
        before = one.memory()
        with stream_clients(build, one.port, streams, 1 + WARM_STREAMS):
            time.sleep(REST)
            return (one.memory() - before) / streams


def measure_memory(build, work, options, report):
    rounds = 1 if options.quick else 5
    streams = possible_streams()
    taken = {name: [] for name in ALL}
    for _ in range(rounds):
        for name in ALL:
            taken[name].append(_bytes_per_stream(name, build, work, streams))
    print_table(f"User memory of an idle stream, {streams:,} of them, each in a session of its "
                f"own: {rounds} rounds, a new process each, median (min–max)",
                ("", "bytes a stream"), [(name, Series(taken[name]).show(0)) for name in ALL])
    report.at_most(f"memory of an idle stream of {streams:,}, × HAProxy's",
                   Series(a / b for a, b in zip(taken[OURS], taken["HAProxy"])), 1)


class Live:
    """A run of many streams with an event per second each, as both ends counted it."""

    def __init__(self, build, port, streams, events, server):
        with stream_clients(build, port, streams) as finish:
            server.send_events()
            self.clients = finish()
        self.server = server.finish()
        self.p99, self.latest = self.clients["late_p99"], self.clients["late_max"]
        self.events = self.clients["events"]
        if self.server["blocked"] or self.server["events"] != streams * (events + 1):
            raise RuntimeError(f"the server could not send as it should: {self.server}")
        self.lost = self.server["events"] - self.events
        self.cut = streams - self.clients["ended"]


def measure_live(build, work, options, report):
    seconds, rounds = (5, 1) if options.quick else (20, 3)
    streams = possible_streams()

    def direct():
        with stream_server(build, seconds) as server:
            return Live(build, server.port, streams, seconds, server)

    def proxied():
        with stream_server(build, seconds) as server, \
                proxy(OURS, build, work, server.port, streams + SPARE_CONNECTIONS) as one:
            return Live(build, one.port, streams, seconds, server)

    runs = {DIRECT: [], OURS: []}
    for _ in range(rounds):
        runs[DIRECT].append(direct())
        runs[OURS].append(proxied())

    def column(name, field, digits=0):
        return Series(getattr(run, field) for run in runs[name]).show(digits)

    rows = [(name, column(name, "events"), column(name, "lost"), column(name, "cut"),
             column(name, "p99", 3), column(name, "latest", 3)) for name in runs]
    print_table(f"{streams:,} live streams, an event per second each for {seconds} s: {rounds} "
                "rounds in turn, median (min–max)",
                ("", "events", "lost", "streams cut", "late p99, ms", "latest, ms"), rows)
    lost = max(run.lost for run in runs[OURS])
    cut = max(run.cut for run in runs[OURS])
    beyond = max(a.latest - b.latest for a, b in zip(runs[OURS], runs[DIRECT]))
    report.at_most(f"events lost of {streams:,} live streams, worst round", Series([lost]), 0,
                   digits=0)
    report.at_most("streams cut without their end, worst round", Series([cut]), 0, digits=0)
    report.at_most("latest event of all rounds, beyond direct", Series([beyond]), 50, " ms", 1)
