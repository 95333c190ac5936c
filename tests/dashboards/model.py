"""What the checks look at: the dashboards as they are checked in, and their sources."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "dashboards"), str(ROOT / "tests" / "alerts")]

import promql  # noqa: E402
import queries  # noqa: E402

# Grafana's own variables have no value until it is asked; any will do.
BUILT_IN = re.compile(r"\$__\w+")


def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def targets(dashboard):
    return [(panel, target) for panel in panels(dashboard) for target in panel["targets"]]


def parsed(expression):
    """A query's tree, with its matchers as they are written."""
    return promql.parse(BUILT_IN.sub("1m", expression))


def selectors(expression):
    return [node for node in promql.walk(parsed(expression)) if isinstance(node, promql.Selector)]


def all_dashboards():
    return queries.dashboards()
