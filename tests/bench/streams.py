"""Both ends of many streams: the server that has them, and the clients."""
import contextlib
import json
import signal
import subprocess

from processes import SERVER_CORE, running


class StreamServer:
    """The server with streams."""

    def __init__(self, process):
        self.process = process
        self.port = int(process.stdout.readline())

    def send_events(self):
        self.process.send_signal(signal.SIGUSR1)

    def finish(self):
        """Ends it; returns what it counted."""
        self.process.terminate()
        return result_of(self.process, "the server with streams")


@contextlib.contextmanager
def stream_server(build, events=1):
    with running([build / "tests/bench/bench_stream_server", events], SERVER_CORE,
                 stdout=subprocess.PIPE) as process:
        yield StreamServer(process)


@contextlib.contextmanager
def stream_clients(build, port, count, session=1):
    """So many open streams, each of which has had an event; yields a function that waits for their
    ends, or with `cut` makes an end of them, and returns what the clients counted."""
    with running([build / "tests/bench/bench_stream_clients", port, count, session], SERVER_CORE,
                 stdout=subprocess.PIPE) as process:
        result_of(process, "the clients with streams")

        def finish(cut=False):
            if cut:
                process.terminate()
            return result_of(process, "the clients with streams")

        yield finish


def result_of(process, who):
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{who} ended too soon (exit {process.wait()})")
    return json.loads(line)
