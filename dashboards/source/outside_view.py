"""Outside view: each target as its clients see it, from each vantage."""

from .frame import dashboard, row, variable
from .labels import CHOSEN_TARGET, NAMESPACE, SCRAPED, TARGET, TARGET_INSTANCE, probed
from .panels import NEUTRAL, YES_NO_BAD, colored, lines, query, stat, states, table
from .thresholds import BLUE, GREEN, ORANGE, RED, YELLOW, limit

DAY = 24 * 3600 * 1000  # milliseconds

CERTIFICATE = [limit(0, RED, "MCPCertificateExpired"),
               limit(3, ORANGE, "MCPCertificateExpiresVerySoon"),
               limit(14, GREEN, "MCPCertificateExpiresSoon")]
LEFT = "(vantage:mcp_probe_certificate_expiry_timestamp_seconds:min{%s} - time()) / 86400" % TARGET
OF_ALERTS = NAMESPACE + f",target=~`{CHOSEN_TARGET}`"
INSIDE = "vantage:mcp_probe_inside_canary_seconds:mean10m{%s}" % TARGET
PHASES = "vantage_phase:mcp_probe_duration_seconds:mean10m{phase%s,%s}"
# As its clients see it: not from the server's own pods.
FROM_OUTSIDE = "unless on (namespace, job, target, vantage) vantage:mcp_probe:in_pod{%s}" % TARGET
BY = "{{target}} {{vantage}}"

OVERVIEW = row(
    "",
    stat("Vantages that see a target down",
         "Pairs of target and vantage where half of the probers or more have failed twice in a row.",
         "count(vantage:mcp_probe:failing{%s} >= 0.5) or vector(0)" % TARGET, "short",
         base=GREEN, limits=[limit(1, RED, "MCPProbeFailing", literal="0.5")], width=4),
    stat("Worst availability, 30 days", "Of all targets and vantages the lowest share of good probes in 30 days. Targets in "
         "the server's own pod are left out.",
         "min(vantage:mcp_probe:availability30d{%s} %s)" % (TARGET, FROM_OUTSIDE), "percentunit", decimals=2, color=NEUTRAL,
         width=4),
    stat("Slowest p95, 1 hour", "Of all targets and vantages the slowest: 95 % of its probes took no longer. "
         "Targets in the server's own pod are left out.",
         "max(vantage:mcp_probe_duration_seconds:p95_1h{%s} %s)" % (TARGET, FROM_OUTSIDE), "s", color=NEUTRAL, width=4),
    stat("Days to the first expiry", "Days until the first of the certificates expires.",
         "min(%s)" % LEFT, "none", decimals=1, base=RED, limits=CERTIFICATE, width=4, graph=False),
    stat("Tools missing", "Tools that are expected and were not listed, over all targets.",
         "max(vantage:mcp_probe_missing_tools:max{%s})" % TARGET, "short",
         limits=[limit(1, RED, "MCPToolsMissing", literal="0")], width=4, graph=False,
         no_value="none expected"),
    stat("Contradicting health", "Targets whose health endpoint is green while clients are not served.",
         "sum(max by (target) (vantage:mcp_probe_health_contradicts:avg{%s}) >= bool 0.5)" % TARGET, "short",
         limits=[limit(1, RED, "MCPHealthContradicts", literal="0.5")], width=4, graph=False,
         no_value="no health_url"),
)

STATE = row(
    "Is it up?",
    states("Probes by target and vantage", "Whether the probes of each target succeed, from each vantage. Where "
           "there are several probers at a vantage, one that succeeds makes it green: see the next panel.",
           [query("max by (target, vantage) %s" % probed("mcp_probe_success"), BY)],
           {1: ("up", GREEN), 0: ("down", RED)},
           alerts=["MCPEndpointDown", "MCPRegionDown", "MCPProbeFailing"]),
    lines("Probers that fail twice in a row", "Share of the probers of a target at a vantage whose last two probes "
          "failed. One pod that is down is a part of them, a server that is down is all.",
          [query("vantage:mcp_probe:failing{%s}" % TARGET, BY)], "percentunit", high=1, width=12,
          limits=[limit(0.5, RED, "MCPProbeFailing")]),
    lines("Failures by reason", "Failed probes in an hour, by their reason. docs/reasons.md says what each means.",
          [query("sum by (reason) (reason:mcp_probe_failures:increase1h{%s}) > 0" % TARGET, "{{reason}}")],
          "short", stacked=True, width=12, no_value="None failed", height=10),
    table("Availability", "Share of the probes that succeeded, by target and vantage.",
          [query("max by (target, vantage) (vantage:mcp_probe:availability%s{%s})" % (window, TARGET), instant=True)
           for window in ("5m", "1h", "1d", "7d", "30d")],
          {"target": ("Target", {}), "vantage": ("Vantage", {})} | {
              "Value #" + ref: (heading, {"unit": "percentunit", "decimals": 2})
              for ref, heading in zip("ABCDE", ("5 min", "1 h", "1 d", "7 d", "30 d"))},
          width=12, sort=("1 d", False), height=10),
)

TIME = row(
    "How long does it take?",
    lines("Phases of a probe", "Where the time of a probe goes, over ten minutes: name lookup, connection, TLS, the "
          "exchanges of the protocol, and the canary call. The mean over the targets and vantages that are chosen; "
          "a phase that one does not have counts as nothing.",
          [query("sum by (phase) (%s) / ignoring (phase) group_left () count(%s)"
                 % (PHASES % ('!~"total|close"', TARGET), PHASES % ('="total"', TARGET)), "{{phase}}")],
          "s", stacked=True, width=12),
    lines("p95 by target and vantage", "95 % of the probes of the last hour took no longer. One vantage that is "
          "slower than the others has a path that is slow.",
          [query("vantage:mcp_probe_duration_seconds:p95_1h{%s}" % TARGET, BY)], "s", width=12,
          alerts=["MCPRegionSlow"]),
    lines("p95 over 90 days", "The hourly p95 of the probes for a quarter of a year: slow growth is seen only here.",
          [query("vantage:mcp_probe_duration_seconds:p95_1h{%s}" % TARGET, BY)], "s", width=24,
          time_from="90d", gaps=DAY, alerts=["MCPLatencyDrift"]),
)

CONTRACT = row(
    "Is it what was agreed?",
    lines("Certificate, days left", "Days until the first certificate of the chain expires; below zero it has.",
          [query("min by (target) (%s)" % LEFT, "{{target}}")], "none", low=None, base=RED,
          limits=CERTIFICATE),
    lines("Schema changes", "Probes that found the tools changed: breaking (a tool is gone), unclassified "
          "(a definition changed), safe (new tools).",
          [query("sum by (severity) (increase(mcp_probe_schema_changes_total{%s}[$__rate_interval]))" % TARGET_INSTANCE,
                 "{{severity}}")], "short", bars=True, stacked=True,
          overrides=[colored("breaking", RED), colored("unclassified", YELLOW), colored("safe", BLUE)],
          alerts=["MCPSchemaBreaking"]),
    lines("Tools", "Tools that each target lists, and those that are expected and missing.",
          [query("max by (target) %s" % probed("mcp_probe_tools"), "{{target}}"),
           query("max by (target) (vantage:mcp_probe_missing_tools:max{%s}) > 0" % TARGET, "{{target}} missing")],
          "short", interpolation="stepAfter", overrides=[colored(".* missing", RED)],
          alerts=["MCPToolsMissing"]),
    states("Canary", "Whether the canary call of every prober gave what is expected. Empty where there is none, or none was "
           "reached.",
           [query("max by (target, vantage) (vantage:mcp_probe_canary:failing{%s}) == bool 0" % TARGET, BY)],
           {1: ("right", GREEN), 0: ("wrong", RED)}, width=8, alerts=["MCPCanaryFailing"]),
    states("Health contradicts", "Whether the server's own health endpoint is green while its clients are not served.",
           [query("max by (target, vantage) (vantage:mcp_probe_health_contradicts:avg{%s}) >= bool 0.5" % TARGET, BY)],
           YES_NO_BAD, width=8, alerts=["MCPHealthContradicts"]),
    table("What answered", "Protocol version, era, transport, and the server's own name and version, as probes found "
          "them.",
          [query("count by (target, protocol_version, era, server_name, server_version) "
                 + probed("mcp_probe_info"), instant=True)],
          {"target": ("Target", {}), "protocol_version": ("Protocol", {}), "era": ("Era", {}),
           "server_name": ("Server", {}), "server_version": ("Version", {}), "Value": ("Probers", {})},
          width=8, alerts=["MCPProtocolVersionWrong"]),
)

PATH = row(
    "Whose fault is it?",
    states("Layer at fault", "For targets behind our own proxy: the layer that made the last probe fail. Server: its "
           "canary was answered badly behind the proxy; path: it was answered well there and lost on the way.",
           [query("max by (target, layer) (mcp_probe_layer_at_fault{%s})" % TARGET_INSTANCE,
                  "{{target}}: {{layer}}")], YES_NO_BAD, alerts=["MCPPathAtFault"]),
    states("Path at fault", "Whether the alert fires, or is about to: the target fails from outside, and its server is "
           "well, as the proxy tells or the probes in its own pods.",
           [query('max by (target, vantage) (ALERTS{alertname="MCPPathAtFault",alertstate=~"pending|firing",%s} '
                  "or 0 * vantage:mcp_probe_outside:failing{%s})" % (OF_ALERTS, TARGET), BY)],
           YES_NO_BAD, alerts=["MCPPathAtFault"]),
    lines("Canary inside and outside", "How long a canary took in the mean of ten minutes, as its client saw it (outside), "
          "and as the proxy saw it (inside): what is between was spent on the path.",
          [query('avg by (target) (vantage_phase:mcp_probe_duration_seconds:mean10m{phase="canary",%s}'
                 " and on (namespace, job, target, vantage) %s)" % (TARGET, INSIDE), "{{target}} outside"),
           query("avg by (target) (%s)" % INSIDE, "{{target}} inside")], "s", width=12, alerts=["MCPPathAtFault"]),
    lines("Since the last good probe", "Time since the last probe that succeeded. It grows while a target is down, "
          "and when the prober itself is.",
          [query("time() - max by (target, vantage) (mcp_probe_last_success_timestamp_seconds{%s})"
                 % TARGET_INSTANCE, BY)], "s", width=12, alerts=["MCPProbeDataMissing"]),
    lines("Probes", "Probes each second, by target: none are missing while it stays where it is.",
          [query("sum by (target) (rate(mcp_probes_total{%s}[$__rate_interval]))" % TARGET_INSTANCE,
                 "{{target}}")], "ops", width=24, alerts=["MCPProbeDataMissing"]),
)

DASHBOARD = dashboard(
    "mcp-outside-view", "MCP / Outside view",
    "What clients meet on their way to an MCP server: is it up, from where, how fast, as agreed, and whose fault it "
    "is when it is not.",
    [OVERVIEW, STATE, TIME, CONTRACT, PATH],
    [variable("target", "Target", "label_values(vantage:mcp_probe:failing{%s}, target)" % SCRAPED)],
    workloads="")  # the namespace is that of the probers, not of what they probe
