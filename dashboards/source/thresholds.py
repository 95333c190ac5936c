"""Thresholds that alerts have too. A check holds each to the alert that it names."""

from typing import NamedTuple

GREEN, YELLOW, ORANGE, RED, BLUE = "green", "yellow", "orange", "red", "blue"


class Limit(NamedTuple):
    """From `value` on a panel has `color`. `alert` fires there, by `literal` in its expression.

    Without an alert it is a number of alerts, or of what an alert is about.
    """

    value: float
    color: str
    alert: str
    literal: str


def limit(value, color, alert=None, literal=None):
    return Limit(value, color, alert, literal or f"{value:g}")


def steps(limits, base=GREEN):
    """Grafana's steps: the first has no value, each of the others begins at its own."""
    ordered = sorted(limits, key=lambda one: one.value)
    return [{"color": base, "value": None}] + [
        {"color": one.color, "value": one.value} for one in ordered
    ]
