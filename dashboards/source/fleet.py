"""Fleet: many servers at a glance."""

from .frame import dashboard, row, server
from .golden_signals import ERRORS, HEAP, POOL, TAIL
from .labels import CHOSEN_SERVER, INSTANCE, SERVER, SERVER_INSTANCE, WORKLOAD, probed
from .panels import NEUTRAL, RUNBOOKS, YES_NO_GOOD, lines, query, stat, states, table
from .thresholds import GREEN, ORANGE, RED, limit

GOLDEN = ("Golden signals", "/d/mcp-golden-signals?${datasource:queryparam}&${__url_time_range}"
          "&var-server=${__data.fields.Server:percentencode}")
RUNBOOK = ("Runbook", RUNBOOKS + "${__value.raw}.md")
SEVERITY = {1: ("critical", RED), 2: ("warning", ORANGE), 3: ("info", "blue")}
# Of the chosen namespaces and servers, and those that are of none.
FIRES = ('ALERTS{alertname=~"MCP.+|HighMCPCost",alertstate="firing",namespace=~"$namespace|",'
         "server=~`" + CHOSEN_SERVER + "|`,severity%s}")

OVERVIEW = row(
    "",
    stat("Servers", "MCP servers of which something is seen.",
         "count(group by (namespace, job, server) (server:mcp_requests_in_flight:sum{%s}))" % SERVER,
         "short", color=NEUTRAL, width=4, no_value="0"),
    stat("Operations", "Operations that ended each second, of all servers.",
         "sum(server:mcp_operations:rate5m{%s})" % SERVER, "ops", color=NEUTRAL, width=4),
    stat("Worst error ratio", "Of all servers the highest share of failed operations in five minutes.",
         "max(server:mcp_operation_errors:ratio_rate5m{%s})" % SERVER, "percentunit", decimals=2,
         limits=ERRORS, width=4),
    stat("Live streams", "Event streams that are open, of all servers.",
         "sum(server:mcp_active_sse_connections:sum{%s})" % SERVER, "short", color=NEUTRAL, width=4),
    stat("Critical alerts", "Alerts of severity critical that fire now, of what is chosen and of what is of no server.",
         "count(%s) or vector(0)" % FIRES % '="critical"', "short",
         limits=[limit(1, RED)], width=4, graph=False),
    stat("Other alerts", "Alerts of severity warning and info that fire now, likewise.",
         "count(%s) or vector(0)" % FIRES % '=~"warning|info"', "short",
         limits=[limit(1, ORANGE)], width=4, graph=False),
)

SERVERS = row(
    "Servers",
    table("Servers at a glance", "Each server of the last five minutes. A click on its name opens its golden signals.",
          [query(expr % SERVER, instant=True) for expr in (
              "sum by (server) (server:mcp_operations:rate5m{%s})",
              "max by (server) (server:mcp_operation_errors:ratio_rate5m{%s})",
              "max by (server) (server:mcp_operation_duration_seconds:p95_5m{%s})",
              "max by (server) (server:mcp_operation_duration_seconds:p99_5m{%s})",
              "sum by (server) (server:mcp_active_sessions:sum{%s})",
              "sum by (server) (server:mcp_active_sse_connections:sum{%s})",
              'max by (server) (resource:mcp_saturation_ratio:max{resource="pool",%s})',
              'max by (server) (resource:mcp_saturation_ratio:max{resource="heap",%s})')]
          + [query("sum by (server) (workload:mcp_replicas:available{%s})" % WORKLOAD, instant=True)],
          {"server": ("Server", {"link": GOLDEN}),
           "Value #A": ("Operations", {"unit": "ops", "decimals": 2}),
           "Value #B": ("Errors", {"unit": "percentunit", "decimals": 2, "limits": ERRORS}),
           "Value #C": ("p95", {"unit": "s"}),
           "Value #D": ("p99", {"unit": "s", "limits": TAIL}),
           "Value #E": ("Sessions", {"unit": "short"}),
           "Value #F": ("Streams", {"unit": "short"}),
           "Value #G": ("Pool", {"unit": "percentunit", "decimals": 0, "limits": POOL}),
           "Value #H": ("Heap", {"unit": "percentunit", "decimals": 0, "limits": HEAP}),
           "Value #I": ("Pods", {"unit": "short"})},
          sort=("Operations", True)),
    lines("Operations by server", "Operations that ended each second.",
          [query("sum by (server) (server:mcp_operations:rate5m{%s})" % SERVER, "{{server}}")], "ops",
          width=12, stacked=True),
    lines("Errors by server", "Share of the operations that failed by the server's fault.",
          [query("max by (server) (server:mcp_operation_errors:ratio_rate5m{%s})" % SERVER, "{{server}}")],
          "percentunit", limits=ERRORS, width=12),
    lines("p95 by server", "95 % of the operations are answered faster.",
          [query("max by (server) (server:mcp_operation_duration_seconds:p95_5m{%s})" % SERVER,
                 "{{server}}")], "s", width=12, alerts=["MCPHighLatency"]),
    lines("Streams by server", "Event streams that are open.",
          [query("sum by (server) (server:mcp_active_sse_connections:sum{%s})" % SERVER, "{{server}}")],
          "short", stacked=True, width=12),
)

ALERTS_ROW = row(
    "Alerts and targets",
    table("Alerts that fire", "What fires now, of what is chosen and of what is of no server. A click on its "
          "name opens the runbook.",
          [query("min by (alertname, namespace, job, server, target, vantage, fleet, workload, pod) (%s)"
                 % " or ".join([FIRES % '="critical"', "2 * " + FIRES % '="warning"', "3 * " + FIRES % '="info"']),
                 instant=True)],
          {"Value": ("Severity", {"mappings": SEVERITY}), "alertname": ("Alert", {"link": RUNBOOK}),
           "namespace": ("Namespace", {}), "server": ("Server", {}), "target": ("Target", {}),
           "vantage": ("Vantage", {}), "fleet": ("Fleet", {}), "workload": ("Workload", {}), "pod": ("Pod", {}),
           "job": ("Job", {})},
          width=24, no_value="Nothing fires", sort=("Severity", False)),
    states("Targets", "Whether any vantage reaches each target.",
           [query("max by (target) %s" % probed("mcp_probe_success", ".+"), "{{target}}")],
           {1: ("up", GREEN), 0: ("down", RED)}, width=24, height=6, alerts=["MCPEndpointDown"]),
)

OURSELVES = row(
    "The watchers themselves",
    states("Scraped", "Whether Prometheus reaches each sidecar and scaler.",
           [query("up{%s} and on (job, instance) max_over_time(mcp_vitals_build_info{%s}[1h])"
                  % (INSTANCE, INSTANCE), "{{pod}} {{instance}}")],
           {1: ("up", GREEN), 0: ("down", RED)}, alerts=["MCPVitalsDown"]),
    states("Configuration in force", "Whether the configuration that was read last was good and is in force.",
           [query("mcp_vitals_config_last_reload_successful{%s}" % INSTANCE, "{{pod}} {{instance}}")],
           YES_NO_GOOD, alerts=["MCPVitalsReloadFailed"]),
    lines("Limits hit", "How often each second a limit of a proxy, or of the HTTP surface, was reached.",
          [query("sum by (limit) (rate(mcp_limits_hit_total{%s}[$__rate_interval])) > 0" % SERVER_INSTANCE,
                 "{{limit}}"),
           query("sum by (limit) (rate(mcp_vitals_limits_hit_total{%s}[$__rate_interval])) > 0" % INSTANCE,
                 "http {{limit}}")], "ops", no_value="None was reached", alerts=["MCPVitalsLimitsHit"]),
    lines("Memory of mcp-vitals", "Resident memory of each sidecar and scaler.",
          [query("process_resident_memory_bytes{%s} and on (job, instance) mcp_vitals_build_info{%s}"
                 % (INSTANCE, INSTANCE), "{{pod}} {{instance}}")], "bytes"),
    lines("CPU of mcp-vitals", "Cores that each sidecar and scaler uses.",
          [query("rate(process_cpu_seconds_total{%s}[$__rate_interval]) and on (job, instance) "
                 "mcp_vitals_build_info{%s}" % (INSTANCE, INSTANCE), "{{pod}} {{instance}}")], "short"),
)

DASHBOARD = dashboard(
    "mcp-fleet", "MCP / Fleet",
    "Many MCP servers at a glance: which is in trouble, what fires, and whether the watchers watch.",
    [OVERVIEW, SERVERS, ALERTS_ROW, OURSELVES], [server(multi=True)], workloads=WORKLOAD)
