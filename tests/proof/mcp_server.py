#!/usr/bin/env python3
"""An MCP server of both eras whose faults are set from outside: one process.

mcp_server.py PORT [STATE]     STATE and the body of POST /admin are JSON: keys of `State`
"""

import asyncio
import collections
import dataclasses
import json
import mmap
import pathlib
import sys
import uuid

import wire

MODERN = "2026-07-28"
LEGACY = "2025-11-25"
ERRORS = {"internal_error": -32603, "invalid_params": -32602, "rpc_other": -32050}
GOLDEN_RATIO = (5**0.5 - 1) / 2
MEGABYTE = 1_000_000


def resident():
    """Bytes of this process, as the kernel counts them."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmRSS in /proc/self/status")


@dataclasses.dataclass
class State:
    delay: float = 0.002  # seconds of each call, but for those of `delays`
    delays: dict = dataclasses.field(default_factory=dict)  # by tool
    errors: dict = dataclasses.field(
        default_factory=dict
    )  # shares: tool_error, http_500, those of ERRORS
    tools: list = dataclasses.field(default_factory=lambda: ["search", "fetch", "canary"])
    version: str = LEGACY  # of the legacy era
    is_modern: bool = True  # speaks that era too
    is_canary_good: bool = True
    pool: int = 0  # connections, each held by a call for `query` seconds; 0: none are needed
    query: float = 0.005
    held: int = 0  # megabytes that are really held
    heap: int = 0  # megabytes that may be; 0: nothing is told of memory
    figures: dict = dataclasses.field(default_factory=dict)  # told by /figures beside these
    tells_figures: bool = True
    name: str = "played"
    release: str = "1.0.0"
    wording: str = "The tool"  # what tools are described with


class Server:
    def __init__(self, state):
        self.state = state
        self.sessions = set()
        self.held = self.waiting = 0
        self.free = asyncio.Condition()
        self.streams = {}  # their writers, and what ends them
        self.calls = collections.Counter()  # by tool
        self.memory = []  # blocks of a megabyte
        self.hold()

    async def serve(self, reader, writer):
        try:
            while True:
                (method, path, _), headers = await wire.read_head(reader)
                body = await wire.read_body(reader, headers)
                if path != "/mcp":
                    writer.write(await self.aside(path, body))
                elif method == "POST":
                    message = json.loads(body)
                    if message["method"] == "subscriptions/listen":
                        return await self.stream(reader, writer)
                    writer.write(await self.post(message, headers))
                elif method == "GET":
                    return await self.stream(reader, writer)
                else:
                    self.sessions.discard(headers.get("mcp-session-id"))
                    writer.write(wire.answer(200))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def aside(self, path, body):
        if path == "/admin":
            self.state = dataclasses.replace(self.state, **json.loads(body))
            self.hold()
            async with self.free:
                self.free.notify_all()
        if path in ("/end-a-stream", "/cut-a-stream") and self.streams:
            self.end_a_stream(path == "/cut-a-stream")
        if path == "/figures" and not self.state.tells_figures:
            return wire.answer(500)
        if path == "/figures":
            return wire.answer(200, json.dumps(self.figures()).encode())
        return wire.answer(200, b"ok", "text/plain")

    def hold(self):
        """Takes memory, or gives it back to the system at once, as a heap would not."""
        while len(self.memory) > self.state.held:
            self.memory.pop().close()
        while len(self.memory) < self.state.held:
            block = mmap.mmap(-1, MEGABYTE)
            block.write(b"x" * MEGABYTE)  # what was never written is not resident
            self.memory.append(block)

    def figures(self):
        figures = dict(self.state.figures)
        if self.state.heap:
            figures |= {
                "heap_used_mb": len(self.memory),
                "heap_limit_mb": self.state.heap,
                "rss_mb": resident() / MEGABYTE,
            }
        if self.state.pool:
            idle = max(self.state.pool - self.held, 0)
            figures |= {
                "pool_total": self.state.pool,
                "pool_idle": idle,
                "pool_waiting": self.waiting,
            }
        return figures

    def end_a_stream(self, is_cut):
        """The one that is open longest: as it should, or in the middle."""
        writer, ended = next(iter(self.streams.items()))
        del self.streams[writer]
        if is_cut:
            writer.transport.abort()
        else:
            ended.set()

    async def stream(self, reader, writer):
        """Open until the client goes, or the server is told to end it; an event each second."""
        writer.write(
            wire.head(
                "HTTP/1.1 200 OK",
                {
                    "Content-Type": "text/event-stream",
                    "Transfer-Encoding": "chunked",
                    "Connection": "close",
                },
            )
        )
        event = b'id: 1\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n'
        self.streams[writer] = ended = asyncio.Event()
        over = [asyncio.ensure_future(end) for end in (reader.read(), ended.wait())]
        try:
            while not any(end.done() for end in over):
                writer.write(wire.chunk(event))
                await writer.drain()
                await asyncio.wait(over, timeout=1, return_when=asyncio.FIRST_COMPLETED)
            if ended.is_set():
                writer.write(wire.chunk(b""))
                await writer.drain()
        finally:
            self.streams.pop(writer, None)
            for end in over:
                end.cancel()

    async def post(self, message, headers):
        method, params = message["method"], message.get("params", {})
        asked = params.get("_meta", {}).get("io.modelcontextprotocol/protocolVersion")
        if asked and self.state.is_modern:
            if asked != MODERN:
                return self.error(message, -32022, 400)
            if "id" not in message:
                return wire.answer(202)
            meta = {"io.modelcontextprotocol/serverInfo": self.info()}
            return await self.result(
                message, method, params, 404, {"resultType": "complete", "_meta": meta}
            )
        if method == "initialize":
            session = uuid.uuid4().hex
            self.sessions.add(session)
            result = {
                "protocolVersion": self.state.version,
                "capabilities": {"tools": {}},
                "serverInfo": self.info(),
            }
            return self.good(message, result, Mcp_Session_Id=session)
        if headers.get("mcp-session-id") not in self.sessions:
            return self.error(message, -32000, 404 if "mcp-session-id" in headers else 400)
        if "id" not in message:
            return wire.answer(202)
        return await self.result(message, method, params, 200, {})

    async def result(self, message, method, params, unknown, more):
        if method == "server/discover":
            return self.good(
                message,
                {
                    "supportedVersions": [MODERN],
                    "capabilities": {"tools": {}},
                    "ttlMs": 0,
                    "cacheScope": "public",
                    **more,
                },
            )
        if method == "tools/list":
            cached = {"ttlMs": 0, "cacheScope": "public"} if more else {}
            return self.good(
                message, {"tools": [self.tool(name) for name in self.state.tools], **cached, **more}
            )
        if method == "ping":
            return self.good(message, more)
        if method == "tools/call" and params["name"] in self.state.tools:
            return await self.call(message, params["name"], more)
        return self.error(message, -32601, unknown)

    async def call(self, message, tool, more):
        if tool == "canary":
            await asyncio.sleep(self.state.delays.get(tool, 0))
            text = "fine" if self.state.is_canary_good else "out of order"
            return self.good(message, {"content": [{"type": "text", "text": text}], **more})
        await self.work(self.state.delays.get(tool, self.state.delay))
        kind = self.failure(tool)
        if kind is None or kind == "tool_error":
            text = {"type": "text", "text": "found" if kind is None else "it did not work"}
            return self.good(message, {"content": [text], "isError": kind is not None, **more})
        if kind.startswith("http_"):
            return wire.answer(int(kind[5:]))
        return self.error(message, ERRORS[kind], 200)

    async def work(self, delay):
        if self.state.pool:
            self.waiting += 1
            async with self.free:
                await self.free.wait_for(lambda: self.held < self.state.pool)
                self.waiting -= 1
                self.held += 1
            await asyncio.sleep(self.state.query)
            async with self.free:
                self.held -= 1
                self.free.notify()
        await asyncio.sleep(delay)

    def failure(self, tool):
        """By shares, spread so evenly that any dozen of a tool's calls has them: no chance."""
        self.calls[tool] += 1
        at = self.calls[tool] * GOLDEN_RATIO % 1
        for kind, share in self.state.errors.items():
            at -= share
            if at < 0:
                return kind
        return None

    def info(self):
        return {"name": self.state.name, "version": self.state.release}

    def tool(self, name):
        schema = {
            "type": "object",
            "properties": {"query": {"type": "string"}},
            "required": ["query"],
        }
        return {"name": name, "description": f"{self.state.wording} {name}", "inputSchema": schema}

    def good(self, message, result, **headers):
        return wire.answer(
            200,
            json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode(),
            **headers,
        )

    def error(self, message, code, status):
        error = {"code": code, "message": "no"}
        if code == -32022:
            error["data"] = {"supported": [MODERN], "requested": "another"}
        return wire.answer(
            status, json.dumps({"jsonrpc": "2.0", "id": message.get("id"), "error": error}).encode()
        )


async def main():
    server = Server(State(**json.loads(sys.argv[2] if len(sys.argv) > 2 else "{}")))
    listener = await asyncio.start_server(server.serve, "127.0.0.1", int(sys.argv[1]), backlog=512)
    async with listener:
        await listener.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
