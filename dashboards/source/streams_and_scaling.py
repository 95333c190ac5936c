"""Streams and scaling: who holds streams, and how many pods that makes."""

from .frame import dashboard, row, server, variable
from .labels import (FLEET, FLEET_INSTANCE, INSTANCE, NAMESPACE, SCRAPED, SERVER, SERVER_INSTANCE,
                     WORKLOAD)
from .panels import NEUTRAL, YES_NO_BAD, colored, dashed, lines, query, stat, states
from .thresholds import GREEN, ORANGE, RED, YELLOW, limit

COLD_START = [limit(30, YELLOW, "MCPColdStartSlow")]
OF_OUR_PODS = "and on (namespace, pod) mcp:pod:info{%s}" % WORKLOAD
# A pod is of the server that its proxy stands before.
OF_OUR_PROXIES = "and on (namespace, job, instance) mcp_requests_in_flight{%s}" % SERVER_INSTANCE
# Scalers of the same fleet see the same.
OF_EACH = "max by (namespace, job, fleet, state) (mcp_scaler_%s{%s})"
TRIGGER = "{{fleet}} {{metric}} {{trigger}}"

OVERVIEW = row(
    "",
    stat("Live streams", "Event streams that are open, of all kinds.",
         "sum(server:mcp_active_sse_connections:sum{%s})" % SERVER, "short", color=NEUTRAL),
    stat("Sessions now", "Sessions of the legacy era that are in use.",
         "sum(server:mcp_active_sessions:sum{%s})" % SERVER, "short", color=NEUTRAL, no_value="none"),
    stat("Pods available", "Pods of the servers that are available.",
         "sum(workload:mcp_replicas:available{%s})" % WORKLOAD, "short", color=NEUTRAL),
    stat("Pods desired", "Pods that the scaler asks for, by its most demanding trigger.",
         "sum(fleet:mcp_scaler_desired_pods:max{%s})" % FLEET, "short", color=NEUTRAL),
    stat("Load", "Desired pods, of those that serve: above 100 % a fleet has more to do than is meant for it.",
         "max(fleet:mcp_scaler_load:ratio{%s})" % FLEET, "percentunit", decimals=0, color=NEUTRAL),
    stat("Streams cut, 1 hour", "Streams that broke in the last hour: at the server, at a limit, or at the end of a "
         "drain.",
         'sum(increase(mcp_sse_connections_closed_total{reason="cut",%s}[1h]))' % SERVER_INSTANCE,
         "short", decimals=0, color=NEUTRAL, alerts=["MCPStreamsCut"]),
    stat("Slowest cold start", "Of the pods that run now the slowest: from its start to its first good answer.",
         "max(mcp_pod_startup_duration_seconds{%s} %s)" % (INSTANCE, OF_OUR_PROXIES), "s",
         limits=COLD_START, graph=False),
    stat("Blind fleets", "Fleets of which the scaler sees too little to answer KEDA.",
         "sum(max by (namespace, job, fleet) (mcp_scaler_blind{%s}))" % FLEET_INSTANCE, "short",
         limits=[limit(1, RED, "MCPScalerBlind", literal="0")], graph=False),
)

STREAMS = row(
    "Streams and sessions",
    lines("Streams by kind", "Event streams that are open, by what opened them.",
          [query("sum by (kind) (kind:mcp_active_sse_connections:sum{%s})" % SERVER, "{{kind}}")],
          "short", stacked=True, alerts=["MCPStreamsSpike"]),
    lines("Streams by pod", "Live streams of each pod. Where they are not even, more pods may not help.",
          [query("instance:mcp_active_sse_connections:sum{%s}" % SERVER_INSTANCE, "{{pod}} {{instance}}")],
          "short", stacked=True, alerts=["MCPHotPod"]),
    lines("Sessions", "Sessions in use; those that are abandoned: alive, without a stream, and silent; and what the "
          "server itself counts, where it tells. A gap that grows is a leak.",
          [query("sum(server:mcp_active_sessions:sum{%s})" % SERVER, "in use"),
           query("sum(mcp_sessions_abandoned{%s})" % SERVER_INSTANCE, "abandoned"),
           query("sum(mcp_server_reported_sessions{%s})" % SERVER_INSTANCE, "by the server's count")],
          "short", alerts=["MCPSessionsSpike", "MCPSessionsLeaking"]),
    lines("Streams opened", "Streams that began each second, and those of them that resumed after a break.",
          [query("sum(rate(mcp_sse_connections_opened_total{%s}[$__rate_interval]))" % SERVER_INSTANCE,
                 "opened"),
           query("sum(rate(mcp_sse_connections_resumed_total{%s}[$__rate_interval]))" % SERVER_INSTANCE,
                 "resumed")], "cps"),
    lines("Streams ended, by whom", "Streams that ended each second: by the client, by the server, by a drain, by an idle "
          "timer, or cut.",
          [query("sum by (reason) (rate(mcp_sse_connections_closed_total{%s}[$__rate_interval])) > 0"
                 % SERVER_INSTANCE, "{{reason}}")], "cps", stacked=True, no_value="None ended",
          overrides=[colored("cut", RED)], alerts=["MCPStreamsCut"]),
    lines("Cut by a drain", "Streams, calls and other exchanges that were still under way when a drain "
          "had to end: a deploy that users felt.",
          [query("sum by (server) (increase(mcp_drain_cut_total{%s}[$__rate_interval]))" % SERVER_INSTANCE,
                 "{{server}}")],
          "short", bars=True, alerts=["MCPDeployCutStreams"]),
)

REPLICAS = row(
    "Target and actual",
    lines("Pods: desired and actual", "What the scaler asks for each fleet, what each workload is set to, what is available, "
          "and the most that is allowed. Choose the fleet of the server, too.",
          [query("fleet:mcp_scaler_desired_pods:max{%s}" % FLEET, "fleet {{fleet}}: desired")]
          + [query("max by (namespace, workload) (workload:mcp_replicas:%s{%s})" % (kind, WORKLOAD),
                   "{{workload}}: " + name)
             for kind, name in (("spec", "spec"), ("available", "available"), ("max", "maximum"))],
          "short", width=12, interpolation="stepAfter", overrides=[dashed(".*: maximum")],
          alerts=["MCPAtMaximumScale", "MCPScaleToZeroStuck"]),
    lines("Load of the fleet", "Desired pods, of those that serve. It stays near 100 % while scaling keeps up.",
          [query("fleet:mcp_scaler_load:ratio{%s}" % FLEET, "{{fleet}}")], "percentunit", width=6,
          alerts=["MCPHighLatencyDespiteScaling"]),
    lines("Scaling events, 1 hour", "How often the replicas of each workload changed in the last hour.",
          [query("workload:mcp_scaling_events:increase1h{%s}" % WORKLOAD, "{{workload}}")], "short",
          width=6, alerts=["MCPFrequentScaling"]),
)

DECISION = row(
    "The scaler's decision and its reasons",
    lines("Pods asked for, by trigger", "What each trigger asks for. It is absent while the trigger is blind.",
          [query("max by (fleet, metric, trigger) (mcp_scaler_desired_pods{%s})" % FLEET_INSTANCE, TRIGGER)],
          "short", interpolation="stepAfter"),
    lines("What decided", "Share of the decisions by the rule that made them: idle, streams, concurrency, latency; window "
          "and room hold back for five minutes; held and blind for want of sight.",
          [query("sum by (rule) (rate(mcp_scaler_decisions_total{%s}[$__rate_interval]))" % FLEET_INSTANCE,
                 "{{rule}}")], "ops", stacked="percent", overrides=[colored("blind", RED)]),
    states("What the scaler says", "Blind: it sees too little to answer. Skewed: a few hot pods are the trouble. Latched: "
           "more pods did not help. Neither is cured by more pods.",
           [query("max by (fleet) (mcp_scaler_%s{%s})" % (what, FLEET_INSTANCE), "{{fleet}} " + what)
            for what in ("blind", "skew", "latched")], YES_NO_BAD, width=8,
           alerts=["MCPScalerBlind", "MCPScalerGone", "MCPHotPod", "MCPScalerLatched"]),
    lines("What KEDA is told", "The value of each trigger: streams, operations in flight, or pods.",
          [query("max by (fleet, metric, trigger) (mcp_scaler_value{%s})" % FLEET_INSTANCE, TRIGGER)],
          "short", interpolation="stepAfter"),
    lines("Members by state", "Members of a fleet: fresh (seen), silent (counted as last heard), unheard (never seen), "
          "refused (they claim to be another).",
          [query("sum by (state) (%s)" % OF_EACH % ("members", FLEET_INSTANCE), "{{state}}")], "short",
          stacked=True, interpolation="stepAfter", overrides=[colored("fresh", GREEN),
          colored("silent", ORANGE), colored("unheard", YELLOW), colored("refused", RED)],
          alerts=["MCPScalerMembersStale"]),
    lines("Answers to KEDA", "Calls of KEDA each second, by how they ended. UNAVAILABLE leaves a fleet as it is.",
          [query("sum by (code) (rate(mcp_scaler_requests_total{%s}[$__rate_interval])) > 0" % INSTANCE,
                 "{{code}}")], "reqps", stacked=True, overrides=[colored("OK", GREEN)],
          alerts=["MCPScalerNotAsked"]),
    lines("Pods as the scaler sees them", "Pods that serve, that start, and that drain.",
          [query("sum by (state) (%s)" % OF_EACH % ("pods", FLEET_INSTANCE), "{{state}}")], "short",
          stacked=True, interpolation="stepAfter"),
    lines("Cold starts", "From the start of each pod to its first good answer.",
          [query("mcp_pod_startup_duration_seconds{%s} %s" % (INSTANCE, OF_OUR_PROXIES),
                 "{{pod}} {{instance}}")], "s",
          limits=COLD_START),
    lines("Blind, share of an hour", "For what part of the last hour the scaler could not answer.",
          [query("fleet:mcp_scaler_blind:ratio1h{%s}" % FLEET, "{{fleet}}")], "percentunit", high=1,
          alerts=["MCPScalerBlind", "MCPScalerGone"]),
)

RESOURCES = row(
    "What the pods use",
    lines("CPU by pod", "CPU time of each pod, of its limit.",
          [query("pod:mcp_cpu:utilization{%s}" % WORKLOAD, "{{pod}}")], "percentunit"),
    lines("Memory by pod", "Memory of each pod that cannot be given back, of its limit.",
          [query("pod:mcp_memory:utilization{%s}" % WORKLOAD, "{{pod}}")], "percentunit"),
    lines("Network by pod", "Bytes each second that the pods receive (above) and send (below).",
          [query("sum by (namespace, pod) (rate(container_network_receive_bytes_total{%s}[$__rate_interval])) %s"
                 % (NAMESPACE, OF_OUR_PODS), "{{pod}} received"),
           query("-sum by (namespace, pod) (rate(container_network_transmit_bytes_total{%s}[$__rate_interval])) %s"
                 % (NAMESPACE, OF_OUR_PODS), "{{pod}} sent")], "Bps", low=None),
)

DASHBOARD = dashboard(
    "mcp-streams-scaling", "MCP / Streams and scaling",
    "Streams and sessions, how many pods they make, why the scaler decides as it does, and what users feel of it.",
    [OVERVIEW, STREAMS, REPLICAS, DECISION, RESOURCES],
    [server(multi=True),
     variable("fleet", "Fleet", "label_values(mcp_scaler_blind{%s}, fleet)" % SCRAPED)],
    workloads=WORKLOAD)
