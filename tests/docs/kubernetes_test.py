#!/usr/bin/env python3
"""What docs/kubernetes.md and docs/choosing.md name exists: commands, values, metrics, alerts, files, errors."""

import json
import os
import re
import subprocess
import unittest

import pages

KUBERNETES = pages.ROOT / "docs/kubernetes.md"
PAGES = [KUBERNETES, pages.ROOT / "docs/choosing.md"]
CHART = pages.ROOT / "k8s/chart"
PROGRAM = os.environ.get("MCP_VITALS", str(pages.ROOT / "build/dev/app/mcp-vitals"))


def sources(*patterns):
    return "\n".join(path.read_text(errors="replace") for pattern in patterns
                     for path in sorted(pages.ROOT.glob(pattern)) if path.is_file())


class KubernetesTest(unittest.TestCase):
    def help_of(self, *command):
        return subprocess.run([PROGRAM, *command, "--help"], capture_output=True, text=True,
                              timeout=10, check=True).stdout

    def test_every_command_and_flag_of_the_program_exists(self):
        count = 0
        for page in PAGES:
            for line in pages.commands(page):
                call = re.search(r"(?:^|-- )mcp-vitals ((?:scaler )?[a-z]+)\b(.*)", line)
                if not call or call[2].startswith("-"):  # a name that begins so
                    continue
                if call[1] not in ("run", "probe", "drain", "scaler get", "scaler", "demo"):
                    self.assertRegex(line, r"helm|k8s/chart", f"no command: {line}")
                    continue
                count += 1
                text = self.help_of(*call[1].split())
                for flag in re.findall(r"--[a-z-]+", call[2]):
                    with self.subTest(line=line):
                        self.assertIn(flag, text)
        self.assertGreater(count, 5)

    def test_every_value_of_the_chart_exists(self):
        schema = json.loads((CHART / "values.schema.json").read_text())
        count = 0
        for page in PAGES:
            text = page.read_text()
            named = re.findall(r"--set ([\w.]+)=", text)
            named += [code for code in pages.CODE.findall(text)
                      if re.fullmatch(r"[a-zA-Z]+(\[\d*\])?(\.[a-zA-Z]+(\[\d*\])?)+", code)
                      and code.split(".")[0].split("[")[0] in schema["properties"]]
            for name in named:
                count += 1
                with self.subTest(value=name):
                    self.assertTrue(has(schema, schema, name), "not in values.schema.json")
        self.assertGreater(count, 10)

    def test_every_metric_and_alert_exists(self):
        metrics = set(re.findall(r"`(\w+)`", (pages.ROOT / "docs/metrics.md").read_text()))
        alerts = {path.stem for path in (pages.ROOT / "docs/runbooks").glob("*.md")}
        for page in PAGES:
            text = page.read_text()
            for name in set(re.findall(r"\b(?:mcp|process)_[a-z_]+", text)):
                with self.subTest(metric=name):
                    self.assertIn(name, metrics)
            for name in set(re.findall(r"\bMCP[A-Z][a-z]\w+", text)):
                with self.subTest(alert=name):
                    self.assertIn(name, alerts)

    def test_every_file_exists(self):
        for page in PAGES:
            named = re.findall(r"\b(?:k8s|tests|alerts|docs)/[\w./-]*\w", page.read_text())
            for name in set(named):
                if "path/to/" + name not in page.read_text():
                    with self.subTest(file=name):
                        self.assertTrue((pages.ROOT / name).exists())

    def test_the_charts_errors_are_quoted_as_they_are(self):
        known = sources("tests/manifests/contradictions.yaml")
        for texts in pages.quoted(pages.section(KUBERNETES, "`helm install` fails")):
            for text in texts:
                with self.subTest(text=text):
                    self.assertIn(text, known)

    def test_the_components_errors_name_its_own_paths(self):
        known = sources("k8s/component/**/*.yaml")
        paths = re.findall(r'(?:missing path: "|testing value )(/[^"`]+?)(?:/0"|"| failed)',
                           pages.section(KUBERNETES, "`kustomize build` fails"))
        self.assertGreaterEqual(len(paths), 4)
        for path in paths:
            with self.subTest(path=path):
                self.assertIn(f"path: {path}", known)

    def test_the_programs_own_words_are_quoted_as_they_are(self):
        text = KUBERNETES.read_text()
        for words, where in (("has not answered yet", "app/*.cc"),
                             ("in-pod handshake", "app/*.cc"),
                             ("target is failing", "app/*.cc"),
                             ("is no fleet of this scaler", "scaler/*.cc"),
                             ("is no key of this scaler (allowed: ", "scaler/*.cc"),
                             ("no members of the fleet are known", "scaler/*.cc"),
                             ("the name lookup failed", "net/*.cc"),
                             ("timed out", "net/*.cc")):
            with self.subTest(words=words):
                self.assertIn(words.rstrip(), text)
                self.assertIn(words, sources(where, "exporter/*.cc", "app/*.cc", "scaler/*.cc"))


def has(schema, node, name):
    """Whether `a.b[].c` is in a JSON schema."""
    for part in re.findall(r"\w+|\[\d*\]", name):
        while "$ref" in node:
            node = resolve(schema, node["$ref"])
        if part.startswith("["):
            node = node.get("items")
        elif part in node.get("properties", {}):
            node = node["properties"][part]
        elif isinstance(node.get("additionalProperties"), dict):
            node = node["additionalProperties"]
        else:
            # An open object: its keys are of another document.
            return node.get("type") == "object" and node.get("additionalProperties", True) is True
        if node is None:
            return False
    return True


def resolve(schema, reference):
    for part in reference.removeprefix("#/").split("/"):
        schema = schema[part]
    return schema


if __name__ == "__main__":
    unittest.main()
