"""The simulation must be able to fail: worse parts are found out within some seeds."""

from collections.abc import Iterable
from dataclasses import replace

from hearth.resources import TYPES
from hearth.store import Batch, Store, Written
from tests.simulation.seeds import Verdict, once, scenario
from tests.simulation.world import Made

SEEDS = 300


async def finds_nothing(self, ctx, props):
    """What looks for what an earlier attempt made, and never finds it."""
    return None


FORGETFUL = tuple(
    type(kind.__name__, (kind,), {"find": finds_nothing, "__doc__": kind.__doc__}) for kind in TYPES
)


class Unfenced(Store):
    """A store that lets anybody write for any run, in any turn."""

    async def write(self, batch: Batch) -> Written:
        return await super().write(replace(batch, fence=None, sequence=0))


class Forgiving(Store):
    """A store for which a stack has never moved on."""

    async def write(self, batch: Batch) -> Written:
        changes = [
            replace(change, version=None) if hasattr(change, "version") else change
            for change in batch.changes
        ]
        return await super().write(replace(batch, changes=tuple(changes)))


def found_out(made: Made, weathers: Iterable[str]) -> Verdict | None:
    """The first verdict that says something is wrong."""
    for seed in range(SEEDS):
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


def test_deciding_upon_a_stack_that_has_moved_on_is_found_out():
    verdict = found_out(Made(store=Forgiving), ("flaky", "hostile", "storm", "messages"))

    assert verdict is not None
