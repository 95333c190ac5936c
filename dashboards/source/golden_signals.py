"""Golden signals: one MCP server, in the order in which trouble spreads."""

from .frame import dashboard, row, server
from .labels import CHOSEN_SERVER, NAMESPACE, SERVER, SERVER_INSTANCE, WORKLOAD
from .panels import NEUTRAL, dashed, lines, query, stat, table
from .thresholds import BLUE, GREEN, RED, YELLOW, limit

POOL = [limit(0.7, YELLOW, "MCPPoolFilling"),
        limit(0.9, RED, "MCPDatabaseConnectionPoolExhausted")]
HEAP = [limit(0.75, YELLOW, "MCPHeapFilling"), limit(0.9, RED, "MCPHeapExhausted")]
ERRORS = [limit(0.01, RED, "MCPHighErrorRate")]
TAIL = [limit(30, RED, "MCPLatencyTailExtreme")]

SESSIONS = "server:mcp_active_sessions:sum{%s}" % SERVER
AVERAGE = f"3 * avg_over_time({SESSIONS}[15m] offset 5m)"
HIGHEST = f"max_over_time({SESSIONS}[1h] offset 20m)"
# The greater of the two, where there are both, and 20 at least: as the alert has it.
SPIKE = f"clamp_min({AVERAGE} >= {HIGHEST} or {HIGHEST} > {AVERAGE}, 20)"

# What the alerts on the budget fire at: a long window, a short one, and how many times too fast.
BURNS = (("1h", "5m", "14.4"), ("6h", "30m", "6"), ("1d", "2h", "3"), ("3d", "6h", "1"))
LESSER = ("(server:mcp_operation_errors:ratio_rate%(long)s{%(of)s}"
          " < server:mcp_operation_errors:ratio_rate%(short)s{%(of)s}"
          " or server:mcp_operation_errors:ratio_rate%(short)s{%(of)s}"
          " and server:mcp_operation_errors:ratio_rate%(long)s{%(of)s}) / (%(at)s * 0.001)")

OVERVIEW = row(
    "",
    stat("Without error, 3 days",
         "Share of operations in three days that did not fail by the server's fault: neither a "
         "tool's error nor one of the protocol. The objective is 99.9 %.",
         "1 - server:mcp_operation_errors:ratio_rate3d{%s}" % SERVER, "percentunit", decimals=3,
         base=RED, limits=[limit(0.999, GREEN, "MCPErrorBudgetBurn", literal="0.001")]),
    stat("Within 2 s, 3 days",
         "Share of operations in three days that were answered within 2 s. The objective is 95 %.",
         "1 - server:mcp_operation_slow:ratio_rate3d{%s}" % SERVER, "percentunit", decimals=2,
         base=RED, limits=[limit(0.95, GREEN, "MCPLatencyBudgetBurn", literal="0.05")]),
    stat("Errors now", "Share of operations of the last five minutes that failed by the server's fault.",
         "server:mcp_operation_errors:ratio_rate5m{%s}" % SERVER, "percentunit", decimals=2,
         limits=ERRORS),
    stat("p95 now", "95 % of the operations of the last five minutes were answered faster.",
         "server:mcp_operation_duration_seconds:p95_5m{%s}" % SERVER, "s", color=NEUTRAL),
    stat("Operations now", "Operations that ended each second, over five minutes.",
         "sum(server:mcp_operations:rate5m{%s})" % SERVER, "ops", color=NEUTRAL),
    stat("Sessions now", "Sessions of the legacy era that are in use. Modern clients have none.",
         "sum(server:mcp_active_sessions:sum{%s})" % SERVER, "short", color=NEUTRAL,
         no_value="none"),
    stat("Live streams", "Event streams that are open, of all kinds.",
         "sum(server:mcp_active_sse_connections:sum{%s})" % SERVER, "short", color=NEUTRAL),
    stat("Alerts that fire", "Alerts that fire now of this server, and of the target, fleet or workload of its "
         "name. The dashboard Fleet lists them, and those of the watchers themselves.",
         "count(%s) or vector(0)" % " or ".join(
             'ALERTS{alertname=~"MCP.+|HighMCPCost",alertstate="firing",severity!="none",%s}' % of
             for of in (WORKLOAD, *(label + f"=~`{CHOSEN_SERVER}`"
                                    for label in (NAMESPACE + ",workload", "target", "fleet")))),
         "short",
         limits=[limit(1, RED)], graph=False),
)

TRAFFIC = row(
    "Traffic: it rises first",
    lines("Operations by method", "Operations that ended each second, by method of the protocol.",
          [query("sum by (mcp_method_name) (method:mcp_operations:rate5m{%s})" % SERVER,
                 "{{mcp_method_name}}")], "ops", stacked=True, alerts=["MCPOperationsSpike"]),
    lines("Sessions", "Sessions in use, and where the alert fires: above three times what was usual in the "
          "quarter of an hour until five minutes ago, above all of the hour before, and above 20. Empty for a "
          "server of the modern era alone, which has no sessions.",
          [query(SESSIONS, "sessions"), query(SPIKE, "alert above")],
          "short", overrides=[dashed("alert above")], alerts=["MCPSessionsSpike"]),
    lines("Live streams by kind", "Event streams that are open, by what opened them: sse (2024-11-05), get "
          "(a session's), post (an answer), listen (modern), or app (the server's own count).",
          [query("sum by (kind) (kind:mcp_active_sse_connections:sum{%s})" % SERVER, "{{kind}}")],
          "short", stacked=True, alerts=["MCPStreamsSpike", "MCPTrafficGone"]),
)

SATURATION = row(
    "Saturation: it comes before latency",
    lines("Pool in use", "Share of the server's connection pool in use, as it says itself. From 70 % on "
          "requests begin to wait; from 90 % on most do.",
          [query('resource:mcp_saturation_ratio:max{resource="pool",%s}' % SERVER, "pool")],
          "percentunit", limits=POOL, high=1, width=6, alerts=["MCPSaturationUnknown"]),
    lines("Heap in use", "Share of the heap in use, as the server says itself. From 75 % on the garbage "
          "collector works harder; from 90 % on its pauses are felt.",
          [query('resource:mcp_saturation_ratio:max{resource="heap",%s}' % SERVER, "heap")],
          "percentunit", limits=HEAP, high=1, width=6),
    lines("In flight and waiting", "Operations without an answer yet, requests that wait for their turn in "
          "the proxy, and requests that wait for a connection of the server's pool.",
          [query("server:mcp_requests_in_flight:sum{%s}" % SERVER, "in flight"),
           query("server:mcp_queue_depth:sum{%s}" % SERVER, "waiting in the proxy"),
           query('sum(mcp_pool_connections{state="waiting",%s})' % SERVER_INSTANCE,
                 "waiting for the pool")], "short", width=6),
    lines("Query latency", "How long the server's database queries take, where it exports "
          "db_query_duration_seconds and is scraped. Empty otherwise.",
          [query("histogram_quantile(%s, sum by (le) (rate(db_query_duration_seconds_bucket{%s}"
                 "[$__rate_interval]) and on (namespace, pod) mcp:pod:info{%s}))" % (q, NAMESPACE, WORKLOAD), name)
           for q, name in (("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99"))], "s", width=6),
    lines("Memory by pod", "Resident memory, as the server of each pod says itself.",
          [query("mcp_server_resident_memory_bytes{%s}" % SERVER_INSTANCE, "{{pod}} {{instance}}")],
          "bytes", width=8),
    lines("Memory growth", "By how much the memory of each pod grows in an hour, of what it holds. A "
          "restart does not count as shrinking or growing.",
          [query("instance:mcp_memory_growth:ratio1h{%s}" % SERVER_INSTANCE, "{{pod}} {{instance}}")],
          "percentunit", limits=[limit(0.1, YELLOW, "MCPMemoryGrowing")], low=None, width=8),
    lines("Client connections", "Open connections of clients to the proxies, and those that reach the "
          "server past them.",
          [query("sum(mcp_connections_active{%s})" % SERVER_INSTANCE, "by the proxy"),
           query("sum(mcp_bypass_connections{%s})" % SERVER_INSTANCE, "past the proxy")], "short",
          width=8),
)

LATENCY = row(
    "Latency: it comes before errors",
    lines("Time to answer", "From the head of a request to its answer, over all methods.",
          [query("server:mcp_operation_duration_seconds:p%d_5m{%s}" % (p, SERVER), "p%d" % p)
           for p in (50, 95, 99)], "s", alerts=["MCPLatencyTailExtreme", "MCPLatencyStepAfterDeploy"]),
    lines("p95 against its baseline", "95 % are answered faster, against twice the baseline: the median of "
          "the hourly p95 of seven days without the hours that alerted. There is no baseline before a day "
          "of history; what is faster than 0.1 s hurts nobody.",
          [query("server:mcp_operation_duration_seconds:p95_5m{%s}" % SERVER, "p95"),
           query("server:mcp_operation_duration_seconds:p95_baseline{%s}" % SERVER, "baseline"),
           query("clamp_min(2 * server:mcp_operation_duration_seconds:p95_baseline{%s}, 0.1)" % SERVER,
                 "alert above")],
          "s", overrides=[dashed("baseline", BLUE), dashed("alert above")],
          alerts=["MCPHighLatency", "MCPLatencyDrift"]),
    lines("p95 by pod", "95 % are answered faster, for each pod. One line far above the others is a hot pod.",
          [query("instance:mcp_operation_duration_seconds:p95_5m{%s}" % SERVER_INSTANCE,
                 "{{pod}} {{instance}}")], "s", alerts=["MCPHotPod", "MCPRestartLoop"]),
)

ERROR_ROW = row(
    "Errors: what users see in the end",
    lines("Error ratio", "Share of operations that failed by the server's fault. The alert needs some traffic "
          "too, so that one failure of three calls wakes nobody.",
          [query("server:mcp_operation_errors:ratio_rate5m{%s}" % SERVER, "errors")], "percentunit",
          limits=ERRORS, width=6),
    lines("Whose errors", "Failed operations each second: of the tools (application), of the protocol or the "
          "server, and of the clients, which do not count against the server.",
          [query("server:mcp_operation_errors_%s:rate5m{%s}" % (kind, SERVER), kind)
           for kind in ("application", "protocol", "client")], "ops", stacked=True, width=6),
    lines("Errors by type", "Failed operations each second, by their error_type.",
          [query("sum by (error_type) (error_type:mcp_operation_errors:rate5m{%s})" % SERVER,
                 "{{error_type}}")], "ops", stacked=True, alerts=["MCPNewErrorType"], width=6),
    lines("Burn rate of the error budget", "How fast the budget of the objective (99.9 %) is used up, as a share of the "
          "rate at which an alert fires. It fires where two windows burn too fast, so that the lesser of the two is "
          "drawn: an hour at 14.4 times what is allowed, six hours at 6 times, a day at 3 times, three days at 1.",
          [query(LESSER % {"at": at, "long": long, "short": short, "of": SERVER}, long)
           for long, short, at in BURNS], "percentunit", limits=[limit(1, RED)],
          alerts=["MCPErrorBudgetBurn"], width=6),
)

TOOLS = row(
    "By tool",
    table("Tools", "Each tool that was called in the last five minutes: how often, how it failed, how long it "
          "took.",
          [query(expr % SERVER, instant=True) for expr in (
              "sum by (gen_ai_tool_name) (tool:mcp_operations:rate5m{%s})",
              "max by (gen_ai_tool_name) (tool:mcp_operation_errors:ratio_rate5m{%s})",
              "max by (gen_ai_tool_name) (tool:mcp_operation_duration_seconds:p50_5m{%s})",
              "max by (gen_ai_tool_name) (tool:mcp_operation_duration_seconds:p95_5m{%s})",
              "max by (gen_ai_tool_name) (tool:mcp_operation_duration_seconds:p99_5m{%s})")],
          {"gen_ai_tool_name": ("Tool", {}),
           "Value #A": ("Calls", {"unit": "ops", "decimals": 2}),
           "Value #B": ("Errors", {"unit": "percentunit", "decimals": 1, "limits": ERRORS}),
           "Value #C": ("p50", {"unit": "s"}),
           "Value #D": ("p95", {"unit": "s"}),
           "Value #E": ("p99", {"unit": "s", "limits": TAIL})},
          width=12, sort=("Calls", True)),
    lines("p95 by tool", "95 % of each tool's calls are answered faster.",
          [query("max by (gen_ai_tool_name) (tool:mcp_operation_duration_seconds:p95_5m{%s})" % SERVER,
                 "{{gen_ai_tool_name}}")], "s", width=6),
    lines("Calls by tool", "Calls that ended each second, by tool.",
          [query("sum by (gen_ai_tool_name) (tool:mcp_operations:rate5m{%s})" % SERVER,
                 "{{gen_ai_tool_name}}")], "ops", stacked=True, width=6),
)

SCALING = row(
    "Scaling",
    lines("Replicas", "Pods that are wanted, that are available, and the most that are allowed. More is on the "
          "dashboard Streams and scaling.",
          [query("sum(workload:mcp_replicas:%s{%s})" % (kind, WORKLOAD), kind)
           for kind in ("spec", "available", "max")], "short", width=12, interpolation="stepAfter",
          overrides=[dashed("max")], alerts=["MCPAtMaximumScale"]),
    lines("Streams by pod", "Live streams of each pod: by them a fleet is balanced, or not.",
          [query("instance:mcp_active_sse_connections:sum{%s}" % SERVER_INSTANCE,
                 "{{pod}} {{instance}}")], "short", width=12),
)

DASHBOARD = dashboard(
    "mcp-golden-signals", "MCP / Golden signals",
    "One MCP server by the four golden signals, in the order in which trouble spreads: traffic, saturation, "
    "latency, errors.",
    [OVERVIEW, TRAFFIC, SATURATION, LATENCY, ERROR_ROW, TOOLS, SCALING], [server(multi=False)],
    workloads=WORKLOAD)

