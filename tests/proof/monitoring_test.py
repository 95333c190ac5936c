#!/usr/bin/env python3
"""What the rewriter of the rules does wrong is found: by Prometheus, beside the shipped files."""

import asyncio
import pathlib
import re
import shutil
import tempfile
import unittest
from unittest import mock

import compress
import monitoring

ALERTS = pathlib.Path(__file__).resolve().parents[2] / "alerts"
BAD_REWRITERS = {
    "a label": ("severity: critical", "severity: warning"),
    "a number": (r"> 0\.9\b", "> 0.99"),
    "a name": ("alert: MCPEndpointDown", "alert: MCPEndpointUp"),
    "an annotation": ("summary: ", "summary: No "),
}


@unittest.skipUnless(shutil.which("prometheus"), "Prometheus is not installed")
class CompressedTest(unittest.TestCase):
    def differences(self, bad=None):
        def convert(text, factor):
            text = rewrite(text, factor)
            return re.sub(*bad, text) if bad else text

        rewrite = compress.compress
        with tempfile.TemporaryDirectory() as place, mock.patch("compress.compress", convert):
            run = monitoring.compressed(pathlib.Path(place), 40, ALERTS)
            return asyncio.run(run)[1]

    def test_durations_alone_differ(self):
        self.assertEqual(self.differences(), [])

    def test_whatever_else_the_rewriter_touches_is_found(self):
        for what, bad in BAD_REWRITERS.items():
            with self.subTest(what):
                self.assertNotEqual(self.differences(bad), [])


class FailuresTest(unittest.TestCase):
    TOLD = monitoring.FAILED + '{rule_group="/a.yml;%s"} %s\n'

    def test_evaluations_that_failed_are_told_by_group(self):
        metrics = "# TYPE x counter\n" + self.TOLD % ("good", 0) + self.TOLD % ("bad", 2)
        self.assertEqual(monitoring.failures(metrics), {"/a.yml;bad": 2})

    def test_evaluations_that_were_missed_are_told_by_group(self):
        told = self.TOLD.replace(monitoring.FAILED, monitoring.MISSED)
        metrics = self.TOLD % ("good", 7) + told % ("good", 0) + told % ("late", 3)
        by_group = monitoring.by_group(metrics, monitoring.MISSED)
        self.assertEqual(by_group, {"/a.yml;good": 0, "/a.yml;late": 3})

    def test_a_metric_that_is_gone_is_no_good_news(self):
        with self.assertRaises(ValueError):
            monitoring.failures("up 1\n")


if __name__ == "__main__":
    unittest.main()
