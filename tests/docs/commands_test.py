#!/usr/bin/env python3
"""The commands in docs/kubernetes.md and docs/choosing.md exist, with their flags."""

import os
import re
import subprocess
import unittest

import pages

PAGES = [pages.ROOT / "docs/kubernetes.md", pages.ROOT / "docs/choosing.md"]
PROGRAM = os.environ.get("MCP_VITALS", str(pages.ROOT / "build/dev/app/mcp-vitals"))
FLAG = re.compile(r"(?<!\S)--?[a-zA-Z][\w-]*")
# Of programs that are not here, what is used of them.
OTHERS = {
    "helm": {"install": {"-n", "--set"}, "upgrade": {"-n", "--set", "--reuse-values"}, "uninstall": {"-n"},
             "template": {"-n", "-f"}},
    "kubectl": {"apply": {"-f", "-k", "-n"}, "create": set(), "delete": {"-n"}, "describe": {"-n"},
                "exec": {"-n", "-c"}, "get": {"-n", "-l", "-w"}, "logs": {"-n", "-c"},
                "patch": {"-n", "--type", "-p"}, "port-forward": {"-n"}, "rollout": {"-n"}},
    "docker": {"build": {"-t"}, "push": set()},
}


def commands():
    for page in PAGES:
        for line in pages.commands(page):
            yield re.sub(r"\s+#.*| > /dev/null", "", line)


def flags(text):
    return set(FLAG.findall(re.sub(r"'[^']*'", "", text)))


class CommandsTest(unittest.TestCase):
    def test_of_the_program(self):
        count = 0
        for line in commands():
            call = re.search(r"(?:^|-- )mcp-vitals ((?:scaler )?[a-z]+)\b(.*)", line)
            if not call or call[2].startswith("-"):  # a name that begins so
                continue
            if call[1] not in ("run", "probe", "drain", "scaler get", "scaler", "demo"):
                self.assertRegex(line, r"helm|k8s/chart", f"no command: {line}")
                continue
            count += 1
            text = subprocess.run([PROGRAM, *call[1].split(), "--help"], capture_output=True, text=True,
                                  timeout=10, check=True).stdout
            with self.subTest(line=line):
                self.assertLessEqual(flags(call[2]), set(re.findall(r"--?[a-zA-Z][\w-]*", text)))
        self.assertGreater(count, 5)

    def test_of_helm_kubectl_and_docker(self):
        count = 0
        for line in commands():
            program, _, rest = line.partition(" -- ")[0].partition(" ")
            if program not in OTHERS or not rest:
                continue
            count += 1
            words = re.sub(r"(?<!\S)-n \S+ ?", "", rest).split()
            with self.subTest(line=line):
                self.assertIn(words[0], OTHERS[program])
                self.assertLessEqual(flags(rest), OTHERS[program][words[0]])
        self.assertGreater(count, 20)

    def test_of_make(self):
        makefile = (pages.ROOT / "Makefile").read_text()
        targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
        found = set()
        for line in commands():
            for target, figure in re.findall(r"^make ([\w-]+)(?: ARGS='--only ([\w-]+)')?", line):
                found.add(target)
                with self.subTest(line=line):
                    self.assertIn(target, targets)
                    if figure:
                        self.assertIn(f'"{figure}": ', (pages.ROOT / "tests" / target / "run").read_text())
                    else:
                        self.assertNotIn("ARGS", line)
        self.assertGreater(len(found), 2)


if __name__ == "__main__":
    unittest.main()
