"""Other programs that the proof starts: they end with it, and their ports are free."""

import asyncio
import collections
import os
import pathlib
import signal
import socket

_ports = collections.deque(range(20000, 32768))
_ports.rotate(os.getpid() * -101)  # not those of another run beside this one


def free_port():
    """Another one each time, below the ephemeral ones: those come and go by themselves."""
    for _ in range(len(_ports)):
        port = _ports[0]
        _ports.rotate(-1)
        with socket.socket() as probe:
            try:
                probe.bind(("", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def own_address():
    """Not loopback: what is probed there is not in the prober's pod."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
            return probe.getsockname()[0]
        except OSError:
            raise SystemExit("the proof needs an address beside loopback") from None


async def run(*command):
    """A short command whose words are of no interest, to its end; its exit code."""
    quiet = asyncio.subprocess.DEVNULL
    words = [str(part) for part in command]
    process = await asyncio.create_subprocess_exec(*words, stdout=quiet, stderr=quiet)
    return await process.wait()


class Process:
    def __init__(self, log, *command):
        self._log, self._command = log, [str(part) for part in command]
        self._process = None

    async def start(self):
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                "setpriv",
                "--pdeathsig",
                "KILL",
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )

    @property
    def is_running(self):
        return self._process is not None and self._process.returncode is None

    def send(self, signal_):
        if self.is_running:
            self._process.send_signal(signal_)

    async def end(self, signal_=signal.SIGKILL):
        """SIGKILL ends one that is frozen, too."""
        if self.is_running:
            self._process.send_signal(signal_)
            await self._process.wait()

    def cpu_seconds(self):
        """What it has used by now, as the kernel counts it."""
        stat = pathlib.Path(f"/proc/{self._process.pid}/stat").read_text()
        fields = stat.rsplit(")", 1)[1].split()  # after its name
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self):
        pages = pathlib.Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def tail(self):
        return self._log.read_text(errors="replace")[-2000:]


async def until(what, condition, seconds=30):
    """The first true value of a coroutine function; network errors mean "not yet"."""
    deadline = asyncio.get_running_loop().time() + seconds
    last = None
    while asyncio.get_running_loop().time() < deadline:
        try:
            if value := await condition():
                return value
        except (
            OSError,
            ValueError,
            KeyError,
            IndexError,
            asyncio.TimeoutError,
            asyncio.IncompleteReadError,
        ) as error:
            last = error
        await asyncio.sleep(0.05)
    raise TimeoutError(f"{what}: not within {seconds} s (last: {last!r})")
