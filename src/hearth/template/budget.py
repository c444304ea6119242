"""How much the functions of a template may do, all of them together.

Each function is bounded by itself, but there may be thousands of them, each just below its bound,
one inside the other. What is counted is about the nanoseconds that something takes, in advance
where it is a lot: so the same template is refused on every machine, and before it takes memory.
"""

from collections.abc import Iterator
from typing import Any

from hearth.base import Secret, Value
from hearth.template.nodes import Wrong

TOTAL = 500_000_000
"""What one template may cost: ten times what ten thousand servers take."""
ITEM = 100
"""For looking at an entry of a list or a map."""
MADE = 500
"""For an entry of a list or a map that is made anew, which takes memory as well."""
PIECE = 300
"""For a piece of a text."""
SPENT = "too-much-work"
"""The code of the problem."""
Part = str | list[Any] | dict[Any, Any]


class Budget:
    """What is left of it. Shared by all that is evaluated for one request about one template."""

    __slots__ = ("left",)

    def __init__(self, total: int = TOTAL) -> None:
        self.left = total

    def spend(self, cost: float, name: str) -> None:
        """Take it from what is left, before anything is done; raises Wrong where that is less.

        name: of the function, for the sentence.
        """
        self.left -= int(cost)
        if self.left < 0:
            raise Wrong(
                f'nothing is left for "{name}": the functions of this template have more to do '
                "together than one template may ask for",
                code=SPENT,
            )

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self.left < 0


def entries(value: Value) -> int:
    """How many entries the lists and maps in a value have, at every level."""
    return sum(len(one) for one in _parts(value) if type(one) is not str)


def characters(value: Value) -> int:
    """How many characters the texts in a value have; an entry counts as sixteen."""
    return 16 + sum(map(_length, _parts(value)))


def _length(part: Part) -> int:
    match part:
        case str():
            return len(part) if part.isascii() else 4 * len(part)
        case dict():
            return 16 * len(part) + sum(map(len, part))
        case _:
            return 16 * len(part)


def _parts(value: Value) -> Iterator[Part]:
    """The texts, lists and maps in a value, at every level."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind is Secret:
            waiting.append(one.value)
        elif kind is list:
            waiting.extend(one)
            yield one
        elif kind is dict:
            waiting.extend(one.values())
            yield one
        elif kind is str:
            yield one
