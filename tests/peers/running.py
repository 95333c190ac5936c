"""The peers while they run, for the tests of this folder, and the program that is tested."""

import json
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from peers import PEERS
from process import Process

PROGRAM = os.environ.get("MCP_VITALS", "")
PEER: dict[str, Process] = {}
_directory = tempfile.TemporaryDirectory()
DIRECTORY = Path(_directory.name)


def start() -> None:
    for name, peer in PEERS.items():
        PEER[name] = peer.start(DIRECTORY)
    for process in PEER.values():
        process.wait_until_ready()


def stop() -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(Process.stop, PEER.values()))
    _directory.cleanup()


def url(server: str, path: str | None = None) -> str:
    return f"http://127.0.0.1:{PEER[server].port}{path or PEERS[server].path}"


def sessions(server: str) -> int:
    """How many sessions the server holds; 0 where it has none or cannot tell."""
    count = PEERS[server].sessions
    return count(PEER[server]) if count else 0


def probe_url(address: str, *options: str, output: str = "json") -> tuple[int, dict]:
    """The exit status of one probe and what it says."""
    finished = subprocess.run(
        [PROGRAM, "probe", address, "--output", output, *options],
        stdout=subprocess.PIPE,
        timeout=30,
        check=False,
    )
    return finished.returncode, json.loads(finished.stdout)


def probe(server: str, *options: str, path: str | None = None) -> tuple[int, dict]:
    return probe_url(url(server, path), *options)
