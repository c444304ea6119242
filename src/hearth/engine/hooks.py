"""Stopping at hooks: a step waits before or after its work until somebody tells it to go on.

That a step stands at a hook is a row, written with the event that tells of it, and the row says
when the hook is cleared. So a wait survives the worker that waited: whoever takes the run up finds
the row, and waits on or goes on. The rows last until their run ends.
"""

import asyncio
from dataclasses import replace

from hearth.base.errors import HearthError
from hearth.engine.causes import failed
from hearth.engine.desk import Desk
from hearth.engine.job import Ended, Job
from hearth.engine.ledger import Draft
from hearth.engine.prepared import Prepared, job_of, tell
from hearth.engine.telling import paused
from hearth.engine.work import Work
from hearth.plan import Do, Step
from hearth.stack import Action, HookRecord, ResourceRecord, State, Status, StepState
from hearth.store import PutHook

PASSED = "hook"
"""The outcome of a job that has waited at a hook until that was cleared."""

GIVEN_UP = "Failure occurred while waiting."
"""What upstream tells of a resource at whose hook nobody waits any more."""


def stopped_before(desk: Desk, work: Work, step: Step) -> Prepared | None:
    """The wait that a step begins with, or goes on with; None if there is none."""
    after = standing(work, step, "post-")
    if after is not None and not after.cleared:
        return _waiting(desk, work, step, after.hook)
    if after is not None:
        job = _job(desk, work, step, after.hook)
        return Prepared(job=job, ended=Ended(job, outcome=PASSED))
    hook = _hook(step, "pre-")
    known = standing(work, step, "pre-")
    if hook is None or (known is not None and known.cleared):
        return None
    if known is not None:
        return _waiting(desk, work, step, hook)
    row = work.rows.get(_row_id(step)) or _unmade(desk, work, step)
    if row is None or row.external or _nothing_of(row, step):
        return None
    done = Prepared()
    if row.id not in work.rows:
        done.draft.add(work.put(row))
    return _stop(desk, work, step, hook, done)


def stops_after(step: Step) -> bool:
    """Whether a step is to stop when its work is done."""
    return _hook(step, "post-") is not None


def stopped_after(desk: Desk, work: Work, step: Step, draft: Draft) -> Job:
    """The wait that such a step ends with, drafted."""
    job = _stop(desk, work, step, _hook(step, "post-") or "", Prepared(draft=draft)).job
    assert job is not None, "what stops has a job"
    return job


def begun_since(work: Work, step: Step) -> bool:
    """Whether a step that stopped before its work has begun with it since."""
    if standing(work, step, "pre-") is None:
        return True
    row = work.rows.get(step.row)
    if step.do in (Do.CREATE, Do.REPLACE):
        return row is not None and row.state.action is not Action.INIT
    renewed = step.new_row is not None and step.new_row in work.rows
    return renewed or (row is not None and row.state.status is Status.IN_PROGRESS)


class Gates:
    """The hooks at which steps of one run stand, in this process."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, str], asyncio.Event] = {}

    @property
    def standing(self) -> bool:
        """Whether anybody stands at one."""
        return bool(self._events)

    def clear(self, resource_id: str, hook: str) -> None:
        """Let the step go on that stands at the hook, if one still does."""
        event = self._events.get((resource_id, hook))
        if event is not None:
            event.set()

    async def wait(self, job: Job) -> Ended:
        """Wait until the job's hook is cleared, or nobody needs to wait any more."""
        key = (job.row.id, job.hook)
        event = self._events[key] = asyncio.Event()
        try:
            await job.wait(event.wait)
        except HearthError as error:
            return replace(failed(job, error), untold=True)
        finally:
            del self._events[key]
        return Ended(job, outcome=PASSED, untold=True)


def give_up_hook(desk: Desk, work: Work, job: Job, draft: Draft) -> None:
    """Tell that nobody waits at the hook any more."""
    tell(desk, work, replace(job.row, reason=GIVEN_UP), draft)


def pass_hook(work: Work, job: Job) -> bool:
    """Note that a hook is behind a step; whether the step's work still lies before it."""
    key = (job.row.id, job.hook)
    work.hooks[key] = replace(work.hooks[key], cleared=True)
    return job.hook.startswith("pre-")


def standing(work: Work, step: Step, when: str) -> HookRecord | None:
    """The hook before or after its work that a step has come to in this run."""
    hook = _hook(step, when)
    return work.hooks.get((_row_id(step), hook)) if hook is not None else None


def _stop(desk: Desk, work: Work, step: Step, hook: str, done: Prepared) -> Prepared:
    row = work.rows[_row_id(step)]
    record = HookRecord(row.id, hook, work.stack.id, work.run.id, desk.clock.now())
    work.hooks[row.id, hook] = record
    done.draft.add(PutHook(record))
    if step.key not in work.started:
        done.draft.add(work.step(step.key, StepState.RUNNING))
    tell(desk, work, replace(row, reason=paused(hook)), done.draft)
    done.job = _job(desk, work, step, hook)
    return done


def _waiting(desk: Desk, work: Work, step: Step, hook: str) -> Prepared:
    return Prepared(job=_job(desk, work, step, hook))


def _job(desk: Desk, work: Work, step: Step, hook: str) -> Job:
    row = work.rows[_row_id(step)]
    made = job_of(desk, work, step, row, {}, record=False)
    made.hook = hook
    return made


def _hook(step: Step, when: str) -> str | None:
    return next((hook for hook in step.hooks if hook.startswith(when)), None)


def _row_id(step: Step) -> str:
    """The row that stands for the resource as users know it while the step waits."""
    return step.old_row if step.do is Do.REPLACE and step.old_row else step.row


def _unmade(desk: Desk, work: Work, step: Step) -> ResourceRecord | None:
    """The row of a resource that is yet to be created, so that people see it standing there."""
    blueprint = work.blueprint
    if step.do is not Do.CREATE or blueprint is None:
        return None
    return ResourceRecord(
        id=step.row,
        stack_id=work.stack.id,
        name=step.resource,
        type=step.type,
        state=State(Action.INIT, Status.COMPLETE),
        created_at=desk.clock.now(),
        type_resolved=blueprint.resolved(step.resource) or step.type,
        requires=blueprint.requires.get(step.resource, ()),
        required_by=blueprint.required_by(step.resource),
    )


def _nothing_of(row: ResourceRecord, step: Step) -> bool:
    """Whether there is nothing that could be deleted, and so nothing to stop for."""
    gone = row.state == State(Action.DELETE, Status.COMPLETE)
    return step.do is Do.DELETE and (row.state.action is Action.INIT or gone)
