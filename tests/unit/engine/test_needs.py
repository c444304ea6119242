"""hearth.engine.needs."""

import asyncio

from hearth.engine import Ask, Outcome
from hearth.engine.checks import Checks
from hearth.engine.needs import Asked, evaluate_all
from tests.support.virtual import LoopClock


class Busy:
    """An evaluator that never comes to an answer."""

    async def answer(self, _ask: Ask) -> Outcome:
        return Outcome(failed="it took longer than 1.5 s", passing=True)


def test_an_expression_that_was_not_read_in_time_is_not_called_wrong():
    async def story() -> None:
        checks = Checks(LoopClock(), Busy())
        asked = Asked(checks)
        assert asked.syntax("$.data") is None

        await evaluate_all(checks, frozenset(asked.needs))

        assert Asked(checks).syntax("$.data") is None

    asyncio.run(story())
