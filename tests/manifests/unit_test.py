#!/usr/bin/env python3
"""The prober's systemd unit: systemd takes it, it leaves little open, and the program has room in its limits."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNIT = ROOT / "k8s/prober/mcp-vitals-prober.service"
PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
EXPOSURE = 1.5  # of 10, as `systemd-analyze security` counts it: the network, and little else

MODULE = """
http: {listen: "127.0.0.1:0"}
admin: {listen: "127.0.0.1:0"}
probe: {modules: {default: {allowed_hosts: [mcp.example.com]}}}
"""


def limit(name):
    return re.search(rf"^{name}=(\S+)$", UNIT.read_text(), re.M)[1]


def running(pid):
    """What the kernel says of a process: its threads, and its memory in kB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return [int(re.search(rf"^{key}:\s+(\d+)", status, re.M)[1]) for key in ("Threads", "VmRSS")]


class UnitTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def analyze(self, *command):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        unit = self.folder / UNIT.name  # with the program where it is here
        unit.write_text(UNIT.read_text().replace("/usr/bin/mcp-vitals", str(PROGRAM)))
        done = subprocess.run(["systemd-analyze", *command, str(unit)], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def test_systemd_takes_it(self):
        code, told = self.analyze("verify", "--man=no")
        self.assertEqual((code, told), (0, ""))

    def test_it_leaves_little_open(self):
        code, told = self.analyze("security", "--offline=true", f"--threshold={EXPOSURE * 10:.0f}")
        self.assertEqual(code, 0, told)

    def test_modules_have_room_in_its_limits(self):
        config = self.folder / "mcp-vitals.yml"
        config.write_text(MODULE)
        with subprocess.Popen([PROGRAM, "run", "--config", config], stderr=subprocess.DEVNULL) as process:
            try:
                most = [0, 0]
                for _ in range(20):
                    time.sleep(0.1)
                    self.assertIsNone(process.poll(), "it ended")
                    most = list(map(max, most, running(process.pid)))
            finally:
                process.terminate()
        threads, memory = most
        self.assertGreater(threads, 64, "those of /probe are missing")
        self.assertLess(threads * 1.5, int(limit("TasksMax")))
        self.assertLess(memory * 1.5 / 1024, int(limit("MemoryMax").removesuffix("M")))


if __name__ == "__main__":
    unittest.main()
