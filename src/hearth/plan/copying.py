"""Which steps of a plan make copies of objects, and which take copies away. Pure.

A snapshot makes a copy of everything that can be copied. What a user wants to keep a snapshot of
when it is deleted (`deletion_policy: Snapshot`) is copied first, and that copy stays.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from hearth.plan.values import Do, Plan, Step
from hearth.stack import Action, ResourceRecord, Status

_NEVER_WHOLE = frozenset({Action.CREATE, Action.UPDATE})


def copying(
    plan: Plan,
    rows: Mapping[str, ResourceRecord],
    copied: Callable[[ResourceRecord], bool],
    new_id: Callable[[ResourceRecord], str],
) -> Plan:
    """The plan with a row in reserve for each copy that is to be made."""
    return replace(plan, steps=tuple(_copying(step, rows, copied, new_id) for step in plan.steps))


def _copying(
    step: Step,
    rows: Mapping[str, ResourceRecord],
    copied: Callable[[ResourceRecord], bool],
    new_id: Callable[[ResourceRecord], str],
) -> Step:
    row = rows.get(step.row)
    if row is None or row.physical_id is None or not _wished(step, row) or not copied(row):
        return step
    return replace(step, new_row=new_id(row))


def _wished(step: Step, row: ResourceRecord) -> bool:
    if step.do is Do.SNAPSHOT:
        return True
    whole = row.state.status is not Status.FAILED or row.state.action not in _NEVER_WHOLE
    return step.do is Do.DELETE and snapshots(row) and whole


def snapshots(row: ResourceRecord) -> bool:
    """Whether a snapshot is to be kept of a resource when it is deleted."""
    return row.deletion_policy.lower() == "snapshot" and not row.external


def forgetting(copies: Iterable[ResourceRecord]) -> tuple[Step, ...]:
    """The steps by which copies go; none of them waits for anything."""
    return tuple(
        Step(f"~{copy.id}", copy.name, Do.FORGET, copy.id, copy.type, reason="its snapshot goes")
        for copy in copies
    )
