"""The simulation must be able to fail: worse parts are found out within some seeds."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from hearth.base.errors import HearthError
from hearth.resources import TYPES
from hearth.store import Batch, Change, PutAnswer, PutHeard, Store, Written, hearing
from tests.simulation.scenario import scenario
from tests.simulation.seeds import Verdict, once
from tests.simulation.world import Made

SEEDS = 300


async def finds_nothing(self, ctx, props):
    """What looks for what an earlier attempt made, and never finds it."""


FORGETFUL = tuple(
    type(kind.__name__, (kind,), {"find": finds_nothing, "__doc__": kind.__doc__}) for kind in TYPES
)


class Unfenced(Store):
    """A store that lets anybody write for any run, in any turn."""

    async def write(self, batch: Batch) -> Written:
        return await super().write(replace(batch, fence=None, sequence=0))


class Hasty(Store):
    """A store that says "durable" before it is so."""

    async def write(self, batch: Batch) -> Written:
        asyncio.get_running_loop().create_task(self._later(batch))
        return Written(())

    async def _later(self, batch: Batch) -> None:
        await asyncio.sleep(0.5)
        with suppress(HearthError):
            await super().write(batch)


class Deaf(Store):
    """A store that keeps what a signal wrote, whatever another has written in between."""

    async def write(self, batch: Batch) -> Written:
        changes = [await self._forced(one) for one in batch.changes]
        return await super().write(replace(batch, changes=tuple(changes)))

    async def _forced(self, change: Change) -> Change:
        if not isinstance(change, PutHeard):
            return change
        counts = await self.read(hearing.counts, [change.record.stack_id])
        count = counts.get(change.record.resource_id, 0) + 1
        return PutHeard(replace(change.record, count=count))


class Forgetful(Store):
    """A store that keeps no answers: a command that comes twice is done twice."""

    async def write(self, batch: Batch) -> Written:
        changes = tuple(one for one in batch.changes if not isinstance(one, PutAnswer))
        return await super().write(replace(batch, changes=changes))


def found_out(made: Made, weathers: Iterable[str], seeds: int = SEEDS) -> Verdict | None:
    """The first verdict that says something is wrong."""
    for seed in range(seeds):
        plan = scenario(seed)
        if plan.weather in weathers:
            verdict = once(plan, made)
            if verdict.problems:
                return verdict
    return None


def test_creating_again_without_looking_first_is_found_out():
    verdict = found_out(Made(types=FORGETFUL), ("flaky", "crashes", "storm"))

    assert verdict is not None
    assert any("no row" in problem or "is not as it was" in problem for problem in verdict.problems)


def test_writing_without_a_fence_is_found_out():
    verdict = found_out(Made(store=Unfenced), ("stalls", "storm"))

    assert verdict is not None
    assert any("does not hold it" in problem for problem in verdict.problems), verdict.problems


def test_going_on_before_it_is_durable_is_found_out():
    verdict = found_out(Made(store=Hasty), ("crashes", "storm"))

    assert verdict is not None


def test_taking_a_signal_upon_what_is_no_more_is_found_out():
    verdict = found_out(Made(store=Deaf), ("calm", "messages", "crashes"))

    assert verdict is not None
    assert any("are lost" in problem for problem in verdict.problems), verdict.problems


def test_taking_a_signal_twice_is_found_out():
    verdict = found_out(Made(store=Forgetful), ("messages",))

    assert verdict is not None


def test_the_parts_as_they_are_pass_the_same_seeds():
    assert found_out(Made(), ("crashes", "storm"), seeds=10) is None
