"""The processes of the scene: servers in pods, each with its sidecar and clients; probers; a scaler."""

import json

import wire
from load import Load
from processes import Process, free_port, until

CANARY = {"tool": "canary", "arguments": {"query": "x"}, "expect": {"text_contains": ["fine"]}}


class Vitals:
    """`mcp-vitals run`, scraped by the town's Prometheus."""

    def __init__(self, town, name, configuration, **labels):
        self.town, self.name, self.labels = town, name, labels
        self.address = town.new_address()
        self.port = town.port  # one for all, as of pods
        self._file = town.directory / f"{name}.json"
        self._file.write_text(json.dumps({
            "http": {"listen": f"{self.address}:{self.port}"},
            "admin": {"listen": f"unix:{town.directory}/{name}.sock"}} | configuration))  # JSON is YAML
        self.process = Process(town.directory / f"{name}.log", town.program, "run", "--config", self._file)

    async def start(self):
        await self.process.start()
        await until(f"{self.name}: {self.process.tail()}",
                    lambda: wire.fetch(f"http://{self.address}:{self.port}/-/healthy"))
        self.town.scrape(self.name, f"{self.address}:{self.port}", **self.labels)

    async def stop(self, signal):
        await self.process.end(signal)
        self.town.scrape(self.name, None)  # a pod that ends is a target until it has gone


class Pod:
    """An MCP server, its sidecar, and those clients that came to it."""

    def __init__(self, town, server, name, state):
        self.server, self.name = server, name
        self.state = dict(state)
        self.ports = {part: free_port() for part in ("server", "proxy")}
        program = town.root / "tests" / "proof" / "mcp_server.py"
        self.process = Process(town.directory / f"{name}-server.log", "python3", program,
                               self.ports["server"], json.dumps(self.state))
        upstream = f"http://127.0.0.1:{self.ports['server']}"
        self.vitals = Vitals(town, name, {
            "identity": {"pod": name, "namespace": "prod"},
            "probe": {"interval": "15s", "timeout": "5s", "vantage": "in-pod", "targets": [
                {"name": f"{server.name}-pod", "url": f"http://127.0.0.1:{self.ports['proxy']}/mcp",
                 "canary": CANARY, "health_url": upstream + "/health"}]},
            "proxy": {"server": server.name, "listen": f"0.0.0.0:{self.ports['proxy']}", "upstream": upstream,
                      "drain": {"lame_duck": "1s", "timeout": "4s"}},
            "saturation": {"url": upstream + "/figures", "format": "json", "interval": "5s"},
        }, namespace="prod", pod=name)
        self.loads = [Load(self.ports["proxy"], is_modern, 0, server.tools) for is_modern in server.eras]
        self.rate = self.streams = 0
        self._sessions = []
        self._grown = 0  # megabytes: every server leaks a little

    async def start(self):
        await self.process.start()
        await until("a server", lambda: wire.fetch(f"http://127.0.0.1:{self.ports['server']}/"))
        await self.vitals.start()
        for load in self.loads:
            load.start()

    async def set(self, **state):
        self.state |= state
        await wire.fetch(f"http://127.0.0.1:{self.ports['server']}/admin", json.dumps(state).encode())

    async def live(self, rate, streams):
        """Clients come and go; the server's own figures follow from what they do."""
        self.rate, self.streams = rate, streams
        for load in self.loads:
            load.rate = rate / len(self.loads)
            load.hold(round(streams / len(self.loads)))
            if not load.is_modern:
                await self._hold_sessions(load, round(0.7 * streams / len(self.loads)))
        self._grown += 0.02
        await self.set(figures={
            "heap_used_mb": 60 + 2.4 * rate + 1.2 * streams, "heap_limit_mb": 256,
            "rss_mb": 140 + self._grown + 0.8 * streams, "active_sessions": len(self._sessions)})

    async def _hold_sessions(self, load, count):
        while len(self._sessions) > count:
            await load.end_session(self._sessions.pop(0))
        while len(self._sessions) < count:
            self._sessions.append(await load.open_session())

    async def stop(self, signal):
        for load in self.loads:
            load.rate = 0
        await self.vitals.stop(signal)
        for load in self.loads:
            await load.stop()
        await self.process.end()
