#!/usr/bin/env python3
"""What a run that was killed leaves is taken away by the next one, and nothing else is."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import place

WAITS = """
import asyncio, os, place, signal
place.end_in_order_when_told_to()
async def wait():
    print("here", flush=True)
    try:
        await asyncio.sleep(600)
    finally:
        print("ends", flush=True)
        os.kill(os.getpid(), signal.SIGTERM)  # as `timeout` sends it a second time
        await asyncio.sleep(0)
        print("in order", flush=True)
try:
    asyncio.run(wait())
except KeyboardInterrupt:
    pass
"""


class PlaceTest(unittest.TestCase):
    def test_leftovers_of_the_dead_are_taken_away(self):
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        with tempfile.TemporaryDirectory() as here, mock.patch("tempfile.tempdir", here):
            names = [f"{place.PREFIX}{pid}-x" for pid in (ended.pid, os.getpid())]
            names += [f"{place.PREFIX}kept-x", "other"]
            for name in names:
                (pathlib.Path(here) / name).mkdir()
            own, kept = place.make(False), place.make(True)
            there = {path.name for path in pathlib.Path(here).iterdir()}
            self.assertEqual(there, {*names[1:], own.name, kept.name})

    def test_a_run_that_is_told_to_end_does_so_in_order(self):
        with subprocess.Popen(
            [sys.executable, "-c", WAITS],
            cwd=pathlib.Path(__file__).parent,
            stdout=subprocess.PIPE,
            text=True,
        ) as run:
            self.assertEqual(run.stdout.readline(), "here\n")
            run.terminate()
            self.assertEqual(run.communicate(timeout=60)[0], "ends\nin order\n")


if __name__ == "__main__":
    unittest.main()
