"""`mcp-vitals` against real MCP servers: first what it says, then what it leaves.

Arguments are names of tests, as `unittest` takes them: `run_test.RunTest`.
"""

import sys
import unittest

import peers
import running

SKIPPED = 77
TESTS = ["probe_test", "tls_test", "run_test", "leftovers_test", "proxy_test",
         "browser_test"]

if __name__ == "__main__":
    if not all(stamp.exists() for stamp in peers.INSTALLED):
        print("skipped: the peers are not installed (tests/peers/install)")
        sys.exit(SKIPPED)
    try:
        running.start()
        tests = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:] or TESTS)
        result = unittest.TextTestRunner(verbosity=2).run(tests)
    finally:
        running.stop()
    sys.exit(not result.wasSuccessful())
