"""What a step has become when it is ready: something to record first, then a job or its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hearth.base import Value
from hearth.engine.contexts import context, shelf
from hearth.engine.desk import Desk
from hearth.engine.job import Ended, Job
from hearth.engine.ledger import Draft
from hearth.engine.needs import Need
from hearth.engine.nested import child_run_id
from hearth.engine.perform import ACTIONS
from hearth.engine.telling import resource_event
from hearth.engine.work import Work
from hearth.plan import REPLACED, Do, Step
from hearth.stack import Action, ResourceRecord


@dataclass(slots=True)
class Prepared:
    """A step made ready: what to record first, and then the job or its end."""

    draft: Draft = field(default_factory=Draft)
    job: Job | None = None
    ended: Ended | None = None
    needs: frozenset[Need] = frozenset()
    idle: bool = False


def job_of(
    desk: Desk,
    work: Work,
    step: Step,
    row: ResourceRecord,
    properties: Mapping[str, Value],
    *,
    record: bool = True,
) -> Job:
    """A step of a row, as it is carried out; record: with the properties as the type reads them."""
    kind = desk.kind_of(work, row)
    software = shelf(desk, work, properties)
    ctx = context(desk, work, row, kind, software)
    ctx.deed = child_run_id(work.run.id, step.key)
    return Job(
        step=step,
        action=ACTIONS.get(step.do, Action.UPDATE),
        kind=kind,
        ctx=ctx,
        shelf=software,
        row=row,
        properties=properties,
        props=desk.record(kind, properties) if record else None,
        metadata=row.metadata,
        update_policy=row.update_policy,
        rivals=work.namesakes(row),
        theirs=theirs(work, row),
    )


def theirs(work: Work, row: ResourceRecord) -> frozenset[str]:
    """Ids of objects that other generations see to: those that stay, or were made later.

    A name may be all that an object goes by: then the new one is what the old one was.
    """
    return frozenset(
        other.physical_id
        for other in work.namesakes(row)
        if other.physical_id is not None
        and (not _goes(work, other) or (other.created_at, other.id) > (row.created_at, row.id))
    )


def _goes(work: Work, row: ResourceRecord) -> bool:
    """Whether the row's object is to be deleted in this run."""
    step = work.progress.steps.get(f"-{row.id}")
    if step is None or step.do is not Do.DELETE:
        return False
    return step.only_if is None or work.progress.outcomes.get(step.only_if) == REPLACED


def told(desk: Desk, work: Work, ident: str, draft: Draft) -> None:
    """Tell users how a row stands."""
    tell(desk, work, work.rows[ident], draft)


def tell(desk: Desk, work: Work, row: ResourceRecord, draft: Draft) -> None:
    """Tell users what is said of a row."""
    draft.tell(
        resource_event(
            desk.ids.uuid(), work.stack, row, desk.clock.now(), work.run.operation_id,
            desk.kind_of(work, row).name_limit,
        )
    )  # fmt: skip
