#!/usr/bin/env python3
"""Every query of the dashboards, as Prometheus gets it once Grafana has filled the variables in.

Usage: queries.py [NAME=VALUE...]    prints a JSON array; a value is what a user chose,
                                     or /PATTERN/ for what "All" stands for

As a module: `queries({"server": "files"})`. What is not named is "All"; a variable that has none
(server of golden-signals) is then any.
"""
import json
import pathlib
import re
import sys
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
# What Grafana fills in by itself: of a scrape each 15 s, and an hour that is shown.
INTERVALS = {"__rate_interval": "1m", "__interval": "15s", "__range": "1h"}
VARIABLE = re.compile(r"\$(?:\{(\w+(?::regex)?)\}|(\w+))")


class Query(NamedTuple):
    dashboard: str  # the file, without .json
    panel: str  # its title; "annotation NAME" and "variable NAME" for what is in no panel
    kind: str  # the panel's type, "annotation" or "variable"
    ref: str  # the query's letter in its panel
    instant: bool  # one value for now, else values over time
    unit: str
    legend: str
    expr: str  # as in the file
    filled: str  # as Prometheus gets it
    time_from: str = ""  # the time that its panel shows, where it has one of its own


def dashboards():
    """Name and JSON of each dashboard."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(HERE.glob("*.json"))}


def pattern(value):
    """As Grafana's format `regex` has it."""
    return re.sub(r"[\\^$*+?.()|\[\]{}/]", r"\\\g<0>", value)


def quoted(value):
    """As Grafana has a pattern without a format: for a string of PromQL that it takes for one in
    single quotes."""
    return re.sub(r"[$^*{}\[\]'+?.()|]", r"\\\\\g<0>", value.replace("\\", "\\" * 4))


def values_of(dashboard, chosen):
    """What stands for each variable: `chosen` names values, or /PATTERN/."""
    filled = dict(INTERVALS)
    for variable in dashboard["templating"]["list"]:
        name, value = variable["name"], chosen.get(variable["name"])
        if value is None:
            value = "/%s/" % (variable.get("allValue") or ".+")
        is_pattern = re.fullmatch("/.*/", value)
        filled[name] = value[1:-1] if is_pattern else quoted(value)
        filled[f"{name}:regex"] = value[1:-1] if is_pattern else pattern(value)
    return filled


def fill(text, values):
    def value(match):
        # What is no variable stays: $1 in label_replace.
        return values.get(match.group(1) or match.group(2), match.group(0))

    return VARIABLE.sub(value, text)


def in_panels(dashboard):
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel, target


def queries(chosen=None, intervals=None):
    found = []
    for name, dashboard in dashboards().items():
        values = values_of(dashboard, chosen or {}) | (intervals or {})
        for panel, target in in_panels(dashboard):
            unit = panel["fieldConfig"]["defaults"]["unit"]
            found.append(Query(name, panel["title"], panel["type"], target["refId"],
                               target["instant"], unit, target["legendFormat"], target["expr"],
                               fill(target["expr"], values), panel.get("timeFrom", "")))
        for one in dashboard["annotations"]["list"]:
            if "expr" in one:
                title = f"annotation {one['name']}"
                found.append(Query(name, title, "annotation", "", False, "", "", one["expr"],
                                   fill(one["expr"], values)))
        for one in dashboard["templating"]["list"]:
            if one["type"] == "query":
                metric = re.fullmatch(r"label_values\((.*), *\w+\)", one["query"], re.S).group(1)
                found.append(Query(name, f"variable {one['name']}", "variable", "", True, "", "",
                                   metric, fill(metric, values)))
    return found


def main(arguments):
    chosen = dict(one.split("=", 1) for one in arguments)
    print(json.dumps([one._asdict() for one in queries(chosen)], indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
