"""A probe's own time, beside curl's for the same exchanges."""
import json
import statistics
import subprocess

from processes import PROBER_CORE, fixed_server, prepare_child
from report import Series, print_table

BLOCKS = 5
SESSION = "Mcp-Session-Id: 7d1f2c9a4be84f53a1c06e0f6d2b9a31"
META = ('"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",'
        '"io.modelcontextprotocol/clientInfo":{"name":"curl","version":"0"},'
        '"io.modelcontextprotocol/clientCapabilities":{}}')


def modern(method):
    return ("POST", [f"Mcp-Method: {method}", "MCP-Protocol-Version: 2026-07-28"],
            '{"jsonrpc":"2.0","id":1,"method":"%s","params":{%s}}' % (method, META))


IN_SESSION = ["MCP-Protocol-Version: 2025-11-25", SESSION]
EXCHANGES = {
    "modern": [modern("server/discover"), modern("tools/list")],
    "legacy": [
        ("POST", [], '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":'
                     '"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"0"}}}'),
        ("POST", IN_SESSION, '{"jsonrpc":"2.0","method":"notifications/initialized"}'),
        ("POST", IN_SESSION, '{"jsonrpc":"2.0","id":2,"method":"tools/list"}'),
        ("DELETE", IN_SESSION, None),
    ],
}
PROTOCOLS = {"modern": "2026-07-28", "legacy": "2025-11-25"}


def output(command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, timeout=30,
                          preexec_fn=prepare_child(PROBER_CORE), check=True)
    return done.stdout


def curl_command(url, exchanges):
    """One invocation, one connection, one transfer after the other; prints the time of each."""
    command = ["curl", "--disable"]
    for i, (method, headers, body) in enumerate(exchanges):
        command += ["--next"] if i else []
        command += ["--silent", "--output", "/dev/null", "--request", method,
                    "--write-out", "%{http_code} %{num_connects} %{time_total}\n",
                    "--header", "Accept: application/json, text/event-stream"]
        for header in headers:
            command += ["--header", header]
        if body is not None:
            command += ["--header", "Content-Type: application/json", "--data-raw", body]
        command.append(url)
    return command


def curl_milliseconds(command):
    lines = [line.split() for line in output(command).decode().splitlines()]
    if any(not code.startswith("2") for code, _, _ in lines) or \
            sum(int(connects) for _, connects, _ in lines) != 1:
        raise RuntimeError(f"curl's exchanges were not what was asked for: {lines}")
    return sum(float(total) for _, _, total in lines) * 1e3


def probe_milliseconds(command):
    """The result's duration, and with it the DELETE, which stands apart as `close`."""
    result = json.loads(output(command))
    if not result["success"]:
        raise RuntimeError(f"the probe failed: {result}")
    return (result["duration_seconds"] + (result["phases"].get("close") or 0)) * 1e3


def medians_apart(ours, others):
    """How far the medians lie apart, for each of some blocks of consecutive runs."""
    size = len(ours) // BLOCKS
    return Series(statistics.median(ours[i:i + size]) - statistics.median(others[i:i + size])
                  for i in range(0, BLOCKS * size, size))


def measure(build, work, options, report):
    runs = 50 if options.quick else 300
    rows = []
    with fixed_server(build) as server:
        for era, exchanges in EXCHANGES.items():
            url = f"http://127.0.0.1:{server}/{era}"
            curl = curl_command(url, exchanges)
            probe = [build / "app/mcp-vitals", "probe", url, "--protocol", PROTOCOLS[era],
                     "--output", "json"]
            curl_times, probe_times = [], []
            for _ in range(runs):
                curl_times.append(curl_milliseconds(curl))
                probe_times.append(probe_milliseconds(probe))
            curl_series, probe_series = Series(curl_times), Series(probe_times)
            difference = Series(p - c for p, c in zip(probe_times, curl_times))
            rows.append((f"{era}, {len(exchanges)} exchanges", probe_series.show(3),
                         curl_series.show(3), difference.show(3)))
            report.below(f"{era} probe's own time over curl's",
                         medians_apart(probe_times, curl_times), 0.2, " ms", 3)
    print_table(f"A probe's own time and curl's, ms: {runs} runs in turn, a new process each, "
                "median (min–max)", ("", "mcp-vitals probe", "curl", "difference"), rows)
