"""Runs every query of every panel as Grafana does, and holds what comes against what was made."""

import asyncio
import dataclasses
import importlib.util
import math
import pathlib
import time

import compress
import promql
import quiet
from lived import SHOWN
from panels_expected import expectations
from panels_of_faults import SHOWN_BY

DASHBOARDS = pathlib.Path(__file__).resolve().parents[2] / "dashboards"


@dataclasses.dataclass
class Answer:
    """What a panel shows: for each series its labels, and its value or the mean of its values."""

    series: list  # of (labels, number)
    error: str = ""
    points: list = dataclasses.field(default_factory=list)  # of a graph: (labels, [(time, number)])
    step: float = 0.0  # seconds between two of them

    def by(self, label):
        """Numbers by a label's values, or those of several, with a space between: a list each,
        since a query that is wrong gives several."""
        numbers = {}
        for labels, number in self.series:
            key = " ".join(labels.get(one, "") for one in label.split())
            numbers.setdefault(key, []).append(number)
        return numbers

    def added_up(self):
        """The area below each series of a graph: of a rate, how many there were."""
        return Answer(
            [
                (labels, self.step * math.fsum(number for _, number in points))
                for labels, points in self.points
            ]
        )


def load_queries(place):
    spec = importlib.util.spec_from_file_location("queries", place / "queries.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


INTERVALS = {"__rate_interval": "1m", "__interval": "15s", "__range": "1h"}
ANNOTATED = "1m"  # the step of annotations, by the dashboards
DAYS = "1d"  # the step of a graph of months
ODD = dict.fromkeys(("server", "target", "vantage"), quiet.NAME)


def queries_of(chosen):
    load = load_queries(DASHBOARDS).queries
    annotations = load(chosen, INTERVALS | {"__interval": ANNOTATED})
    return [q for q in load(chosen, INTERVALS) if q.kind != "annotation"] + [
        q for q in annotations if q.kind == "annotation"
    ]


def _of(world):
    return {"namespace": world.name, "server": world.name, "fleet": world.name}


async def check(proof, world, lived):
    """Each query of the dashboards: for `world`, of which all is known, and for what is odd."""
    wrong = await _compare(proof, world, lived)
    # All together, and names with quotes: any answer will do, but no error.
    for chosen in ({}, ODD):
        answers = [await ask(proof, query) for query in queries_of(chosen)]
        proof.queries += len(answers)
        wrong += [answer.error for answer in answers if answer.error]
    proof.wrong_queries += len(wrong)
    proof.wrong += wrong


async def _compare(proof, world, lived):
    expected = expectations(proof, world, SHOWN, lived)
    queries = queries_of(_of(world))
    wrong, used = [], set()
    for query in queries:
        place = (query.dashboard, query.panel, query.ref)
        # A panel that several dashboards have is expected to be the same in all.
        key = place if place in expected else ("*", query.panel, query.ref)
        used.add(key)
        if key not in expected:
            wrong.append(f"{place}: nothing is expected of {query.filled}")
            continue
        is_of_all = getattr(expected[key], "is_of_all_that_happened", False)
        answer = await ask(proof, query, lived.began if is_of_all else None)
        if answer.error:
            wrong.append(f"{place}: {answer.error}")
        elif problem := expected[key](answer):
            told = f"{place}: {problem}: {' '.join(query.filled.split())}"
            # Where the machine stood still for moments, the load was not what it was told to be.
            (proof.unsure if proof.held_up else wrong).append(told)
    proof.queries += len(queries)
    return wrong + [f"{key}: no such panel" for key in expected.keys() - used]


async def show(proof, world, fault, seconds):
    """What is zero in the world that is measured is seen here while its fault is there."""
    awaited = dict(SHOWN_BY.get(fault.name, {}))
    by_place = {(q.dashboard, q.panel, q.ref): q for q in queries_of(_of(world))}
    proof.queries += len(awaited)
    deadline, problems = time.time() + seconds, {}
    while awaited and time.time() < deadline:
        for place, expected in list(awaited.items()):
            answer = await ask(proof, by_place[place]._replace(instant=True))
            if problem := answer.error or expected(answer):
                problems[place] = problem
            else:
                del awaited[place]
        await asyncio.sleep(0.3)
    proof.wrong_queries += len(awaited)
    proof.wrong += [f"{fault.name}: {place}: {problems[place]}" for place in awaited]


async def ask(proof, query, since=None):
    """The answer, or what kept it from coming: one query that fails is one that is wrong."""
    try:
        expression = compress.rewrite_expression(query.filled, compress.divided_by(proof.factor))
        return await _found(proof, query, expression, since)
    except (OSError, ValueError, KeyError, asyncio.TimeoutError, asyncio.IncompleteReadError) as it:
        return Answer([], f"{query.dashboard}, {query.panel}, {query.ref}: {it!r}")


async def _found(proof, query, expression, since):
    if query.instant:
        found = await proof.prometheus.query(expression)
        return Answer([(one["metric"], float(one["value"][1])) for one in found])
    now = time.time()
    start, step = since or now - SHOWN, INTERVALS["__interval"]
    if query.kind == "annotation":
        step = ANNOTATED
    if query.time_from:
        start, step = now - proof.seconds(query.time_from), DAYS
    step = promql.milliseconds(step) // proof.factor
    start = int(start * 1000) // step * step / 1000  # at whole steps, as Grafana does
    found = await proof.prometheus.query_range(expression, start=start, end=now, step=f"{step}ms")
    points = [
        (one["metric"], [(at, float(number)) for at, number in one["values"]]) for one in found
    ]
    means = [(labels, _mean(numbers)) for labels, numbers in points]
    return Answer(means, points=points, step=step / 1000)


def _mean(points):
    return math.fsum(number for _, number in points) / len(points)
