"""The proxies that are compared, each in front of the same server and on the same core; what they
cost and what they hold."""
import contextlib
import json
import os
import pathlib
import resource
import shutil
import socket
import string
import time
import urllib.request

from processes import PROBER_CORE, cpu_seconds, free_port, running

PROXY_CORE = PROBER_CORE
OURS = "mcp-vitals"
OTHERS = ("nginx", "HAProxy")
ALL = (*OTHERS, OURS)
DIRECT = "direct"
STREAMS = 10_000
# Where nothing else is asked for. HAProxy keeps idle connections to the server only while it uses
# less than a fifth of its descriptors: with few more than needed it would connect again and again.
CONNECTIONS = 9000
SPARE_CONNECTIONS = 300  # those beyond the streams: to warm up
SPARE_DESCRIPTORS = 100  # a proxy's own
_HERE = pathlib.Path(__file__).parent
_PACKAGES = {"nginx": ("nginx", "nginx-light"), "HAProxy": ("haproxy", "haproxy")}


class Proxy:
    """One that runs, and all of its processes."""

    def __init__(self, process, port):
        self.process, self.port = process, port

    def pids(self):
        pid = self.process.pid
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.process.args[0]} ended (exit {self.process.returncode})")
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def cpu(self):
        """User and system seconds so far, of all processes and threads."""
        return tuple(map(sum, zip(*map(cpu_seconds, self.pids()))))

    def memory(self):
        """User memory that no file stands behind, in bytes: heap and stacks."""
        return sum(_anonymous(pid) for pid in self.pids())

    def descriptors(self):
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.pids())


def _anonymous(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"no memory of {pid} to be seen")


def require_others():
    """Says what is missing before anything is measured."""
    for name, (command, package) in _PACKAGES.items():
        if _find(name) is None:
            raise RuntimeError(f"{command} is not installed: nothing to compare with "
                               f"(make bench installs it, or: apt install {package})")


def _find(name):
    command = _PACKAGES[name][0]
    return shutil.which(command) or shutil.which(command, path="/usr/sbin:/usr/local/sbin")


def raise_descriptors():
    """As many open files as allowed, for this process and all that it starts."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = 2 * (STREAMS + SPARE_CONNECTIONS) + SPARE_DESCRIPTORS
    if hard < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            return wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def possible_streams():
    """10,000, or as many as the limit of open files allows: a proxy needs two for each."""
    descriptors = raise_descriptors()
    count = min(STREAMS, (descriptors - SPARE_DESCRIPTORS) // 2 - SPARE_CONNECTIONS)
    if count < STREAMS / 10:
        raise RuntimeError(f"the hard limit of open files ({descriptors:,}) allows too few streams")
    if count < STREAMS:
        print(f"\nThe hard limit of open files is {descriptors:,}, and a proxy needs two for "
              f"a stream:\n{count:,} streams instead of {STREAMS:,}.")
    return count


@contextlib.contextmanager
def proxy(name, build, work, upstream, connections=None, settings=None):
    """A proxy in front of 127.0.0.1:`upstream` for so many clients, on its core."""
    if connections is None:
        connections = min(CONNECTIONS, (raise_descriptors() - SPARE_DESCRIPTORS) // 2)
    port = free_port()
    log = work / f"{name}-{port}.log"
    with _start(name, build, work, port, upstream, connections, settings or {}, log) as process:
        _wait_for_port(port, process, log)
        yield Proxy(process, port)


@contextlib.contextmanager
def all_proxies(build, work, upstream):
    """All of them side by side, by name."""
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(proxy(name, build, work, upstream)) for name in ALL}


def _start(name, build, work, port, upstream, connections, settings, log):
    if name == OURS:
        config = work / f"proxy-{port}.json"
        config.write_text(json.dumps({
            "http": {"listen": f"127.0.0.1:{free_port()}"},
            "admin": {"listen": f"unix:{config}.sock"},
            "proxy": {"server": "bench", "listen": f"127.0.0.1:{port}",
                      "upstream": f"http://127.0.0.1:{upstream}",
                      "drain": {"lame_duck": "1ms", "timeout": "1s"},  # nobody waits for its end
                      "limits": {"max_connections": connections, **settings}}}))
        return running([build / "app/mcp-vitals", "run", "--config", config], PROXY_CORE, log=log)
    template = {"nginx": "nginx.conf", "HAProxy": "haproxy.cfg"}[name]
    config = work / f"{port}-{template}"
    config.write_text(string.Template((_HERE / template).read_text()).substitute(
        port=port, upstream=upstream, connections=connections, work=work,
        slots=3 * connections, descriptors=2 * connections + SPARE_DESCRIPTORS))
    command = {"nginx": [_find(name), "-e", log, "-p", work, "-c", config],
               "HAProxy": [_find(name), "-db", "-f", config]}[name]
    return running(command, PROXY_CORE, log=log)


def _wait_for_port(port, process, log, seconds=10.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended (exit {process.returncode}):\n"
                               f"{log.read_text(errors='replace')[-1000:]}")
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"{process.args[0]} does not listen within {seconds:.0f} s")


def introduce(port):
    """A client's first steps, so that whoever reads along knows the tools."""
    for method in ("initialize", "tools/list"):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/mcp", method="POST",
            data=b'{"jsonrpc":"2.0","id":1,"method":"%s","params":{}}' % method.encode(),
            headers={"Content-Type": "application/json",
                     "Accept": "application/json, text/event-stream"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()
