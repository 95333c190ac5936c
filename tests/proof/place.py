"""Where a run leaves its logs and data until it ends."""

import os
import pathlib
import re
import shutil
import signal
import tempfile

PREFIX = "mcp-vitals-proof-"


def make(is_kept):
    """A new folder. A run that was killed could not take its own away: that is done here."""
    for left in pathlib.Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = re.match(rf"{PREFIX}(\d+)-", left.name)
        if owner and not _is_alive(int(owner[1])):
            shutil.rmtree(left, ignore_errors=True)
    whose = "kept-" if is_kept else f"{os.getpid()}-"
    return pathlib.Path(tempfile.mkdtemp(prefix=PREFIX + whose))


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        pass
    return True


def end_in_order_when_told_to():
    """SIGTERM does what Ctrl-C does, once: what was begun is ended, and the folder taken away."""

    def end(*_):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, end)
