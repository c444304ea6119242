"""Copies of objects: made for a snapshot, or before something goes of which one is to be kept.

A copy has a row of its own, kept apart from those of the stack: under the snapshot that it belongs
to, or under the row that it is made of. So it is asked for once and found again like any object.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hearth.base.errors import HearthError
from hearth.engine.contexts import context, shelf
from hearth.engine.desk import Desk
from hearth.engine.job import Job
from hearth.engine.prepared import Prepared
from hearth.engine.work import Work
from hearth.kit import Copy
from hearth.plan import Do, Step
from hearth.stack import Action, Intent, ResourceRecord, State, Status, StepState
from hearth.store import DropResource

COPIED = State(Action.CREATE, Status.COMPLETE)


def copier(desk: Desk, row: ResourceRecord) -> Copy | None:
    """What copies the object of a row; None where nothing does, or heat.conf says no."""
    found = desk.registry.copy(row.type_resolved)
    if found is not None and found.needs == "backups_enabled":
        return found if desk.settings.volumes.backups_enabled else None
    return found


def begin_copy(desk: Desk, work: Work, job: Job, done: Prepared) -> None:
    """Draft the copy that a step is to make before all else."""
    step, row = job.step, job.row
    kind = copier(desk, row)
    if step.new_row is None or kind is None:
        return
    known = work.copies.get(step.new_row)
    copy = known or _fresh(desk, work, step, row, kind)
    if known is None:
        done.draft.add(work.put_copy(copy))
    job.copy = _job(desk, work, replace(step, do=Do.CREATE), copy, kind)
    job.copy.again = known is not None


def forgetting(desk: Desk, work: Work, step: Step, *, again: bool) -> Prepared:
    """A copy that goes with its snapshot."""
    copy = work.copies.get(step.row)
    if copy is None:  # it went in an earlier life of this run
        return Prepared(idle=True)
    kind = desk.registry.copy(copy.type_resolved)
    if kind is None:
        raise HearthError(f"Nothing knows what became of the copy of {copy.name}.")
    done = Prepared()
    if not again:
        state = State(Action.DELETE, Status.IN_PROGRESS)
        done.draft.add(work.change(copy.id, {"state": state}))
        done.draft.add(work.step(step.key, StepState.RUNNING))
    done.job = _job(desk, work, step, work.copies[copy.id], kind)
    done.job.again = again
    return done


def copied(desk: Desk, work: Work) -> Mapping[str, dict[str, Any]]:
    """What the document of a snapshot tells of its copies, by the name of the resource."""
    return {
        row.name: {kind.key: row.physical_id}
        for row in work.copies.values()
        if row.stack_id == work.aim.snapshot
        and row.state == COPIED
        and (kind := desk.registry.copy(row.type_resolved)) is not None
    }


def dropped(work: Work, step: Step) -> tuple[DropResource, ...]:
    """The row of the copy that a step made before its object went: the copy itself stays."""
    copy = work.copies.pop(step.new_row or "", None)
    return (DropResource(copy.id),) if copy is not None and step.do is Do.DELETE else ()


def _fresh(desk: Desk, work: Work, step: Step, row: ResourceRecord, kind: Copy) -> ResourceRecord:
    now = desk.clock.now()
    return ResourceRecord(
        id=step.new_row or "",
        stack_id=work.aim.snapshot if step.do is Do.SNAPSHOT and work.aim.snapshot else row.id,
        name=row.name,
        type=row.type,
        type_resolved=row.type_resolved,
        state=State(Action.CREATE, Status.IN_PROGRESS),
        created_at=now,
        properties=kind.made_of(row),
        intent=Intent(1, now, now + desk.request_s),
    )


def _job(desk: Desk, work: Work, step: Step, copy: ResourceRecord, kind: Copy) -> Job:
    software = shelf(desk, work, copy.properties)
    return Job(
        step=step,
        action=Action.DELETE if step.do is Do.FORGET else Action.CREATE,
        kind=kind,
        ctx=context(desk, work, copy, kind, software),
        shelf=software,
        row=copy,
        properties=copy.properties,
        props=desk.record(kind, copy.properties),
    )
