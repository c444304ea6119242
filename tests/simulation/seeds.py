"""One seed: a world, stacks and their users, what goes wrong, and the verdict."""

import asyncio
import logging
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from hearth.engine.sweeping import sweep
from tests.simulation import audit, judge
from tests.simulation.client import Client, Stuck
from tests.simulation.guest import Guest
from tests.simulation.loop import Deadlock, Livelock, Process, run
from tests.simulation.mistrust import mistrust
from tests.simulation.scenario import Scenario
from tests.simulation.users import User
from tests.simulation.world import Made, World

VIRTUAL_LIMIT_S = 40_000.0
CHAOS_S = 400.0

UNCOUNTED = ("identity.trusts", "messaging.messages", "object-store.objects")
"""What the end does not say the number of.

A message for a machine may be sent twice, and a former answer stays while no list shows it.
"""


@dataclass(slots=True)
class Verdict:
    """What came of a seed."""

    scenario: Scenario
    problems: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    history: str = ""
    virtual_s: float = 0.0
    story: list[str] = field(default_factory=list)
    shape: Any = None

    @property
    def whole(self) -> bool:
        """Whether every stack came to be what it should.

        One that was kept in a snapshot after it has failed is said to be complete, too.
        """
        shape = self.shape or {}
        told = [one["status"] for one in shape.get("stacks", {}).values()]
        return all(status.endswith("COMPLETE") for status in told) and not shape.get("stopped")


def play(plan: Scenario, made: Made | None = None, *, story: bool = False) -> Verdict:
    """Run a scenario, and the same in calm weather where their ends must be alike."""
    verdict = once(plan, made, story=story)
    if plan.compared and not verdict.problems:
        calm = once(replace(plan, weather="calm"), made)
        verdict.problems += [f"undisturbed: {problem}" for problem in calm.problems]
        verdict.counts["compared"] += calm.whole
        # A stack that fails in calm weather too ends as chance has it: some are stopped midway.
        if calm.whole and calm.shape != verdict.shape:
            told = differences(calm.shape, verdict.shape)
            verdict.problems.append(f"the end is not that of the undisturbed run: {told}")
    return verdict


def once(plan: Scenario, made: Made | None = None, *, story: bool = False) -> Verdict:
    """Run a scenario in its own weather."""
    world = World(plan.seed, plan.size, plan.rates, made)
    verdict = Verdict(plan, counts=world.weather.counts)
    if story:
        world.story = verdict.story
    logs = Logs(world.note)
    logging.getLogger("hearth").addHandler(logs)
    try:
        run(world.loop, Play(world, plan, verdict).all(), VIRTUAL_LIMIT_S)
    except Exception as error:  # the top of a seed
        verdict.problems += causes(error)
    finally:
        logging.getLogger("hearth").removeHandler(logs)
    verdict.problems += logs.faults
    verdict.problems += [f"the loop met {fault}" for fault in world.loop.faults]
    verdict.virtual_s = world.loop.time()
    verdict.problems += verdicts(world, may_time_out=plan.hurried)
    verdict.history = world.history.hexdigest()
    world.close()
    return verdict


def causes(error: Exception) -> list[str]:
    """What ended a seed before its time; users come in groups, and so do their errors."""
    if isinstance(error, ExceptionGroup):
        return [words for one in error.exceptions for words in causes(one)]
    if isinstance(error, Stuck | Deadlock | Livelock | TimeoutError):
        return [f"{type(error).__name__}: {error}"]
    return ["".join(traceback.format_exception(error))]


def verdicts(world: World, *, may_time_out: bool) -> list[str]:
    """What the audit, the answers and the rows say."""
    judging = judge.Judge(world.workers, judge.plans(world.database), may_time_out)
    lines = list(audit.lines(world.database))
    found = judging.read(lines)
    for line in lines:
        if (what := judge.counted(line)) is not None:
            world.weather.counts[what] += 1
        world.note(line.kind, line.who, *map(str, line.cells[:7]))
    return found + judge.answers(world.broker.given) + judge.secrets(world.database)


class Logs(logging.Handler):
    """Takes logs into the story; a fault of ours is a problem."""

    def __init__(self, note: Callable[..., None]) -> None:
        super().__init__(logging.INFO)
        self._note = note
        self.faults: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record."""
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text += "\n" + "".join(traceback.format_exception(record.exc_info[1]))
        if record.levelno >= logging.ERROR:
            self.faults.append(f"logged: {text}")
        self._note("log", text)


@dataclass(slots=True)
class Play:
    """The course of one scenario."""

    world: World
    plan: Scenario
    verdict: Verdict
    chaos_over: bool = False

    async def all(self) -> None:
        """From an empty cloud to an empty cloud."""
        world = self.world
        await world.start_api()
        for number in range(self.plan.size.engines):
            await world.start_engine(number)
        client = Client(world)
        await asyncio.sleep(5.0)  # until lists show what the cloud began with
        await client.login()
        before = self._inventory()
        world.wire.befall = self._befall
        doubts = mistrust(
            world, Random(f"mistrust {self.plan.seed}"), self.plan.rates.mistrust_every_s, CHAOS_S
        )
        troubles = (self._crashes(), self._stalls(), self._outages(), doubts)
        chaos = [world.loop.create_task(one) for one in troubles]
        guest = Guest(world, client)
        signalling = world.loop.create_task(guest.signals())
        async with asyncio.TaskGroup() as users:
            for number in range(self.plan.stacks):
                user = User(client, self.plan, number, self.verdict.counts, self.verdict.problems)
                users.create_task(user.live())
        for one in chaos:
            one.cancel()
        await asyncio.wait(chaos)
        await self._calm(client)
        await self._clean(client)
        if signalling.done() and (fault := signalling.exception()) is not None:
            self.verdict.problems.append(f"the guests have ended: {fault!r}")
        signalling.cancel()
        self.verdict.problems += guest.problems
        await swept(world)
        after = self._inventory()
        left = differences(before, after)
        if left:
            self.verdict.problems.append(f"the cloud is not as it was before: {left}")

    # -- what befalls processes ------------------------------------------------------------------

    def _victim(self, chance: Random) -> int:
        """An engine to meet misfortune; most often one that is in the midst of something."""
        engines = self.world.engines
        owners = self.world.database.execute(
            "SELECT DISTINCT owner FROM leases WHERE running AND owner IS NOT NULL ORDER BY owner"
        ).fetchall()
        names = {self.world.workers.get(owner) for (owner,) in owners}
        busy = [n for n, one in engines.items() if one.process.name in names]
        return chance.choice(sorted(busy if busy and chance.random() < 0.8 else engines))

    async def _crashes(self) -> None:
        world, chance = self.world, Random(f"crashes {self.plan.seed}")
        every_s = self.plan.rates.crash_every_s
        while every_s and world.loop.time() < CHAOS_S:
            await asyncio.sleep(chance.expovariate(1 / every_s))
            if chance.random() < 0.1:
                self._api_crash()
            elif world.engines:
                self._crash(self._victim(chance), chance.random() * 8.0)

    def _crash(self, number: int, seconds: float) -> None:
        """An engine is killed, and begun anew after a while."""
        world = self.world
        world.weather.counts["crash"] += 1
        world.kill(number)
        world.outside.run_in(world.loop.create_task, self._restart(number, seconds))

    def _befall(self, what: str, who: Process | None) -> bool:
        """Something befalls a process in the midst of its work, if it is an engine that lives."""
        world, chance = self.world, self.world.weather.chance
        numbers = [number for number, one in world.engines.items() if one.process is who]
        if not numbers or world.loop.time() > CHAOS_S:
            return False
        if what == "die":
            self._crash(numbers[0], chance.random() * 8.0)
        else:
            world.weather.counts["stall"] += 1
            world.freeze(numbers[0], 1 + chance.random() ** 2 * 49)
        return True

    async def _restart(self, number: int, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self.world.start_engine(number)

    def _api_crash(self) -> None:
        world = self.world
        world.weather.counts["api crash"] += 1
        world.loop.kill(world.api_process)
        world.api_store.kill()
        world.outside.run_in(world.loop.create_task, world.start_api())

    async def _stalls(self) -> None:
        world, chance = self.world, Random(f"stalls {self.plan.seed}")
        every_s = self.plan.rates.stall_every_s
        while every_s and world.loop.time() < CHAOS_S:
            await asyncio.sleep(chance.expovariate(1 / every_s))
            if world.engines:
                seconds = 1 + chance.random() * 14
                world.weather.counts["stall"] += 1
                world.freeze(self._victim(chance), seconds)
                await asyncio.sleep(seconds)

    async def _outages(self) -> None:
        world, chance = self.world, Random(f"outages {self.plan.seed}")
        every_s = self.plan.rates.outage_every_s
        while every_s and world.loop.time() < CHAOS_S:
            await asyncio.sleep(chance.expovariate(1 / every_s))
            world.weather.counts["outage"] += 1
            world.weather.away = True
            try:
                await asyncio.sleep(chance.random() * 10.0)
            finally:
                world.weather.away = False

    # -- the end ---------------------------------------------------------------------------------

    async def _calm(self, client: Client) -> None:
        """The weather clears; what is under way comes to its end, and all must be in order."""
        world = self.world
        world.weather.clear()
        while len(world.engines) < self.plan.size.engines:
            await asyncio.sleep(1.0)
        for stack in (await client.get("/stacks"))["stacks"]:
            await client.settled(stack["stack_name"])
        await self._rest()
        self.verdict.problems += judge.objects(self._tables(), world.database)
        counts = {n: len(ids) for n, ids in self._inventory().items() if n not in UNCOUNTED}
        self.verdict.shape = judge.shape(world.database, counts)

    async def _rest(self) -> None:
        """Until no run is under way, and the cloud has done all that it was asked."""
        world = self.world
        for _ in range(2000):
            left = world.database.execute("SELECT count(*) FROM leases WHERE running").fetchone()[0]
            due = world.cloud.next_due()
            # What is due far away, as a token's end, is no work under way.
            busy = left or world.broker.under_way
            if not busy and (due is None or due > world.clock.now() + 60):
                return
            await asyncio.sleep(1.0)
            self._tables()
        raise Stuck(
            f"{left} runs are under way for ever; the cloud's next: {world.cloud.next_due()}"
        )

    async def _clean(self, client: Client) -> None:
        """Delete everything; what fails for a reason of the past succeeds in calm weather."""
        for _ in range(4):
            listed = (await client.get("/stacks"))["stacks"]
            for stack in listed:
                await client.insist("DELETE", f"/stacks/{stack['stack_name']}/{stack['id']}")
            for stack in listed:
                await client.settled(stack["stack_name"])
            if not listed:
                break
        else:
            self.verdict.problems.append(f"these would not go: {listed}")
        await self._rest()

    def _tables(self) -> dict[str, Any]:
        self.world.cloud.objects()
        return self.world.cloud.world.store.tables

    def _inventory(self) -> dict[str, Any]:
        """What the cloud holds, without what it makes for itself when looked at."""
        found: dict[str, Any] = {}
        for name, table in self._tables().items():
            if table.listed and name != "identity.tokens":
                kept = [one for one in table if one.get("name") != "default"]
                found[name] = sorted(str(one["id"]) for one in kept)
        return found


async def swept(world: World) -> None:
    """What nobody heard the end of is taken back: trusts that were asked for, and users."""
    running = world.engines[min(world.engines)]
    await world.wire.started(running.process, sweep(running.engine.desk, spare_s=0.0))


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """Where two documents differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            found
            for key in sorted(before.keys() | after.keys())
            for found in differences(before.get(key), after.get(key), f"{path}/{key}")
        ]
    return [] if before == after else [f"{path}: {before!r} and then {after!r}"]
