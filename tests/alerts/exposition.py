"""What 200 pods of MCP servers tell, made up: each metric of the catalogue with the labels it has.

A sidecar's exposition is the same in each pod of a server, but for what Prometheus adds.
"""

import itertools
import re

import catalogue

SERVERS, PODS, NODES, TOOLS = 4, 200, 20, 10
BUCKETS = "0.01 0.02 0.05 0.1 0.2 0.5 1 2 5 10 30 60 120 300 +Inf".split()
PHASES = ("resolve", "connect", "tls", "discover", "list_tools", "canary", "close", "total")
REASONS = (
    "dns_error connection_refused connection_error tls_error certificate_expired "
    "certificate_invalid timeout http_error redirect_error auth_required rate_limited not_mcp "
    "protocol_error version_mismatch session_error init_error tools_missing schema_changed "
    "canary_failed stream_cut response_too_large internal").split()
METHODS = ("initialize", "ping", "tools/list", "resources/list", "resources/read", "prompts/get")

VALUES = {
    "kind": ("sse", "get", "post", "listen"),
    "phase": PHASES,
    "target": ("public", "in-pod"),
    "vantage": ("here",),
    "resource": ("pool", "heap"),
    "layer": ("server", "path", "unknown"),
    "fleet": [f"server-{n}" for n in range(SERVERS)],
    "metric": ("streams", "latency"),
    "rule": ("idle", "streams", "concurrency", "latency", "window", "room", "held", "blind"),
    "method": METHODS + ("tools/call", "_GET", "_DELETE"),
    "status": ("200", "202", "500"),
    "limit": ("connections", "slow_reader", "queue_full", "tool_timeout", "stream_idle"),
    "severity": ("breaking", "unclassified", "safe"),
    "code": ("OK", "UNAVAILABLE"),
    "le": BUCKETS,
}
# By the metric, where a label's values are its own.
OWN = {
    ("mcp_probe_failures_total", "reason"): REASONS,
    ("mcp_sse_connections_closed_total", "reason"): ("client", "server", "drain", "cut", "idle"),
    ("mcp_sessions_closed_total", "reason"): ("deleted", "expired", "lost"),
    ("mcp_saturation_fetch_failures_total", "reason"): ("timeout", "http_error", "malformed"),
    ("mcp_pool_connections", "state"): ("total", "idle", "waiting"),
    ("mcp_scaler_members", "state"): ("fresh", "silent", "unheard", "refused"),
    ("mcp_scaler_pods", "state"): ("serving", "starting", "draining"),
}


def operations():
    """Labels of mcp_server_operation_duration_seconds: tools, half of which have failed once."""
    for tool in range(TOOLS):
        call = {"mcp_method_name": "tools/call", "gen_ai_tool_name": f"tool_{tool}"}
        yield call
        if tool % 2 == 0:
            yield {**call, "error_type": "tool_error"}
        if tool % 5 == 0:
            yield {**call, "error_type": "cancelled"}
            yield {**call, "error_type": "http_5xx"}
    for method in METHODS:
        yield {"mcp_method_name": method}
    yield {"mcp_method_name": "_OTHER", "error_type": "method_not_found"}


def label_sets(name, labels, server):
    """All that one process has of this series."""
    labels = labels - catalogue.SCRAPE - {"trigger"}
    rest = [{}]
    if name.startswith("mcp_server_operation_duration_seconds"):
        rest = list(operations())
        labels -= {"mcp_method_name", "gen_ai_tool_name", "error_type"}
    if "server" in labels:
        rest = [{**known, "server": f"server-{server}"} for known in rest]
    labels = sorted(labels - {"server"})
    for values in itertools.product(*(choices(name, label) for label in labels)):
        for known in rest:
            yield {**known, **dict(zip(labels, values))}


def choices(name, label):
    return OWN.get((name, label)) or VALUES.get(label) or ("some",)


def text(name, labels, number):
    inside = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{inside}}} {number}\n"


def value(name, labels, seconds):
    """A counter goes on by a tenth of a second's seconds, and with its bucket; a gauge stays."""
    if not re.search(r"_(total|sum|count|bucket)$", name):
        return {"mcp_probe_success": 1, "mcp_probe_canary_success": 1, "mcp_probe_info": 1,
                "mcp_server_resident_memory_bytes": 2e8 + seconds}.get(name, 0.5)
    share = (BUCKETS.index(labels["le"]) + 1) / len(BUCKETS) if "le" in labels else 1
    quiet = name == "mcp_probe_failures_total" or "error_type" in labels
    return int(seconds / 10 * share * (0.001 if quiet else 1))


def sidecar(server, seconds):
    """A sidecar's /metrics at this second of its life."""
    return "".join(
        text(name, labels, value(name, labels, seconds))
        for name, known in catalogue.ours().items() if not name.startswith("mcp_scaler_")
        for labels in label_sets(name, known, server))


def scaler(seconds):
    """That of the scaler of all fleets."""
    return "".join(
        text(name, labels, value(name, labels, seconds))
        for name, known in catalogue.ours().items() if re.match("mcp_scaler_|mcp_vitals_", name)
        for labels in label_sets(name, known, 0))


def pods():
    """(name, server, ReplicaSet, node) of each pod."""
    for number in range(PODS):
        server = number % SERVERS
        yield (f"server-{server}-abc-{number}", server, f"server-{server}-abc",
               f"node-{number % NODES}")


def kubernetes(seconds):
    """What kube-state-metrics, cAdvisor, OpenCost and KEDA tell of them."""
    lines = []

    def add(name, number, **labels):
        lines.append(text(name, {"namespace": "mcp", **labels}, number))

    for pod, _, owner, node in pods():
        add("kube_pod_owner", 1, pod=pod, owner_kind="ReplicaSet", owner_name=owner)
        for container in ("server", "sidecar"):
            for resource, amount in (("cpu", 1), ("memory", 2**30)):
                for kind in ("limits", "requests"):
                    add(f"kube_pod_container_resource_{kind}", amount, pod=pod, node=node,
                        container=container, resource=resource)
            add("container_cpu_usage_seconds_total", seconds / 2, pod=pod, container=container)
            add("container_memory_working_set_bytes", 2**29, pod=pod, container=container)
    for server in range(SERVERS):
        name = f"server-{server}"
        add("kube_replicaset_owner", 1, replicaset=f"{name}-abc", owner_kind="Deployment",
            owner_name=name)
        add("kube_deployment_spec_replicas", PODS / SERVERS, deployment=name)
        add("kube_deployment_status_replicas_available", PODS / SERVERS, deployment=name)
        scaler = {"horizontalpodautoscaler": f"keda-hpa-{name}"}
        add("kube_horizontalpodautoscaler_info", 1, **scaler, scaletargetref_name=name,
            scaletargetref_kind="Deployment")
        add("kube_horizontalpodautoscaler_spec_max_replicas", 100, **scaler)
        add("keda_scaler_active", 1, scaledObject=name, metric="s0", scaler="externalScaler",
            triggerIndex="0", type="scaledobject")
    for number in range(NODES):
        lines.append(text("node_cpu_hourly_cost", {"node": f"node-{number}"}, 0.04))
        lines.append(text("node_ram_hourly_cost", {"node": f"node-{number}"}, 0.005))
    return "".join(lines)
