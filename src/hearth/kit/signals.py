"""What passes between a signal and a resource's type. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.base import Value
from hearth.base.errors import Refused


class WrongSignal(Refused):
    """The details of a signal are not what its resource understands."""

    default_kind = "ValueError"


class NothingToDo(Exception):
    """Raised where a signal finds nothing that is to be done: no event tells of it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What a signal asks of a group.

    group: the group's row. by: so many members more or less, so many in all, or so many percent
    more or less, as `sense` says (`change`, `exact`, `percent`). least: so many at least, where
    it is a percentage. cooldown_s: the time after it in which the group takes no other. words:
    what is told of it.
    """

    group: str
    by: float
    sense: str = "change"
    least: int | None = None
    cooldown_s: float = 0.0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a signal has come to: recorded in one transaction with its event and its answer.

    reason: what the event says of it; where it is empty, what the details themselves say.
    kept: what the resource keeps of all its signals from now on, None for what it did before.
    others: the same for other resources of the stack that it concerns, by their rows.
    scale: what is asked of a group of the stack.
    """

    reason: str = ""
    kept: Mapping[str, Value] | None = None
    others: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    scale: Scale | None = None


def words(details: Any) -> str:
    """What an event says of a signal whose resource has no words of its own for it."""
    if details is None:
        return "No signal details provided"
    if isinstance(details, str):
        return details
    if isinstance(details, dict) and {"previous", "current", "reason"} <= details.keys():
        before, after, why = (details[name] for name in ("previous", "current", "reason"))
        return f"alarm state changed from {before} to {after} ({why})"
    return "Unknown"
