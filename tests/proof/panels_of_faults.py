"""What panels show while a fault is there, by its name: what never is in the measured world.

The fault stays until its alerts have come and each of its panels has shown it.
"""

from matchers import ONE, ZERO, among, by, each, near, nothing

GOLDEN, OUTSIDE, STREAMS, FLEET, COST = (
    "golden-signals",
    "outside-view",
    "streams-and-scaling",
    "fleet",
    "cost",
)
SOME = each(0.001, float("inf"))

SHOWN_BY = {
    "server killed": {
        (OUTSIDE, "Vantages that see a target down", "A"): ONE,
        (OUTSIDE, "Probes by target and vantage", "A"): ZERO,
        (OUTSIDE, "Probers that fail twice in a row", "A"): ONE,
        (OUTSIDE, "Since the last good probe", "A"): each(3, 20),
        (FLEET, "Targets", "A"): ZERO,
        (FLEET, "Critical alerts", "A"): each(1, 9),
    },
    "certificate of 10 days": {
        (OUTSIDE, "Days to the first expiry", "A"): near(10, 0.01),
        (OUTSIDE, "Certificate, days left", "A"): near(10, 0.01),
    },
    "tool missing": {
        (OUTSIDE, "Tools missing", "A"): ONE,
        (OUTSIDE, "Tools", "A"): near(2, 0),
        (OUTSIDE, "Tools", "B"): ONE,
    },
    "tool not as in manifest": {
        (OUTSIDE, "Schema changes", "A"): among("severity", breaking=SOME),
    },
    "version changed": {
        # A version that was not agreed on is not told.
        (OUTSIDE, "What answered", "A"): by("server_version protocol_version", **{"1.1.0 ": ONE}),
    },
    "health contradicts": {
        (OUTSIDE, "Canary", "A"): ZERO,
        (OUTSIDE, "Health contradicts", "A"): ONE,
        (OUTSIDE, "Contradicting health", "A"): ONE,
        (OUTSIDE, "Layer at fault", "A"): among("layer", server=ONE, path=ZERO),
    },
    "path loses answers": {
        (OUTSIDE, "Layer at fault", "A"): among("layer", path=ONE, server=ZERO),
        (OUTSIDE, "Path at fault", "A"): ONE,
    },
    "sidecar killed": {(FLEET, "Scraped", "A"): ZERO},
    "bad configuration": {(FLEET, "Configuration in force", "A"): ZERO},
    "limit reached": {(FLEET, "Limits hit", "A"): SOME},
    "costs too much": {(COST, "Cost and budget", "A"): near(4000 * 0.05, 0.01)},
    "pool exhausted": {
        (GOLDEN, "Pool in use", "A"): ONE,
        (GOLDEN, "In flight and waiting", "C"): each(10, 2000),
    },
    "heap filling": {(GOLDEN, "Heap in use", "A"): near(0.8, 0.01)},
    "memory grows": {(GOLDEN, "Memory growth", "A"): each(0.1, float("inf"))},
    "sessions rush in": {
        (GOLDEN, "Sessions", "A"): near(46, 0),
        (GOLDEN, "Sessions", "B"): near(20, 0),
    },
    "sessions leak": {(STREAMS, "Sessions", "B"): each(5, 1000)},
    "streams are cut": {
        (STREAMS, "Streams ended, by whom", "A"): among("reason", cut=SOME),
        (STREAMS, "Streams cut, 1 hour", "A"): each(6, 1000),
    },
    "calls stop": {(GOLDEN, "Operations now", "A"): ZERO},
    "half of the calls fail": {(GOLDEN, "Errors now", "A"): near(0.5, 0.2)},
    "at the maximum": {
        (STREAMS, "Pods: desired and actual", "B"): near(5, 0),
        (GOLDEN, "Replicas", "A"): near(5, 0),
    },
    "replicas flap": {(STREAMS, "Scaling events, 1 hour", "A"): each(4, 30)},
    "all members frozen": {
        (STREAMS, "Blind fleets", "A"): ONE,
        (STREAMS, "What the scaler says", "A"): ONE,
        (STREAMS, "What decided", "A"): among("rule", blind=near(4, 0.15)),
        (STREAMS, "Members by state", "A"): among("state", silent=near(3, 0), fresh=ZERO),
    },
    "one member frozen": {
        (STREAMS, "Members by state", "A"): among("state", silent=ONE, fresh=near(2, 0))
    },
    "one pod is hot": {(STREAMS, "What the scaler says", "B"): ONE},
    "pods do not cure": {(STREAMS, "What the scaler says", "C"): ONE},
    "KEDA stops asking": {(STREAMS, "Answers to KEDA", "A"): nothing},
    # The server is 33 s late.
    "slow start": {(STREAMS, "Cold starts", "A"): each(33, 36)},
    "drain cuts calls": {(STREAMS, "Cut by a drain", "A"): SOME},
}
