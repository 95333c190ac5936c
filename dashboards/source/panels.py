"""Panels as Grafana's JSON has them. Each has a title, a description, a unit and its queries."""

from .thresholds import BLUE, GREEN, RED, steps

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
RUNBOOKS = "https://github.com/mcp-vitals/mcp-vitals/blob/main/docs/runbooks/"


def query(expr, legend="__auto", instant=False):
    target = {
        "datasource": DATASOURCE,
        "editorMode": "code",
        "expr": expr,
        "instant": instant,
        "legendFormat": legend,
        "range": not instant,
    }
    if instant:
        target["format"] = "table"
    return target


def _queries(queries):
    if isinstance(queries, str):
        queries = [query(queries)]
    return [dict(one, refId=chr(ord("A") + i)) for i, one in enumerate(queries)]


def _panel(kind, title, description, queries, unit, width, options, **more):
    alerts, decimals = more.pop("alerts", ()), more.pop("decimals", None)
    limits, base = more.pop("limits", ()), more.pop("base", GREEN)
    defaults = {
        "color": more.pop("color"),
        "custom": more.pop("custom", {}),
        "mappings": more.pop("mappings", []),
        "thresholds": {"mode": "absolute", "steps": steps(limits, base)},
        "unit": unit,
    }
    for key, value in (("min", more.pop("low", None)), ("max", more.pop("high", None)),
                       ("decimals", decimals), ("noValue", more.pop("no_value", None))):
        if value is not None:
            defaults[key] = value
    named = dict.fromkeys([one.alert for one in limits if one.alert] + list(alerts))
    panel = {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": DATASOURCE,
        "fieldConfig": {"defaults": defaults, "overrides": more.pop("overrides", [])},
        "options": options,
        "targets": _queries(queries),
        "transformations": more.pop("transformations", []),
        "links": [
            {"title": f"Runbook: {alert}", "url": f"{RUNBOOKS}{alert}.md", "targetBlank": True}
            for alert in named
        ],
        "gridPos": {"h": more.pop("height", 8), "w": width, "x": 0, "y": 0},
    }
    if "time_from" in more:
        panel["timeFrom"] = more.pop("time_from")
    panel["limits"] = limits  # taken out again before it is written
    assert not more, f"{title}: {sorted(more)}"
    return panel


def stat(title, description, queries, unit, width=3, graph=True, **more):
    """One number, with the line that led to it."""
    more.setdefault("height", 4)
    more.setdefault("color", {"mode": "thresholds"})
    options = {
        "colorMode": "value",
        "graphMode": "area" if graph else "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "showPercentChange": False,
        "textMode": "value",
        "wideLayout": True,
    }
    return _panel("stat", title, description, queries, unit, width, options, **more)


def lines(title, description, queries, unit, width=8, stacked=False, **more):
    """Values over time; `stacked` ones are parts of a whole."""
    percent = stacked == "percent"
    custom = {
        "axisBorderShow": False,
        "axisCenteredZero": False,
        "axisColorMode": "text",
        "axisLabel": "",
        "axisPlacement": "auto",
        "barAlignment": 0,
        "drawStyle": "bars" if more.pop("bars", False) else "line",
        "fillOpacity": 60 if stacked else 0,
        "gradientMode": "none",
        "hideFrom": {"legend": False, "tooltip": False, "viz": False},
        "insertNulls": False,
        "lineInterpolation": more.pop("interpolation", "linear"),
        "lineWidth": 1,
        "pointSize": 5,
        "scaleDistribution": {"type": "linear"},
        "showPoints": "auto",
        "spanNulls": more.pop("gaps", False),
        "stacking": {"group": "A", "mode": stacked and ("percent" if percent else "normal") or "none"},
        "thresholdsStyle": {"mode": "dashed" if more.get("limits") else "off"},
    }
    # Where the axis is no longer than the curve, a limit above it would not be seen.
    if more.get("limits") and more.get("base", GREEN) == GREEN and "high" not in more:
        custom["axisSoftMax"] = round(1.1 * min(one.value for one in more["limits"]), 6)
    more.setdefault("low", 0)
    more.setdefault("color", {"mode": "palette-classic"})
    options = {
        "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"hideZeros": False, "mode": "multi", "sort": "desc"},
    }
    return _panel("timeseries", title, description, queries, unit, width, options,
                  custom=custom, **more)


def states(title, description, queries, mappings, width=12, **more):
    """What was the case, over time: a lane for each series. `mappings`: value -> (text, colour)."""
    options = {
        "alignValue": "left",
        "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
        "mergeValues": True,
        "rowHeight": 0.8,
        "showValue": "never",
        "tooltip": {"hideZeros": False, "mode": "single", "sort": "none"},
    }
    custom = {
        "fillOpacity": 75,
        "hideFrom": {"legend": False, "tooltip": False, "viz": False},
        "lineWidth": 0,
    }
    return _panel("state-timeline", title, description, queries, "none", width, options,
                  custom=custom, color={"mode": "thresholds"}, mappings=values(mappings), **more)


def table(title, description, queries, columns, width=24, sort=None, **more):
    """A row for each thing. `columns`: field -> (heading, settings); other fields are left out.

    A field is a label, or "Value #A" of query A. Settings: unit, decimals, limits, mappings,
    link (a title and a URL).
    """
    limits = [one for _, settings in columns.values() for one in settings.get("limits", ())]
    fields = ["Time", "__name__"] + more.pop("hidden", [])
    organize = {
        "excludeByName": {field: True for field in fields},
        "includeByName": {},
        "indexByName": {field: i for i, field in enumerate(columns)},
        "renameByName": {field: heading for field, (heading, _) in columns.items()},
    }
    custom = {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True, "inspect": False}
    options = {
        "cellHeight": "sm",
        "footer": {"countRows": False, "fields": "", "reducer": ["sum"], "show": False},
        "showHeader": True,
        "sortBy": [{"displayName": sort[0], "desc": sort[1]}] if sort else [],
    }
    panel = _panel("table", title, description, queries, "short", width, options, custom=custom,
                   color={"mode": "thresholds"},
                   overrides=[_column(*column) for column in columns.values()],
                   transformations=[{"id": "merge", "options": {}},
                                    {"id": "organize", "options": organize}],
                   alerts=[one.alert for one in limits] + more.pop("alerts", []), **more)
    panel["limits"] = limits
    return panel


def _column(heading, settings):
    properties = []
    for key in ("unit", "decimals"):
        if key in settings:
            properties.append({"id": key, "value": settings[key]})
    if "limits" in settings:
        color = {"mode": "absolute", "steps": steps(settings["limits"], GREEN)}
        properties.append({"id": "thresholds", "value": color})
    if "mappings" in settings:
        properties.append({"id": "mappings", "value": values(settings["mappings"])})
    if "limits" in settings or "mappings" in settings:
        properties.append({"id": "custom.cellOptions", "value": {"type": "color-text"}})
    if "link" in settings:
        title, url = settings["link"]
        properties.append({"id": "links", "value": [{"title": title, "url": url}]})
    return {"matcher": {"id": "byName", "options": heading}, "properties": properties}


def values(mappings):
    return [{
        "type": "value",
        "options": {
            str(value): {"color": color, "index": i, "text": text}
            for i, (value, (text, color)) in enumerate(mappings.items())
        },
    }]


def named(pattern, **properties):
    """Settings of the series whose names match."""
    return {
        "matcher": {"id": "byRegexp", "options": pattern},
        "properties": [{"id": key.replace("__", "."), "value": value}
                       for key, value in properties.items()],
    }


def dashed(pattern, color=RED):
    """A line that shows from where on an alert fires, or what is normal."""
    return named(pattern, custom__lineStyle={"fill": "dash", "dash": [8, 6]}, custom__fillOpacity=0,
                 custom__stacking={"group": "A", "mode": "none"}, custom__lineWidth=1,
                 color={"mode": "fixed", "fixedColor": color})


def colored(pattern, color):
    return named(pattern, color={"mode": "fixed", "fixedColor": color})


YES_NO_GOOD = {1: ("yes", GREEN), 0: ("no", RED)}
YES_NO_BAD = {0: ("no", GREEN), 1: ("yes", RED)}
NEUTRAL = {"mode": "fixed", "fixedColor": BLUE}
