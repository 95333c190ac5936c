#!/usr/bin/env python3
"""What docs/choosing.md says of the closed loop is what docs/scaling/results.md has, which `make closed-loop`
writes anew: whole phrases, and no figure beside them."""

import re
import unittest

import pages

COLUMNS = ["pod-hours", "over", "cut", "turns", "least", "most", "lost"]
WORDS = "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
# Between {}: scenario/scaler/column, its figure or (with :word) the word for it; or scenario/number, the so-manieth
# number in a scenario's own description; or configuration/scaler/number, likewise.
PHRASES = [
    "by which {scenarios:word} kinds of traffic are simulated",
    "{idle-streams/0} clients that hold their streams and hardly call: CPU at {configuration/cpu-60/0} % goes from"
    " {idle-streams/cpu-60/most:word} pods to {idle-streams/cpu-60/least:word}, ends {idle-streams/cpu-60/cut} streams"
    " on the way, and is over the target for {idle-streams/cpu-60/over} minutes; ours keeps"
    " {idle-streams/ours/least:word} or {idle-streams/ours/most:word} and ends none.",
    "{daily-wave/cpu-60/pod-hours} and {daily-wave/ours/pod-hours} pod-hours, neither a minute over the target. But"
    " it ends {daily-wave/cpu-60/cut} streams to our {daily-wave/ours/cut}.",
    "with a threshold of {configuration/sse-avg/0}, which is often copied",
    "that takes {daily-wave/ours/most} pods of ours it has {daily-wave/sse-avg/most:word} at most, and loses"
    " {daily-wave/sse-avg/lost} % of the calls.",
    "over all {scenarios:word} it is over the target for {All together/sse-sum/over} minutes to our"
    " {All together/ours/over}.",
    "holds the target best ({All together/latency-value/over} minutes to our {All together/ours/over}), for twice the"
    " pods ({All together/latency-value/pod-hours} pod-hours to {All together/ours/pod-hours})",
    "With a target of {configuration/addon-50/0} it needs {All together/addon-50/pod-hours} pod-hours and is over the"
    " target for {All together/addon-50/over} minutes, and it turns {All together/addon-50/turns} times where ours does"
    " {All together/ours/turns}.",
    "with {hot-pod-streams/2} of {hot-pod-streams/0} streams on one of {hot-pod-streams/1:word} pods ours stays at"
    " {hot-pod-streams/ours/most:word} and says so, and is over the target all the time; the latency as a value goes to"
    " {hot-pod-streams/latency-value/most} pods, and is so for {hot-pod-streams/latency-value/over} of"
    " {hot-pod-streams/ours/over} minutes.",
]


def results():
    """(scenario, scaler) -> column -> number, and scenario or (configuration, scaler) -> its numbers."""
    found, numbers, scenario, lines = {}, {}, None, (pages.ROOT / "docs/scaling/results.md").read_text().splitlines()
    for at, line in enumerate(lines):
        if line.startswith("### "):
            scenario = line[4:]
            numbers[scenario] = re.findall(r"\d+", lines[at + 1])
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) > len(COLUMNS) and cells[0] != "scaler" and cells[1][:1].isdigit():
            found[scenario, cells[0]] = {
                column: float(cell.removesuffix(" %")) for column, cell in zip(COLUMNS, cells[1:])}
        elif line.startswith("|") and len(cells) == 2:
            numbers["configuration/" + cells[0]] = re.findall(r"\d+", cells[1])
    return found, numbers


def filled(phrase, found, numbers):
    def figure(match):
        name, _, how = match[1].partition(":")
        *first, last = name.split("/")
        if not first:
            number = len({scenario for scenario, _ in found} - {"All together"})
        elif last in COLUMNS:
            number = found[tuple(first)][last]
        else:
            number = float(numbers["/".join(first)][int(last)])
        return WORDS[round(number)] if how == "word" else f"{number:,.0f}"

    return re.sub(r"\{([^}]*)\}", figure, phrase)


class FiguresTest(unittest.TestCase):
    def setUp(self):
        self.found, self.numbers = results()
        self.text = " ".join((pages.ROOT / "docs/choosing.md").read_text().split())
        self.phrases = [filled(phrase, self.found, self.numbers) for phrase in PHRASES]

    def test_the_page_has_the_results(self):
        for phrase in self.phrases:
            with self.subTest(phrase=phrase):
                self.assertRegex(self.text, rf"(?<![\w,.]){re.escape(phrase)}(?!\w|[.,]\d)")

    def test_what_has_no_figure_holds(self):
        ours, idle, hot = (self.found[of, "ours"] for of in ("All together", "idle-streams", "hot-pod-streams"))
        value = self.found["All together", "latency-value"]
        self.assertEqual(idle["cut"], 0)  # “ends none”
        self.assertEqual(hot["least"], hot["most"])  # “stays at four”
        self.assertEqual(hot["over"], 60 * hot["pod-hours"] / hot["most"])  # “all the time”
        self.assertAlmostEqual(value["pod-hours"] / ours["pod-hours"], 2, 1)  # “twice the pods”
        self.assertEqual(min(row["over"] for (of, _), row in self.found.items() if of == "All together"),
                         value["over"])  # “best”
        for scaler in ("ours", "cpu-60"):
            self.assertEqual(self.found["daily-wave", scaler]["over"], 0)  # “neither a minute”

    def test_the_reasons_have_no_other_figure(self):
        start, end = self.text.index("**Why not CPU"), self.text.index("**Why not Knative")
        reasons = self.text[start:end] + self.text[self.text.index("**When not ours"):].partition("## ")[0]
        for phrase in self.phrases:
            reasons = reasons.replace(phrase, "")
        self.assertEqual(re.findall(r"\S*\d\S*", reasons), [])


if __name__ == "__main__":
    unittest.main()
