"""Starts servers that are somebody else's programs, and ends them: what the peer tests stand on."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

STARTED_WITHIN = 60  # seconds: a loaded machine, and Node reading hundreds of files
ENDED_WITHIN = 10


def wait_until(condition, seconds: float, what):
    """The first true value of `condition()`, looked at twenty times a second.

    `what()` says what is wrong when it does not come.
    """
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s: {what()}")
        time.sleep(0.05)
    return value


# Processes that run at the same time begin at different places.
_ports = iter(range(20000 + os.getpid() * 101 % 12000, 32768))


def free_port() -> int:
    """A port that nobody listens on; another one each time, since it is not listened on at once.

    Below the ephemeral ones: those come and go by themselves.
    """
    for port in _ports:
        with socket.socket(socket.AF_INET6) as probe:
            try:
                probe.bind(("::", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def _sockets(port: int, *states: str) -> list[str]:
    """The sockets whose own port that is, in one of these states, as /proc/PID/fd names them."""
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            field = line.split()
            if int(field[1].rsplit(":", 1)[1], 16) == port and field[3] in states:
                found.append(f"socket:[{field[9]}]")
    return found


def open_connections(port: int) -> int:
    """TCP connections to `port` that its server still holds (established, or not closed by it)."""
    return len(_sockets(port, "01", "08"))


def family(pid: int) -> list[int]:
    """`pid`, the processes it has started, and they in turn, that still run."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *(member for child in children for member in family(int(child)))]


def listens(pid: int, port: int) -> bool:
    """Whether it is this process, or one of its family, that listens on the port."""
    wanted = _sockets(port, "0A")
    for member in family(pid):
        try:
            if any(os.readlink(fd) in wanted for fd in Path(f"/proc/{member}/fd").iterdir()):
                return True
        except OSError:
            continue  # it has just ended, or closed what was being looked at
    return False


class Process:
    """One server with a log file. It ends with this process, whatever becomes of it."""

    def __init__(self, command: list[str], log: Path, environment: dict[str, str], port: int):
        self.port = port
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            if self._process.poll() is not None:
                raise RuntimeError(f"ended with {self._process.returncode}:\n{self.log()}")
            return listens(self.pid, self.port)

        wait_until(ready, STARTED_WITHIN, lambda: f"listening on {self.port}:\n{self.log()}")

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def stop(self) -> int:
        """Ends the process and its group; returns its exit status."""
        for ending in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is not None:
                break
            os.killpg(self.pid, ending)
            try:
                self._process.wait(ENDED_WITHIN)
            except subprocess.TimeoutExpired:
                continue
        return self._process.wait(ENDED_WITHIN)
