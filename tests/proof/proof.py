"""Runs worlds side by side, a fault in each, and holds what arrived against what should have."""

import asyncio
import collections
import pathlib
import time

import history
import kubernetes
import monitoring
import panels
import promql
from fault import Fault
from processes import free_port
from verdict import Row, flaw, owner, too_late
from webhook import Webhook
from world import World


ON_THE_WAY = 0.5  # real seconds from an evaluation to the webhook, on a machine that others use too


class Proof:
    here = pathlib.Path(__file__).parent

    def __init__(self, program, directory, factor, at_once):
        self.program, self.directory, self.factor = program, directory, factor
        self.worlds = {}  # those that are, and have been, by name
        self.targets = directory / "targets"
        self.rows, self.wrong = [], []
        self.queries = self.wrong_queries = 0  # of the dashboards and of patterns
        self._of_all = {}  # alerts about no single server: when their faults began and ended
        self.held_up = []  # seconds
        self.unsure = []  # what may be wrong because of that
        self.missed_evaluations = 0  # by Prometheus' own count
        self.prometheus = None
        self._watch_itself = None
        self._began = 0.0  # when Prometheus was there
        self._turn = asyncio.Semaphore(at_once)
        self._retired = {}  # when a world was stopped: what comes of it later is its end
        self._processes = []
        self.webhook = Webhook()
        self.exporters = kubernetes.Exporters(self.targets / "kubernetes")

    def wait(self, milliseconds):
        """A duration of a configuration, compressed."""
        return f"{max(1, round(milliseconds / self.factor))}ms"

    def seconds(self, duration):
        """The real length of an uncompressed duration."""
        return promql.milliseconds(duration) / 1000 / self.factor

    async def start(self, alerts, histories):
        rules, differences = await monitoring.compressed(self.directory, self.factor, alerts)
        self.wrong += [f"compression changed {difference}" for difference in differences]
        for job in ("mcp-vitals", "kubernetes"):
            (self.targets / job).mkdir(parents=True)
        hook = free_port()
        await self.webhook.start(hook)
        await self.exporters.start()
        alertmanager, address = await monitoring.start_alertmanager(self.directory, hook)
        self._processes.append(alertmanager)
        self.prometheus = monitoring.Prometheus(
            self.directory, "prometheus", self.factor, rules, self.targets, address
        )
        await history.write(self.prometheus.directory / "data", histories, self.factor)
        await self.prometheus.start()
        self._began = time.time()
        self._processes.append(self.prometheus.process)
        self._watch_itself = asyncio.ensure_future(self.watch_itself())

    async def watch_itself(self):
        """Notes when the machine was too busy for what is timed here to be true: for half of the
        time from one scrape to the next."""
        most = self.seconds("15s") / 2
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.05)
            if (late := time.monotonic() - began - 0.05) > most:
                self.held_up.append(late)

    async def count_missed_evaluations(self):
        """At the end: Prometheus can be too busy where this process is not."""
        try:
            if self.prometheus:
                self.missed_evaluations = await self.prometheus.missed_evaluations()
        except (OSError, ValueError, asyncio.TimeoutError, asyncio.IncompleteReadError) as error:
            self.wrong.append(f"Prometheus does not tell how many evaluations it missed: {error!r}")

    @property
    def was_busy(self):
        return bool(self.held_up or self.missed_evaluations)

    async def stop(self):
        if self._watch_itself:
            self._watch_itself.cancel()
        await asyncio.gather(*(self.retire(world) for world in self.worlds.values()))
        for process in self._processes:
            await process.end()

    async def open(self, name, **options):
        """A world that is up, and is being scraped."""
        world = self.worlds[name] = World(self, name, **options)
        return world

    async def retire(self, world):
        if world.name not in self._retired:
            self._retired[world.name] = time.time()
            await world.stop()

    def of(self, world, fault=None):
        """The alerts of a world while it was there; if its fault is of all worlds, theirs too."""
        until = self._retired.get(world.name, float("inf"))
        owners = {world.name, None} if fault and fault.is_of_all else {world.name}
        return [
            a
            for a in self.webhook.arrivals
            if a.came < until and owner(a, self.worlds) in owners and a.name != "MCPWatchdog"
        ]

    async def is_scraped(self, world):
        up = f'up{{namespace="{world.name}"}} == 1'
        return len(await self.prometheus.query(up)) >= 1 + len(world.others)

    async def check_quiet(self, names):
        """Of these worlds nothing may have come, nor of none."""
        for name, allowed in names.items():
            for alert in self.of(self.worlds[name]):
                if alert.name not in allowed:
                    self.wrong.append(f"{name}: {alert.name} came: {alert.labels}")
        for alert in self.webhook.arrivals:
            if problem := flaw(alert):
                self.wrong.append(problem)
            if owner(alert, self.worlds) is None and not self._is_of_a_fault(alert):
                self.wrong.append(f"{alert.name} came of no world: {alert.labels}")
        if not any(a.name == "MCPWatchdog" and a.over is None for a in self.webhook.arrivals):
            self.wrong.append("MCPWatchdog is not there")

    def _is_of_a_fault(self, alert):
        if alert.name == "MCPWatchdog":
            return True
        began, ended = self._of_all.get(alert.name, (float("inf"), 0))
        return began <= alert.came <= ended

    async def check_rules(self, awaited):
        """No rule fails, nor has one ever, and each alert has a fault."""
        for group, count in (await self.prometheus.rule_failures()).items():
            self.wrong.append(f"rules of {group} failed {count:.0f} times")
        rules = [rule for group in await self.prometheus.rule_groups() for rule in group["rules"]]
        for rule in rules:
            if rule["health"] != "ok":
                self.wrong.append(f"rule {rule['name']}: {rule['health']}: {rule.get('lastError')}")
        for name in (
            {rule["name"] for rule in rules if rule["type"] == "alerting"}
            - awaited
            - {"MCPWatchdog"}
        ):
            self.wrong.append(f"{name} has no fault")

    async def try_fault(self, fault: Fault):
        async with self._turn:
            name = fault.name.replace(" ", "-")
            world = await self.open(name, **fault.world)
            try:
                await fault.prepare(world)
                await world.start()
                began = self._began
                if not fault.is_there_before:
                    await self._poll(lambda: self.is_scraped(world), 30)
                    await asyncio.sleep(self.seconds(fault.warm))
                    for early in self.of(world, fault):
                        self.wrong.append(f"{name}: {early.name} came before the fault")
                    began = time.time()
                await self._watch(fault, world, began)
            except Exception as error:
                self.wrong.append(f"{name}: {error!r}")
            finally:
                await self.retire(world)

    async def _watch(self, fault, world, began):
        limit = self.seconds(fault.within) + fault.real
        await fault.induce(world)
        await asyncio.gather(
            self._poll(lambda: self._have_come(fault, world), limit),
            panels.show(self, world, fault, limit),
        )
        mended = time.time()
        await fault.mend(world)
        await self._poll(lambda: self._are_over(fault, world), limit)
        if fault.is_of_all:
            self._of_all |= dict.fromkeys(fault.alerts, (began, time.time()))
        self._judge(fault, world, began, mended)

    async def _have_come(self, fault, world):
        return fault.alerts.keys() <= {a.name for a in self.of(world, fault)}

    async def _are_over(self, fault, world):
        return all(a.over for a in self.of(world, fault) if a.name in fault.alerts)

    async def _poll(self, condition, seconds):
        deadline = time.time() + seconds
        while not await condition() and time.time() < deadline:
            await asyncio.sleep(0.05)

    def _judge(self, fault, world, began, mended):
        came = collections.defaultdict(list)
        for alert in self.of(world, fault):
            came[alert.name].append(alert)
        for name, labels in fault.alerts.items():
            row = self._row(fault, name, labels, came.pop(name, []), began, mended)
            self.rows.append(row)
            if fault.detected:
                if late := too_late(row, self.seconds(fault.detected) + ON_THE_WAY):
                    self.wrong.append(late)
        if came:
            self.rows[-1].remark = "with " + ", ".join(sorted(came))
        for name, alerts in came.items():
            # Those in `also` need not be over: they must be where they are the fault's own.
            if name not in fault.also:
                self.wrong.append(
                    f"{world.name}: {name} came, which is not of this fault: {alerts[0].labels}"
                )

    def _row(self, fault, name, labels, alerts, began, mended):
        if not alerts:
            self.wrong.append(f"{fault.name}: {name} did not come")
            return Row(fault.name, name, fault.how, None, None)
        fitting = [a for a in alerts if labels.items() <= a.labels.items()]
        if not fitting:
            self.wrong.append(
                f"{fault.name}: {name} came with {alerts[0].labels} instead of {labels}"
            )
        over = [a.over for a in alerts]
        if not all(over):
            self.wrong.append(f"{fault.name}: {name} is not over")
        cleared = max(over) - mended if all(over) else None
        return Row(fault.name, name, fault.how, min(a.came for a in alerts) - began, cleared)
