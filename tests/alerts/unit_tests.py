"""What promtool's unit tests show of each alert: where it fires, and where it does not.

Told by alert_rule_test, or by promql_expr_test of ALERTS.
"""

import dataclasses
import re

import promql
import rule_files


@dataclasses.dataclass
class Shown:
    file: object  # its path
    test: dict  # the case of it
    time: str
    alert: str


def paths():
    return sorted((rule_files.ROOT / "tests/alerts").rglob("*.yml"))


def fires_and_silences(alerts):
    """Two lists of Shown, for the alerts of these names.

    A silence counts where the alert could have spoken: its file is loaded, and something of what it
    is made of is there.
    """
    fires, silences = [], []
    inputs = inputs_of(alerts)
    for path in paths():
        file = rule_files.load(path)
        loaded = {rule.name for rule in rule_files.rules(sorted(
            found for pattern in file["rule_files"]
            for found in path.parent.glob(pattern)))}
        for test in file["tests"]:
            given = {re.match(r"[\w:]*", series["series"])[0]
                     for series in test.get("input_series", [])}
            mute = {alert for alert in alerts if alert not in loaded or not inputs[alert] & given}
            for time, asked, fired in outcomes(test, alerts):
                fires += [Shown(path, test, time, alert) for alert in sorted(fired)]
                silent = asked - fired - mute
                silences += [Shown(path, test, time, alert) for alert in sorted(silent)]
    return fires, silences


def inputs_of(alerts):
    """What each alert reads, and what the recorded names among these read, and so on."""
    reads = {}
    for rule in rule_files.rules():
        reads.setdefault(rule.name, set()).update(
            node.metric for node in promql.walk(promql.parse(rule.expression))
            if isinstance(node, promql.Selector))
    found = {}
    for alert in alerts:
        known, waiting = set(), {alert}
        while waiting:
            known |= waiting
            waiting = set().union(*(reads.get(name, set()) for name in waiting)) - known
        found[alert] = known - {alert, None}
    return found


def outcomes(test, alerts):
    """(time, alerts that were asked for, those of them that must be firing) of each expectation."""
    for entry in test.get("alert_rule_test", []):
        asked = {entry["alertname"]}
        yield entry["eval_time"], asked, asked if entry.get("exp_alerts") else set()
    for entry in test.get("promql_expr_test", []):
        asked = asked_for(entry["expr"], alerts)
        if not asked:
            continue
        samples = entry.get("exp_samples") or []
        if any(sample["value"] in ("0", 0) for sample in samples):
            continue
        named = {name for sample in samples
                 for name in re.findall(r'alertname="(\w+)"', sample["labels"])}
        # Samples without a name are of the one alert that was asked for.
        fired = named or (asked if samples and len(asked) == 1 else set())
        if samples and not fired:
            continue
        yield entry["eval_time"], asked, fired


def asked_for(expression, alerts):
    """The alerts whose ALERTS, firing or of any state, an expression selects."""
    asked = set()
    for node in promql.walk(promql.parse(expression)):
        if not isinstance(node, promql.Selector) or node.metric != "ALERTS":
            continue
        if ("alertstate", "=", "pending") in node.matchers:
            continue
        names = [(operator, value) for label, operator, value in node.matchers
                 if label == "alertname"]
        asked |= {alert for alert in alerts if all(matches(alert, *name) for name in names)}
    return asked


def matches(value, operator, wanted):
    if operator in ("=", "!="):
        return (value == wanted) == (operator == "=")
    return bool(re.fullmatch(wanted, value)) == (operator == "=~")
