#!/usr/bin/env python3
"""Divides every duration of a rule file by one constant, and touches nothing else.

Durations are ranges, subquery steps, offsets, `for`, `keep_firing_for` and `interval`. A threshold
that is a time (a p99 of 30 s, a certificate's 14 days) is a value that something has: it stays.

    compress.py FACTOR alerts DESTINATION
"""

import pathlib
import re
import sys

import promql

_KEY = re.compile(
    r"^(?P<indent>\s*)(?P<dash>-\s+)?(?P<key>[A-Za-z_]+):(?P<space>\s*)(?P<value>.*)$"
)
_TIMED_KEYS = ("for", "keep_firing_for", "interval")
_FOREIGN = ("labels", "annotations")  # of these nothing is ours


def _scale(duration, convert):
    return promql.duration(convert(promql.milliseconds(duration)))


def rewrite_expression(text, convert):
    return "".join(
        _scale(word, convert) if kind == "duration" else word for kind, word in promql.words(text)
    )


def _depth(match):
    return len(match["indent"]) + len(match["dash"] or "")


def _block(lines, at, depth):
    """How many lines from `at` on are deeper than `depth`, or empty."""
    end = at
    while end < len(lines) and (
        not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > depth
    ):
        end += 1
    return end


def rewrite_rules(text, convert):
    """A rule file with every duration converted: milliseconds in, milliseconds out."""
    lines, out, at = text.split("\n"), [], 0
    while at < len(lines):
        match = _KEY.match(lines[at])
        if not match or lines[at].lstrip().startswith("#"):
            out.append(lines[at])
            at += 1
            continue
        end = _block(lines, at + 1, _depth(match))
        value, head = match["value"], lines[at][: match.start("value")]
        if match["key"] in _TIMED_KEYS:
            word, _, comment = value.partition(" ")
            out.append(head + _scale(word, convert) + (" " + comment if comment else ""))
            at += 1
        elif match["key"] == "expr":
            out.append(head + _rewrite_value(value, lines[at + 1 : end], convert))
            at = end
        elif match["key"] in _FOREIGN:
            out += lines[at:end]
            at = end
        else:
            out.append(lines[at])
            at += 1
    return "\n".join(out)


def _rewrite_value(value, more, convert):
    if value[:1] in "|>":
        return "\n".join([value, rewrite_expression("\n".join(more), convert)])
    if value[:1] in "\"'":
        raise ValueError(f"an expression in quotes; write it plain or as a block: {value}")
    return rewrite_expression("\n".join([value, *more]), convert)


def divided_by(factor):
    def convert(milliseconds):
        quotient, rest = divmod(milliseconds, factor)
        if rest:
            raise ValueError(f"{promql.duration(milliseconds)} / {factor} is no whole millisecond")
        return quotient

    return convert


def compress(text, factor):
    return rewrite_rules(text, divided_by(factor))


def differences(shipped, compressed, factor):
    """What differs between two lists of groups, as Prometheus tells them (/api/v1/rules), beyond
    durations that are `factor` times as long in the first. It is Prometheus that has read both."""
    found = []
    ours, theirs = (
        {(*group["file"].split("/")[-2:], group["name"]): group for group in groups}
        for groups in (shipped, compressed)
    )
    if ours.keys() != theirs.keys():
        found.append(f"groups: {sorted(ours.keys() ^ theirs.keys())}")
    for key in ours.keys() & theirs.keys():
        found += _group_differs("/".join(key), ours[key], theirs[key], factor)
    return found


def _group_differs(name, ours, theirs, factor):
    if not _is_scaled(ours["interval"], theirs["interval"], factor):
        yield f"{name}: interval"
    if len(ours["rules"]) != len(theirs["rules"]):
        yield f"{name}: number of rules"
    for rule, other in zip(ours["rules"], theirs["rules"]):
        for part in _rule_differs(rule, other, factor):
            yield f"{name}: {rule['name']}: {part}"


def _is_scaled(ours, theirs, factor):
    return round(ours * 1000) == round(theirs * 1000) * factor


def _rule_differs(ours, theirs, factor):
    for key in ("name", "type", "labels", "annotations"):
        if ours.get(key) != theirs.get(key):
            yield key
    for key in ("duration", "keepFiringFor"):
        if not _is_scaled(ours.get(key, 0), theirs.get(key, 0), factor):
            yield key
    if not _is_same_query(ours["query"], theirs["query"], factor):
        yield f"{ours['query']} and {theirs['query']}"


def _is_same_query(ours, theirs, factor):
    ours, theirs = promql.words(ours), promql.words(theirs)
    return len(ours) == len(theirs) and all(
        kind == other_kind
        and (
            promql.milliseconds(word) == factor * promql.milliseconds(other)
            if kind == "duration"
            else word == other
        )
        for (kind, word), (other_kind, other) in zip(ours, theirs)
    )


def rule_files(folder):
    files = sorted(
        path for part in ("recording", "alerting") for path in (folder / part).glob("*.yml")
    )
    if not files:
        raise FileNotFoundError(f"no rules in {folder}")
    return files


def compress_folder(factor, source, destination):
    """Writes the compressed files, in the same folders."""
    for path in rule_files(source):
        (destination / path.parent.name).mkdir(parents=True, exist_ok=True)
        (destination / path.parent.name / path.name).write_text(compress(path.read_text(), factor))


if __name__ == "__main__":
    compress_folder(int(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
