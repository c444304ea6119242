"""What users' expressions and patterns come to: asked outside, kept by expression and data.

An evaluation in the core asks `known`; what is not known yet is a need, and is gathered before it
evaluates again. The evaluator behind it may be stopped at any time, so every answer comes in
bounded time; and one gathering may take only so much of it, whoever asks.
"""

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from hearth.base import Clock, Value
from hearth.schema import effort, fully_matches

KEPT = 4096
KEPT_CHARACTERS = 16 * 1024 * 1024
PASSING_S = 60.0
"""What was not evaluated, for others were or the machine was busy, is tried again after this."""
TURN_S = 15.0
"""All new expressions of one evaluation may compute this long together."""
WAIT_S = 60.0
"""And nobody waits for them longer than this, however busy the machine is."""
EASY = 200_000
"""A pattern that takes no more steps than this is matched on the spot."""
OUT_OF_TIME = f"the template's expressions took longer than {TURN_S} s together"
TOO_BUSY = f"the machine was too busy to evaluate the template's expressions within {WAIT_S} s"


@dataclass(frozen=True, slots=True)
class Ask:
    """An expression to evaluate. what: `yaql`, `syntax`, or `match` (then data is a text)."""

    what: str
    source: str
    data: Value = None

    @property
    def key(self) -> str:
        """The same for the same expression and data."""
        text = json.dumps([self.what, self.source, self.data])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: a value, or why there is none. passing: another time there may be.

    used: seconds of computing that it took.
    """

    value: Value = None
    failed: str | None = None
    passing: bool = False
    used: float = 0.0


class Evaluator(Protocol):
    """Evaluates what users wrote, in bounded time and memory."""

    async def answer(self, ask: Ask) -> Outcome:
        """What comes of it; never raises for what is wrong with the expression."""
        ...


class Nobody:
    """Where there is no evaluator."""

    async def answer(self, ask: Ask) -> Outcome:
        """Patterns are matched; expressions are not evaluated."""
        if ask.what == "match":
            return Outcome(fully_matches(ask.source, ask.data))
        return Outcome() if ask.what == "syntax" else Outcome(failed="nobody evaluates it here")


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    size: int
    outcome: Outcome


class Expressions:
    """All outcomes that are known, the oldest forgotten first."""

    def __init__(self, clock: Clock, evaluator: Evaluator | None = None) -> None:
        self._clock = clock
        self._evaluator = evaluator or Nobody()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._size = 0

    def known(self, ask: Ask) -> Outcome | None:
        """What came of it when it was last evaluated; None when it must be evaluated first."""
        if ask.what == "match" and effort(ask.source, len(ask.data)) <= EASY:
            return Outcome(_matched(ask))
        kept = self._kept.get(ask.key)
        if kept is None:
            return None
        if kept.outcome.passing and self._clock.now() - kept.at > PASSING_S:
            return None
        self._kept.move_to_end(ask.key)
        return kept.outcome

    async def learn(self, asks: Iterable[Ask]) -> None:
        """Evaluate these, as far as their time goes."""
        end = self._clock.monotonic() + WAIT_S
        used = 0.0
        for ask in asks:
            if self.known(ask) is not None:
                continue
            if used >= TURN_S:
                outcome = Outcome(failed=OUT_OF_TIME, passing=True)
            elif self._clock.monotonic() > end:
                outcome = Outcome(failed=TOO_BUSY, passing=True)
            else:
                outcome = await self._evaluator.answer(ask)
                used += outcome.used
            self._keep(ask, outcome)

    def _keep(self, ask: Ask, outcome: Outcome) -> None:
        size = len(json.dumps(outcome.value))
        old = self._kept.pop(ask.key, None)
        self._size += size - (old.size if old else 0)
        self._kept[ask.key] = _Kept(self._clock.now(), size, outcome)
        while len(self._kept) > KEPT or (self._size > KEPT_CHARACTERS and len(self._kept) > 1):
            _key, gone = self._kept.popitem(last=False)
            self._size -= gone.size


def _matched(ask: Ask) -> bool:
    try:
        return fully_matches(ask.source, ask.data)
    except (re.error, RecursionError, OverflowError):
        return False
