"""What each panel must show of the measured world: by dashboard ("*" is any), panel and query."""

import collections
import time

import kubernetes as played
import lived as life
import measured
from matchers import ONE, ZERO, at, between, by, counted, each, fire, has, in_all, near, nothing
from measured import PROBES_P95, STREAMS, Seen
from monitoring import SCRAPE
from world import PROBE_INTERVAL


def as_long_as(each_second, lived, away, within):
    """So many for each second, to the present one, but for those that it was away."""

    def check(answer):
        seconds = time.time() - lived.began - away
        return near(each_second * seconds, within)(answer)

    return check


def expectations(proof, world, seconds, lived):
    seen, now = Seen(world, seconds), Seen(world, proof.seconds("5m"))
    tables = (
        _golden(proof, world, seen, now),
        _fleet(proof, world, seen, now, lived),
        _outside(proof, world, lived),
        _streams(proof, world, lived),
        _cost(world, seen),
        _shared(proof, world, seen, lived),
    )
    expected = {}
    for table in tables:
        for (dashboard, panel), checks in table.items():
            for ref, one in (
                zip("ABCDEFGHI", checks) if checks[0] is not None else [("", checks[1])]
            ):
                expected[dashboard, panel, ref] = one
    return expected


def _shared(proof, world, seen, lived):
    calls, streams = near(seen.rate(), 0.05), near(STREAMS, 0)
    instances = world.instances()
    # A rule each minute (of replicas: each half), a scrape, and the step of annotations.
    late = proof.seconds("2m30s") + 0.2
    return {
        ("*", "Live streams"): [streams],
        ("fleet", "Operations"): [calls],
        ("*", "annotation Deploys"): [None, at(world.name, lived.deployed, late)],
        ("*", "annotation Replica changes"): [None, at(world.name, lived.scaled, late)],
        ("*", "variable namespace"): [None, has("namespace", world.name)],
        ("*", "variable job"): [None, has("job", "mcp-vitals")],
        ("*", "variable instance"): [None, has("instance", *instances)],
        ("*", "variable server"): [None, has("server", world.name)],
        ("*", "variable target"): [None, has("target", world.name, "in-pod")],
        ("*", "variable fleet"): [None, has("fleet", world.name)],
        ("*", "Streams by pod"): [
            by("pod", **{f"{world.name}-0": streams, f"{world.name}-1": ZERO})
        ],
    }


def _golden(proof, world, seen, now):
    fails = near(seen.share("tool_error", "-32603"), 0.05)
    fires = proof.webhook.standing(seen.seconds, ["critical", "warning", "info"], world.name)
    of_tool = {
        tool: near(now.share("tool_error", "-32603", tool=tool), 0.1, 0.03)
        for tool in ("search", "fetch")
    }
    p50, p95, p99 = near(measured.P50, 0.05), near(measured.P95, 0.08), near(measured.P99, 0.03)
    # Of one tool all calls are in one bucket.
    search_at, fetch_at = (
        lambda q: near(0.5 + 0.5 * q, 0.02),
        lambda q: near(1 + q, 0.02),
    )
    pods = [f"measured-{number}" for number in range(measured.PODS)]
    calls, streams = near(seen.rate(), 0.05), near(STREAMS, 0)
    search, fetch = near(seen.rate("search"), 0.05), near(seen.rate("fetch"), 0.1)
    by_proxy, past_it = measured.connections_of(world, seen.seconds)
    burns = [
        near(seen.share("tool_error", "-32603") / 0.001 / at, 0.1) for at in (14.4, 6, 3, 1)
    ]
    p = "golden-signals"
    return {
        (p, "Without error, 3 days"): [near(1 - seen.share("tool_error", "-32603"), 0.05)],
        (p, "Within 2 s, 3 days"): [near(1, 0.001)],
        (p, "Errors now"): [fails],
        (p, "p95 now"): [p95],
        (p, "Operations now"): [calls],
        (p, "Sessions now"): [near(5, 0)],
        (p, "Sessions"): [near(5, 0), near(20, 0)],
        (p, "Alerts that fire"): [near(fires, 0, 0.5)],
        (p, "Operations by method"): [
            by(
                "mcp_method_name",
                **{"tools/call": calls, "tools/list": ZERO, "initialize": ZERO},
            )
        ],
        (p, "Live streams by kind"): [by("kind", get=streams, sse=ZERO, post=ZERO, listen=ZERO)],
        (p, "Pool in use"): [near(seen.rate() * measured.QUERY / measured.POOL, 0.3)],
        (p, "Heap in use"): [near(0.4, 0.01)],
        (p, "In flight and waiting"): [
            near(seen.rate() * (0.75 * 0.6 + 0.25 * 1.3), 0.1),
            ZERO,
            ZERO,
        ],
        # Half of them take up to 0.01 s, and a tenth longer than the last bucket has.
        (p, "Query latency"): [near(0.01, 0.01), near(0.1, 0.01), near(0.1, 0.01)],
        (p, "Memory by pod"): [near(120e6, 0.01)],
        (p, "Memory growth"): [ZERO],
        # The second pod's are past the first one's proxy.
        (p, "Client connections"): [near(by_proxy, 0.1), near(past_it, 0.1)],
        (p, "Time to answer"): [p50, p95, p99],
        (p, "p95 against its baseline"): [
            p95,
            near(measured.BASELINE, 0.02),
            near(2 * measured.BASELINE, 0.02),
        ],
        (p, "p95 by pod"): [by("pod", **dict.fromkeys(pods, near(measured.P95, 0.1)))],
        (p, "Error ratio"): [fails],
        (p, "Whose errors"): [
            near(seen.rate(outcome=["tool_error"]), 0.1),
            near(seen.rate(outcome=["-32603"]), 0.1),
            near(seen.rate(outcome=["-32602"]), 0.1),
        ],
        (p, "Errors by type"): [
            by(
                "error_type",
                tool_error=near(seen.rate(outcome=["tool_error"]), 0.1),
                internal_error=near(seen.rate(outcome=["-32603"]), 0.1),
                invalid_params=near(seen.rate(outcome=["-32602"]), 0.1),
            )
        ],
        (p, "Burn rate of the error budget"): burns,
        (p, "Tools"): [
            by(
                "gen_ai_tool_name",
                search=near(now.rate("search"), 0.1),
                fetch=near(now.rate("fetch"), 0.15),
            ),
            by("gen_ai_tool_name", **of_tool),
            by("gen_ai_tool_name", search=search_at(0.5), fetch=fetch_at(0.5)),
            by("gen_ai_tool_name", search=search_at(0.95), fetch=fetch_at(0.95)),
            by("gen_ai_tool_name", search=search_at(0.99), fetch=fetch_at(0.99)),
        ],
        (p, "p95 by tool"): [
            by("gen_ai_tool_name", search=search_at(0.95), fetch=fetch_at(0.95))
        ],
        (p, "Calls by tool"): [by("gen_ai_tool_name", search=search, fetch=fetch)],
        (p, "Replicas"): [near(2, 0), near(2, 0), near(5, 0)],
    }


def _fleet(proof, world, seen, now, lived):
    fails, calls = near(now.share("tool_error", "-32603"), 0.1), near(now.rate(), 0.1)
    critical, other = (
        proof.webhook.standing(seen.seconds, severities, world.name)
        for severities in (["critical"], ["warning", "info"])
    )
    p = "fleet"
    busy = bool(proof.held_up)
    ours = {sidecar.pod: sidecar.process for sidecar in (world.sidecar, *world.others)}
    calm = time.time() - lived.calm
    resident = {pod: near(process.resident_bytes(), 0.1) for pod, process in ours.items()}
    used = {
        pod: near((process.cpu_seconds() - lived.cpu[pod]) / calm, 0.15, 0.002)
        for pod, process in ours.items()
    }
    return {
        (p, "Servers"): [ONE],
        (p, "Worst error ratio"): [near(seen.share("tool_error", "-32603"), 0.05)],
        (p, "Critical alerts"): [near(critical, 0, 0.5)],
        (p, "Other alerts"): [near(other, 0, 0.5)],
        (p, "Servers at a glance"): [
            calls,
            fails,
            near(measured.P95, 0.08),
            near(measured.P99, 0.03),
            near(5, 0),
            near(STREAMS, 0),
            # One look at what changes many times a second.
            between(0, 0.8),
            near(0.4, 0.01),
            near(2, 0),
        ],
        (p, "Operations by server"): [near(seen.rate(), 0.05)],
        (p, "Errors by server"): [near(seen.share("tool_error", "-32603"), 0.05)],
        (p, "p95 by server"): [near(measured.P95, 0.08)],
        (p, "Streams by server"): [near(STREAMS, 0)],
        (p, "Alerts that fire"): [fire(proof.webhook.standing_now(world.name))],
        (p, "Targets"): [by("target", **{world.name: ONE, "in-pod": ONE})],
        # A scrape has a third of a second.
        (p, "Scraped"): [
            by("instance", **dict.fromkeys(world.instances(), between(0.8 if busy else 1, 1)))
        ],
        (p, "Configuration in force"): [
            by("instance", **{instance: ONE for instance in world.instances()})
        ],
        (p, "Limits hit"): [nothing, nothing],
        (p, "Memory of mcp-vitals"): [by("pod", **resident)],
        (p, "CPU of mcp-vitals"): [by("pod", **used)],
    }


def _available(proof, world, window):
    """By target and vantage the share of good probes: those that were made, and the past's."""
    length = proof.seconds(window)
    found = {}
    for key, counts in measured.probes_of(world, length).items():
        made, failed = counts["made"], measured.failed(counts)
        past = max(0, length * 1000 * proof.factor / PROBE_INTERVAL - made)
        of_week = min(past, measured.PROBES_OF_A_WEEK)
        times = {"1h": past, "1d": past}.get(window, 2 * of_week + 4 * (past - of_week))
        found[key] = 1 - (failed + times * measured.FAILED[key]) / (made + past)
    return found


def _outside(proof, world, lived):
    here, west, in_pod = f"{world.name} here", f"{world.name} west", "in-pod here"
    all_ = (here, west, in_pod)
    hour, day, week, month = (
        _available(proof, world, window) for window in ("1h", "1d", "7d", "30d")
    )
    # Sixty probes make an hour. One that fails counts for a sixth less at a window's edge (all do:
    # probes and rules have one pace), and in the first window, from zero, nothing is extrapolated.
    hourly = by("target vantage", **{k: near(a, 0.001, 0.25 * (1 - a)) for k, a in hour.items()})
    daily, weekly, monthly = (
        by("target vantage", **{k: near(a, 0.001) for k, a in window.items()})
        for window in (day, week, month)
    )
    # Three probes of sixty are enough to be a p95: on a busy machine they are late, up to their
    # time-out.
    p95s = {
        key: between(0.95 * p95, 1.25) if proof.held_up else near(p95, 0.01)
        for key, p95 in PROBES_P95.items()
    }
    p95 = by("target vantage", **p95s)
    shown = measured.probes_of(world, life.SHOWN)
    made = {key: counts["made"] / life.SHOWN for key, counts in shown.items()}
    failures = [
        sum(measured.probes_of(world, proof.seconds(hour)).values(), collections.Counter())
        for hour in ("52m", "68m")
    ]
    for one in failures:
        del one["made"]
    # By the three probers: from the pod nothing is late.
    late = (measured.FRONT + measured.WEST) / 3
    scrape = SCRAPE / 1000 / proof.factor
    age = {
        key: between(0.95 * (0.5 / rate - 0.5 * scrape), 1.05 * (0.5 / rate + 1.5 * scrape))
        for key, rate in made.items()
    }
    p = "outside-view"
    return {
        (p, "Vantages that see a target down"): [ZERO],
        (p, "Worst availability, 30 days"): [near(month[west], 0.001)],
        (p, "Slowest p95, 1 hour"): [p95s[west]],
        (p, "Days to the first expiry"): [near(90, 0.001)],
        (p, "Tools missing"): [ZERO],
        (p, "Contradicting health"): [ZERO],
        (p, "Probes by target and vantage"): [by("target vantage", **dict.fromkeys(all_, ONE))],
        (p, "Probers that fail twice in a row"): [
            by("target vantage", **dict.fromkeys(all_, ZERO))
        ],
        # The rule counts in windows of 300 s, a number that is not divided.
        (p, "Failures by reason"): [counted("reason", *failures, proof.factor)],
        (p, "Availability"): [
            by("target vantage", **dict.fromkeys(all_, ONE)),
            hourly,
            daily,
            weekly,
            monthly,
        ],
        (p, "Phases of a probe"): [
            by(
                "phase",
                # What it takes to look up an address and to connect is the machine's.
                resolve=between(0, 0.001),
                connect=between(1e-5, 0.005),
                tls=between(0.0005, 0.01),
                initialize=near(2 * late, 0.1, 0.01),
                list_tools=near(late, 0.1, 0.01),
                canary=near(measured.CANARY + late, 0.1, 0.01),
            )
        ],
        (p, "p95 by target and vantage"): [p95],
        (p, "p95 over 90 days"): [p95],
        (p, "Certificate, days left"): [by("target", **{world.name: near(90, 0.001)})],
        # Two probers, and the one in the pod.
        (p, "Schema changes"): [
            in_all(
                by(
                    "severity",
                    breaking=ZERO,
                    unclassified=near(3 * life.DESCRIBED, 0.2),
                    safe=ZERO,
                ),
                per=proof.seconds("1m"),
            )
        ],
        (p, "Tools"): [
            by("target", **dict.fromkeys((world.name, "in-pod"), near(3, 0))),
            nothing,
        ],
        (p, "Canary"): [by("target vantage", **dict.fromkeys(all_, ONE))],
        (p, "Health contradicts"): [by("target vantage", **dict.fromkeys((here, west), ZERO))],
        (p, "What answered"): [
            by(
                "server_name target protocol_version",
                **{
                    f"{world.name} {world.name} 2025-11-25": near(2, 0),
                    f"{world.name} in-pod 2025-11-25": ONE,
                },
            )
        ],
        (p, "Layer at fault"): [
            by(
                "target layer",
                **{
                    f"{target} {layer}": ZERO
                    for target in (world.name, "in-pod")
                    for layer in ("path", "server", "unknown")
                },
            )
        ],
        (p, "Path at fault"): [each(0, 0)],
        # Only where the prober is beside the proxy.
        (p, "Canary inside and outside"): [
            by("target", **{world.name: near(measured.CANARY + measured.FRONT, 0.1)}),
            by("target", **{world.name: near(measured.CANARY, 0.1)}),
        ],
        # The mean at four steps from one to the next, which is seen at the next scrape and step.
        (p, "Since the last good probe"): [
            by("target vantage", **age)
        ],
        (p, "Probes"): [
            by(
                "target",
                **{
                    world.name: near(made[here] + made[west], 0.1),
                    "in-pod": near(made[in_pod], 0.1),
                },
            )
        ],
    }


def _streams(proof, world, lived):
    opened = [goes_on for when, goes_on in world.load.opened if when > lived.began]
    asked = [is_answered for when, is_answered in world.asked if when > lived.began]
    refused = asked.count(False)
    # As quick as the machine; the fault "slow start" has a number.
    cold = between(0.001, 2)
    p = "streams-and-scaling"
    pods = {f"{world.name}-{number}" for number in range(measured.PODS)}
    used = near(played.USED / played.CORES, 0.1)
    undecided = ("concurrency", "held", "idle", "room", "window")
    return {
        (p, "Sessions now"): [near(5, 0)],
        (p, "Sessions"): [near(5, 0), near(3, 0), near(7, 0)],
        (p, "Pods available"): [near(2, 0)],
        (p, "Pods desired"): [near(2, 0)],
        (p, "Load"): [near(1, 0)],
        (p, "Streams cut, 1 hour"): [near(life.CUT, 0.1)],
        (p, "Slowest cold start"): [cold],
        (p, "Blind fleets"): [in_all(near(lived.blind, 0.1))],
        (p, "Streams by kind"): [
            by("kind", get=near(STREAMS, 0), sse=ZERO, post=ZERO, listen=ZERO)
        ],
        (p, "Streams opened"): [
            in_all(near(len(opened), 0.1)),
            in_all(near(sum(opened), 0.1)),
        ],
        (p, "Streams ended, by whom"): [
            in_all(
                by(
                    "reason",
                    server=near(life.ENDED, 0.2),
                    cut=near(life.CUT, 0.2),
                    client=near(1, 0.4),
                )
            )
        ],
        (p, "Cut by a drain"): [ZERO],
        (p, "Pods: desired and actual"): [near(2, 0), near(2, 0), near(2, 0), near(5, 0)],
        (p, "Load of the fleet"): [near(1, 0)],
        (p, "Scaling events, 1 hour"): [near(len(lived.scaled), 0)],
        (p, "Pods asked for, by trigger"): [near(2, 0)],
        # The scaler decides four times a second.
        (p, "What decided"): [
            in_all(
                by(
                    "rule",
                    blind=near(4 * lived.blind, 0.2),
                    streams=as_long_as(4, lived, lived.blind, 0.1),
                    # While two of the streams are away, it asks for as many pods.
                    latency=between(0, 8),
                    **dict.fromkeys(undecided, ZERO),
                )
            )
        ],
        (p, "What the scaler says"): [in_all(near(lived.blind, 0.1)), ZERO, ZERO],
        (p, "What KEDA is told"): [near(2, 0)],
        (p, "Members by state"): [
            in_all(
                by(
                    "state",
                    # A restart and both ends cost a sample each.
                    fresh=as_long_as(2, lived, lived.unheard, 0.1),
                    silent=ZERO,
                    unheard=near(2 * lived.unheard, 0.1),
                    refused=ZERO,
                )
            )
        ],
        # Of each time it is asked: three calls, of which the second is refused while it is blind.
        (p, "Answers to KEDA"): [
            in_all(
                by(
                    "code",
                    OK=near(3 * asked.count(True) + refused, 0.1),
                    # It may not have been up yet; and what a series begins with is no increase.
                    UNAVAILABLE=between(refused - 2.3, refused + 0.3),
                )
            )
        ],
        (p, "Pods as the scaler sees them"): [
            by("state", serving=near(2, 0), starting=ZERO, draining=ZERO)
        ],
        (p, "Cold starts"): [by("pod", **{f"{world.name}-0": cold})],
        (p, "Blind, share of an hour"): [near(lived.blind / proof.seconds("1h"), 0.1)],
        (p, "CPU by pod"): [by("pod", **dict.fromkeys(pods, used))],
        (p, "Memory by pod"): [
            by("pod", **dict.fromkeys(pods, near(played.SET / played.MEMORY, 0.01)))
        ],
        (p, "Network by pod"): [
            by("pod", **dict.fromkeys(pods, near(played.RECEIVED, 0.1))),
            by("pod", **dict.fromkeys(pods, near(-played.SENT, 0.1))),
        ],
    }


def _cost(world, seen):
    cost = measured.PODS * played.REQUESTED * played.CORE_PRICE
    waste = cost * (1 - played.USED / played.REQUESTED)
    each = near(cost / measured.PODS, 0.01)
    p = "cost"
    return {
        (p, "Cost of an hour"): [near(cost, 0.01)],
        (p, "Cost of a month"): [near(cost * 730, 0.01)],
        (p, "Not used, an hour"): [near(waste, 0.1)],
        (p, "Not used, share"): [near(waste / cost, 0.1)],
        (p, "Cost of 1,000 operations"): [near(1000 * cost / 3600 / seen.rate(), 0.1)],
        (p, "Cost by server"): [near(cost, 0.01)],
        (p, "Cost and budget"): [near(cost, 0.01)],
        (p, "Not used, by server"): [near(waste, 0.1)],
        (p, "Pods and traffic"): [near(2, 0), near(seen.rate(), 0.05)],
        (p, "Servers"): [
            near(cost, 0.01),
            near(cost * 730, 0.01),
            near(waste, 0.1),
            near(waste / cost, 0.1),
        ],
        (p, "Pods"): [
            by("pod", **{f"{world.name}-{number}": each for number in range(measured.PODS)})
        ],
    }
