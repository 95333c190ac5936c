"""Asks the patterns' queries over our metrics, as KEDA does, and holds them against the load."""

import json
import pathlib
import typing

import measured
import panels
from lived import SHOWN
from matchers import near

# Written by tests/manifests: file -> queries. Here nothing reads YAML.
QUERIES = pathlib.Path(__file__).resolve().parents[1] / "manifests/series/ours.json"
WRITTEN_FOR = {"namespace": "mcp", "server": "mcp-server"}


class Query(typing.NamedTuple):
    """As `panels.ask` takes it."""

    dashboard: str  # the file
    panel: str
    ref: int  # which of its queries
    filled: str
    instant: bool = True


def queries_of(world):
    """Those of the files, for the world in place of the server that they are written for."""
    found = []
    for file, queries in json.loads(QUERIES.read_text()).items():
        for number, text in enumerate(queries):
            for label, name in WRITTEN_FOR.items():
                if f'{label}="{name}"' not in text:
                    raise ValueError(f'{file}: no {label}="{name}" in {text}')
                text = text.replace(f'{label}="{name}"', f'{label}="{world.name}"')
            found.append(Query(file, "query", number, text))
    return found


def expectations(world):
    calls = measured.Seen(world, SHOWN).rate()
    by_proxy, _ = measured.connections_of(world, SHOWN)
    streams = near(measured.STREAMS, 0)
    keda = {
        "basic": [near(calls, 0.2)],
        "http-rate": [near(calls, 0.2)],
        "streams-prometheus": [streams],
        # By chance there are at one moment more or fewer calls under way than in the mean.
        "scaling-modifiers": [streams, near(calls * (0.75 * 0.6 + 0.25 * 1.3), 0.7)],
        "custom-ai-sessions": [near(5, 0)],
        "custom-websocket": [near(by_proxy, 0.3)],
    }
    return {
        (f"k8s/patterns/keda/{name}.yaml", number): one
        for name, checks in keda.items()
        for number, one in enumerate(checks)
    }


async def check(proof, world):
    expected, queries = expectations(world), queries_of(world)
    wrong = []
    for query in queries:
        file, number = query.dashboard, query.ref
        answer = await panels.ask(proof, query)
        if answer.error:
            wrong.append(answer.error)
        elif (file, number) not in expected:
            wrong.append(f"{file}: nothing is expected of {query.filled}")
        elif problem := expected[file, number](answer):
            told = f"{file}: {problem}: {' '.join(query.filled.split())}"
            (proof.unsure if proof.held_up and answer.series else wrong).append(told)
    asked = {(query.dashboard, query.ref) for query in queries}
    wrong += [f"{file}: no such query: {number}" for file, number in expected.keys() - asked]
    proof.queries += len(queries)
    proof.wrong_queries += len(wrong)
    proof.wrong += wrong
