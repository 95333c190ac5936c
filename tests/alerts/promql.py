"""Reads PromQL into a tree: as much of it as a look for names and labels needs.

`parse(text)` returns nested dataclasses. What this does not know is a ValueError; whether an
expression is right otherwise, promtool says.
"""

import dataclasses
import re

AGGREGATIONS = set(
    "sum min max avg group stddev stdvar count count_values bottomk topk quantile".split())
LEVELS = [{"or"}, {"and", "unless"}, {"==", "!=", "<=", "<", ">=", ">"}, {"+", "-"},
          {"*", "/", "%", "atan2"}]
SET_OPERATORS = {"and", "or", "unless"}
TOKEN = re.compile(r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
  | (?P<range>\[[^\]]*\])
  | (?P<duration>(?:[0-9]+(?:ms|[smhdwy]))+)
  | (?P<number>0x[0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
  | (?P<operator>=~|!~|==|!=|<=|>=|[-+*/%^<>=(){},@])
""", re.VERBOSE)


@dataclasses.dataclass
class Number:
    value: str


@dataclasses.dataclass
class String:
    value: str


@dataclasses.dataclass
class Selector:
    metric: str
    matchers: list  # of (label, operator, value)
    range: str = ""  # as it stands: 5m, or 7d:1h
    offset: str = ""


@dataclasses.dataclass
class Call:
    function: str
    arguments: list


@dataclasses.dataclass
class Aggregation:
    operation: str
    grouping: str  # "by", "without" or ""
    labels: list
    arguments: list  # the vector is the last one


@dataclasses.dataclass
class Binary:
    operator: str
    left: object
    right: object
    matching: str = ""  # "on", "ignoring" or ""
    labels: list = dataclasses.field(default_factory=list)
    group: str = ""  # "group_left", "group_right" or ""
    include: list = dataclasses.field(default_factory=list)


def children(node):
    """The nodes right below this one."""
    if isinstance(node, Binary):
        return [node.left, node.right]
    return node.arguments if isinstance(node, (Call, Aggregation)) else []


def walk(node):
    """This node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def tokens(text):
    at, found = 0, []
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"not PromQL at: {text[at:at + 30]!r}")
        at = match.end()
        if match.lastgroup != "space":
            found.append((match.lastgroup, match.group()))
    return found + [("end", "")]


def unquote(text):
    if text[0] == "`":
        return text[1:-1]
    escapes = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(.)", lambda match: escapes.get(match[1], match[1]), text[1:-1])


class Parser:
    def __init__(self, text):
        self.tokens = tokens(text)
        self.at = 0

    @property
    def now(self):
        return self.tokens[self.at][1]

    def take(self, wanted=None):
        kind, text = self.tokens[self.at]
        if kind == "end" or wanted not in (None, text):
            raise ValueError(f"expected {wanted!r}, found {text!r}")
        self.at += 1
        return kind, text

    def accept(self, *wanted):
        if self.tokens[self.at][0] != "string" and self.now in wanted:
            return self.take()[1]
        return None

    def expression(self, level=0):
        if level == len(LEVELS):
            return self.unary()
        left = self.expression(level + 1)
        while operator := self.accept(*LEVELS[level]):
            node = Binary(operator, left, None)
            self.modifiers(node)
            node.right = self.expression(level + 1)
            left = node
        return left

    def modifiers(self, node):
        self.accept("bool")
        if matching := self.accept("on", "ignoring"):
            node.matching, node.labels = matching, self.label_list()
            if group := self.accept("group_left", "group_right"):
                node.group = group
                node.include = self.label_list() if self.now == "(" else []

    def label_list(self):
        self.take("(")
        labels = []
        while self.now != ")":
            labels.append(self.take()[1])
            self.accept(",")
        self.take(")")
        return labels

    def unary(self):
        if sign := self.accept("-", "+"):
            return Binary(sign, Number("0"), self.unary())
        base = self.postfix(self.primary())
        if self.accept("^"):
            return Binary("^", base, self.unary())
        return base

    def postfix(self, node):
        while True:
            if self.tokens[self.at][0] == "range":
                self.note(node, "range", self.take()[1][1:-1])
            elif self.accept("offset"):
                sign = self.accept("-") or ""
                self.note(node, "offset", sign + self.take()[1])
            elif self.accept("@"):
                self.postfix(self.primary())
            else:
                return node

    def note(self, node, field, value):
        """A range or offset of a selector; those of other expressions nobody asks for."""
        if isinstance(node, Selector):
            setattr(node, field, value)

    def primary(self):
        kind, text = self.tokens[self.at]
        if kind in ("number", "duration"):
            return Number(self.take()[1])
        if kind == "string":
            return String(unquote(self.take()[1]))
        if self.accept("("):
            node = self.expression()
            self.take(")")
            return node
        if text == "{":
            return Selector("", self.matchers())
        if kind != "name":
            raise ValueError(f"unexpected {text!r}")
        self.take()
        if text.lower() in AGGREGATIONS:
            return self.aggregation(text.lower())
        if text.lower() in ("inf", "nan"):
            return Number(text)
        if self.now == "(":
            return Call(text, self.arguments())
        return Selector(text, self.matchers() if self.now == "{" else [])

    def aggregation(self, operation):
        node = Aggregation(operation, "", [], [])
        if grouping := self.accept("by", "without"):
            node.grouping, node.labels = grouping, self.label_list()
        node.arguments = self.arguments()
        if grouping := self.accept("by", "without"):
            node.grouping, node.labels = grouping, self.label_list()
        return node

    def arguments(self):
        self.take("(")
        found = []
        while self.now != ")":
            found.append(self.expression())
            self.accept(",")
        self.take(")")
        return found

    def matchers(self):
        self.take("{")
        found = []
        while self.now != "}":
            label, operator, (kind, value) = self.take()[1], self.take()[1], self.take()
            if kind != "string":
                raise ValueError(f"{label} is compared with {value!r}")
            found.append((label, operator, unquote(value)))
            self.accept(",")
        self.take("}")
        return found


def parse(text):
    parser = Parser(text)
    node = parser.expression()
    if parser.tokens[parser.at][0] != "end":
        raise ValueError(f"unexpected {parser.now!r}")
    return node
