#!/usr/bin/env python3
"""What docs/kubernetes.md and docs/choosing.md name exists: keys, metrics, alerts, files, errors; sizes and ports."""

import json
import os
import re
import subprocess
import tempfile
import unittest

import pages

KUBERNETES = pages.ROOT / "docs/kubernetes.md"
PAGES = [KUBERNETES, pages.ROOT / "docs/choosing.md"]
CHART = pages.ROOT / "k8s/chart"
PROGRAM = os.environ.get("MCP_VITALS", str(pages.ROOT / "build/dev/app/mcp-vitals"))
# `a.b`, `a[].b`, also with what it is set to behind it.
DOTTED = re.compile(r"([a-zA-Z]\w*(?:\[\d*\])?(?:\.[a-zA-Z_]\w*(?:\[\d*\])?)+)(?=$|[:= ])")
# Of others: Kubernetes, KEDA, Linux, Grafana, Prometheus; and names that look like keys.
OTHERS_KEYS = {
    "advanced.restoreToOriginalReplicaCount", "fallback.replicas", "limits.memory", "securityContext.sysctls",
    "spec.selector.matchLabels", "spec.template.spec.initContainers[0].name", "MountVolume.SetUp",
    "finalizer.keda.sh", "ca.crt", "values.schema.json", "net.core.somaxconn", "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies",
}
OTHERS_WORDS = {"tcp_wmem", "ip_unprivileged_port_start", "ping_group_range", "grafana_dashboard", "rule_files",
                "kubernetes_sd_configs", "keep_firing_for", "honor_labels"}


def sources(*patterns):
    return "\n".join(path.read_text(errors="replace") for pattern in patterns
                     for path in sorted(pages.ROOT.glob(pattern)) if path.is_file())


class KubernetesTest(unittest.TestCase):
    def test_every_key_exists(self):
        schema = json.loads((CHART / "values.schema.json").read_text())
        count = 0
        for page in PAGES:
            text = page.read_text()
            named = {(name, True) for name in re.findall(r"--set ([\w.\[\]]+)=", text)}
            named |= {(key[1], False) for key in map(DOTTED.match, pages.CODE.findall(text)) if key}
            for name, is_value in named:
                count += 1
                with self.subTest(page=page.name, key=name):
                    self.assertTrue(
                        has(schema, schema, name)
                        or not is_value and (name in OTHERS_KEYS or is_configuration(name)),
                        "neither a value of the chart, nor a key of the configuration")
        self.assertGreater(count, 25)

    def test_every_word_of_a_configuration_exists(self):
        known = set(pages.CODE.findall((pages.ROOT / "docs/configuration.md").read_text()))
        known |= reasons() | OTHERS_WORDS
        for page in PAGES:
            for code in pages.CODE.findall(page.read_text()):
                word = re.match(r"([a-z]+(?:_[a-z]+)+)(?=$|: )", code)
                if word and not word[1].startswith(("mcp_", "process_")):
                    with self.subTest(page=page.name, word=word[1]):
                        self.assertIn(word[1], known)

    def test_every_reason_exists(self):
        rows = pages.table(KUBERNETES.read_text(), "`reason`", "then")
        self.assertGreater(len(rows), 3)
        for row in rows:
            for reason in pages.CODE.findall(row[0]):
                with self.subTest(reason=reason):
                    self.assertIn(reason, reasons())

    def test_sizes_are_the_formulas(self):
        section = pages.section(KUBERNETES, "Sizing")
        base, stream = map(int, re.search(r"needs  = (\d+) MB \+ streams × (\d+) kB", section).groups())
        each = int(re.search(r"limit  = (\d+) KiB × connections", section)[1])
        rows = pages.table(section, "`limits.memory`", "connections it takes")
        self.assertEqual(len(rows), 5)
        for memory, connections, used in rows:
            size = re.match(r"(\d+)([MG])i\b", memory)
            expected = int(size[1]) * {"M": 1024, "G": 1024**2}[size[2]] // each
            with self.subTest(memory=memory):
                self.assertEqual(connections, f"{expected:,}")
                self.assertEqual(used, f"{round(base + expected * stream / 1000)} MB")

    def test_ports_are_those_of_the_pods(self):
        ports = dict(re.findall(r"name: (\w+), containerPort: (\d+)", sources("k8s/component/sidecar.yaml")))
        ports["keda"] = re.search(r':(\d+)"', sources("k8s/chart/templates/scaler/_config.tpl").split("scaler:")[-1])[1]
        text = "".join(page.read_text() for page in PAGES)
        for port in re.findall(r"\b97\d\d\b", text):
            self.assertIn(port, ports.values())
        for name, used in (("mcp", r":(\d+)/mcp\b"), ("vitals", r"port-forward \S+ (\d+)"),
                           ("keda", r"scaler get [\w.-]+:(\d+)"), ("keda", r"\.svc:(\d+)")):
            found = set(re.findall(used, text))
            with self.subTest(port=name, used=used):
                self.assertEqual(found - {"443"}, {ports[name]})
        wanted = {"clients, Ingress": "mcp", "Prometheus, the scaler": "vitals", "Prometheus": "vitals",
                  "KEDA's operator (label `app: keda-operator`)": "keda", "kubelet": "vitals"}
        rows = {row[0]: row[2] for row in pages.table(KUBERNETES.read_text(), "from", "to", "port")}
        for who, name in wanted.items():
            with self.subTest(who=who):
                self.assertRegex(rows[who], rf"^{ports[name]}(;|$)")

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


def reasons():
    return set(re.findall(r"^\| `(\w+)` \|", (pages.ROOT / "docs/reasons.md").read_text(), re.MULTILINE))


def is_configuration(key):
    """Whether the program knows `a.b.c`: it says so of a key that it does not."""
    text = key.replace(".", ": {") + ": " + "}" * key.count(".")
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        file.write(text)
        file.flush()
        told = subprocess.run([PROGRAM, "run", "--config", file.name, "--check-config"],
                              capture_output=True, text=True, timeout=10)
    return f"{file.name}:" in told.stdout + told.stderr and "unknown key" not in told.stdout + told.stderr


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
