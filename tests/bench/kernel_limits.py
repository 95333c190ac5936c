#!/usr/bin/env python3
"""Where the kernel's limits meet the proxy: open files, listen backlog, local ports, keepalive.

    MCP_VITALS=build/release/app/mcp-vitals tests/bench/kernel_limits.py

Prints a table for each. Runs in a network namespace of its own (root, or user namespaces), so that it
may set sysctls; some 20 s. The figures of docs/kubernetes.md are its.
"""

import collections
import contextlib
import json
import os
import pathlib
import re
import resource
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import kernel_view as kernel
from stream_upstream import PORT as UPSTREAM

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MCP_VITALS", str(ROOT / "build/release/app/mcp-vitals"))
PROXY, VITALS = 9786, 9788
TOTAL_RETRANS = 100  # tcpi_total_retrans; its lowest byte
REQUEST = b"GET /mcp HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n"


class Sidecar:
    def __init__(self, folder, limits, nofile):
        config = folder / "mcp-vitals.yml"
        config.write_text(json.dumps({  # YAML reads JSON
            "http": {"listen": f"127.0.0.1:{VITALS}"},
            "admin": {"listen": f"unix:{folder}/admin.sock"},
            "proxy": {"server": "a", "upstream": f"http://127.0.0.1:{UPSTREAM}",
                      "limits": limits}}))
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "run", "--config", str(config)], stdout=log, stderr=log,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (nofile, nofile)))
        until_answers(PROXY)
        until_answers(VITALS)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def anonymous(self):
        smaps = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return 1024 * int(re.search(r"Anonymous:\s+(\d+)", smaps)[1])

    def metrics(self):
        """name{labels} -> value; nothing where it does not answer."""
        lines = (page("/metrics") or "").splitlines()
        return lines and {line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
                for line in lines if line and line[0] != "#"}


@contextlib.contextmanager
def sidecar(limits=None, nofile=20000):
    with tempfile.TemporaryDirectory() as folder:
        one = Sidecar(pathlib.Path(folder), limits or {}, nofile)
        try:
            yield one
        finally:
            one.process.kill()
            one.process.wait()


def page(path):
    """What it answers within a second, or None."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{VITALS}{path}", timeout=1) as answer:
            return answer.read().decode()
    except OSError:
        return None


def answer_of(path):
    return "does not answer" if page(path) is None else "answers"


def until_answers(port):
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"nobody listens on port {port}")


class Streams:
    """Asks for so many streams at once, and keeps them; `outcomes` counts what each got."""

    def __init__(self, count, seconds=5.0, connected=lambda: None):
        self.sockets, self.outcomes, self.answers = [], collections.Counter(), set()
        began = time.monotonic()
        with selectors.DefaultSelector() as selector:
            for i in range(count):
                one = socket.socket()
                one.setblocking(False)
                # Addresses of their own, as clients have: a local port is used up for each address.
                one.connect_ex((f"127.0.1.{1 + i % 250}", PROXY))
                selector.register(one, selectors.EVENT_WRITE)
                self.sockets.append(one)
            connected()
            self._wait(selector, began + seconds)
        self.seconds = time.monotonic() - began

    def _wait(self, selector, until):
        while selector.get_map() and time.monotonic() < until:
            for key, events in selector.select(until - time.monotonic()):
                try:
                    if events & selectors.EVENT_WRITE:
                        key.fileobj.send(REQUEST)
                        selector.modify(key.fileobj, selectors.EVENT_READ)
                        continue
                    answer = key.fileobj.recv(4096).decode()
                except OSError:
                    answer = ""
                selector.unregister(key.fileobj)
                self.outcomes[answer[9:12] or "closed"] += 1
                if answer[9:10] == "5":
                    self.answers.add(answer.partition("\r\n\r\n")[2])
        self.outcomes["without an answer"] += len(selector.get_map())

    def resent(self):
        """Of how many the client had to send something again."""
        return sum(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)[TOTAL_RETRANS] > 0
                   for one in self.sockets)

    def close(self):
        for one in self.sockets:
            one.close()


def table(title, head, rows):
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    print(f"\n{title}")
    for row in [head, *rows]:
        print("  " + "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip())


def outcomes(streams):
    return ", ".join(f"{count} {what}" for what, count in sorted(streams.outcomes.items()) if count)


def memory():
    rows = []
    for at_once in (50, 2000):
        with sidecar() as one:
            streams = [Streams(200)]
            files, in_kernel, ours = one.descriptors(), kernel.socket_memory(0), one.anonymous()
            streams += [Streams(at_once) for _ in range(2000 // at_once)]
            # Of the four sockets of a stream two are the client's and the server's.
            rows.append([at_once, f"{(one.descriptors() - files) / 2000:.2f}",
                         round((kernel.socket_memory(4 * 2000) - in_kernel) / 2000 / 2),
                         round((one.anonymous() - ours) / 2000)])
            for some in streams:
                some.close()
    table("An idle stream, of 2,000 that come", ["at once", "descriptors", "kernel bytes", "own bytes"],
          rows)


def open_files():
    rows = []
    for limits in ({}, {"max_connections": 100000}):
        with sidecar(limits, nofile=1024) as one:
            streams = Streams(1500)
            metrics = one.metrics()
            rows.append([limits.get("max_connections", "default"), outcomes(streams), one.descriptors(),
                         hits(metrics), one.log.read_text().count("\n") - 1])
            answers = streams.answers
            streams.close()
    table("1,500 streams where 1,024 files may be open",
          ["max_connections", "clients got", "open", "limits hit, by /metrics", "log lines"], rows)
    print("  a 502 says:", *answers)


def hits(metrics):
    return int(metrics['mcp_limits_hit_total{server="a",limit="connections"}']) if metrics else "no answer"


def backlog():
    rows = []
    for somaxconn in (128, 1024, 4096):
        kernel.sysctl("net/core/somaxconn", somaxconn)
        for count in (500, 2000):
            with sidecar() as one:
                before = kernel.counters()
                one.process.send_signal(signal.SIGSTOP)
                streams = Streams(count, 10, lambda: one.process.send_signal(signal.SIGCONT))
                after = kernel.counters()
                rows.append([somaxconn, count, outcomes(streams),
                             *(after[name] - before[name] for name in
                               ("ListenOverflows", "ListenDrops")),
                             streams.resent(), f"{streams.seconds:.1f} s"])
                streams.close()
    table("Clients that connect while the proxy does not run",
          ["somaxconn", "clients", "got", "ListenOverflows", "ListenDrops", "clients that sent again",
           "all in"], rows)


def local_ports():
    kernel.sysctl("net/ipv4/ip_local_port_range", "31000 31199")
    rows = []
    with sidecar() as one:
        for count in (190, 60):
            streams = Streams(count)
            rows.append([count, outcomes(streams), *map(answer_of, ("/metrics", "/-/healthy"))])
    table("Streams one after another where there are 200 local ports",
          ["streams", "clients got", "/metrics", "/-/healthy"], rows)
    print("  a 502 says:", *streams.answers)


def keepalive():
    with sidecar():
        streams = Streams(10)
        rows = [[side, len(timers), f"{max(timers):.0f} s"] for side, timers in
                (("client", kernel.keepalive_timers(local=PROXY)),
                 ("server", kernel.keepalive_timers(remote=UPSTREAM)))]
        system = kernel.sysctl("net/ipv4/tcp_keepalive_time")
        table(f"Keepalive, where net.ipv4.tcp_keepalive_time is {system}",
              ["towards the", "connections with a timer", "the next in"], rows)
        streams.close()


def main():
    if sys.argv[1:] != ["--inside"]:
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        os.execvp("unshare", ["unshare", *user, "--net", sys.executable, __file__, "--inside"])
    kernel.loopback_up()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    kernel.sysctl("net/core/somaxconn", 4096)
    upstream = subprocess.Popen([sys.executable, pathlib.Path(__file__).with_name("stream_upstream.py")])
    try:
        until_answers(UPSTREAM)
        print(f"Linux {os.uname().release}, {PROGRAM}")
        memory()
        open_files()
        keepalive()
        backlog()
        local_ports()
    finally:
        upstream.kill()
        upstream.wait()


if __name__ == "__main__":
    main()
