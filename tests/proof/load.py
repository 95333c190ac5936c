"""The clients of one world: calls, streams, sessions, and what came of them."""

import asyncio
import base64
import collections
import json
import time

import wire
from mcp_server import LEGACY, MODERN

PATIENCE = 90  # seconds for an answer


class Load:
    """Clients of the proxy at `port`. Changed `rate` and `tools` hold from the next call."""

    def __init__(self, port, is_modern, rate, tools, streams=0, sessions=0):
        self.port, self.is_modern = port, is_modern
        self.rate, self.tools = rate, tools
        self._at_first = streams, sessions
        self.log = collections.deque()  # of each call that has ended: when, tool, outcome, seconds
        self.session = ""
        self.opened = []  # when each stream was, and whether it went on with one that had ended
        self._busy = 0  # connections
        self._idle = []
        self._tasks = set()
        self._streams = []
        self._calls = self._last_id = 0

    def start(self):
        if not self._tasks:
            self._spawn(self._run())

    async def stop(self):
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()

    async def pause(self):
        """All clients go away; `start` lets them come back."""
        self.hold(0)
        await self.stop()

    def hold(self, count):
        """Changes how many streams are held; one that ends is opened anew."""
        while len(self._streams) > count:
            self._streams.pop().cancel()
        while len(self._streams) < count:
            self._streams.append(self._spawn(self._hold()))

    async def open_session(self):
        """Another session, that is left alone."""
        headers, _ = await self._ask(
            "initialize",
            {
                "protocolVersion": LEGACY,
                "capabilities": {},
                "clientInfo": {"name": "load", "version": "1"},
            },
        )
        return headers.get("mcp-session-id", "")

    async def end_session(self, session):
        request = {"Host": "x", "Mcp-Session-Id": session, "Content-Length": 0}
        await self._exchange(wire.head("DELETE /mcp HTTP/1.1", request))

    def _spawn(self, work):
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run(self):
        await self._arrive()
        streams, sessions = self._at_first
        self.hold(streams)
        for _ in range(sessions):
            await self.open_session()
        next_at = time.monotonic()
        while True:
            if self.rate <= 0:
                await asyncio.sleep(0.05)
                next_at = time.monotonic()
                continue
            next_at = max(next_at + 1 / self.rate, time.monotonic() - 0.5)
            await asyncio.sleep(max(0, next_at - time.monotonic()))
            self._spawn(self._call(self.tools[self._calls % len(self.tools)]))
            self._calls += 1

    async def _arrive(self):
        while True:
            try:
                if not self.is_modern:
                    self.session = await self.open_session()
                await self._ask("tools/list", {})  # by which a proxy learns the names
                return
            except (OSError, asyncio.IncompleteReadError, ConnectionError):
                await asyncio.sleep(0.2)

    async def _call(self, tool):
        start, outcome = time.monotonic(), "no_answer"
        try:
            headers, body = await asyncio.wait_for(
                self._ask("tools/call", {"name": tool, "arguments": {"query": "x"}}, tool), PATIENCE
            )
            outcome = _outcome(headers[":status"], body)
            if outcome == "http_404" and self.session:
                self.session = await self.open_session()
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            pass
        self.log.append((time.time(), tool, outcome, time.monotonic() - start))

    def _request(self, method, params, tool=""):
        self._last_id += 1
        headers = {
            "Host": "x",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        }
        if self.is_modern:
            headers |= {"MCP-Protocol-Version": MODERN, "Mcp-Method": method}
            if tool:
                headers["Mcp-Name"] = _header_value(tool)
            about = "io.modelcontextprotocol/"
            params = {
                **params,
                "_meta": {
                    about + "protocolVersion": MODERN,
                    about + "clientCapabilities": {},
                    about + "clientInfo": {"name": "load", "version": "1"},
                },
            }
        elif method != "initialize":
            headers |= {"MCP-Protocol-Version": LEGACY, "Mcp-Session-Id": self.session}
        body = json.dumps(
            {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params}
        ).encode()
        return wire.head("POST /mcp HTTP/1.1", {**headers, "Content-Length": len(body)}) + body

    async def _ask(self, method, params, tool=""):
        return await self._exchange(self._request(method, params, tool))

    async def _exchange(self, request):
        reader, writer = await self._connection()
        try:
            writer.write(request)
            (_, status, *_), headers = await wire.read_head(reader)
            body = await wire.read_body(reader, headers)
        except BaseException:
            self._close(writer)
            raise
        if headers.get("connection") == "close":
            self._close(writer)
        else:
            self._busy -= 1
            self._idle.append((reader, writer))
        return {**headers, ":status": status}, body

    async def _connect(self):
        connection = await asyncio.open_connection("127.0.0.1", self.port)
        self._busy += 1
        return connection

    async def _connection(self):
        """One that is idle, and that the proxy has not closed for being idle, or another."""
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                self._busy += 1
                return reader, writer
            writer.close()
        return await self._connect()

    def _close(self, writer):
        writer.close()
        self._busy -= 1

    @property
    def connections(self):
        """That are open."""
        return self._busy + sum(not reader.at_eof() for reader, _ in self._idle)

    async def _hold(self):
        goes_on = False
        while True:
            try:
                reader, writer = await self._connect()
                try:
                    writer.write(self._opening(goes_on))
                    _, headers = await wire.read_head(reader)
                    if headers.get("content-type") == "text/event-stream":
                        self.opened.append((time.time(), goes_on))
                        goes_on = not self.is_modern  # which has no Last-Event-ID
                        while await wire.read_chunk(reader):
                            pass
                finally:
                    self._close(writer)
            except (OSError, ValueError, asyncio.IncompleteReadError):
                pass  # it was cut
            await asyncio.sleep(0.2)

    def _opening(self, goes_on):
        if self.is_modern:
            return self._request(
                "subscriptions/listen", {"notifications": {"toolsListChanged": True}}
            )
        return wire.head(
            "GET /mcp HTTP/1.1",
            {
                "Host": "x",
                "Accept": "text/event-stream",
                "MCP-Protocol-Version": LEGACY,
                "Mcp-Session-Id": self.session,
                **({"Last-Event-ID": "1"} if goes_on else {}),
            },
        )


def _header_value(text):
    """As the protocol writes what may not stand in a header."""
    return text if text.isprintable() else f"=?base64?{base64.b64encode(text.encode()).decode()}?="


def _outcome(status, body):
    if status != "200":
        return f"http_{status}"
    answer = json.loads(body)
    if "error" in answer:
        return str(answer["error"]["code"])
    return "tool_error" if answer["result"].get("isError") else "good"
