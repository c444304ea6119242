"""A run held in memory: its plan and progress, the stack, the rows, and what references give."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from hearth.base import Unknown, Value, plain
from hearth.cloud import Cloud
from hearth.engine.blueprint import Blueprint
from hearth.engine.machine import Progress
from hearth.engine.needs import Need
from hearth.engine.software import Room
from hearth.kit import Nested
from hearth.plan import REPLACED, Aim, Do, Step
from hearth.schema import Against
from hearth.stack import (
    HookRecord,
    ResourceRecord,
    RunRecord,
    StackRecord,
    Status,
    StepRecord,
    StepState,
)
from hearth.store import (
    PutResource,
    PutSteps,
    SetResource,
    SetStack,
    SetStep,
    Store,
    causes,
)
from hearth.store.causes import Above
from hearth.template.registry import Registry

R = TypeVar("R", ResourceRecord, StackRecord)


@dataclass(slots=True)
class KnownIds:
    """What rows are known by. Nobody asks in most runs, and secrets stay closed until then."""

    _found: set[str] = field(default_factory=set)
    _rows: dict[tuple[str, str | None], Value] = field(default_factory=dict)

    def learn(self, row: ResourceRecord) -> None:
        """Note what a row is known by."""
        self._rows[row.id, row.physical_id] = row.reference

    def __contains__(self, text: object) -> bool:
        for (_row, ident), reference in self._rows.items():
            known = (ident, plain(reference))
            self._found.update(one for one in known if isinstance(one, str))
        self._rows.clear()
        return text in self._found


@dataclass(slots=True)
class Work:
    """A run under way.

    rows: by id, as durably recorded. ids: what they are known by, which needs no checking.
    views: nested stacks by the row that they are; fresh: those that were just read for a step.
    by_name: ids of all rows that there were of a name.
    answers: what nesting types have asked, by the type and what it was.
    live: live attributes that were asked for, by row and name. missing: what was just found not
    to be there, until the evaluation that asked has been told. started: keys of steps that have
    a row of their own in the store. above: the resources that the stack is nested in, once a
    failure has to be told of. causes: how many failures have been. room: configs and
    deployments that the run has made. hooks: that steps have come to, by row and hook.
    registry: what the stack's environment says of its resources.
    aim: what the run is about beside its action. copies: rows of copies, by id.
    in_vain: why it has failed, where its time was up while it waited for its credentials.
    """

    run: RunRecord
    stack: StackRecord
    root: StackRecord
    blueprint: Blueprint | None
    progress: Progress
    rows: dict[str, ResourceRecord]
    cloud: Cloud
    views: dict[str, Nested] = field(default_factory=dict)
    live: dict[tuple[str, str], Value] = field(default_factory=dict)
    started: set[str] = field(default_factory=set)
    observed: list[str] = field(default_factory=list)
    ids: KnownIds = field(default_factory=KnownIds)
    by_name: dict[str, list[str]] = field(default_factory=dict)
    missing: dict[Need, Against] = field(default_factory=dict)
    above: tuple[Above, ...] | None = None
    causes: int = 0
    room: Room = field(default_factory=Room)
    fresh: set[str] = field(default_factory=set)
    hooks: dict[tuple[str, str], HookRecord] = field(default_factory=dict)
    registry: Registry = field(default_factory=Registry)
    aim: Aim = field(default_factory=Aim)
    copies: dict[str, ResourceRecord] = field(default_factory=dict)
    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    in_vain: str = ""

    @property
    def scope(self) -> str:
        """Whose names are meant: answers about names are kept by it."""
        return self.stack.project_id

    async def placed(self, store: Store) -> tuple[Above, ...]:
        """The resources that the stack is nested in, from the root."""
        if self.above is None:
            self.above = await store.read(causes.above, self.stack)
        return self.above

    # -- rows --------------------------------------------------------------------------------

    def keep(self, row: ResourceRecord) -> None:
        """Hold a row as it is recorded."""
        if row.id not in self.rows:
            self.by_name.setdefault(row.name, []).append(row.id)
        self.rows[row.id] = row
        self.ids.learn(row)

    def namesakes(self, row: ResourceRecord) -> tuple[ResourceRecord, ...]:
        """Other generations of the same resource."""
        rows = (self.rows.get(ident) for ident in self.by_name[row.name] if ident != row.id)
        return tuple(o for o in rows if o is not None and o.type_resolved == row.type_resolved)

    def put(self, row: ResourceRecord) -> PutResource:
        """A new row."""
        self.keep(row)
        return PutResource(row)

    def recorded(self, row: ResourceRecord) -> PutResource | SetResource:
        """A row as it is to be, whether there is one of its id or not."""
        before = self.rows.get(row.id)
        return self.put(row) if before is None else self.change(row.id, changed_fields(before, row))

    def change(self, ident: str, values: Mapping[str, Any]) -> SetResource:
        """Other values in a row."""
        changed = replace(self.row(ident), **values)
        if ident in self.copies:
            self.copies[ident] = changed
        else:
            self.keep(changed)
        return SetResource(ident, dict(values))

    def row(self, ident: str) -> ResourceRecord:
        """A row of the stack, or of a copy."""
        return self.copies[ident] if ident in self.copies else self.rows[ident]

    def put_copy(self, row: ResourceRecord) -> PutResource:
        """The row of a new copy."""
        self.copies[row.id] = row
        return PutResource(row)

    def restack(self, values: Mapping[str, Any]) -> SetStack:
        """Other values in the stack's row."""
        self.stack = replace(self.stack, **values)
        return SetStack(self.stack.id, dict(values))

    def step(self, key: str, state: StepState, outcome: str = "", reason: str = "") -> Any:
        """Where a step stands, as a change."""
        if key in self.started:
            return SetStep(self.run.id, key, state, outcome, reason)
        self.started.add(key)
        return PutSteps((StepRecord(self.run.id, key, state, outcome, reason),))

    # -- what references give ------------------------------------------------------------------

    def row_of(self, name: str) -> ResourceRecord | None:
        """The row that stands for a name at this moment."""
        step = self.progress.steps.get(name)
        if step is None:
            return None
        return self.rows.get(self.row_id(step))

    def row_id(self, step: Step) -> str:
        """The row that a step's resource has, as far as the step has come."""
        if step.do is Do.UPDATE and self.progress.outcomes.get(step.key) == REPLACED:
            return step.new_row or step.row
        return step.row

    def reference(self, name: str) -> Value:
        """What get_resource gives."""
        row = self.row_of(name)
        if row is None or not _settled(row):
            return Unknown(name)
        return row.reference if row.reference is not None else row.physical_id or row.name


def _settled(row: ResourceRecord) -> bool:
    """Whether it can be referred to: what failed can be, as it is."""
    return row.state.status in (Status.COMPLETE, Status.FAILED)


def changed_fields(before: R, after: R) -> dict[str, Any]:
    """The values of `after` that differ."""
    return {
        one.name: getattr(after, one.name)
        for one in fields(before)
        if getattr(before, one.name) != getattr(after, one.name)
    }
