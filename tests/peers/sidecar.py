"""The program in `run` mode beside a server, and what it tells Prometheus."""

import json
import re
import urllib.request
from collections import Counter
from pathlib import Path

from process import Process, free_port, wait_until
from running import DIRECTORY, PROGRAM

SAMPLE = re.compile(r"^(\w+)\{(.*)\} (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
WITHIN = 60  # seconds


class Metrics:
    def __init__(self, text: str):
        self._samples = [
            (name, dict(LABEL.findall(labels)), float(value))
            for name, labels, value in SAMPLE.findall(text)
        ]

    def value(self, name: str, **labels: str) -> float | None:
        for sample, has, value in self._samples:
            if sample == name and labels.items() <= has.items():
                return value
        return None

    def numbers(self, name: str, *keys: str) -> Counter:
        """The samples of that name that are not 0, by the values of these labels."""
        numbers = Counter()
        for sample, has, value in self._samples:
            if sample == name and value:
                numbers["|".join(has.get(key, "") for key in keys)] += int(value)
        return numbers

    def labels(self, name: str, **labels: str) -> dict[str, str]:
        for sample, has, _ in self._samples:
            if sample == name and labels.items() <= has.items():
                return {key: value for key, value in has.items() if key not in labels}
        return {}


class Sidecar:
    """The program in `run` mode, for a `with` statement."""

    def __init__(self, name: str, **sections: dict):
        self._port = free_port()
        file = DIRECTORY / f"{name}.yml"  # JSON is YAML
        configuration = {
            "http": {"listen": f"127.0.0.1:{self._port}"},
            "admin": {"listen": f"unix:{DIRECTORY / name}.sock"},
            **sections,
        }
        file.write_text(json.dumps(configuration))
        command = [PROGRAM, "run", "--config", str(file)]
        self._process = Process(command, Path(f"{file}.log"), {}, self._port)

    def __enter__(self):
        self._process.wait_until_ready()
        return self

    def __exit__(self, *_):
        self.status = self._process.stop()

    def metrics(self) -> Metrics:
        address = f"http://127.0.0.1:{self._port}/metrics"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return Metrics(answer.read().decode())

    def wait_for(self, what: str, condition) -> Metrics:
        """The first metrics of which `condition` holds."""

        def look() -> Metrics | None:
            metrics = self.metrics()
            return metrics if condition(metrics) else None

        return wait_until(look, WITHIN, lambda: f"{what}\n{self._process.log()[-3000:]}")


class Proxy(Sidecar):
    """The program as a proxy in front of the server that listens on `port`."""

    def __init__(self, name: str, port: int, **options: str):
        self.port = free_port()
        proxy = {
            "server": name,
            "listen": f"127.0.0.1:{self.port}",
            "upstream": f"http://127.0.0.1:{port}",
            "drain": {"lame_duck": "10ms", "timeout": "10s"},
            **options,
        }
        super().__init__(f"proxy-{name}", proxy=proxy)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"
