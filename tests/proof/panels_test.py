#!/usr/bin/env python3
"""What is expected of panels fails where it is not so."""

import asyncio
import types
import unittest
from collections import Counter

import faults
import panels
import panels_of_faults
from matchers import among, at, by, counted, each, fire, has, in_all, near, nothing
from panels import Answer


def answer(*series):
    return Answer(list(series))


class ExpectedTest(unittest.TestCase):
    def test_one_series_is_near(self):
        self.assertIsNone(near(10, 0.1)(answer(({}, 9.5))))
        self.assertIn("12 ", near(10, 0.1)(answer(({}, 12))))

    def test_two_are_not_one(self):
        self.assertIn("2 series", near(10, 0.1)(answer(({"a": "b"}, 10), ({}, 10))))

    def test_each_of_several(self):
        self.assertIsNone(each(9, 11)(answer(({}, 9.5), ({}, 10.5))))
        self.assertIn("12 ", each(9, 11)(answer(({}, 9.5), ({}, 12))))

    def test_empty_is_not_near(self):
        self.assertIn("empty", near(0)(answer()))
        self.assertIsNone(nothing(answer()))
        self.assertIn("not empty", nothing(answer(({}, 1))))

    def test_one_series_for_each_value_of_a_label(self):
        both = answer(({"kind": "get"}, 4), ({"kind": "post"}, 0))
        self.assertIsNone(by("kind", get=near(4), post=near(0))(both))
        self.assertIn("kind is", by("kind", get=near(4))(both))
        self.assertIn("0 series", by("kind", get=near(4), post=near(0), sse=near(0))(both))
        self.assertIn("not from", by("kind", get=near(5), post=near(0))(both))
        self.assertIsNone(among("kind", get=near(4))(both))
        self.assertIn("not from", among("kind", get=near(5))(both))
        self.assertIsNone(has("kind", "get")(both))
        self.assertIn("listen", has("kind", "listen")(both))

    def test_what_happened_adds_up(self):
        graph = Answer([({}, 1)], points=[({}, [(0, 2), (1, 0), (2, 1)])], step=0.5)
        self.assertIsNone(in_all(near(1.5, 0))(graph))
        self.assertIsNone(in_all(near(3, 0), per=0.5)(graph))
        self.assertIn("1.5 ", in_all(near(1, 0))(graph))

    def test_counts_miss_one_at_most(self):
        check = counted("reason", Counter(a=5), Counter(a=5, b=1), 40)
        for good in (4 * 42, 5 * 42):
            self.assertIsNone(check(answer(({"reason": "a"}, good))))
        self.assertIsNone(check(answer(({"reason": "a"}, 210), ({"reason": "b"}, 42))))
        self.assertIn("126", check(answer(({"reason": "a"}, 3 * 42))))
        self.assertIn("c is", check(answer(({"reason": "a"}, 210), ({"reason": "c"}, 42))))
        self.assertIn("a is [0]", check(answer()))

    def test_annotations_are_at_their_times(self):
        points = [({"namespace": "a"}, [(10, 1), (20, 1)]), ({"namespace": "b"}, [(15, 1)])]
        of_two = Answer([], points=points)
        self.assertIsNone(at("a", [9.5, 19], 1)(of_two))
        for times in ([9.5], [9.5, 18], [9.5, 19, 25], [10.5, 19]):
            self.assertIn("and not", at("a", times, 1)(of_two))

    def test_alerts_that_fire_are_these(self):
        fires = answer(({"alertname": "A"}, 1), ({"alertname": "B"}, 2))
        self.assertIsNone(fire([("B", 2), ("A", 1)])(fires))
        for others in ([("A", 1)], [("A", 1), ("B", 1)], []):
            self.assertIn("and not", fire(others)(fires))

    def test_a_value_that_two_series_have_is_wrong(self):
        doubled = answer(({"pod": "a", "job": "x"}, 400), ({"pod": "a", "job": "y"}, 4))
        for check in (by, among):
            self.assertIn("2 series", check("pod", a=near(4))(doubled))


class FaultsTest(unittest.TestCase):
    def test_show_panels_that_there_are(self):
        self.assertLessEqual(panels_of_faults.SHOWN_BY.keys(), {fault.name for fault in faults.ALL})
        places = {(q.dashboard, q.panel, q.ref) for q in panels.queries_of({})}
        for shown in panels_of_faults.SHOWN_BY.values():
            self.assertLessEqual(shown.keys(), places)


class FailingQueryTest(unittest.TestCase):
    def test_is_an_answer_and_not_the_end(self):
        async def refuse(expression):
            raise ConnectionError("400 many-to-many")

        proof = types.SimpleNamespace(factor=1, prometheus=types.SimpleNamespace(query=refuse))
        query = types.SimpleNamespace(
            dashboard="d", panel="p", ref="A", filled="x[5m]", instant=True
        )
        self.assertIn("many-to-many", asyncio.run(panels.ask(proof, query)).error)


if __name__ == "__main__":
    unittest.main()
