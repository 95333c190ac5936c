"""A world: one MCP server, its sidecar, its clients, and what stands between them."""

import asyncio
import json

import wire
from certificates import Authority
from load import Load
from mcp_server import LEGACY, MODERN
from processes import Process, free_port, own_address, until
from relay import Relay

PROBE_INTERVAL = 60_000  # milliseconds, uncompressed: the default
PROBE_TIMEOUT = 50_000  # not 10 s, compressed: a busy machine is no fault
RETRY_INTERVAL = 10_000
SILENT = 300_000
FORGOTTEN = 6  # seconds that Prometheus takes, at most, to see that a target is gone
SATURATION_INTERVAL = 15_000


class Sidecar:
    """`mcp-vitals run` with a configuration, scraped as one pod of the world."""

    def __init__(self, world, pod, configuration):
        self.world, self.pod, self.configuration = world, pod, configuration
        self.port = free_port()
        self.file = world.directory / f"{pod}.yml"
        self._target = world.proof.targets / "mcp-vitals" / f"{pod}.json"
        self.process = None

    async def start(self):
        self.write(self.configuration)
        log = self.world.directory / f"{self.pod}.log"
        self.process = Process(log, self.world.proof.program, "run", "--config", self.file)
        await self.process.start()
        await until(self.pod, self._is_up)

    async def _is_up(self):
        if not self.process.is_running:
            raise RuntimeError(f"{self.pod} ended: {self.process.tail()}")
        return await wire.fetch(f"{self.url}/-/healthy")

    def write(self, configuration):
        admin = f"unix:{self.world.directory}/{self.pod}.sock"
        shared = {
            "http": {"listen": f"127.0.0.1:{self.port}"},
            "admin": {"listen": admin},
            "probe_token_file": str(self.world.token),
        }
        self.file.write_text(json.dumps(shared | configuration))

    def be_scraped(self, **labels):
        labels = {"namespace": self.world.name, "pod": self.pod, **labels}
        place = self._target.with_suffix(".new")
        place.write_text(json.dumps([{"targets": [f"127.0.0.1:{self.port}"], "labels": labels}]))
        place.rename(self._target)

    async def leave(self):
        """As a pod does that is scaled in: Prometheus forgets it, and it ends."""
        self.be_forgotten()
        await asyncio.sleep(FORGOTTEN)
        await self.process.end()

    def be_forgotten(self):
        self._target.unlink(missing_ok=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


class World:
    """`state` is the server's at its start; the others are as in its sidecar's configuration."""

    def __init__(
        self,
        proof,
        name,
        is_modern=True,
        rate=12,
        state=None,
        target=None,
        probe=None,
        proxy=None,
        figures=False,
        streams=2,
        tls=False,
        behind=False,
        tools=("search", "fetch"),
        sessions=0,
    ):
        self.proof, self.name, self.is_modern = proof, name, is_modern
        self.directory = proof.directory / name
        self.directory.mkdir()
        self.token = (
            self.directory / "token"
        )  # all sidecars of a world know each other's probes by it
        self.token.write_text("0123456789abcdef")
        self.state = {"is_modern": is_modern, "name": name, **(state or {})}
        self.ports = {part: free_port() for part in ("server", "behind", "proxy", "front")}
        scheme = "https" if tls else "http"
        self.address = f"{scheme}://{own_address()}:{self.ports['front']}/mcp"
        self.front = Relay(own_address(), self.ports["front"], self.ports["proxy"])
        self.authority = Authority(self.directory) if tls else None
        self.behind = (
            Relay("127.0.0.1", self.ports["behind"], self.ports["server"]) if behind else None
        )
        self.load = Load(self.ports["proxy"], is_modern, rate, tools, streams, sessions)
        self.vitals = self._vitals(target or {}, probe or {}, proxy or {}, figures)
        self.sidecar = Sidecar(self, f"{name}-0", self.vitals)
        self.loads = [self.load]
        self.relays = [relay for relay in (self.front, self.behind) if relay]
        self.others = []  # further sidecars
        self.asked = []  # when its scaler was asked as KEDA does, and whether it answered
        self.tasks = []  # what goes on until the world ends
        self.server = None

    def _vitals(self, target, probe, proxy, figures):
        """The sidecar's configuration; its durations are compressed as those of the rules are."""
        wait = self.proof.wait
        target = {
            "name": self.name,
            "url": self.address,
            "protocol": MODERN if self.is_modern else LEGACY,
            "canary": {
                "tool": "canary",
                "arguments": {"query": "x"},
                "expect": {"text_contains": ["fine"]},
            },
            **target,
        }
        if self.authority:
            target["tls_config"] = {"ca_file": str(self.authority.certificate)}
        vitals = {
            "probe": {
                "interval": wait(PROBE_INTERVAL),
                "timeout": wait(PROBE_TIMEOUT),
                "vantage": "here",
                "retry_interval": wait(RETRY_INTERVAL),
                "targets": [target],
                **probe,
            },
            "proxy": {
                "server": self.name,
                "listen": f"127.0.0.1:{self.ports['proxy']}",
                "upstream": f"http://127.0.0.1:{self.ports['behind' if self.behind else 'server']}",
                "findings": {"silent": wait(SILENT)},
                "drain": {"lame_duck": "10ms", "timeout": "1s"},
                **proxy,
            },
        }
        if figures:
            vitals["saturation"] = {
                "url": f"http://127.0.0.1:{self.ports['server']}/figures",
                "format": "json",
                "interval": wait(SATURATION_INTERVAL),
            }
        return vitals

    async def start(self):
        await self.start_server()
        if self.authority:
            await self.authority.start()
            await self.use_certificate(90)
        await self.start_pods()

    async def start_pods(self):
        """Those that have not been started."""
        for relay in self.relays:
            await relay.start()
        for sidecar in (self.sidecar, *self.others):
            if not sidecar.process:
                await sidecar.start()
                sidecar.be_scraped()
        for load in self.loads:
            load.start()

    def go_on(self, work):
        """Something that is done until the world ends."""
        self.tasks.append(asyncio.ensure_future(work))

    async def use_certificate(self, days):
        await self.front.use(await self.authority.make(own_address(), days))

    async def start_server(self):
        program = self.proof.here / "mcp_server.py"
        log = self.directory / "server.log"
        self.server = Process(log, "python3", program, self.ports["server"], json.dumps(self.state))
        await self.server.start()
        await until("the server", lambda: wire.fetch(f"http://127.0.0.1:{self.ports['server']}/"))

    async def set(self, **state):
        """Changes the server; it stays so over its restart."""
        self.state |= state
        await wire.fetch(
            f"http://127.0.0.1:{self.ports['server']}/admin", json.dumps(state).encode()
        )

    def add_prober(self, vantage):
        """A sidecar elsewhere, that sees the server over a relay of its own: (sidecar, relay)."""
        relay = Relay(own_address(), free_port(), self.ports["proxy"])
        probe = json.loads(json.dumps(self.vitals["probe"])) | {"vantage": vantage}
        del probe["targets"][1:]  # one in the pod is of this pod
        probe["targets"][0]["url"] = f"http://{own_address()}:{relay.port}/mcp"
        self.relays.append(relay)
        return self.add_sidecar(f"{self.name}-{vantage}", {"probe": probe}), relay

    def add_pod(self, number):
        """Another sidecar with clients of its own before the same server, by a relay of its own."""
        relay = Relay("127.0.0.1", free_port(), self.ports["server"])
        port = free_port()
        proxy = self.vitals["proxy"] | {
            "listen": f"127.0.0.1:{port}",
            "upstream": f"http://127.0.0.1:{relay.port}",
        }
        self.relays.append(relay)
        self.add_sidecar(f"{self.name}-{number}", {"proxy": proxy})
        self.loads.append(Load(port, self.is_modern, self.load.rate, self.load.tools))
        return relay

    def add_sidecar(self, pod, configuration):
        self.others.append(Sidecar(self, pod, configuration))
        return self.others[-1]

    def instances(self):
        return {f"127.0.0.1:{sidecar.port}" for sidecar in (self.sidecar, *self.others)}

    async def stop(self):
        """Leaves nothing behind, and is no longer scraped: what ends here has been told of."""
        for task in self.tasks:
            task.cancel()
        for sidecar in (self.sidecar, *self.others):
            sidecar.be_forgotten()
        self.proof.exporters.forget(self.name)
        for load in self.loads:
            await load.stop()
        for sidecar in (self.sidecar, *self.others):
            if sidecar.process:
                await sidecar.process.end()
        for relay in self.relays:
            await relay.stop()
        if self.server:
            await self.server.end()
