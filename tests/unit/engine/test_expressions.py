"""What expressions come to is kept, and gathering them has an end."""

import asyncio

from hearth.engine import Ask, Outcome
from hearth.engine.expressions import (
    KEPT,
    OUT_OF_TIME,
    PASSING_S,
    TOO_BUSY,
    TURN_S,
    WAIT_S,
    Expressions,
)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


class Slow:
    """An evaluator that takes its time, and counts."""

    def __init__(self, clock: Clock, outcome: Outcome, takes_s: float = 0.0) -> None:
        self.clock, self.outcome, self.takes_s = clock, outcome, takes_s
        self.asked = 0

    async def answer(self, ask: Ask) -> Outcome:
        self.asked += 1
        self.clock.at += self.takes_s
        return self.outcome


def learn(expressions: Expressions, *asks: Ask) -> list[Outcome | None]:
    asyncio.run(expressions.learn(asks))
    return [expressions.known(one) for one in asks]


def test_the_same_expression_and_data_are_evaluated_once():
    slow = Slow(clock := Clock(), Outcome(1))
    expressions = Expressions(clock, slow)

    found = learn(expressions, *[Ask("yaql", "$.data", {"a": 1}) for _ in range(3)])

    assert found == [Outcome(1)] * 3
    assert slow.asked == 1
    assert expressions.known(Ask("yaql", "$.data", {"a": 2})) is None


def test_what_took_too_long_is_tried_again_later():
    clock = Clock()
    expressions = Expressions(clock, Slow(clock, Outcome(failed="late", passing=True)))
    ask = Ask("yaql", "$")
    learn(expressions, ask)

    before = expressions.known(ask)
    clock.at += PASSING_S + 1

    assert before is not None
    assert expressions.known(ask) is None


def test_a_thousand_endless_expressions_take_no_longer_than_their_turn():
    clock = Clock()
    slow = Slow(clock, Outcome(failed="late", used=1.5))

    found = learn(Expressions(clock, slow), *[Ask("yaql", str(n)) for n in range(1000)])

    assert slow.asked == TURN_S / 1.5
    assert found[-1] == Outcome(failed=OUT_OF_TIME, passing=True)


def test_a_busy_machine_is_waited_for_so_long_and_said_to_be_busy():
    clock = Clock()
    slow = Slow(clock, Outcome(1, used=0.1), takes_s=WAIT_S / 3)

    found = learn(Expressions(clock, slow), *[Ask("yaql", str(n)) for n in range(9)])

    assert slow.asked == 4
    assert found[0] == Outcome(1, used=0.1)
    assert found[-1] == Outcome(failed=TOO_BUSY, passing=True)


def test_the_oldest_are_forgotten():
    slow = Slow(clock := Clock(), Outcome(1))
    expressions = Expressions(clock, slow)

    found = learn(expressions, *[Ask("yaql", str(n)) for n in range(KEPT + 1)])

    assert found[0] is None
    assert found[1] == Outcome(1)
