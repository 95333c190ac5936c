#!/usr/bin/env python3
"""The arrow check must see an arrow that points the wrong way."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).with_name("check.py")


def run(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True)
        return done.returncode, done.stdout


class ArrowCheck(unittest.TestCase):
    def test_allows_an_arrow_of_the_design(self):
        self.assertEqual(run({"probe/a.cc": '#include "net/url.h"\n'})[0], 0)

    def test_refuses_an_arrow_between_neighbours(self):
        code, out = run({"mcp/a.h": '#pragma once\n#include "net/url.h"\n'})
        self.assertEqual(code, 1)
        self.assertIn("mcp/a.h:2", out)

    def test_refuses_an_arrow_between_exporter_and_scaler(self):
        self.assertEqual(run({"exporter/a.cc": '#include "scaler/board.h"\n'})[0], 1)
        self.assertEqual(run({"scaler/a.cc": '#include "probe/prober.h"\n'})[0], 1)

    def test_refuses_a_fenced_library_elsewhere(self):
        code, out = run({"probe/a.cc": "#include <rapidjson/document.h>\n"})
        self.assertEqual(code, 1)
        self.assertIn("mcp/json_reader.cc only", out)


if __name__ == "__main__":
    unittest.main()
