"""The rules of grafana/dashboard-linter, each a function that yields what is wrong.

Written from its documentation; where it looks only at some types of panels, these look at all.
"""

import re

import model

RATE_RANGE = re.compile(r"\bi?rate\(\s*[\w:]+\s*(?:\{[^}]*\})?\s*\[([^\]]*)\]")
COUNTER = re.compile(r"_total$")
COUNTERS_READERS = {"rate", "irate", "increase"}


def variable(dashboard, name):
    return next((one for one in dashboard["templating"]["list"] if one["name"] == name), None)


def template_datasource(dashboard):
    found = variable(dashboard, "datasource")
    if not found or found["type"] != "datasource" or found["query"] != "prometheus":
        yield "no variable datasource of Prometheus' type"
    elif found["label"] != "Data source":
        yield "datasource is not labelled Data source"


def _filter_variable(dashboard, name):
    found = variable(dashboard, name)
    if not found:
        yield f"no variable {name}"
        return
    if found["type"] != "query" or found["datasource"]["uid"] != "${datasource}":
        yield f"{name} is not asked of the chosen data source"
    if found["label"] != name.title():
        yield f"{name} is not labelled {name.title()}"
    if not found["multi"] or found["allValue"] != ".+":
        yield f"{name} is not multi with .+ for all"


def template_job(dashboard):
    yield from _filter_variable(dashboard, "job")


def template_instance(dashboard):
    yield from _filter_variable(dashboard, "instance")


def template_label_promql(dashboard):
    for one in dashboard["templating"]["list"]:
        if one["type"] != "query":
            continue
        match = re.fullmatch(r"label_values\((.+), *\w+\)", one["query"])
        try:
            model.parsed(match[1])
        except (TypeError, ValueError):
            yield f"{one['name']}: {one['query']} is not label_values of a selector"


def template_on_time_change_reload(dashboard):
    for one in dashboard["templating"]["list"]:
        if one["type"] == "query" and one["refresh"] != 2:
            yield f"{one['name']} is not asked again when the time changes"


def uneditable_dashboard(dashboard):
    if dashboard["editable"]:
        yield "is editable"


def panel_datasource(panel):
    places = [panel, *panel.get("targets", [])]
    if any(one.get("datasource", {}).get("uid") != "${datasource}" for one in places):
        yield "does not use the chosen data source"


def panel_title_description(panel):
    if not panel.get("title") or not panel.get("description"):
        yield "has no title or no description"


def panel_units(panel, units):
    settings = [panel["fieldConfig"]["defaults"].get("unit")]
    for override in panel["fieldConfig"]["overrides"]:
        settings += [one["value"] for one in override["properties"] if one["id"] == "unit"]
    for unit in settings:
        if unit not in units:
            yield f"has no such unit: {unit}"


def panel_no_targets(panel):
    if not panel.get("targets"):
        yield "has no query"


def target_promql(target):
    try:
        if not model.selectors(target["expr"]):
            yield "reads no metric"
    except ValueError as error:
        yield f"is no PromQL: {error}"


def target_rate_interval(target):
    for interval in RATE_RANGE.findall(target["expr"]):
        if interval != "$__rate_interval":
            yield f"a rate over {interval} and not over $__rate_interval"


def _matches(target, label):
    for selector in model.selectors(target["expr"]):
        if (label, "=~", f"${label}") not in selector.matchers:
            yield f'{selector.metric} without {label}=~"${label}"'


def target_job(target):
    yield from _matches(target, "job")


def target_instance(target):
    yield from _matches(target, "instance")


def target_counter_agg(target):
    for node, parents in _with_parents(model.parsed(target["expr"]), ()):
        if isinstance(node, model.promql.Selector) and COUNTER.search(node.metric):
            above = parents[-1] if parents else None
            if not (isinstance(above, model.promql.Call) and above.function in COUNTERS_READERS):
                yield f"{node.metric} is a counter, and is read as it is"


def _with_parents(node, parents):
    yield node, parents
    for child in model.promql.children(node):
        yield from _with_parents(child, (*parents, node))


OF_DASHBOARDS = (template_datasource, template_job, template_instance, template_label_promql,
                 template_on_time_change_reload, uneditable_dashboard)
OF_PANELS = (panel_datasource, panel_title_description, panel_no_targets)
OF_TARGETS = (target_promql, target_rate_interval, target_job, target_instance, target_counter_agg)


def findings(dashboard, units):
    """(rule, panel or "", what is wrong)."""
    for rule in OF_DASHBOARDS:
        yield from ((rule.__name__, "", wrong) for wrong in rule(dashboard))
    for panel in model.panels(dashboard):
        for rule in OF_PANELS:
            yield from ((rule.__name__, panel["title"], wrong) for wrong in rule(panel))
        yield from (("panel_units", panel["title"], wrong) for wrong in panel_units(panel, units))
        for target in panel.get("targets", []):
            for rule in OF_TARGETS:
                yield from ((rule.__name__, panel["title"], wrong) for wrong in rule(target))
