#!/usr/bin/env python3
"""What is wrong at one pace is wrong, unless the machine was too busy for it."""

import argparse
import asyncio
import contextlib
import io
import unittest
from unittest import mock

import campaign
from proof import Proof


class CampaignTest(unittest.TestCase):
    def run_with(self, *attempts, factors=(40, 20)):
        """The exit code, and the factors that were tried, where attempts end as these do."""
        ends = iter(attempts)
        tried = []

        async def attempt(options, factor):
            tried.append(factor)
            return next(ends)

        options = argparse.Namespace(factors=factors)
        with mock.patch("campaign._attempt", attempt), contextlib.redirect_stdout(io.StringIO()):
            return asyncio.run(campaign.run(options)), tried

    def ended(self, wrong=(), held_up=(), missed=0, unsure=()):
        with mock.patch("kubernetes.Exporters"):
            proof = Proof(None, mock.MagicMock(), 40, 1)
        proof.wrong, proof.held_up, proof.missed_evaluations = [*wrong], [*held_up], missed
        proof.unsure = [*unsure]
        return proof

    def test_nothing_wrong_is_good_at_once(self):
        self.assertEqual(self.run_with(self.ended()), (0, [40]))
        self.assertEqual(self.run_with(self.ended(held_up=[1.0], missed=3)), (0, [40]))

    def test_what_is_wrong_on_a_machine_at_ease_stays_so(self):
        self.assertEqual(self.run_with(self.ended(wrong=["a"])), (1, [40]))
        self.assertEqual(self.run_with(self.ended(unsure=["a"])), (0, [40]))

    def test_a_pace_that_was_asked_for_is_the_only_one(self):
        only = self.ended(wrong=["a"], held_up=[1.0])
        self.assertEqual(self.run_with(only, factors=[40]), (1, [40]))

    def test_a_busy_machine_gets_another_attempt_and_its_word_is_the_last(self):
        for busy in ({"held_up": [1.0]}, {"missed": 1}):
            with self.subTest(busy):
                first = self.ended(wrong=["a"], **busy)
                self.assertEqual(self.run_with(first, self.ended()), (0, [40, 20]))
                unsure = self.ended(unsure=["a"], **busy)
                self.assertEqual(self.run_with(unsure, self.ended()), (0, [40, 20]))
                self.assertEqual(self.run_with(unsure, self.ended(wrong=["a"])), (1, [40, 20]))
                again = self.ended(wrong=["a"], **busy)
                self.assertEqual(self.run_with(first, again), (1, [40, 20]))


if __name__ == "__main__":
    unittest.main()
