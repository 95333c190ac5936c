"""Which labels the result of an expression can have, and where one is named that cannot be.

A matcher, grouping or join by a label that is never there is no error to Prometheus: the rule is
just silent for ever. Here it is one.
"""

import promql

# What Prometheus makes up itself.
SYNTHETIC = {"up": {"job", "instance", "namespace", "pod", "target", "vantage"}}


class Problem(ValueError):
    """An expression that cannot work."""


class Labels:
    """Answers for expressions over these series (name -> labels)."""

    def __init__(self, series):
        self.series = {**SYNTHETIC, **series}
        self.alerts = {}  # name -> labels, for ALERTS

    def of(self, text):
        return self.look(promql.parse(text))

    def look(self, node):
        """The labels of this node's result; a Problem where it names one that cannot be."""
        if isinstance(node, (promql.Number, promql.String)):
            return set()
        return {
            promql.Selector: self.selector, promql.Call: self.call,
            promql.Aggregation: self.aggregation, promql.Binary: self.binary}[type(node)](node)

    def selector(self, node):
        if not node.metric:
            raise Problem("a selector without a metric's name")
        if node.metric == "ALERTS":
            labels = {"alertname", "alertstate", "severity", "priority"}
            for label, operator, value in node.matchers:
                if (label, operator) == ("alertname", "="):
                    if value not in self.alerts:
                        raise Problem(f"there is no alert {value}")
                    labels |= self.alerts[value]
        elif node.metric in self.series:
            labels = self.series[node.metric]
        else:
            raise Problem(f"{node.metric} is in no list of metrics")
        for label, _, _ in node.matchers:
            self.require([label], labels, f"{node.metric}{{}}")
        return set(labels)

    def call(self, node):
        if node.function in ("vector", "time", "scalar"):
            for argument in node.arguments:
                self.look(argument)
            return set()
        vectors = [argument for argument in node.arguments
                   if not isinstance(argument, (promql.Number, promql.String))]
        if not vectors:
            return set()
        labels = self.look(vectors[-1])
        if node.function == "histogram_quantile":
            self.require(["le"], labels, "histogram_quantile")
            return labels - {"le"}
        if node.function == "label_replace":
            self.require([node.arguments[3].value], labels, "label_replace")
            return labels | {node.arguments[1].value}
        if node.function == "label_join":
            self.require([source.value for source in node.arguments[3:]], labels, "label_join")
            return labels | {node.arguments[1].value}
        if node.function in ("absent", "absent_over_time"):
            return {label for label, operator, _ in getattr(vectors[-1], "matchers", [])
                    if operator == "="}
        return labels

    def aggregation(self, node):
        labels = self.look(node.arguments[-1])
        self.require(node.labels, labels, node.operation)
        if node.operation in ("topk", "bottomk"):
            return labels
        if node.operation == "count_values":
            return set(node.labels) | {node.arguments[0].value}
        return labels - set(node.labels) if node.grouping == "without" else set(node.labels)

    def binary(self, node):
        left, right = self.look(node.left), self.look(node.right)
        if is_scalar(node.left) or is_scalar(node.right):
            return left | right
        if node.matching:
            either = left | right if node.matching == "ignoring" else None
            self.require(node.labels, either or left, f"the left of {node.operator}")
            self.require(node.labels, either or right, f"the right of {node.operator}")
        if node.operator == "or":
            return left | right
        rest = set(node.labels) if node.matching == "ignoring" else set()
        if node.matching != "on" and left - rest != right - rest:
            sides = f"{sorted(left - rest)} {node.operator} {sorted(right - rest)}"
            raise Problem(f"{sides} never match")
        if node.operator in promql.SET_OPERATORS:
            return left
        if node.group:
            many, one = (left, right) if node.group == "group_left" else (right, left)
            self.require(node.include, one, node.group)
            return many | set(node.include)
        return set(node.labels) if node.matching == "on" else left - rest

    def require(self, wanted, labels, where):
        for label in wanted:
            if label not in labels:
                raise Problem(f"{where}: no label {label}, only {sorted(labels)}")


def is_scalar(node):
    if isinstance(node, promql.Number):
        return True
    if isinstance(node, promql.Binary):
        return is_scalar(node.left) and is_scalar(node.right)
    return isinstance(node, promql.Call) and node.function in ("time", "scalar")


def of_rules(series, rules):
    """Labels of every recorded name and alert, and what is wrong: (Labels, problems by name).

    Rules may stand in any order and file, so those that wait for another's name are tried again.
    An alert and what is recorded may wait for each other; so an alert has all labels until it is
    known, and so has a name that is recorded from what it was before.
    """
    labels = Labels(series)
    everything = set().union(*series.values())
    labels.alerts = {rule.name: everything for rule in rules if rule.is_alert}
    labels.series.update((rule.name, everything) for rule in rules if reads_itself(rule))
    waiting = rules
    while True:
        problems = attempt(labels, waiting)
        if not problems:
            # Once more, now that the alerts' labels are known.
            return labels, attempt(labels, rules)
        if len(problems) == len({rule.name for rule in waiting}):
            return labels, problems
        waiting = [rule for rule in waiting if rule.name in problems]


def reads_itself(rule):
    return any(node.metric == rule.name for node in promql.walk(promql.parse(rule.expression))
               if isinstance(node, promql.Selector))


def attempt(labels, rules):
    """Adds the labels of these rules' names; what could not be found out, and why."""
    problems = {}
    for rule in rules:
        known = labels.alerts if rule.is_alert else labels.series
        try:
            known[rule.name] = labels.of(rule.expression) | set(rule.labels)
        except ValueError as problem:
            problems[rule.name] = f"{rule.file}: {problem}"
    return problems
