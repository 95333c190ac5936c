"""The image's file system started alone: as its user, read-only, with nothing of the machine's."""

import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import build
import dockerfile

SERVER = build.ROOT / "tests/proof/mcp_server.py"
LARGEST_MB, MOST_RESIDENT_MB, SLOWEST_MS = 40, 24, 200
STARTS = 11
PORT = 20000 + os.getpid() * 101 % 12000  # below the ephemeral ones
CONFIGURATION = {
    "http": {"listen": f"127.0.0.1:{PORT}"},
    "probe": {"interval": "1s",
              "targets": [{"name": "played", "url": f"http://127.0.0.1:{PORT + 2}/mcp",
                           "expect": {"tools": ["search"]}, "canary": {"tool": "search"}}]},
    "proxy": {"server": "played", "listen": f"127.0.0.1:{PORT + 1}",
              "upstream": f"http://127.0.0.1:{PORT + 2}", "drain": {"lame_duck": "1ms", "timeout": "5s"}},
}


def status(port, path):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def await_status(port, path, good, seconds=20):
    """Whether a status that is `good` came in time."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if good(status(port, path)):
            return True
        time.sleep(0.001)
    return False


def is_ready():
    return await_status(PORT, "/-/ready", lambda code: code == 200)


class Image:
    """The read-only root with what a pod gives it: a configuration, and a /run of its own."""

    def __init__(self, final, stage):
        self.user = dockerfile.last(stage, "USER").rest
        self.entry = dockerfile.last(stage, "ENTRYPOINT").list()
        self.path = dockerfile.last(stage, "ENV").pairs()["PATH"]
        self.root = pathlib.Path(tempfile.mkdtemp(dir=build.BUILD))
        self._mount("--bind", final, self.root)
        self._mount("-o", "remount,bind,ro", self.root)
        self._mount("-t", "tmpfs", "-o", "size=1m,mode=1777", "tmpfs", self.root / "run")
        (self.root / "run/mcp-vitals.yml").write_text(json.dumps(CONFIGURATION))

    @staticmethod
    def _mount(*words):
        subprocess.run(["mount", *words], check=True)

    def close(self):
        subprocess.run(["umount", "--recursive", self.root], check=True)
        self.root.rmdir()

    def command(self, *words):
        return ["/usr/bin/setpriv", "--no-new-privs", "--pdeathsig", "KILL",
                "/usr/sbin/chroot", f"--userspec={self.user}", "--groups=", self.root, *words]

    def run(self, *words):
        return subprocess.run(self.command(*words), env={"PATH": self.path}, text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    @contextlib.contextmanager
    def sidecar(self):
        with open(build.BUILD / "sidecar.log", "w") as log:
            words = self.command(*self.entry, "run", "--config", "/run/mcp-vitals.yml")
            process = subprocess.Popen(words, env={"PATH": self.path}, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            (self.root / "run/mcp-vitals.sock").unlink(missing_ok=True)


class Checks:
    def __init__(self):
        self.bad = 0

    def hold(self, what, good, shown=""):
        self.bad += not good
        build.say(f"{'ok  ' if good else 'BAD '} {what}{': ' if shown != '' else ''}{shown}")


def check_files(checks, final):
    files = [path for path in final.rglob("*") if path.is_file() and not path.is_symlink()]
    size = sum(path.stat().st_size for path in files) / 1e6
    checks.hold(f"under {LARGEST_MB} MB", size < LARGEST_MB, f"{size:.1f} MB in {len(files)} files")
    shells = [path.name for path in files if path.name in ("sh", "bash", "dash", "busybox", "dpkg", "apt")]
    checks.hold("no shell, no package manager", not shells, " ".join(shells))
    odd = [str(path) for path in files
           if path.stat().st_uid or path.stat().st_gid or path.stat().st_mode & 0o6022]
    checks.hold("all is root's, and nobody else's to write", not odd, " ".join(odd))
    bill = json.loads((final / "usr/share/doc/mcp-vitals/sbom.spdx.json").read_text())
    billed = {entry["fileName"] for entry in bill["files"]}
    told = {f"./{path.relative_to(final)}" for path in files
            if not path.is_relative_to(final / "usr/share/doc") or path.name == "LICENSE"}
    checks.hold("the bill has every file, and no other", billed == told,
                f"{len(bill['packages'])} packages, {len(billed)} files {' '.join(billed ^ told)}")
    linked = [one["relatedSpdxElement"] for one in bill["relationships"]
              if one["relationshipType"] == "STATIC_LINK"]
    checks.hold("the bill has what is linked in", any("libgrpc-dev" in name for name in linked), len(linked))


def check_alone(checks, image):
    loader = next(path for path in (image.root / "usr").rglob("ld-linux-*") if path.is_file())
    needed = image.run("/" + str(loader.relative_to(image.root)), "--list", image.entry[0])
    checks.hold("every library is there", needed.returncode == 0 and "not found" not in needed.stdout,
                needed.stdout if "not found" in needed.stdout else f"{len(needed.stdout.splitlines())}")
    version = image.run(*image.entry, "--version")
    checks.hold("it tells its version", version.returncode == 0, version.stdout.strip())
    wrong = image.run(*image.entry, "run", "--config", "/run/none.yml")
    checks.hold("it tells what is wrong, and exits with 2", wrong.returncode == 2, wrong.stdout.strip())


def resident(process):
    """MB that it has in memory, files included, and those of its own."""
    lines = dict(line.split(":", 1) for line in
                 pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines())
    return [int(lines[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "RssAnon")]


def check_sidecar(checks, image):
    times = []
    for _ in range(STARTS):
        with image.sidecar() as process:
            begun = time.monotonic()
            if not is_ready():
                checks.hold("it gets ready", False, (build.BUILD / "sidecar.log").read_text())
                return
            times.append((time.monotonic() - begun) * 1000)
    middle = statistics.median(times)
    checks.hold(f"start to ready, in-pod handshake included, under {SLOWEST_MS} ms", middle < SLOWEST_MS,
                f"median {middle:.0f} ms, {min(times):.0f} to {max(times):.0f}")
    with image.sidecar() as process:
        is_ready()
        at_first, _ = resident(process)
        for _ in range(200):  # some calls through the proxy, and scrapes, as in use
            call = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
            headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(urllib.request.Request(
                    f"http://127.0.0.1:{PORT + 1}/mcp", json.dumps(call).encode(), headers), timeout=5).read()
            status(PORT, "/metrics")
        for path in ("/", "/-/healthy", "/-/startup", "/vitals"):
            checks.hold(f"{path} answers", status(PORT, path) == 200)
        used, own = resident(process)
        checks.hold(f"resident under {MOST_RESIDENT_MB} MB with proxy and one target", used < MOST_RESIDENT_MB,
                    f"{at_first:.1f} MB when ready, {used:.1f} after 200 calls and scrapes, {own:.1f} of it its own")
        probe = image.run(*image.entry, "probe", f"http://127.0.0.1:{PORT + 2}/mcp")
        checks.hold("it probes", probe.returncode == 0, "" if probe.returncode == 0 else probe.stdout)
        drain = image.run(*image.entry, "drain")
        checks.hold("it drains", drain.returncode == 0, drain.stdout.strip())


def check(final, stage):
    """Exits with 1 if the file system in `final` is not what the image promises."""
    checks = Checks()
    check_files(checks, final)
    image = Image(final, stage)
    server = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", sys.executable, "-B", SERVER,
                               str(PORT + 2)], stdout=subprocess.DEVNULL)
    try:
        await_status(PORT + 2, "/mcp", lambda code: code != 0)
        check_alone(checks, image)
        check_sidecar(checks, image)
    finally:
        server.kill()
        server.wait()
        image.close()
    if checks.bad:
        raise SystemExit(f"{checks.bad} checks failed")
