#!/usr/bin/env python3
"""The server's memory is what it says that it is."""

import unittest

from mcp_server import MEGABYTE, Server, State, resident


class MemoryTest(unittest.TestCase):
    def test_what_is_held_is_resident_and_is_given_back(self):
        before = resident()
        server = Server(State(held=50, heap=100))
        figures = server.figures()
        self.assertEqual((figures["heap_used_mb"], figures["heap_limit_mb"]), (50, 100))
        self.assertGreater(figures["rss_mb"] * MEGABYTE, before + 45 * MEGABYTE)
        server.state.held = 0
        server.hold()
        self.assertLess(resident(), before + 25 * MEGABYTE)

    def test_nothing_is_told_of_memory_by_itself(self):
        self.assertEqual(Server(State()).figures(), {})


class FailureTest(unittest.TestCase):
    def test_shares_are_even(self):
        server = Server(State(errors={"tool_error": 0.2, "internal_error": 0.1}))
        kinds = [server.failure("search") for _ in range(400)]
        for begin in range(0, 360, 7):
            some = kinds[begin : begin + 40]
            self.assertIn(some.count("tool_error"), range(7, 10))
            self.assertIn(some.count("internal_error"), range(3, 6))


if __name__ == "__main__":
    unittest.main()
