#!/usr/bin/env python3
"""Every query is PromQL, reads metrics and labels that there are, and is of what the user chose."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import model  # first: it knows where the others are
import catalogue
import label_sets
import rule_files

STRANGE = 'a"b\\c\nd.e+(f)'  # a name that must not break a query


class Labels(label_sets.Labels):
    """Knows what all alerts together can have, too."""

    def selector(self, node):
        is_named = any(matcher[:2] == ("alertname", "=") for matcher in node.matchers)
        if node.metric == "ALERTS" and not is_named:
            return {"alertname", "alertstate", "severity", "priority"}.union(*self.alerts.values())
        return super().selector(node)


def by_probe(label, value):
    """What comes by /probe has no target, and is chosen by its instance."""
    return (label, value) == ("target", "")


def known_labels():
    ours, outside = catalogue.ours(), catalogue.outside()
    labels = Labels({**ours, **outside})
    known, problems = label_sets.of_rules({**ours, **outside}, rule_files.rules())
    assert not problems, problems
    labels.series, labels.alerts = known.series, known.alerts
    return labels


class QueriesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.labels = known_labels()
        cls.foreign = set(catalogue.outside()) | {"ALERTS"}

    def test_metrics_and_labels_exist(self):
        for one in model.queries.queries():
            with self.subTest(dashboard=one.dashboard, panel=one.panel, query=one.filled):
                self.labels.of(one.filled)

    def test_every_choice_that_a_series_has_a_label_for_is_made(self):
        # What another's exporter tells has another's job and instance.
        for name, dashboard in model.all_dashboards().items():
            variables = [one["name"] for one in dashboard["templating"]["list"]
                         if one["type"] == "query"]
            for panel, target in model.targets(dashboard):
                for node in model.selectors(target["expr"]):
                    labels = self.labels.series.get(node.metric, set())
                    if node.metric in self.foreign:
                        labels = labels - {"job", "instance"}
                    for variable in set(variables) & labels:
                        choices = (f"${variable}", f"${{{variable}:regex}}")
                        with self.subTest(dashboard=name, panel=panel["title"], metric=node.metric):
                            self.assertIn(variable, [label for label, _, value in node.matchers
                                                     if value in choices or by_probe(label, value)])

    def test_legends_name_labels_that_there_are(self):
        for name, dashboard in model.all_dashboards().items():
            for panel, target in model.targets(dashboard):
                labels = self.labels.of(model.BUILT_IN.sub("1m", target["expr"]))
                for label in model.re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]):
                    with self.subTest(dashboard=name, panel=panel["title"]):
                        self.assertIn(label, labels)

    def test_columns_of_tables_are_labels_that_there_are(self):
        for name, dashboard in model.all_dashboards().items():
            for panel in model.panels(dashboard):
                if panel["type"] != "table":
                    continue
                labels = [self.labels.of(target["expr"]) for target in panel["targets"]]
                columns = panel["transformations"][-1]["options"]["indexByName"]
                named = {one for one in columns if not one.startswith("Value")}
                with self.subTest(dashboard=name, panel=panel["title"]):
                    self.assertLessEqual(named, set().union(*labels))

    def test_rows_of_tables_are_told_apart_by_their_columns(self):
        """Grafana merges rows whose labels are all the same; a label in no column would keep them
        apart."""
        for name, dashboard in model.all_dashboards().items():
            for panel in model.panels(dashboard):
                for target in panel["targets"] if panel["type"] == "table" else []:
                    columns = panel["transformations"][-1]["options"]["indexByName"]
                    with self.subTest(dashboard=name, panel=panel["title"]):
                        self.assertLessEqual(self.labels.of(target["expr"]), set(columns))
                        self.assertRegex(target["expr"],
                                         r"^(topk\(\d+, )?(sum|max|min|count|group) by ")

    def test_recorded_names_are_used_where_they_are(self):
        """A raw histogram is read nowhere: what is made of it is recorded."""
        for one in model.queries.queries():
            self.assertNotIn("mcp_server_operation_duration_seconds_bucket", one.filled)
            self.assertNotIn("mcp_probe_duration_seconds_bucket", one.filled)


@unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
class PromtoolTest(unittest.TestCase):
    def accepts(self, chosen):
        rules = [{"record": f"query:mcp_{i}:filled", "expr": one.filled}
                 for i, one in enumerate(model.queries.queries(chosen))]
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "queries.yml"
            file.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
            run = subprocess.run(["promtool", "check", "rules", file], capture_output=True,
                                 text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn(f"SUCCESS: {len(rules)} rules", run.stdout)

    def test_accepts_all_with_everything_chosen(self):
        self.accepts({})

    def test_accepts_all_with_strange_names_chosen(self):
        """As Grafana fills them in when nobody has set it up; jobs, too, but for quotes."""
        of_one_line = STRANGE.replace('"', "").replace("\n", "")
        self.accepts(dict.fromkeys(("namespace", "job", "instance"), of_one_line)
                     | dict.fromkeys(("server", "target", "fleet"), STRANGE))


if __name__ == "__main__":
    unittest.main()
