#!/usr/bin/env python3
"""The compression: what is a duration, and what only looks like one."""

import unittest

import compress
import promql

RULES = """\
groups:
  - name: mcp_latency_5m
    interval: 30s  # for 5m
    rules:
      # for: 5m
      - record: server:mcp_operations:rate5m
        expr: sum(rate(mcp_operations_total[5m]))
      - alert: MCPSlow
        expr: |
          # over 5m
          max_over_time(server:p95_1h{for="5m", at='[1h]'}[7d:1h] offset 1w) > 30
            and time() - x5m > 300

          or y[1h30m:] offset -5m
        for: 10m
        labels: {severity: warning}
        annotations:
          description: >-
            for: 5m, [5m]
            expr: x[5m]
"""
COMPRESSED = """\
groups:
  - name: mcp_latency_5m
    interval: 600ms  # for 5m
    rules:
      # for: 5m
      - record: server:mcp_operations:rate5m
        expr: sum(rate(mcp_operations_total[6s]))
      - alert: MCPSlow
        expr: |
          # over 5m
          max_over_time(server:p95_1h{for="5m", at='[1h]'}[12096s:72s] offset 12096s) > 30
            and time() - x5m > 300

          or y[108s:] offset -6s
        for: 12s
        labels: {severity: warning}
        annotations:
          description: >-
            for: 5m, [5m]
            expr: x[5m]
"""


def rule(**parts):
    rule = {
        "name": "A",
        "type": "alerting",
        "query": "x",
        "duration": 0,
        "labels": {},
        "annotations": {},
    }
    return [
        {
            "file": "/a/b.yml",
            "name": "g",
            "interval": parts.pop("interval", 1),
            "rules": [rule | parts],
        }
    ]


class CompressTest(unittest.TestCase):
    def test_divides_durations_and_nothing_else(self):
        self.assertEqual(compress.compress(RULES, 50), COMPRESSED)

    def test_by_one_it_is_what_it_was(self):
        self.assertEqual(promql.duration(promql.milliseconds("90m")), "90m")
        self.assertEqual(
            compress.compress(RULES.replace("1w", "7d").replace("1h30m", "90m"), 1),
            RULES.replace("1w", "7d").replace("1h30m", "90m"),
        )

    def test_refuses_what_is_no_whole_millisecond(self):
        with self.assertRaises(ValueError):
            compress.compress("- expr: x[1s]", 3)

    def test_refuses_what_it_can_not_read(self):
        for text in ('- expr: "x[5m]"', "- expr: x[5m] § y"):
            with self.subTest(text), self.assertRaises(ValueError):
                compress.compress(text, 50)

    def test_words_are_the_expression(self):
        for text in (
            "a:b{c=~`[5m]`}[1h:5m] @ 1.5e3",
            "5m5s",
            "x[5m:]",
            "rate5m:x[1y]",
            "0x1F + .5 + Inf",
        ):
            self.assertEqual("".join(word for _, word in promql.words(text)), text)


class DifferencesTest(unittest.TestCase):
    def differ(self, ours, theirs):
        return compress.differences(rule(**ours), rule(**theirs), 10)

    def test_durations_differ_by_the_factor(self):
        same = (
            {"query": "x[10m] > 5", "duration": 60, "interval": 30},
            {"query": "x[1m] > 5", "duration": 6, "interval": 3},
        )
        self.assertEqual(self.differ(*same), [])

    def test_anything_else_is_found(self):
        ours = {"query": 'x{a="5m"}[10m] > 5', "duration": 60, "interval": 30}
        theirs = {"query": 'x{a="5m"}[1m] > 5', "duration": 6, "interval": 3}
        for change in (
            {"query": 'x{a="30s"}[1m] > 5'},
            {"query": 'x{a="5m"}[1m] > 6'},
            {"query": 'x{a="5m"}[10m] > 5'},
            {"query": 'x{a="5m"}[1m] > 5 or y'},
            {"duration": 60},
            {"interval": 30},
            {"labels": {"severity": "warning"}},
            {"annotations": {"description": "30s"}},
            {"name": "B"},
        ):
            with self.subTest(change):
                self.assertEqual(len(self.differ(ours, theirs | change)), 1)


if __name__ == "__main__":
    unittest.main()
