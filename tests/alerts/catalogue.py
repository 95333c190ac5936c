"""Which metrics there are, and the labels that each can have: ours, outside ones, recorded ones."""

import re

import rule_files

SCRAPE = {"job", "instance", "namespace", "pod"}  # what Prometheus adds to ours (alerts/README.md)
NAMES = re.compile(r"`([a-z_]+:[a-z_]+:[a-z0-9_]+)`")
NAME = re.compile(r"`([a-z0-9_]+)`")


def ours():
    """docs/metrics.md: series name -> labels, with a histogram's three series."""
    found, common, on_metrics = {}, set(), False
    for line in (rule_files.ROOT / "docs/metrics.md").read_text().split("\n"):
        if line.startswith("## "):
            # What is asked of /probe gets its target and vantage by relabelling.
            common = {"target", "vantage"} if "/probe" in line else set()
            on_metrics = "/metrics" in line or "/probe" in line
        elif match := re.search(r"\ball carry `(\w+)`(?:, and `(\w+)` when)?", line, re.IGNORECASE):
            common = {label for label in match.groups() if label}
        elif "carry `target` and `vantage`" in line:
            common = {"target", "vantage"}
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| `") or not on_metrics:
            continue
        name, kind = NAME.fullmatch(cells[0])[1], cells[1]
        labels = SCRAPE | common | {label.strip() for label in cells[2].split(",") if label.strip()}
        if kind == "histogram":
            found[name + "_bucket"] = labels | {"le"}
            found[name + "_sum"] = found[name + "_count"] = labels
        else:
            found[name] = labels
    return found


def outside():
    """alerts/outside-metrics.yml: name -> labels, with those of the scrape."""
    return {
        metric["name"]: set(metric["labels"]) | {"job", "instance"}
        for exporter in rule_files.load(rule_files.ROOT / "alerts/outside-metrics.yml")["exporters"]
        for metric in exporter["metrics"]}


def documented():
    """docs/rules.md: recorded name -> labels, by the longest beginning in its table of levels.

    An older name's labels stand beside it.
    """
    levels, found = {}, {}
    for line in (rule_files.ROOT / "docs/rules.md").read_text().split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.match(r"\| `([a-z_]+:){1,2}` ", line):
            levels[cells[0].strip("`")] = words(cells[1])
        for name in NAMES.findall(cells[0]) if line.startswith("| `") else []:
            if name.startswith("mcp:") and len(cells) > 3:
                found[name] = words(cells[1])
                continue
            level = max((level for level in levels if name.startswith(level)), key=len)
            found[name] = levels[level] | ({"le"} if "_bucket:" in name else set())
    return found


def words(cell):
    return set(re.findall(r"`(\w+)`", cell))
