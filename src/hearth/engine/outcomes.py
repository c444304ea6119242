"""How a step ended, as rows and events: drafted, and then told to the machine."""

from dataclasses import dataclass, replace
from typing import Any

from hearth.engine.causes import cause_of_step
from hearth.engine.copies import dropped
from hearth.engine.desk import Desk
from hearth.engine.hooks import give_up_hook, stopped_after, stops_after
from hearth.engine.job import Ended, Job
from hearth.engine.ledger import Draft
from hearth.engine.machine import Command, Done, Failed, advance
from hearth.engine.prepare import replacing
from hearth.engine.prepared import Prepared, tell
from hearth.engine.work import Work
from hearth.plan import MADE_OF, Do
from hearth.stack import Action, State, Status, StepState
from hearth.store import DropHeard, DropResource


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Records outcomes of one run's steps."""

    desk: Desk
    work: Work

    def succeeded(self, ended: Ended, draft: Draft, jobs: list[Job]) -> list[Command]:
        """A step whose work is done: it ends, unless it is to stop at a hook first."""
        work, job = self.work, ended.job
        if job.step.do is Do.FORGET:
            return self.done(job, draft)
        state = State(job.action, Status.COMPLETE)
        draft.add(*job.changes())
        stopping = not ended.outcome and stops_after(job.step)
        if not ended.drop:
            draft.add(work.change(job.row.id, self._fields(ended, state)))
            work.observed.append(job.row.id)
        else:
            gone = work.change(job.row.id, {"state": state, "reason": ended.reason})
            draft.add(*([gone] if stopping else ()))
        tell(self.desk, work, work.rows[job.row.id], draft)
        if stopping:
            jobs.append(stopped_after(self.desk, work, job.step, draft))
            return []
        return self.done(job, draft, ended.outcome)

    def done(self, job: Job, draft: Draft, outcome: str = "") -> list[Command]:
        """A step that has come to its end; what is deleted leaves no row."""
        work, key = self.work, job.step.key
        if job.step.do is Do.DELETE:
            work.rows.pop(job.row.id)
            draft.add(DropResource(job.row.id), *dropped(work, job.step))
            if job.kind.signal is not None:
                draft.add(DropHeard(job.row.id))
        elif job.step.do is Do.FORGET:
            work.copies.pop(job.row.id)
            draft.add(DropResource(job.row.id))
        draft.add(work.step(key, StepState.DONE, outcome))
        return advance(work.progress, Done(key, outcome))

    def failed(self, ended: Ended, draft: Draft) -> list[Command]:
        """A step that has failed."""
        work, job, reason = self.work, ended.job, ended.failure or ""
        draft.add(*job.changes())
        if not ended.untold:
            values: dict[str, Any] = {"state": State(job.action, Status.FAILED), "reason": reason}
            draft.add(work.change(job.row.id, {**values, **ended.fields}))
            if job.step.do is not Do.FORGET:
                tell(self.desk, work, replace(work.rows[job.row.id], **values), draft)
        elif job.hook:
            give_up_hook(self.desk, work, job, draft)
        draft.add(work.step(job.step.key, StepState.FAILED, reason=reason))
        if ended.error is not None:
            draft.add(*cause_of_step(work, job, ended.error, self.desk.clock.now()))
        return advance(work.progress, Failed(job.step.key, reason))

    def instead(self, ended: Ended) -> Prepared:
        """An update that was impossible in place becomes a replacement.

        The old object stays as good as it was, unless it is said in the fields what is wrong.
        """
        whole = {"state": State(Action.UPDATE, Status.COMPLETE), "reason": "state changed"}
        return replacing(self.desk, self.work, ended.job.step, {**whole, **ended.fields})

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
