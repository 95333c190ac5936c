"""What a proxied request costs: CPU time, and time added to its own."""
import contextlib

from processes import SERVER_CORE, fixed_server, run_json
from proxies import DIRECT, OTHERS, OURS, all_proxies, introduce
from report import Series, print_table

CONNECTIONS = (16, 512)
RATE = 1000


class Cost:
    """Requests per second by the clock, and microseconds of the proxy's CPU for each."""

    def __init__(self, result, before, after):
        requests = _good(result)
        self.rate = requests / result["wall"]
        self.user, self.system = ((b - a) / requests * 1e6 for a, b in zip(before, after))
        self.cpu = self.user + self.system
        self.p99 = result["p99"]
        self.busy = self.cpu * self.rate / 1e4


def _good(result):
    if result["failures"] or result["unsent"] or not result["requests"]:
        raise RuntimeError(f"of {result['requests']} calls {result['failures']} failed, and"
                           f" {result['unsent']} more could not be sent: nothing is comparable")
    return result["requests"]


def _load(build, port, connections, seconds, *rate):
    return run_json([build / "tests/bench/bench_load", port, "/mcp", connections, seconds, *rate],
                    SERVER_CORE, seconds + 30)


@contextlib.contextmanager
def _ways(build, work):
    """All proxies in front of one server, by name, and the port of each way to it."""
    with fixed_server(build) as server, all_proxies(build, work, server) as found:
        for one in found.values():
            introduce(one.port)
        yield found, {DIRECT: server, **{name: one.port for name, one in found.items()}}


def measure_cpu(build, work, options, report):
    seconds, rounds = (1, 3) if options.quick else (3, 7)

    def once(name, port, connections):
        at = found[name].cpu if name in found else lambda: (0.0, 0.0)
        before = at()
        result = _load(build, port, connections, seconds)
        return Cost(result, before, at())

    with _ways(build, work) as (found, ports):
        for connections in CONNECTIONS:
            for port in ports.values():
                _load(build, port, connections, 0.5)  # warm: connections, heap
            costs = {name: [] for name in ports}
            for _ in range(rounds):
                for name, port in ports.items():
                    costs[name].append(once(name, port, connections))
            _show_cpu(costs, connections, rounds, seconds)
            for name in OTHERS:
                ratio = Series(a.cpu / b.cpu for a, b in zip(costs[OURS], costs[name]))
                if name == "HAProxy":
                    report.at_most(f"CPU of a call, {connections} connections, × HAProxy's",
                                   ratio, 1)
                else:
                    print(f"  CPU of a call, mcp-vitals to {name}: {ratio.show(2)}")


def _show_cpu(costs, connections, rounds, seconds):
    def column(name, field, digits=1):
        return Series(getattr(cost, field) for cost in costs[name]).show(digits)

    head = ("", "CPU µs a call", "user", "system", "calls/s by the clock", "core busy", "p99, ms")
    rows = [(name, *(("–",) * 3 if name == DIRECT else
                     (column(name, "cpu"), column(name, "user"), column(name, "system"))),
             column(name, "rate", 0),
             "–" if name == DIRECT else
             f"{Series(cost.busy for cost in costs[name]).median:.0f} %",
             column(name, "p99", 2)) for name in costs]
    print_table(f"tools/call on one core, {connections} kept connections: {rounds} rounds of "
                f"{seconds} s in turn, median (min–max)", head, rows)


def measure_latency(build, work, options, report):
    seconds, rounds = (2, 3) if options.quick else (5, 7)
    with _ways(build, work) as (_, ports):
        results = {name: [] for name in ports}
        for port in ports.values():
            _load(build, port, CONNECTIONS[0], 1, RATE)
        for _ in range(rounds):
            for name, port in ports.items():
                result = _load(build, port, CONNECTIONS[0], seconds, RATE)
                _good(result)
                results[name].append(result)

    def added(name, field):
        return Series(a[field] - b[field] for a, b in zip(results[name], results[DIRECT]))

    rows = [(name, *(Series(r[field] for r in results[name]).show(3) for field in ("p50", "p99")),
             *(("–", "–") if name == DIRECT else
               (added(name, "p50").show(3), added(name, "p99").show(3)))) for name in results]
    print_table(f"tools/call at {RATE:,}/s over {CONNECTIONS[0]} kept connections, ms: {rounds} "
                f"rounds of {seconds} s in turn, median (min–max)",
                ("", "p50", "p99", "p50 added", "p99 added"), rows)
    report.below(f"p99 added at {RATE:,} calls/s", added(OURS, "p99"), 0.1, " ms", 3)
