"""Cost: what the servers' pods cost, and how much of it is not used."""

from .frame import dashboard, row, server
from .labels import SERVER, WORKLOAD
from .panels import NEUTRAL, lines, query, stat, table
from .thresholds import RED, limit

HOURS_OF_A_MONTH = 730
BUDGET = [limit(100, RED, "HighMCPCost")]
COST = "server:mcp_cost:hourly{%s}" % WORKLOAD
WASTE = "server:mcp_cost:waste_hourly{%s}" % WORKLOAD

OVERVIEW = row(
    "",
    stat("Cost of an hour", "What all pods cost in an hour: CPU and memory that they request, at the price of their "
         "nodes. The alert fires when it is above the budget for an hour.",
         "sum(%s)" % COST, "currencyUSD", limits=BUDGET, decimals=2, width=5),
    stat("Cost of a month", "The same for 730 hours, if all stays as it is.",
         f"sum({COST}) * {HOURS_OF_A_MONTH}", "currencyUSD", decimals=0, color=NEUTRAL, width=5),
    stat("Not used, an hour", "What is paid for CPU and memory that is requested and not used.",
         "sum(%s)" % WASTE, "currencyUSD", decimals=2, color=NEUTRAL, width=5),
    stat("Not used, share", "Of what is paid, the share that is not used.",
         f"sum({WASTE}) / sum({COST})", "percentunit", decimals=0, color=NEUTRAL, width=4),
    stat("Cost of 1,000 operations", "What the pods cost, for each thousand of operations of the last five minutes.",
         f"1000 * sum({COST}) / (3600 * sum(server:mcp_operations:rate5m{{{SERVER}}}) > 0)", "currencyUSD",
         decimals=4, color=NEUTRAL, width=5),
)

OVER_TIME = row(
    "Over time",
    lines("Cost by server", "What the pods of each server cost in an hour.",
          [query("sum by (server) (%s)" % COST, "{{server}}")], "currencyUSD", stacked=True, width=12),
    lines("Cost and budget", "What all pods cost in an hour, and the budget.",
          [query("sum(%s)" % COST, "all servers")], "currencyUSD", limits=BUDGET, width=12),
    lines("Not used, by server", "What is paid in an hour for what is requested and not used. A server that is idle at "
          "night can scale to zero.",
          [query("sum by (server) (%s)" % WASTE, "{{server}}")], "currencyUSD", stacked=True, width=12),
    lines("Pods and traffic", "Pods that are available, and operations each second: cost should follow the traffic.",
          [query("sum(workload:mcp_replicas:available{%s})" % WORKLOAD, "pods"),
           query("sum(server:mcp_operations:rate5m{%s})" % SERVER, "operations/s")], "short", width=12),
)

BY_POD = row(
    "Where it goes",
    table("Servers", "Each server: what its pods cost in an hour and in a month, and what of it is not used.",
          [query("sum by (server) (%s)" % COST, instant=True),
           query(f"sum by (server) ({COST}) * {HOURS_OF_A_MONTH}", instant=True),
           query("sum by (server) (%s)" % WASTE, instant=True),
           query(f"sum by (server) ({WASTE}) / sum by (server) ({COST})", instant=True)],
          {"server": ("Server", {}),
           "Value #A": ("An hour", {"unit": "currencyUSD", "decimals": 3}),
           "Value #B": ("A month", {"unit": "currencyUSD", "decimals": 0}),
           "Value #C": ("Not used, an hour", {"unit": "currencyUSD", "decimals": 3}),
           "Value #D": ("Not used", {"unit": "percentunit", "decimals": 0})},
          width=12, sort=("An hour", True)),
    table("Pods", "The pods that cost most.",
          [query("topk(20, sum by (namespace, pod, server) (pod:mcp_cost:hourly{%s}))" % WORKLOAD, instant=True)],
          {"namespace": ("Namespace", {}), "pod": ("Pod", {}), "server": ("Server", {}),
           "Value": ("An hour", {"unit": "currencyUSD", "decimals": 3})},
          width=12, sort=("An hour", True)),
)

DASHBOARD = dashboard(
    "mcp-cost", "MCP / Cost",
    "What the pods of MCP servers cost by the prices of their nodes, what of it is not used, and what an operation "
    "costs.",
    [OVERVIEW, OVER_TIME, BY_POD], [server(multi=True)], workloads=WORKLOAD, since="now-24h")
