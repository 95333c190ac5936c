"""Full probes per second on one core, beside blackbox_exporter's and a bare loop's."""
import json

from processes import (PROBER_CORE, SERVER_CORE, cpu_seconds, fixed_server, free_port, run_json,
                       running, wait_for)
from report import Series, print_table

IN_FLIGHT = 32
CONNECTIONS = 16  # that drive a /probe endpoint

INITIALIZE = ('{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":'
              '"2025-11-25","capabilities":{},"clientInfo":{"name":"blackbox","version":"0"}}}')

# JSON is YAML. No name lookup, no logging: nothing that would count against it.
BLACKBOX = {"modules": {"initialize": {"prober": "http", "timeout": "5s", "http": {
    "method": "POST", "preferred_ip_protocol": "ip4", "body": INITIALIZE,
    "headers": {"Content-Type": "application/json",
                "Accept": "application/json, text/event-stream"},
    "fail_if_body_not_matches_regexp": ['"protocolVersion":"2025-11-25"']}}}}


class Cost:
    """What a number of probes took: of the wall clock and of the prober's CPU."""

    def __init__(self, probes, failures, wall, user, system):
        if failures or not probes:
            raise RuntimeError(f"{failures} of {probes} probes failed: nothing is comparable")
        self.wall_rate = probes / wall
        self.user = user / probes * 1e6
        self.system = system / probes * 1e6
        self.cpu = self.user + self.system
        self.core_rate = 1e6 / self.cpu
        self.busy = (user + system) / wall * 100


def from_json(result):
    return Cost(result["probes"], result["failures"], result["wall"], result["user"], result["sys"])


def drive(build, port, path, process, seconds):
    """Drives a /probe endpoint, and charges the probes to the process that answers."""
    user, system = cpu_seconds(process.pid)
    result = run_json([build / "tests/bench/bench_drive", port, path, CONNECTIONS, seconds],
                      SERVER_CORE, seconds + 30)
    user_after, system_after = cpu_seconds(process.pid)
    return Cost(result["probes"], result["failures"], result["wall"], user_after - user,
                system_after - system)


def measure(build, work, options, report):
    seconds, rounds = (1, 3) if options.quick else (3, 7)
    bench = build / "tests/bench"
    blackbox_config, config = work / "blackbox.json", work / "rates.json"
    blackbox_config.write_text(json.dumps(BLACKBOX))
    blackbox_port, port = free_port(), free_port()
    config.write_text(json.dumps({
        "http": {"listen": f"127.0.0.1:{port}"},
        "admin": {"listen": f"unix:{work}/rates.sock"},
        "probe": {"modules": {"default": {"allowed_hosts": [
            f"127.0.{i}.1" for i in range(1, CONNECTIONS + 1)]}}}}))
    blackbox_command = ["prometheus-blackbox-exporter", f"--config.file={blackbox_config}",
                        f"--web.listen-address=127.0.0.1:{blackbox_port}", "--log.level=error"]
    own_command = [build / "app/mcp-vitals", "run", "--config", config]
    with fixed_server(build) as server, \
            running(blackbox_command, PROBER_CORE, {"GOMAXPROCS": "1"},
                    log=work / "blackbox.log") as blackbox, \
            running(own_command, PROBER_CORE, log=work / "rates.log") as own:
        wait_for(f"http://127.0.0.1:{blackbox_port}/-/healthy", blackbox)
        wait_for(f"http://127.0.0.1:{port}/-/healthy", own)
        # An address for each connection: to one alone the kernel runs out of ports.
        probe = f"/probe?target=http://127.0.*.1:{server}"

        def probes(era):
            return from_json(run_json([bench / "bench_probes", server, f"/{era}", IN_FLIGHT, seconds],
                                      PROBER_CORE, seconds + 30))

        def floor(exchanges):
            return from_json(run_json([bench / "bench_floor", server, exchanges, seconds],
                                      PROBER_CORE, seconds + 30))

        kinds = {
            "blackbox": lambda: drive(build, blackbox_port, f"{probe}/legacy&module=initialize",
                                      blackbox, seconds),
            "modern": lambda: probes("modern"),
            "legacy": lambda: probes("legacy"),
            "modern /probe": lambda: drive(build, port, f"{probe}/modern", own, seconds),
            "legacy /probe": lambda: drive(build, port, f"{probe}/legacy", own, seconds),
            "floor 1": lambda: floor(1),
            "floor 2": lambda: floor(2),
            "floor 4": lambda: floor(4),
        }
        costs = {kind: [] for kind in kinds}
        for kind in ("blackbox", "modern /probe", "legacy /probe"):
            kinds[kind]()  # warm: era cache, heap, connections
        for _ in range(rounds):
            for kind, once in kinds.items():
                costs[kind].append(once())
    show(costs, rounds, seconds)
    judge(costs, report)


NAMES = {
    "blackbox": "blackbox_exporter: initialize and a regex, by /probe",
    "modern": "mcp-vitals: modern (discover, tools/list)",
    "legacy": "mcp-vitals: legacy (initialize, initialized, tools/list, DELETE)",
    "modern /probe": "mcp-vitals: modern, by /probe",
    "legacy /probe": "mcp-vitals: legacy, by /probe",
    "floor 1": "bare loop: 1 exchange",
    "floor 2": "bare loop: 2 exchanges",
    "floor 4": "bare loop: 4 exchanges",
}


def show(costs, rounds, seconds):
    def column(kind, field):
        return Series(getattr(cost, field) for cost in costs[kind])

    head = ("prober", "probes/s of its core", "CPU µs each", "user", "system",
            "probes/s by the clock", "core busy")
    rows = [(name, column(kind, "core_rate").show(0), column(kind, "cpu").show(1),
             f"{column(kind, 'user').median:.0f}", f"{column(kind, 'system').median:.0f}",
             column(kind, "wall_rate").show(0), f"{column(kind, 'busy').median:.0f} %")
            for kind, name in NAMES.items()]
    print_table(f"Probes per second on one core, a new connection each: {rounds} rounds of "
                f"{seconds} s in turn, median (min–max)", head, rows)
    print("  Probes/s of its core = probes per second of CPU time that the prober used. Where its\n"
          "  core was not all busy, it waited for the server, which has the other core.")


def judge(costs, report):
    def ratio(above, below, field="core_rate"):
        """Round by round, so that what slows a round down slows both."""
        return Series(getattr(a, field) / getattr(b, field)
                      for a, b in zip(costs[above], costs[below]))

    rows = [
        ("probes/s, modern by /probe to blackbox_exporter", ratio("modern /probe", "blackbox")),
        ("probes/s, legacy by /probe to blackbox_exporter", ratio("legacy /probe", "blackbox")),
        ("CPU of a modern probe to the bare loop's", ratio("modern", "floor 2", "cpu")),
        ("CPU of a legacy probe to the bare loop's", ratio("legacy", "floor 4", "cpu")),
        ("CPU of blackbox_exporter's to the bare loop's", ratio("blackbox", "floor 1", "cpu")),
    ]
    print_table("Ratios without a bound", ("", "median (min–max)"),
                [(name, series.show(2)) for name, series in rows])
    for era, bound in (("modern", 4), ("legacy", 2.7)):
        report.at_least(f"{era} probes/s of a core, × blackbox_exporter's",
                        ratio(era, "blackbox"), bound)
