#!/usr/bin/env python3
"""Whose an alert is, what a time looks like, and what counts as arrived."""

import unittest

from verdict import Row, flaw, lag, owner, table, too_late
from webhook import Arrival, Webhook


class World:
    def __init__(self, *instances):
        self._instances = set(instances)

    def instances(self):
        return self._instances


def alert(**labels):
    return Arrival("A", labels, {}, 0)


class OwnerTest(unittest.TestCase):
    WORLDS = {"a": World("127.0.0.1:1"), "b": World("127.0.0.1:2")}

    def test_by_the_labels_that_name_it(self):
        for label in ("namespace", "server", "target", "fleet", "workload"):
            self.assertEqual(owner(alert(**{label: "b"}), self.WORLDS), "b")

    def test_by_the_instance_that_was_scraped(self):
        self.assertEqual(owner(alert(instance="127.0.0.1:2"), self.WORLDS), "b")

    def test_of_nobody(self):
        self.assertIsNone(owner(alert(severity="warning"), self.WORLDS))


class WebhookTest(unittest.TestCase):
    def note(self, webhook, status, now, **labels):
        webhook._note(
            {"status": status, "labels": {"alertname": "A", **labels}, "annotations": {}}, now
        )

    def test_an_alert_comes_once_and_ends_once(self):
        webhook = Webhook()
        for status, now in (
            ("firing", 1),
            ("firing", 2),
            ("resolved", 5),
            ("resolved", 6),
            ("firing", 9),
        ):
            self.note(webhook, status, now, server="s")
        self.note(webhook, "firing", 3, server="t")
        self.assertEqual(
            [(a.labels["server"], a.came, a.over) for a in webhook.arrivals],
            [("s", 1, 5), ("s", 9, None), ("t", 3, None)],
        )


class FlawTest(unittest.TestCase):
    WORDS = {
        "summary": "It is down.",
        "description": "95 % of it.",
        "runbook_url": "https://x/A.md",
    }

    def test_words_that_are_whole(self):
        self.assertIsNone(flaw(Arrival("A", {}, self.WORDS, 0)))

    def test_words_that_are_not_there_or_not_filled(self):
        for description in ("", "<error expanding template>", "on <no value>", "%!f(string=x) s"):
            with self.subTest(description):
                words = self.WORDS | {"description": description}
                self.assertIn("description", flaw(Arrival("A", {}, words, 0)))


class BoundsTest(unittest.TestCase):
    def test_an_alert_that_comes_late_is_wrong(self):
        self.assertIsNone(too_late(Row("killed", "A", "real", 3.7, 1.0), 3.75))
        self.assertIn("4.0 s", too_late(Row("killed", "A", "real", 4.0, 1.0), 3.75))
        self.assertIsNone(too_late(Row("killed", "A", "real", None, None), 3.75))

    def lag(self, saturation, latency):
        rows = [Row("load", "S", "real", saturation, 1.0), Row("load", "L", "real", latency, 1.0)]
        return lag([Row("other", "L", "real", 1.0, 1.0), *rows], "load", "S", "L")

    def test_saturation_comes_before_latency(self):
        self.assertEqual(self.lag(2.0, 5.0), (3.0, None))
        self.assertIn("no later", self.lag(5.0, 2.0)[1])
        self.assertEqual(self.lag(None, 5.0), (None, None))
        self.assertEqual(lag([], "load", "S", "L"), (None, None))


class TableTest(unittest.TestCase):
    def test_times_are_told_as_they_were_and_uncompressed(self):
        line = table([Row("hangs", "A", "real", 2.0, None)], 50).split("\n")[1]
        self.assertEqual(line.split(), ["hangs", "A", "2.0", "s", "100.0", "s", "never", "never"])


if __name__ == "__main__":
    unittest.main()
