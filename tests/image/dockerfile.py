"""Reads a Dockerfile: its stages, and the instructions of each, with arguments filled in.

Only what our own Dockerfile uses: anything else is an error, so that what the tests play is what
Docker would do.
"""

import dataclasses
import json
import re
import shlex

KNOWN = {"FROM", "ARG", "ENV", "RUN", "COPY", "WORKDIR", "LABEL", "USER", "EXPOSE", "ENTRYPOINT", "CMD"}


class DockerfileError(Exception):
    pass


@dataclasses.dataclass
class Instruction:
    line: int
    word: str  # in capitals
    rest: str

    def list(self):
        """The words of COPY, ENTRYPOINT and CMD."""
        return json.loads(self.rest) if self.rest.startswith("[") else shlex.split(self.rest)

    def pairs(self):
        """The assignments of ENV, LABEL and ARG; an ARG without a default is None."""
        found = (word.partition("=") for word in shlex.split(self.rest))
        return {key: value if equals else None for key, equals, value in found}


@dataclasses.dataclass
class Stage:
    name: str
    base: str  # another stage's name, an image, or scratch
    instructions: list


def logical_lines(text):
    """(number, line), with continued lines joined and comments left out."""
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or not (line.strip() or joined):
            continue
        start = start or number
        joined += line.strip()
        if joined.endswith("\\"):
            joined = joined[:-1] + " "
            continue
        yield start, joined
        joined, start = "", 0
    if joined:
        raise DockerfileError(f"line {start}: the last line is continued by nothing")


def parse(text, arguments=None):
    """The stages in their order. `arguments` are those of --build-arg."""
    given = arguments or {}
    outer, stages = {}, []
    for line, content in logical_lines(text):
        word, _, rest = content.partition(" ")
        one = Instruction(line, word.upper(), rest.strip())
        if one.word not in KNOWN:
            raise DockerfileError(f"line {line}: {word} is not played by these tests")
        if one.word == "FROM":
            words = re.fullmatch(r"(\S+)(?:\s+AS\s+(\S+))?", fill(one.rest, outer), re.I)
            if not words:
                raise DockerfileError(f"line {line}: FROM {one.rest} is not understood")
            stages.append(Stage(words[2] or "", words[1], []))
            values = {}
        elif one.word == "ARG":
            # An argument of a stage hides one of the same name before the first FROM.
            target = values if stages else outer
            for key, default in one.pairs().items():
                target[key] = given.get(key, default or "")
            if stages:
                stages[-1].instructions.append(Instruction(line, "ARG", shlex.join(
                    f"{key}={target[key]}" for key in one.pairs())))
        elif not stages:
            raise DockerfileError(f"line {line}: {word} before the first FROM")
        else:
            # A shell fills in for itself what a RUN names: it gets the arguments as its environment.
            if one.word != "RUN":
                one.rest = fill(one.rest, values)
            stages[-1].instructions.append(one)
    return stages


def fill(text, values):
    def value(match):
        if match[1] not in values:
            raise DockerfileError(f"{match[0]} is not set")
        return values[match[1]]
    return re.sub(r"\$\{(\w+)\}", value, text)


def last(stage, word):
    """The last instruction of this word in the stage: the one that holds."""
    return next((one for one in reversed(stage.instructions) if one.word == word), None)
