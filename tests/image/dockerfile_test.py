"""The reader of Dockerfiles, and what our Dockerfile promises."""

import pathlib
import re
import unittest

import dockerfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


class ParseTest(unittest.TestCase):
    def test_stages_and_their_bases(self):
        stages = dockerfile.parse("ARG D=debian\nFROM ${D} AS build\nRUN make\nFROM scratch\nCOPY --from=build /a /b\n")
        self.assertEqual([(s.name, s.base) for s in stages], [("build", "debian"), ("", "scratch")])
        self.assertEqual(stages[1].instructions[0].list(), ["--from=build", "/a", "/b"])

    def test_a_build_argument_replaces_the_default(self):
        self.assertEqual(dockerfile.parse("ARG D=debian\nFROM ${D}", {"D": "other"})[0].base, "other")

    def test_continued_lines_and_comments(self):
        stage = dockerfile.parse('# first\nFROM a\nLABEL x="1 2" \\\n# between\n  y=3\n')[0]
        self.assertEqual(stage.instructions[0].pairs(), {"x": "1 2", "y": "3"})

    def test_the_shell_fills_in_what_a_run_names(self):
        stage = dockerfile.parse("FROM a\nARG X=1\nRUN echo ${X} ${HOME}\n")[0]
        self.assertEqual(stage.instructions[1].rest, "echo ${X} ${HOME}")

    def test_what_is_not_understood_is_an_error(self):
        for text in ("ADD a b", "FROM a\nADD a b", "FROM a AS", "RUN x\nFROM a", "FROM a\nLABEL x=${Y}",
                     "FROM a\nRUN x \\"):
            with self.subTest(text), self.assertRaises(dockerfile.DockerfileError):
                dockerfile.parse(text)


class OurDockerfileTest(unittest.TestCase):
    def setUp(self):
        self.stages = dockerfile.parse((ROOT / "Dockerfile").read_text(), {"REVISION": "abc"})
        self.final = self.stages[-1]

    def value(self, word):
        return dockerfile.last(self.final, word)

    def test_the_final_stage_begins_with_nothing(self):
        self.assertEqual(self.final.base, "scratch")
        self.assertFalse([one for one in self.final.instructions if one.word == "RUN"])

    def test_it_is_built_on_trixie(self):
        self.assertRegex(self.stages[0].base, "^debian:trixie")

    def test_it_runs_as_65532(self):
        self.assertEqual(self.value("USER").rest, "65532:65532")

    def test_a_preStop_command_is_found_by_its_name(self):
        entry = self.value("ENTRYPOINT").list()[0]
        self.assertEqual(entry, f"{self.value('ENV').pairs()['PATH']}/mcp-vitals")

    def test_labels(self):
        labels = self.value("LABEL").pairs()
        version = re.search(r"project\(mcp-vitals VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
        self.assertEqual(labels["org.opencontainers.image.version"], version)
        self.assertEqual(labels["org.opencontainers.image.revision"], "abc")
        for name in ("title", "description", "licenses", "base.name"):
            self.assertTrue(labels[f"org.opencontainers.image.{name}"], name)


if __name__ == "__main__":
    unittest.main()
