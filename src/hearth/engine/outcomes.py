"""How a step ended, as rows and events: drafted, and then told to the machine."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from hearth.engine.causes import cause_of_step
from hearth.engine.desk import Desk
from hearth.engine.job import Ended, Job
from hearth.engine.ledger import Draft
from hearth.engine.machine import Command, Done, Failed, advance
from hearth.engine.prepare import replacing
from hearth.engine.telling import resource_event
from hearth.engine.work import Work
from hearth.plan import MADE_OF
from hearth.stack import Action, ResourceRecord, State, Status, StepState
from hearth.store import DropResource


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Records outcomes of one run's steps."""

    desk: Desk
    work: Work

    def succeeded(self, ended: Ended, draft: Draft) -> list[Command]:
        """A step that is done."""
        work, job, key = self.work, ended.job, ended.job.step.key
        state = State(job.action, Status.COMPLETE)
        draft.add(*job.changes())
        if ended.drop:
            row = replace(work.rows[job.row.id], state=state, reason=ended.reason)
            work.rows.pop(row.id)
            draft.add(DropResource(row.id))
        else:
            draft.add(work.change(job.row.id, self._fields(ended, state)))
            row = work.rows[job.row.id]
            work.observed.append(row.id)
        self._tell(row, draft)
        draft.add(work.step(key, StepState.DONE, ended.outcome))
        return advance(work.progress, Done(key, ended.outcome))

    def failed(self, ended: Ended, draft: Draft) -> list[Command]:
        """A step that has failed."""
        work, job, reason = self.work, ended.job, ended.failure or ""
        draft.add(*job.changes())
        if not ended.untold:
            values: dict[str, Any] = {"state": State(job.action, Status.FAILED), "reason": reason}
            draft.add(work.change(job.row.id, {**values, **ended.fields}))
            self._tell(replace(work.rows[job.row.id], **values), draft)
        draft.add(work.step(job.step.key, StepState.FAILED, reason=reason))
        if ended.error is not None:
            draft.add(*cause_of_step(work, job, ended.error, self.desk.clock.now()))
        return advance(work.progress, Failed(job.step.key, reason))

    def instead(self, job: Job, draft: Draft, jobs: list[Job]) -> Iterable[Ended]:
        """An update that was impossible in place becomes a replacement."""
        values = {"state": State(Action.UPDATE, Status.COMPLETE), "reason": "state changed"}
        draft.add(self.work.change(job.row.id, values))
        prepared = replacing(self.desk, self.work, job.step)
        draft.take(prepared.draft)
        if prepared.job is not None and prepared.ended is None:
            jobs.append(prepared.job)
        return (prepared.ended,) if prepared.ended is not None else ()

    def _fields(self, ended: Ended, state: State) -> dict[str, Any]:
        job = ended.job
        values: dict[str, Any] = {"state": state, "reason": ended.reason}
        if job.action is Action.UPDATE:
            values |= {
                "properties": dict(job.properties),
                "metadata": dict(job.metadata),
                "update_policy": dict(job.update_policy),
                "updated_at": self.desk.clock.now(),
            }
        values |= ended.fields
        if job.made_of:
            values["data"] = {**values.get("data", job.ctx.data), MADE_OF: job.made_of}
        return values

    def _tell(self, row: ResourceRecord, draft: Draft) -> None:
        limit = self.desk.kind_of(self.work, row).name_limit
        draft.tell(
            resource_event(
                self.desk.ids.uuid(), self.work.stack, row, self.desk.clock.now(),
                self.work.run.operation_id, limit,
            )
        )  # fmt: skip
