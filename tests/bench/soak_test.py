#!/usr/bin/env python3
"""The short form of proxy-soak as a test: soak_test.py BUILD. Of mixed load neither memory nor
descriptors may be left; what the clock measures is not looked at, for other tests run beside it.
"""
import argparse
import pathlib
import sys
import tempfile

import processes
import proxy_soak
from report import Report

if __name__ == "__main__":
    processes.pins = False  # to cores that others use, or that are not there
    report = Report()
    with tempfile.TemporaryDirectory(prefix="mcp-vitals-soak-") as work:
        proxy_soak.measure(pathlib.Path(sys.argv[1]), pathlib.Path(work),
                           argparse.Namespace(quick=True), report)
    sys.exit(0 if report.print_summary() else 1)
