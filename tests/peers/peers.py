"""The real MCP servers that the tests run against, and what is known of each.

`PEERS` is the table: how a server is started, what it offers, and how the sessions that it holds
are counted. What a probe of it must find stands in `peers_test.py`.
"""

import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from process import Process, family, free_port

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
VENVS = HERE.parents[1] / "build" / "peers"
NODE = str(MODULES / ".bin" / "node")
INSTALLED = [
    MODULES / ".installed",
    VENVS / "python-mcp1" / ".installed",
    VENVS / "python-mcp2" / ".installed",
]

EVERYTHING = str(MODULES / "@modelcontextprotocol" / "server-everything" / "dist" / "index.js")
MCP_PROXY = str(MODULES / "mcp-proxy" / "dist" / "bin" / "mcp-proxy.mjs")
SUPERGATEWAY = str(MODULES / "supergateway" / "dist" / "index.js")
# `{node}` and `{port}` are filled in when the server starts.
EVERYTHING_STDIO = f"{{node}} {EVERYTHING} stdio"


def _server(name: str) -> str:
    return str(HERE / "servers" / name)


# How many sessions a server holds, by what it says of itself.


def _from_endpoint(process: Process) -> int:
    url = f"http://127.0.0.1:{process.port}/sessions"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return int(answer.read())


def _from_log(opened: str, *closed: str) -> Callable[[Process], int]:
    def count(process: Process) -> int:
        log = process.log()
        return log.count(opened) - sum(log.count(words) for words in closed)

    return count


def _from_children(process: Process) -> int:
    return len(family(process.pid)) - 1


@dataclass(frozen=True)
class Peer:
    name: str
    command: list[str]
    path: str
    server: str  # its name, as it says it
    version: str
    tools: int
    environment: dict[str, str] = field(default_factory=dict)
    # Sessions (or streams) that it holds; nothing where the server cannot tell, or has none.
    sessions: Callable[[Process], int] | None = None
    # A call that every server of its kind answers, and a text that stands in the answer.
    call: tuple[str, str, str] = ("echo", '{"message":"hello"}', "Echo: hello")
    probes: int = 50  # when leaks are looked for; fewer where a session costs a process

    def start(self, directory: Path, port: int = 0) -> Process:
        port = port or free_port()
        fill = {"node": NODE, "port": str(port)}
        return Process(
            [part.format(**fill) for part in self.command],
            directory / f"{self.name}.log",
            {key: value.format(**fill) for key, value in self.environment.items()},
            port,
        )


def _everything(name: str, command: list[str], path: str, **more) -> Peer:
    return Peer(name, command, path, "mcp-servers/everything", "2.0.0", 13, **more)


def _modern(name: str, *mode: str) -> Peer:
    command = [NODE, _server("modern_server.mjs"), "{port}", *mode]
    return Peer(name, command, "/mcp", "modern-peer", "2.0.1", 5)


def _legacy(name: str, *mode: str, **more) -> Peer:
    command = [NODE, _server("legacy_server.mjs"), "{port}", *mode]
    called = ("tool_7", '{"n":1}', "tool_7 was called")
    return Peer(name, command, "/mcp", "legacy-peer", "1.0.2", 25, call=called, **more)


def _python(name: str, sdk: str, script: str, path: str, version: str) -> Peer:
    command = [str(VENVS / f"python-{sdk}" / "bin" / "python"), _server(script), "{port}"]
    return Peer(name, command, path, f"{name}-peer", version, 4, sessions=_from_endpoint)


PEERS = {
    peer.name: peer
    for peer in (
        _everything(
            "everything",
            [NODE, EVERYTHING, "streamableHttp"],
            "/mcp",
            environment={"PORT": "{port}"},
            sessions=_from_log("Session initialized with ID", "Transport closed for session"),
        ),
        _everything(
            "everything-sse",
            [NODE, EVERYTHING, "sse"],
            "/sse",
            environment={"PORT": "{port}"},
            sessions=_from_log("Client Connected: ", "Client Disconnected: "),
        ),
        # Both eras, and HTTP+SSE, on one port.
        _everything(
            "mcp-proxy",
            [NODE, MCP_PROXY, "--host", "127.0.0.1", "--port", "{port}"]
            + ["--", "{node}", EVERYTHING, "stdio"],
            "/mcp",
        ),
        # One child process for each session.
        _everything(
            "supergateway",
            [NODE, SUPERGATEWAY, "--stdio", EVERYTHING_STDIO]
            + ["--outputTransport", "streamableHttp", "--stateful", "--port", "{port}"],
            "/mcp",
            sessions=_from_children,
            probes=8,
        ),
        # One child process for all: every client hears every answer.
        _everything(
            "supergateway-sse",
            [NODE, SUPERGATEWAY, "--stdio", EVERYTHING_STDIO]
            + ["--port", "{port}", "--baseUrl", "http://127.0.0.1:{port}"],
            "/sse",
            sessions=_from_log(
                "New SSE connection from", "Client disconnected (", "SSE connection closed ("
            ),
        ),
        _modern("modern"),
        _modern("modern-only", "modern-only"),
        _modern("modern-streaming", "streaming"),
        _legacy("legacy", sessions=_from_endpoint),
        _legacy("legacy-json", "json", sessions=_from_endpoint),
        _legacy("legacy-stateless", "stateless"),
        _python("python", "mcp1", "python_streamable.py", "/mcp", "1.30.0"),
        _python("python-sse", "mcp1", "python_sse.py", "/sse", "1.30.0"),
        _python("python-modern", "mcp2", "python_modern.py", "/mcp", "2.3"),
    )
}
