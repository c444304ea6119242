"""Action × Status, and the table of legal changes. What it does not list is illegal, and raises."""

from dataclasses import dataclass
from enum import Enum


class Action(Enum):
    """What is or was being done to a stack or a resource."""

    INIT = "INIT"
    CREATE = "CREATE"
    DELETE = "DELETE"
    UPDATE = "UPDATE"
    ROLLBACK = "ROLLBACK"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    ADOPT = "ADOPT"
    SNAPSHOT = "SNAPSHOT"
    CHECK = "CHECK"
    RESTORE = "RESTORE"


class Status(Enum):
    """How far the action has come."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"


class IllegalChange(Exception):
    """A change of state that the table does not list: a fault of ours, never of the user."""


@dataclass(frozen=True, slots=True)
class State:
    """An action and its status; shown joined, `CREATE_COMPLETE`."""

    action: Action
    status: Status

    def __str__(self) -> str:
        return f"{self.action.value}_{self.status.value}"


_FROM_PROGRESS = frozenset(Status)
_BEGIN = frozenset({Status.IN_PROGRESS})

_WITHIN: dict[Status, frozenset[Status]] = {
    Status.IN_PROGRESS: _FROM_PROGRESS,
    Status.COMPLETE: frozenset({Status.IN_PROGRESS, Status.COMPLETE, Status.FAILED}),
    Status.FAILED: frozenset({Status.IN_PROGRESS, Status.FAILED, Status.COMPLETE}),
}
"""Within one action: progress ends either way; an end may begin again or be corrected."""

_NEVER_AFTER_DELETED = frozenset({State(Action.DELETE, Status.COMPLETE)})


def changed(before: State, after: State) -> State:
    """The state after, if the table lists the change.

    Within one action, as `_WITHIN` says. Another action begins in progress, save CHECK, whose
    verdict may be written at once (marking a resource unhealthy). What is deleted stays deleted.
    """
    if before in _NEVER_AFTER_DELETED and after != before:
        raise IllegalChange(f"{before} cannot become {after}")
    if before.action is after.action:
        legal = after.status in _WITHIN[before.status]
    else:
        legal = after.status in _BEGIN or after.action is Action.CHECK
    if not legal:
        raise IllegalChange(f"{before} cannot become {after}")
    return after
