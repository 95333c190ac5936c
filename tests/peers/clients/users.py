"""Many users at a time, made of the official Python SDK, 1.x or 2.x, whichever runs this.

users.py URL KIND USERS. KIND is `streamable` or `sse` (legacy era), or `modern` (2.x alone). Writes
one line, the JSON of what they have seen (tally.py).
"""

import sys

import anyio
import mcp
from mcp.client.sse import sse_client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client
from tally import Tally, Watched

URL, KIND, USERS = sys.argv[1], sys.argv[2], int(sys.argv[3])
NEW = hasattr(mcp, "Client")
tally = Tally()


def http_client(**options):
    client = create_mcp_http_client(**options)
    client.event_hooks = {"response": [tally.answered]}
    return client


def session(transport):
    """What speaks for a user, to be entered and begun."""
    if not NEW:
        return Old(transport)
    return mcp.Client(transport, mode="2026-07-28" if KIND == "modern" else "legacy")


class Old:
    def __init__(self, transport):
        self._transport = transport

    async def __aenter__(self):
        self._session = mcp.ClientSession(*await self._transport.__aenter__())
        await self._session.__aenter__()
        await self._session.initialize()
        return self._session

    async def __aexit__(self, *exception):
        await self._session.__aexit__(*exception)
        await self._transport.__aexit__(*exception)


async def call_and_give_up(client):
    """1.x tells nobody of it, and hears the answer all the same."""
    seconds = 60 if NEW else 1
    with anyio.CancelScope() as scope:

        async def progressed(*_):
            scope.cancel()

        await client.call_tool("nap", {"seconds": seconds}, progress_callback=progressed)


async def failing(call):
    try:
        await call
    except Exception:  # what of, the tally has seen
        pass


async def live(user: int, http):
    if KIND == "sse":
        transport = sse_client(URL, httpx_client_factory=http_client)
    else:
        transport = streamable_http_client(URL, http_client=http)
    async with session(Watched(transport, tally, user)) as client:
        await client.list_tools()
        for i in range(3):
            await client.call_tool("echo", {"message": f"word {i}"})
        async with anyio.create_task_group() as at_once:
            for i in range(3):
                at_once.start_soon(client.call_tool, "add", {"a": i, "b": 1})
        await failing(client.call_tool("fail", {}))
        await failing(client.call_tool("no_such_tool", {}))
        await failing(client.call_tool("add", {"a": "one"}))
        await client.list_prompts()
        await failing(client.get_prompt("no_such_prompt"))
        await failing(client.read_resource("no://such/resource"))
        if KIND != "modern":
            await client.send_ping()
        await call_and_give_up(client)
        while not NEW and any(asker == user for asker, _ in tally.unanswered):
            await anyio.sleep(0.05)
        while KIND == "streamable" and tally.streams["get"] < len(tally.sessions):
            await anyio.sleep(0.05)
        while KIND != "modern" and not tally.all_posted():
            await anyio.sleep(0.05)


async def main():
    async with http_client() as http, anyio.create_task_group() as group:
        for user in range(USERS):
            group.start_soon(live, user, http)
    tally.give_up()
    print(tally.dump())


anyio.run(main)
