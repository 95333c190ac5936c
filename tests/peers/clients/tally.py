"""What a client has seen with its own eyes, as tally.mjs has it. For `users.py`."""

import json
from collections import Counter

ERROR_TYPES = {
    -32700: "invalid_request",
    -32600: "invalid_request",
    -32601: "method_not_found",
    -32602: "invalid_params",
    -32603: "internal_error",
}


class Tally:
    def __init__(self):
        self.operations = Counter()  # "method|tool|error_type"
        self.requests = Counter()  # "method|status"
        self.streams = Counter()  # kind
        self.ended = Counter()  # kind, of the streams whose proper end the client has read
        self.sessions: set[str] = set()
        self.deleted: set[str] = set()
        self._said = 0
        self._tools: set[str] = set()  # that the server has listed
        self.unanswered: dict[tuple[int, object], dict] = {}  # by user and id

    def _settle(self, user: int, key, error_type: str):
        if not (asked := self.unanswered.pop((user, key), None)):
            return
        method = asked["method"]
        tool = asked["params"]["name"] if method == "tools/call" else ""
        tool = tool if not tool or tool in self._tools else "_OTHER"
        self.operations[f"{method}|{tool}|{error_type}"] += 1

    def all_posted(self) -> bool:
        """All that was said has had its HTTP answer."""
        return self.requests.total() - self.requests["_GET|200"] >= self._said

    def say(self, user: int, message: dict):
        self._said += 1
        if "method" in message and "id" in message:
            self.unanswered[user, message["id"]] = message
        if message.get("method") == "notifications/cancelled":
            self._settle(user, message["params"]["requestId"], "cancelled")

    def hear(self, user: int, message: dict):
        if result := message.get("result"):
            self._tools |= {tool["name"] for tool in result.get("tools", [])}
        if "result" in message:
            self._settle(user, message["id"], "tool_error" if result.get("isError") else "")
        elif "error" in message:
            code = message["error"]["code"]
            self._settle(user, message.get("id"), ERROR_TYPES.get(code, "rpc_other"))

    async def answered(self, response):
        """An event hook of httpx."""
        request = response.request
        asked = json.loads(request.content) if request.method == "POST" else {}
        method = asked.get("method", "_ANSWER") if asked else f"_{request.method}"
        self.requests[f"{method}|{response.status_code}"] += 1
        session = response.headers.get("mcp-session-id")
        if session and method == "initialize":
            self.sessions.add(session)
        if request.method == "DELETE" and response.is_success:
            self.deleted.add(request.headers["mcp-session-id"])
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            kind = "get" if "mcp-session-id" in request.headers else "sse"
            kind = "post" if request.method == "POST" else kind
            self.streams[kind] += 1
            response.aiter_raw = _telling(response.aiter_raw, lambda: self.ended.update([kind]))

    def give_up(self):
        for user, key in list(self.unanswered):
            self._settle(user, key, "cancelled")

    def dump(self) -> str:
        counts = {key: getattr(self, key) for key in ("operations", "requests", "streams", "ended")}
        sessions = {"sessions": list(self.sessions), "deleted": list(self.deleted)}
        return json.dumps({**counts, "resumed": {}, **sessions})


def _telling(parts, ended):
    """The parts of an answer's body, whose end is told."""

    async def telling(chunk_size=None):
        async for part in parts(chunk_size):
            yield part
        ended()

    return telling


class _Said:
    """A transport's write stream, overheard."""

    def __init__(self, stream, tally: Tally, user: int):
        self._stream, self._tally, self._user = stream, tally, user

    async def send(self, item):
        self._tally.say(self._user, as_json(item))
        await self._stream.send(item)

    async def aclose(self):
        await self._stream.aclose()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.aclose()


class _Heard(_Said):
    """A transport's read stream, overheard."""

    async def receive(self):
        item = await self._stream.receive()
        if hasattr(item, "message"):
            self._tally.hear(self._user, as_json(item))
        return item

    def __aiter__(self):
        return self

    async def __anext__(self):
        item = await self._stream.__anext__()
        if hasattr(item, "message"):
            self._tally.hear(self._user, as_json(item))
        return item


class Watched:
    """A transport whose every message is looked at."""

    def __init__(self, transport, tally: Tally, user: int):
        self._transport, self._tally, self._user = transport, tally, user

    async def __aenter__(self):
        read, write, *_ = await self._transport.__aenter__()
        return _Heard(read, self._tally, self._user), _Said(write, self._tally, self._user)

    async def __aexit__(self, *exception):
        return await self._transport.__aexit__(*exception)


def as_json(item) -> dict:
    message = getattr(item.message, "root", item.message)  # SDK 1.x, 2.x
    return message.model_dump(by_alias=True, exclude_none=True, mode="json")
