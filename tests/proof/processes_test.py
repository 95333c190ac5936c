#!/usr/bin/env python3
"""Ports are others each time, and there is always a next one."""

import socket
import unittest
from unittest import mock

import processes


class FreePortTest(unittest.TestCase):
    def test_goes_round_and_leaves_out_what_is_taken(self):
        with socket.socket() as taken:
            taken.bind(("", 0))
            busy = taken.getsockname()[1]
            free = [processes.free_port() for _ in range(2)]
            self.assertNotEqual(*free)
            with mock.patch.object(processes, "_ports", processes.collections.deque([busy, *free])):
                self.assertEqual([processes.free_port() for _ in range(3)], [*free, free[0]])

    def test_none_is_an_error(self):
        with socket.socket() as taken:
            taken.bind(("", 0))
            only = processes.collections.deque([taken.getsockname()[1]])
            with mock.patch.object(processes, "_ports", only), self.assertRaises(RuntimeError):
                processes.free_port()


if __name__ == "__main__":
    unittest.main()
