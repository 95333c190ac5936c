"""Which world an alert belongs to, and the table of what came and what should not have."""

import dataclasses

# Labels by which an alert says whom it is about, the most exact ones first.
_OWNERS = ("namespace", "exported_namespace", "server", "target", "fleet", "workload", "pod")


def owner(alert, worlds):
    """The name of the world that the alert is about; nothing when it is of none."""
    for label in _OWNERS:
        if (value := alert.labels.get(label)) in worlds:
            return value
    instance = alert.labels.get("instance")
    return next((name for name, world in worlds.items() if instance in world.instances()), None)


@dataclasses.dataclass
class Row:
    fault: str
    alert: str
    how: str
    detected: float | None  # seconds, real
    cleared: float | None
    remark: str = ""


def flaw(alert):
    """What is wrong with the words of an alert, whose templates Prometheus has filled."""
    for key in ("summary", "description", "runbook_url"):
        text = alert.annotations.get(key, "")
        # What is left where a template fails, and what Go writes for what is not there.
        if not text or any(sign in text for sign in ("<error expanding", "<no value>", "%!")):
            return f"{alert.name}: its {key} is {text!r}"


def too_late(row, bound):
    """What is wrong with a row whose alert is to come within so many seconds."""
    if row.detected is not None and row.detected > bound:
        return f"{row.fault}: {row.alert} came after {row.detected:.1f} s, not within {bound:.1f} s"


def lag(rows, fault, first, then):
    """(seconds from one alert of a fault to the other, what is wrong with that): `first` is first.
    No seconds where one did not come, or the fault was not tried."""
    came = {row.alert: row.detected for row in rows if row.fault == fault}
    if None in (came.get(first), came.get(then)):
        return None, None
    seconds = came[then] - came[first]
    return seconds, None if seconds > 0 else f"{fault}: {then} came no later than {first}"


def _time(seconds):
    if seconds is None:
        return "never"
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def table(rows, factor):
    """Times as they were, and as they would have been at the shipped durations."""
    lines = [
        ("fault", "alert", "detected after", "uncompressed", "cleared after", "uncompressed", "")
    ]
    for row in rows:
        times = [(_time(t), _time(t and t * factor)) for t in (row.detected, row.cleared)]
        remark = "; ".join(filter(None, (row.how != "real" and row.how, row.remark)))
        lines.append((row.fault, row.alert, *times[0], *times[1], remark))
    widths = [max(len(line[i]) for line in lines) for i in range(6)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths)), line[6]]).rstrip()
        for line in lines
    )
