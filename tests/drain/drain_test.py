"""Drains the program by its own command with many streams and calls under way.

No call is lost, no stream is cut, and clients come back spread over the window.
"""

import asyncio
import json
import os
import resource
import socket
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = os.environ["MCP_VITALS"]
STREAMS = 500
CALLS = 50
LAME_DUCK = 0.5  # seconds
TIMEOUT = 8.5
WITHIN = 60  # what is waited for, on a busy machine

EVENT = b'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n'
RESULT = b'{"jsonrpc":"2.0","id":1,"result":{"content":[]}}'


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def post(method: str) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": {"name": "nap"}})
    return (
        "POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Mcp-Session-Id: s\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


GET = b"GET /mcp HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nMcp-Session-Id: s\r\n\r\n"


class Server:
    """Streams that never end by themselves, and calls that are answered when told."""

    def __init__(self):
        self.calls = 0
        self.answer = asyncio.Event()

    async def serve(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if head.startswith(b"GET"):
                    writer.write(
                        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                        b"Transfer-Encoding: chunked\r\n\r\n" + chunk(EVENT)
                    )
                    await reader.read()
                    return
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                self.calls += 1
                await self.answer.wait()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%b" % (len(RESULT), RESULT)
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def until(condition, what: str):
    deadline = time.monotonic() + WITHIN
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        await asyncio.sleep(0.02)


async def read_all(port: int, request: bytes) -> tuple[bytes, float]:
    """All that comes until the connection ends, and when that was."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer, time.monotonic()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class DrainTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.server = Server()
        listener = await asyncio.start_server(self.server.serve, "127.0.0.1", 0, backlog=1024)
        self.addAsyncCleanup(self.close, listener)
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.port = free_port()
        self.admin = f"unix:{self.directory.name}/admin.sock"
        self.http = free_port()
        file = Path(self.directory.name) / "drain.yml"  # JSON is YAML
        file.write_text(json.dumps({
            "http": {"listen": f"127.0.0.1:{self.http}"},
            "admin": {"listen": self.admin},
            "proxy": {
                "server": "draining",
                "listen": f"127.0.0.1:{self.port}",
                "upstream": f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}",
                "drain": {
                    "lame_duck": f"{LAME_DUCK * 1000:.0f}ms",
                    "timeout": f"{TIMEOUT * 1000:.0f}ms",
                },
            },
        }))
        self.program = await asyncio.create_subprocess_exec(
            PROGRAM, "run", "--config", str(file), stderr=asyncio.subprocess.PIPE)
        started = await asyncio.wait_for(self.program.stderr.readline(), WITHIN)
        self.assertIn(b"started", started)

    async def asyncTearDown(self):
        self.program.terminate()  # at once: it has been drained
        self.assertEqual(await asyncio.wait_for(self.program.wait(), WITHIN), 0)

    @staticmethod
    async def close(listener):
        listener.close()

    async def get(self, path: str) -> bytes:
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        return (await read_all(self.http, request))[0]

    async def live(self) -> int:
        for line in (await self.get("/metrics")).decode().splitlines():
            if line.startswith("mcp_active_sse_connections") and 'kind="get"' in line:
                return int(line.rsplit(" ", 1)[1])
        return 0

    async def drain(self) -> tuple[int, str]:
        command = await asyncio.create_subprocess_exec(
            PROGRAM, "drain", "--admin", self.admin, stdout=asyncio.subprocess.PIPE)
        out, _ = await asyncio.wait_for(command.communicate(), WITHIN)
        return command.returncode, out.decode()

    async def test_nothing_is_lost(self):
        streams = [asyncio.create_task(read_all(self.port, GET)) for _ in range(STREAMS)]
        calls = [asyncio.create_task(read_all(self.port, post("tools/call")))
                 for _ in range(CALLS)]
        while await self.live() < STREAMS:
            await asyncio.sleep(0.02)
        await until(lambda: self.server.calls == CALLS, "all calls at the server")

        draining = asyncio.create_task(self.drain())
        waiting = asyncio.create_task(self.get("/drain/wait"))
        await until(lambda: any(stream.done() for stream in streams), "the first stream's end")
        self.assertIn(b"503", (await self.get("/-/ready")).split(b"\r\n")[0])
        refused, _ = await read_all(self.port, GET)
        self.assertIn(b"503", refused.split(b"\r\n")[0])
        self.assertIn(b"Retry-After:", refused)
        self.server.answer.set()

        for call in calls:
            answer, _ = await call
            self.assertTrue(answer.startswith(b"HTTP/1.1 200") and answer.endswith(RESULT), answer)
        ended = [await stream for stream in streams]
        for answer, _ in ended:
            self.assertTrue(answer.endswith(b"\r\n0\r\n\r\n"), answer[-60:])
        times = sorted(when for _, when in ended)
        spread = (times[-1] - times[0]) / (TIMEOUT - LAME_DUCK)
        self.assertGreaterEqual(spread, 0.8)
        middle = (times[STREAMS // 2] - times[0]) / (times[-1] - times[0])
        self.assertTrue(0.25 < middle < 0.75, middle)

        status, out = await draining
        self.assertEqual(status, 0, out)
        self.assertIn(f"{STREAMS} streams ended properly, 0 exchanges cut", out)
        self.assertIn(b"drained", await waiting)


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())
