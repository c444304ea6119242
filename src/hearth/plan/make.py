"""From what is wanted and what is recorded to a plan. Pure; ids come in as a function.

Every recorded row has an update step (under the resource's name, if the template still wants it)
and a cleanup step. Update steps follow the template's dependencies; cleaning up goes the other
way round: what is required goes after what requires it, what was replaced after its replacement,
and a row after its own update. Nothing is cleaned up before all that is made or changed is done,
so that until then a failure can lead back to what there was.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hearth.base import masked
from hearth.graph import Graph
from hearth.plan.decide import (
    Decision,
    Kind,
    Verdict,
    Wanted,
    changes,
    decide,
    in_force,
    lingers,
)
from hearth.plan.values import BARRIER, Change, Do, Plan, Step
from hearth.stack import Action, ResourceRecord, Status

Fates = Mapping[str, Step]
"""What has been settled so far, by the resource's name: a reference depends upon it."""

Evaluate = Callable[[str, Fates], Wanted]
"""A resource of the template, evaluated knowing the fates of those that it requires."""


@dataclass(frozen=True, slots=True)
class Desired:
    """What a template wants: which resource requires which, and how to evaluate each."""

    requires: Mapping[str, Sequence[str]]
    evaluate: Evaluate


@dataclass(frozen=True, slots=True)
class Making:
    """What making a plan needs beside the two sides."""

    action: Action
    kind: Callable[[str], Kind]
    new_id: Callable[[], str]
    rows: dict[str, list[ResourceRecord]] = field(default_factory=dict)


NOTHING = Desired({}, lambda _name, _fates: Wanted("", "", ""))
"""A stack without resources: what deleting, and rolling back a creation, come to."""


def make(
    desired: Desired,
    recorded: Iterable[ResourceRecord],
    action: Action,
    kind: Callable[[str], Kind],
    new_id: Callable[[], str],
) -> Plan:
    """The plan that makes what is recorded be what is desired."""
    making = Making(action, kind, new_id)
    for row in recorded:
        making.rows.setdefault(row.name, []).append(row)
    updates: dict[str, Step] = {}
    for name in Graph(desired.requires).order():
        wanted = desired.evaluate(name, updates)
        updates[name] = _update_step(making, wanted, tuple(desired.requires[name]))
    return Plan(action, (*updates.values(), *_cleanups(making, updates)))


def act(recorded: Iterable[ResourceRecord], action: Action, do: Do, *, backwards: bool) -> Plan:
    """The plan of an action that changes no definition: suspend, resume, check, snapshot.

    A check looks at all at once: what is broken must not hide what stands upon it. It is told of
    in the order of what stands upon what all the same.
    """
    rows = {row.name: row for row in recorded if row.replaced_by is None}
    edges: dict[str, list[str]] = {name: [] for name in rows}
    for row in rows.values():
        for needed in row.requires:
            if needed in rows:
                after, before = (needed, row.name) if backwards else (row.name, needed)
                edges[after].append(before)
    steps = (
        Step(name, name, do, rows[name].id, rows[name].type, where=rows[name].where,
             requires=tuple(edges[name]) if do is not Do.CHECK else ())
        for name in Graph(edges).order()
    )  # fmt: skip
    return Plan(action, tuple(steps))


def _update_step(making: Making, wanted: Wanted, requires: tuple[str, ...]) -> Step:
    """What is done about one resource that the template names."""
    chosen = _chosen(making, wanted)
    if chosen is None:
        return Step(
            wanted.name, wanted.name, Do.CREATE, making.new_id(), wanted.type,
            reason="it is new", where=wanted.where, requires=requires,
            shown=masked(dict(wanted.shown)),
        )  # fmt: skip
    row, decision = chosen
    kind = making.kind(wanted.resolved)
    step = Step(
        wanted.name, wanted.name, Do.NONE, row.id, wanted.type,
        reason=decision.reason, where=wanted.where, requires=requires,
    )  # fmt: skip
    match decision.verdict:
        case Verdict.NONE if row.state.status is Status.COMPLETE:
            return step
        case Verdict.REPLACE:
            return _replacement(step, making.new_id(), row, changes(kind, in_force(row), wanted))
        case _:
            found = changes(kind, in_force(row), wanted)
            if not decision.either:
                # The type may change in place what its schema says it cannot.
                found = tuple(replace(one, replaces=False) for one in found)
            return _in_place(step, making.new_id(), decision, found)


def _replacement(step: Step, new: str, row: ResourceRecord, found: tuple[Change, ...]) -> Step:
    return Step(
        step.key, step.resource, Do.REPLACE, new, step.type, old_row=row.id,
        reason=step.reason, changes=found, where=step.where, requires=step.requires,
    )  # fmt: skip


def _in_place(step: Step, new: str, decision: Decision, found: tuple[Change, ...]) -> Step:
    return Step(
        step.key, step.resource, Do.UPDATE, step.row, step.type, new_row=new,
        either=decision.either, perhaps=decision.perhaps, reason=step.reason, changes=found,
        where=step.where, requires=step.requires, quiet=decision.quiet,
    )  # fmt: skip


def _chosen(making: Making, wanted: Wanted) -> tuple[ResourceRecord, Decision] | None:
    """The row that stands for a name, of several left over: whole, current, and nearest."""
    rows = making.rows.get(wanted.name, ())
    if not rows:
        return None
    kind = making.kind(wanted.resolved)
    judged = [(row, decide(kind, row, wanted)) for row in rows]
    ranks = {Verdict.NONE: 0, Verdict.UPDATE: 1, Verdict.REFUSE: 2, Verdict.REPLACE: 3}

    def rank(item: tuple[ResourceRecord, Decision]) -> tuple[bool, bool, int, bool, bool, float]:
        row, decision = item
        lingering = lingers(kind, row)
        failed = row.state.status is Status.FAILED and not lingering
        deleting = row.state.action is Action.DELETE and not lingering
        nearness, replaced = ranks[decision.verdict], row.replaced_by is not None
        return (failed, deleting, nearness, lingering, replaced, -row.created_at)

    return min(judged, key=rank)


def _cleanups(making: Making, updates: Mapping[str, Step]) -> list[Step]:
    """The cleanup steps; none at all where no row could have to go."""
    rows = [row for several in making.rows.values() for row in several]
    kept = {step.row for step in updates.values() if step.do is not Do.REPLACE}
    maybe = {step.row: step.key for step in updates.values() if step.do is Do.UPDATE}
    if all(row.id in kept and row.id not in maybe for row in rows):
        return []
    requirers: dict[str, list[ResourceRecord]] = {}
    for row in rows:
        for needed in row.requires:
            requirers.setdefault(needed, []).append(row)
    edges = {row.id: _after(row, requirers) for row in rows}
    order = _acyclic(edges)
    busy = tuple(step.key for step in updates.values() if not step.idle)
    steps = [Step(BARRIER, "", Do.NONE, "", requires=busy)] if busy else []
    by_id = {row.id: row for row in rows}
    for ident in order:
        row = by_id[ident]
        waits = _update_keys(row, requirers, updates)
        needs = (*waits, *(f"-{other}" for other in edges[ident]))
        do = Do.NONE if ident in kept and ident not in maybe else Do.DELETE
        if do is Do.DELETE and busy:
            needs = (*needs, BARRIER)
        own = updates.get(row.name)
        replaced = own.row if own is not None and own.do is Do.REPLACE else None
        steps.append(
            Step(
                f"-{ident}",
                row.name,
                do,
                ident,
                row.type,
                old_row=replaced,
                only_if=maybe.get(ident),
                where=row.where,
                requires=needs,
                reason="" if own else "no longer in the template",
            )
        )
    return steps


def _after(row: ResourceRecord, requirers: Mapping[str, list[ResourceRecord]]) -> list[str]:
    return [other.id for other in requirers.get(row.name, ()) if other.id != row.id]


def _update_keys(
    row: ResourceRecord, requirers: Mapping[str, list[ResourceRecord]], updates: Mapping[str, Step]
) -> tuple[str, ...]:
    """The update steps that a cleanup waits for: its own name's, and those of who required it."""
    names = [row.name, *(other.name for other in requirers.get(row.name, ()))]
    return tuple(dict.fromkeys(name for name in names if name in updates))


def _acyclic(edges: dict[str, list[str]]) -> list[str]:
    """An order; where generations of rows require one another round in a ring, it is cut."""
    while (ring := Graph(edges).cycle()) is not None:
        edges[ring[0]].remove(ring[1] if len(ring) > 1 else ring[0])
    return Graph(edges).order()
