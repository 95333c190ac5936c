"""Reads our rule files, and the list of outside metrics: YAML in the one shape that they have.

That shape is YAML's block style with `key: value`, lists and `|` texts; anything else is a
ValueError. promtool reads the same files as YAML proper.
"""

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Rule:
    file: str
    group: str
    interval: str
    name: str
    is_alert: bool
    expression: str
    hold: str  # an alert's `for`
    labels: dict
    annotations: dict


def scalar(text):
    """A value on the key's own line, without quotes and comment."""
    if text.startswith('"'):
        inside = re.fullmatch(r'"((?:\\.|[^"\\])*)"(\s+#.*)?', text)
        if not inside:
            raise ValueError(f"not one quoted text: {text}")
        return re.sub(r"\\(.)", lambda match: {"n": "\n"}.get(match[1], match[1]), inside[1])
    if text.startswith("'"):
        return re.sub(r"\s+#.*$", "", text)[1:-1].replace("''", "'")
    if text.startswith("[") or text.startswith("{"):
        return [part.strip() for part in text.strip("[]{}").split(",") if part.strip()]
    return re.sub(r"\s+#.*$", "", text)


def block(lines, at, indent):
    """A text after `|` or `>`: the lines that are indented deeper, and where they end."""
    found = []
    while at < len(lines) and (not lines[at].strip() or indentation(lines[at]) > indent):
        found.append(lines[at])
        at += 1
    margin = min((indentation(line) for line in found if line.strip()), default=0)
    return "\n".join(line[margin:] for line in found).strip() + "\n", at


def indentation(line):
    return len(line) - len(line.lstrip(" "))


def read(lines, at, indent):
    """The mapping or list that stands at this indentation, and where it ends."""
    result = None
    while at < len(lines):
        line = lines[at]
        if not line.strip() or line.strip().startswith("#"):
            at += 1
            continue
        if indentation(line) < indent:
            break
        if indentation(line) > indent:
            raise ValueError(f"unexpected indentation: {line}")
        if line.strip().startswith("- "):
            result = [] if result is None else result
            item = line.strip()[2:].strip()
            if not re.match(r"[A-Za-z_]+:(\s|$)", item):
                result.append(scalar(item))
                at += 1
                continue
            lines[at] = line.replace("- ", "  ", 1)
            value, at = read(lines, at, indent + 2)
            result.append(value)
            continue
        result = {} if result is None else result
        match = re.fullmatch(r"\s*([A-Za-z_]+):(?:\s+(\S.*))?", line)
        if not match:
            raise ValueError(f"not `key: value`: {line}")
        key, text = match[1], (match[2] or "").rstrip()
        at += 1
        if key in result:
            raise ValueError(f"twice: {line}")
        if text in ("|", "|-", ">", ">-"):
            value, at = block(lines, at, indent)
            if text[0] == ">":
                value = " ".join(value.split())
            result[key] = value.rstrip("\n") if text.endswith("-") else value
        elif text == "" or text.startswith("#"):
            after = at
            while after < len(lines) and (
                    not lines[after].strip() or lines[after].strip().startswith("#")):
                after += 1
            if after == len(lines):
                raise ValueError(f"nothing below: {line}")
            result[key], at = read(lines, after, indentation(lines[after]))
        else:
            result[key] = scalar(text)
    return result, at


def load(path):
    try:
        return read(pathlib.Path(path).read_text().split("\n"), 0, 0)[0]
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def paths():
    """All rule files that users load."""
    return sorted(ROOT.glob("alerts/recording/*.yml")) + sorted(ROOT.glob("alerts/alerting/*.yml"))


def rules(files=None):
    """The rules of these files (by default: of all), in order."""
    found = []
    for path in paths() if files is None else files:
        for group in load(path)["groups"]:
            for rule in group["rules"]:
                is_alert = "alert" in rule
                found.append(Rule(
                    file=pathlib.Path(path).name, group=group["name"],
                    interval=group.get("interval", "1m"), is_alert=is_alert,
                    name=rule["alert" if is_alert else "record"], expression=rule["expr"],
                    hold=rule.get("for", "0s"), labels=rule.get("labels", {}),
                    annotations=rule.get("annotations", {})))
    return found
