"""What passes between a signal and a resource's type. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.base import Value
from hearth.base.errors import Refused


class WrongSignal(Refused):
    """The details of a signal are not what its resource understands."""

    default_kind = "ValueError"


@dataclass(frozen=True, slots=True)
class Told:
    """What a signal has come to: recorded in one transaction with its event and its answer.

    reason: what the event says of it; where it is empty, what the details themselves say.
    kept: what the resource keeps of all its signals from now on, None for what it did before.
    others: the same for other resources of the stack that it concerns, by their rows.
    """

    reason: str = ""
    kept: Mapping[str, Value] | None = None
    others: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)


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
