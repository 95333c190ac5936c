"""Receives what Alertmanager posts, and knows of each alert when it came and when it was over."""

import dataclasses
import json
import time

import wire


@dataclasses.dataclass
class Arrival:
    name: str
    labels: dict
    annotations: dict
    came: float  # as time.time() tells it, as all times here
    over: float | None = None


# The columns of the dashboards' table.
ABOUT = ("namespace", "job", "server", "target", "vantage", "fleet", "workload", "pod")


def _is_of(alert, world):
    return {alert.labels.get("namespace", ""), alert.labels.get("server", "")} <= {"", world}


class Webhook:
    def __init__(self):
        self.arrivals = []

    async def start(self, port):
        self._server = await wire.serve(self._take, "127.0.0.1", port)

    def standing_now(self, world):
        """Those that stand, of a world or of none: name and how severe, once for each whom it is
        about."""
        severities = {"critical": 1, "warning": 2, "info": 3}
        worst = {}
        for alert in self.arrivals:
            severity = severities.get(alert.labels["severity"])
            if alert.over is None and severity and _is_of(alert, world):
                about = (alert.name, *(alert.labels.get(label) for label in ABOUT))
                worst[about] = min(severity, worst.get(about, severity))
        return [(about[0], severity) for about, severity in worst.items()]

    def standing(self, seconds, severities, world):
        """How many of such severities, of a world or of none, there were in the mean of these last
        seconds."""
        now = time.time()
        stood = sum(
            max(0, (a.over or now) - max(a.came, now - seconds))
            for a in self.arrivals
            if a.labels["severity"] in severities
            and _is_of(a, world)
        )
        return stood / seconds

    async def _take(self, method, path, headers, body):
        now = time.time()
        for alert in json.loads(body)["alerts"]:
            self._note(alert, now)
        return wire.answer(200)

    def _note(self, alert, now):
        standing = next(
            (a for a in self.arrivals if a.labels == alert["labels"] and a.over is None), None
        )
        if alert["status"] == "resolved":
            if standing:
                standing.over = now
        elif standing is None:
            name = alert["labels"]["alertname"]
            self.arrivals.append(Arrival(name, alert["labels"], alert["annotations"], now))
