#!/usr/bin/env python3
"""The figures in docs/choosing.md are those of docs/scaling/results.md, which `make closed-loop` writes anew."""

import re
import unittest

import pages

COLUMNS = ["pod-hours", "over target", "cut", "turns", "least", "most", "lost"]

# Scenario, scaler, column -> as the page has it.
QUOTED = {
    ("All together", "ours"): {"pod-hours": "635", "over target": "382", "turns": "8"},
    ("All together", "sse-sum"): {"over target": "1,244"},
    ("All together", "latency-value"): {"pod-hours": "1,285", "over target": "308"},
    ("All together", "addon-50"): {"pod-hours": "773", "over target": "652", "turns": "275"},
    ("idle-streams", "cpu-60"): {"over target": "174", "cut": "395"},
    ("daily-wave", "ours"): {"pod-hours": "111", "cut": "307", "most": "21"},
    ("daily-wave", "cpu-60"): {"pod-hours": "107", "cut": "662"},
    ("daily-wave", "sse-avg"): {"lost": "69 %"},
    ("hot-pod-streams", "latency-value"): {"over target": "105", "most": "40"},
}


def results():
    """(scenario, scaler) -> column -> text"""
    found, scenario = {}, None
    for line in (pages.ROOT / "docs/scaling/results.md").read_text().splitlines():
        if line.startswith("### "):
            scenario = line[4:]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) > len(COLUMNS):
            found[scenario, cells[0]] = dict(zip(COLUMNS, cells[1:]))
    return found


class FiguresTest(unittest.TestCase):
    def test_the_page_has_the_results(self):
        text, found = (pages.ROOT / "docs/choosing.md").read_text(), results()
        for key, columns in QUOTED.items():
            for column, figure in columns.items():
                with self.subTest(of=key, column=column):
                    number = float(found[key][column].removesuffix(" %"))
                    self.assertEqual(f"{number:,.0f}", figure.removesuffix(" %"))
                    self.assertRegex(text, rf"\b{re.escape(figure)}")


if __name__ == "__main__":
    unittest.main()
