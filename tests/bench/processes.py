"""Processes pinned to a core, what they cost, and what they hold."""
import contextlib
import ctypes
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

PROBER_CORE, SERVER_CORE = 0, 1
pins = True  # whether processes are kept on their cores
_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_ports = iter(range(20000 + os.getpid() % 5000, 32000))


def prepare_child(core):
    """Runs in the child: pins it, and ends it should this program be killed."""

    def prepare():
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if pins and core is not None:
            os.sched_setaffinity(0, {core})

    return prepare


def run_json(command, core, timeout):
    """Runs a measuring program, and returns the line of JSON that it prints."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, timeout=timeout,
                          preexec_fn=prepare_child(core), text=True)
    if not done.stdout:
        raise RuntimeError(f"{command[0]} gave no result (exit {done.returncode})")
    return json.loads(done.stdout)


@contextlib.contextmanager
def running(command, core=None, env=None, stdout=subprocess.DEVNULL, log=None):
    """A process in the background, ended on leaving."""
    stderr = open(log, "wb") if log else None
    process = subprocess.Popen([str(part) for part in command], stdout=stdout, stderr=stderr,
                               env={**os.environ, **(env or {})}, preexec_fn=prepare_child(core))
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if stderr:
            stderr.close()


@contextlib.contextmanager
def fixed_server(build):
    """The MCP server that all probers are measured against; yields its port."""
    with running([build / "tests/bench/bench_fixed_server"], SERVER_CORE,
                 stdout=subprocess.PIPE) as process:
        yield int(process.stdout.readline())


def free_port():
    """A port below the ephemeral ones, which a busy prober uses up; another one each time."""
    for port in _ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def get(url, timeout=10.0):
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read()


def wait_for(url, process, seconds=20.0):
    """Asks every few milliseconds until there is an answer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended (exit {process.returncode})")
        try:
            return get(url)
        except OSError:
            time.sleep(0.005)
    raise RuntimeError(f"{url} did not answer within {seconds:.0f} s")


def cpu_seconds(pid):
    """User and system time of all threads so far. The kernel counts to 10 ms here."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    tick = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / tick, int(fields[12]) / tick


def wait_channel(pid):
    """The kernel's function that the process sleeps in."""
    return pathlib.Path(f"/proc/{pid}/wchan").read_text()


def resident_mib(pid, field="VmRSS"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no {field} of {pid}")
