"""The words of PromQL, as far as to tell a duration from everything that looks like one."""

import re

_UNITS = {
    "ms": 1,
    "s": 1000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
    "y": 31_536_000_000,
}
_PART = r"[0-9]+(?:ms|[smhdwy])"
_WORDS = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<comment>\#[^\n]*)
  | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`)
  | (?P<name>[A-Za-z_:][A-Za-z0-9_:]*)
  | (?P<duration>(?:{_PART})+(?![A-Za-z0-9_.]))
  | (?P<number>0[xX][0-9A-Fa-f]+|[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_])|[0-9]+\.)
  | (?P<mark>=~|!~|==|!=|<=|>=|[-+*/%^<>=!(){{}}\[\],@:;|])
    """,
    re.VERBOSE,
)


def words(text):
    """The words of an expression, as (kind, text); all of them together are the expression.

    A colon between two durations is a mark: names begin with a letter in brackets, too.
    """
    found, at, is_in_brackets = [], 0, False
    while at < len(text):
        match = _WORDS.match(text, at)
        if is_in_brackets and text[at] == ":":
            kind, word = "mark", ":"
        elif match:
            kind, word = match.lastgroup, match.group()
        else:
            raise ValueError(f"no PromQL: {text[at:at + 20]!r}")
        is_in_brackets = word == "[" or (is_in_brackets and word != "]")
        found.append((kind, word))
        at += len(word)
    return found


def milliseconds(duration):
    parts = re.findall(r"([0-9]+)(ms|[smhdwy])", duration)
    if not parts or "".join(n + unit for n, unit in parts) != duration:
        raise ValueError(f"no duration: {duration!r}")
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def duration(milliseconds_):
    """The shortest way to write it in one unit, up to days."""
    for unit in ("d", "h", "m", "s"):
        if milliseconds_ and milliseconds_ % _UNITS[unit] == 0:
            return f"{milliseconds_ // _UNITS[unit]}{unit}"
    return f"{milliseconds_}ms" if milliseconds_ else "0s"
