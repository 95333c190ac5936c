"""What is around the panels: variables, annotations, links, and the layout on 24 columns."""

from .labels import NAMESPACE, SCRAPED
from .panels import DATASOURCE

SCHEMA_VERSION = 39  # classic: what Grafana 10.3 and later import as it is
COLUMNS = 24


def variable(name, label, query, all_value=".+", multi=True):
    """Chosen by the user, from what the data source knows in the time that is shown."""
    everything = {"selected": True, "text": ["All"], "value": ["$__all"]}
    chosen = {"allValue": all_value, "current": everything} if multi else {}
    return {
        "type": "query",
        "name": name,
        "label": label,
        "datasource": DATASOURCE,
        "definition": query,
        "query": query,
        "refresh": 2,
        "sort": 1,
        "multi": multi,
        "includeAll": multi,
        "hide": 0,
        "options": [],
        "regex": "",
        "skipUrlSync": False,
    } | chosen


def _variables(own):
    datasource = {
        "type": "datasource",
        "name": "datasource",
        "label": "Data source",
        "query": "prometheus",
        "refresh": 1,
        "multi": False,
        "includeAll": False,
        "hide": 0,
        "options": [],
        "regex": "",
        "skipUrlSync": False,
    }
    known = "label_values(mcp_vitals_build_info{%s}, %s)"
    return [
        datasource,
        # Outside Kubernetes nothing has a namespace: then all is what has none.
        variable("namespace", "Namespace", "label_values(mcp_vitals_build_info, namespace)", ".*"),
        variable("job", "Job", known % (NAMESPACE, "job")),
        variable("instance", "Instance", known % (SCRAPED, "instance")),
    ] + own


def server(multi):
    """Every server that a proxy stands before."""
    return variable("server", "Server", "label_values(mcp_requests_in_flight{%s}, server)" % SCRAPED,
                    multi=multi)


def _annotation(name, color, expr, title, text):
    return {
        "name": name,
        "datasource": DATASOURCE,
        "enable": True,
        "hide": False,
        "iconColor": color,
        "expr": expr,
        "step": "1m",
        "titleFormat": title,
        "textFormat": text,
        "tagKeys": "",
        "useValueForTime": False,
    }


def _annotations(of):
    """`of`: matchers of the workloads; none is all of them."""
    builtin = {
        "builtIn": 1,
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "hide": True,
        "iconColor": "rgba(0, 211, 255, 1)",
        "name": "Annotations & Alerts",
        "type": "dashboard",
    }
    replicas, pods = "workload:mcp_replicas:spec{%s}" % of, "revision:mcp_pods:count{%s}" % of
    # A revision has pods that had none a step ago, when another had. By the step, since what is true
    # for a minute alone falls between the steps of a few days.
    before = f"max_over_time({pods}[5m] offset $__interval)"
    deploys = (f"count by (namespace, workload) ({pods} unless on (namespace, workload, revision) {before} "
               f"and on (namespace, workload) {before})")
    return [
        builtin,
        _annotation("Deploys", "purple", deploys, "Deploy", "{{namespace}}/{{workload}}"),
        _annotation("Replica changes", "blue", f"{replicas} != {replicas} offset $__interval",
                    "Replicas changed", "{{namespace}}/{{workload}}"),
    ]


def row(title, *panels):
    return {"title": title, "panels": panels}


def _place(rows):
    """Panels from left to right; what does not fit begins a new line below the tallest."""
    placed, y = [], 0
    for one in rows:
        if one["title"]:
            placed.append({"type": "row", "title": one["title"], "collapsed": False, "panels": [],
                           "gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": y}})
            y += 1
        x = height = 0
        for panel in one["panels"]:
            grid = panel["gridPos"]
            if x + grid["w"] > COLUMNS:
                x, y, height = 0, y + height, 0
            grid.update(x=x, y=y)
            x, height = x + grid["w"], max(height, grid["h"])
            placed.append(panel)
        y += height
    for number, panel in enumerate(placed, 1):
        panel["id"] = number
    return placed


def dashboard(uid, title, description, rows, variables, workloads=NAMESPACE, since="now-6h"):
    return {
        "uid": uid,
        "title": title,
        "description": description,
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "fiscalYearStartMonth": 0,
        "id": None,
        "tags": ["mcp", "mcp-vitals"],
        "time": {"from": since, "to": "now"},
        "timepicker": {},
        "timezone": "browser",
        "refresh": "1m",
        "weekStart": "",
        "annotations": {"list": _annotations(workloads)},
        "links": _links(),
        "templating": {"list": _variables(variables)},
        "panels": _place(rows),
    }


def _links():
    common = {"asDropdown": False, "icon": "external link", "targetBlank": False, "tooltip": ""}
    runbooks = "https://github.com/mcp-vitals/mcp-vitals/tree/main/docs/runbooks"
    return [
        dict(common, type="dashboards", title="", tags=["mcp-vitals"], url="", includeVars=True,
             keepTime=True),
        dict(common, type="link", title="Runbooks", tags=[], url=runbooks, icon="doc",
             targetBlank=True, includeVars=False, keepTime=False),
    ]
