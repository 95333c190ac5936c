#!/usr/bin/env python3
"""What a pattern's query gives is held against what was made."""

import asyncio
import types
import unittest
from unittest import mock

import patterns
from matchers import near

WORLD = types.SimpleNamespace(name="measured")


class PatternsTest(unittest.TestCase):
    def problems(self, *series, expected=None, error=None):
        """Of an answer to each of the queries, each of which is expected to be 5."""
        self.asked = []

        async def query(expression):
            self.asked.append(expression)
            if error:
                raise error
            return [{"metric": {"pod": str(i)}, "value": [0, one]} for i, one in enumerate(series)]

        proof = types.SimpleNamespace(factor=40, prometheus=types.SimpleNamespace(query=query))
        proof.queries = proof.wrong_queries = 0
        proof.wrong, proof.unsure, proof.held_up = [], [], []
        all_of_them = {(q.dashboard, q.ref): near(5) for q in patterns.queries_of(WORLD)}
        with mock.patch("patterns.expectations", return_value=expected or all_of_them):
            asyncio.run(patterns.check(proof, WORLD))
        self.assertEqual(proof.wrong_queries, len(proof.wrong))
        return proof.wrong

    def test_one_number_as_expected(self):
        self.assertEqual(self.problems("5"), [])

    def test_is_asked_for_the_world_at_its_scale(self):
        self.problems("5")
        self.assertGreaterEqual(len(self.asked), 7)
        for text in self.asked:
            self.assertIn('namespace="measured",server="measured"', text)
            self.assertNotIn("[2m]", text)

    def test_another_number_several_and_none_are_wrong(self):
        for series in (["7"], ["0"], ["NaN"], ["+Inf"], ["5", "5"], []):
            with self.subTest(series=series):
                self.assertEqual(len(self.problems(*series)), len(self.asked))

    def test_an_error_is_wrong(self):
        self.assertIn("refused", self.problems(error=ConnectionError("refused"))[0])

    def test_what_nothing_is_expected_of_and_what_is_gone(self):
        wrong = self.problems("5", expected={("gone.yaml", 0): near(5)})
        self.assertIn("gone.yaml: no such query: 0", wrong)
        self.assertIn("nothing is expected", wrong[0])

    def test_something_is_expected_of_each(self):
        seen = types.SimpleNamespace(rate=lambda: 20)
        with mock.patch("measured.Seen", return_value=seen), mock.patch(
            "measured.connections_of", return_value=(9, 3)
        ):
            expected = patterns.expectations(WORLD)
        asked = {(query.dashboard, query.ref) for query in patterns.queries_of(WORLD)}
        self.assertEqual(expected.keys(), asked)


if __name__ == "__main__":
    unittest.main()
