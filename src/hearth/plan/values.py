"""What a plan is: steps, what each waits for, and why. A plan is a value; it carries no behaviour.

The resource that a template names has one step under its name. A recorded row that may have to
go has a cleanup step under `-<row id>`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from hearth.base import Secret, Value
from hearth.stack import Action

REPLACED = "replaced"
"""The outcome of a step that made a new object beside the old one."""


BARRIER = "="
"""The key of the step at which cleaning up waits for all that is made or changed."""


class Do(Enum):
    """What a step does."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    CHECK = "check"
    SUSPEND = "suspend"
    RESUME = "resume"
    SNAPSHOT = "snapshot"
    RESTORE = "restore"
    ADOPT = "adopt"
    PAUSE = "pause"
    FORGET = "forget"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Change:
    """One property that differs; before and after are masked. replaces: it needs a new object."""

    path: str
    before: Value = None
    after: Value = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do.

    row: the row of the object that it acts upon; for a replacement, the row of the new one.
    old_row: the row of what is replaced. either: an update that may become a replacement when a
    value is known; `new_row` is then the row that the new object would have. Elsewhere `new_row`
    is the row of a copy that is made first. perhaps: what is unknown is such that it would be
    replaced: it is told as one that may be.
    hooks: where it stops, before or after its work, until told to go on (`pre-create`).
    only_if: it is done only if that step's outcome is `replaced`.
    quiet: nothing of the resource itself differs; only what is inside it is looked at.
    pause_s: how long nothing is done.
    """

    key: str
    resource: str
    do: Do
    row: str
    type: str = ""
    old_row: str | None = None
    new_row: str | None = None
    either: bool = False
    only_if: str | None = None
    reason: str = ""
    changes: tuple[Change, ...] = ()
    where: str = ""
    requires: tuple[str, ...] = ()
    shown: Mapping[str, Value] = field(default_factory=dict)
    quiet: bool = False
    pause_s: float = 0.0
    hooks: tuple[str, ...] = ()
    perhaps: bool = False

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do, so that it costs nothing."""
        return self.do is Do.NONE and not self.hooks


@dataclass(frozen=True, slots=True)
class Wave:
    """One batch. born: names that are made in it. room: how many others may be changed.

    gone: names that go when all that is done. pause_s: the time before the next wave.
    """

    born: tuple[str, ...] = ()
    room: int = 0
    gone: tuple[str, ...] = ()
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Waves:
    """The batches of a change. order: the names of those that stay, in the order of their turns."""

    order: tuple[str, ...] = ()
    waves: tuple[Wave, ...] = ()

    def to_document(self) -> list[Any]:
        """As it is kept until the plan is made."""
        waves = [[list(one.born), one.room, list(one.gone), one.pause_s] for one in self.waves]
        return [list(self.order), waves]

    @classmethod
    def from_document(cls, document: list[Any]) -> "Waves":
        """From what `to_document` gave."""
        order, waves = document
        return cls(
            tuple(order),
            tuple(Wave(tuple(born), room, tuple(gone), s) for born, room, gone, s in waves),
        )


@dataclass(frozen=True, slots=True)
class Aim:
    """What a plan is about beside its action.

    snapshot: the one that it makes or takes away. keeping: what it lets go of stays in the cloud.
    adopted: the document by which objects are taken over; it may hold secrets, and is one.
    converging: what the cloud shows is looked at first, and put right.
    """

    snapshot: str | None = None
    keeping: bool = False
    adopted: Secret | None = None
    converging: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in an order in which each comes after what it requires.

    undecided: it is made when its run begins, once the run `after` has ended, in these waves.
    """

    action: Action
    steps: tuple[Step, ...] = ()
    undecided: bool = False
    after: str | None = None
    waves: Waves | None = None
    aim: Aim = Aim()

    def step(self, key: str) -> Step:
        """The step of that key."""
        return next(step for step in self.steps if step.key == key)

    @property
    def idle(self) -> bool:
        """Whether nothing at all is to be done."""
        return all(step.idle for step in self.steps)

    def counts(self) -> dict[str, int]:
        """How many of each: what a user reads first."""
        names = {Do.CREATE: "create", Do.UPDATE: "update", Do.REPLACE: "replace"}
        words = ("create", "update", "perhaps", "replace", "delete", "unchanged")
        found = dict.fromkeys(words, 0)
        for step in self.steps:
            if not step.resource or (step.key.startswith("-") and step.idle):
                continue
            if step.do is Do.DELETE:
                found["delete"] += step.only_if is None and step.old_row is None
            else:
                found["perhaps" if step.perhaps else names.get(step.do, "unchanged")] += 1
        return found


def later(
    action: Action, after: str | None = None, waves: Waves | None = None, aim: Aim | None = None
) -> Plan:
    """A plan that is to be made when its run begins (once the run `after` has ended)."""
    return Plan(action, undecided=True, after=after, waves=waves, aim=aim or Aim())


def to_document(plan: Plan) -> dict[str, Any]:
    """The plan as it is stored with its run: what carrying it out needs, without the words."""
    return {
        "action": plan.action.value,
        "undecided": plan.undecided,
        "after": plan.after,
        "waves": plan.waves.to_document() if plan.waves is not None else None,
        "snapshot": plan.aim.snapshot,
        "keeping": plan.aim.keeping,
        "adopted": plan.aim.adopted,
        "converging": plan.aim.converging,
        "steps": [
            [
                step.key, step.resource, step.do.value, step.row, step.type, step.old_row,
                step.new_row, step.either, step.only_if, list(step.requires), list(step.hooks),
                *([step.pause_s] if step.pause_s else ()),
            ]
            for step in plan.steps
        ],
    }  # fmt: skip


def from_document(document: Mapping[str, Any]) -> Plan:
    """The plan that a run carries."""
    return Plan(
        Action(document["action"]),
        tuple(_step(row) for row in document["steps"]),
        bool(document.get("undecided")),
        document.get("after"),
        Waves.from_document(document["waves"]) if document.get("waves") else None,
        Aim(
            document.get("snapshot"), bool(document.get("keeping")), document.get("adopted"),
            bool(document.get("converging")),
        ),
    )  # fmt: skip


def _step(row: Iterable[Any]) -> Step:
    key, resource, do, row_id, kind, old_row, new_row, either, only_if, requires, *more = row
    hooks = next((one for one in more if isinstance(one, list)), [])
    pause_s = next((one for one in more if isinstance(one, int | float)), 0.0)
    return Step(
        key, resource, Do(do), row_id, kind, old_row, new_row, either, only_if,
        requires=tuple(requires), hooks=tuple(hooks), pause_s=pause_s,
    )  # fmt: skip
