"""Why steps and runs fail, as data.

Written in the transaction of the failure itself, so that no crash leaves one without the other.
Of one run the first ones are kept.
"""

from dataclasses import replace

from hearth.base import covered, hidden_in
from hearth.base.errors import HearthError
from hearth.cloud import CloudError
from hearth.engine.hints import hint
from hearth.engine.job import Aborted, Ended, Job
from hearth.engine.looking import refused
from hearth.engine.telling import cause, kind
from hearth.engine.work import Work
from hearth.kit import InError
from hearth.stack import Call, Cause, RunRecord, StackRecord
from hearth.store import Change, PutCause
from hearth.store.causes import Above

MOST = 50
"""So many failures of one run are kept; a cloud that is away fails everything alike."""

_NAMED = 5
_ERROR = 255
_QUERY = "?"
_TYPE = "::"


def failed(job: Job, error: BaseException) -> Ended:
    """A step that failed with this."""
    fields = {"intent": refused(job.row)} if job.refused else {}
    return Ended(job, fields, failure=cause(error, job.row, _hidden(job)), error=error)


def cause_of_step(work: Work, job: Job, error: BaseException, at: float) -> list[Change]:
    """What is kept of why a step failed."""
    work.causes += 1
    if work.causes > MOST:
        return []
    hidden, row = _hidden(job), job.row
    call = _call(job, error)
    made = _cause(work.run, work.stack, work.above or (), error, at)
    made = replace(
        made,
        step=job.step.key,
        action=job.action,
        message=covered(made.message, hidden),
        path=(*made.path, row.name),
        type=row.type,
        where=places(work.above or (), row.where),
        call=None if call is None else replace(call, path=covered(call.path, hidden)),
        follows=isinstance(error, Aborted),
    )
    return [PutCause(made)]


def cause_of_run(
    run: RunRecord, stack: StackRecord, above: tuple[Above, ...], error: BaseException, at: float
) -> PutCause:
    """What is kept of why a run failed as a whole. A nested one is stopped by what is above it."""
    follows = isinstance(error, Cancelled) and bool(above)
    return PutCause(replace(_cause(run, stack, above, error, at), follows=follows))


def _cause(
    run: RunRecord, stack: StackRecord, above: tuple[Above, ...], error: BaseException, at: float
) -> Cause:
    return Cause(
        run_id=run.id,
        step="",
        root_id=run.root_id,
        stack_id=stack.id,
        operation_id=run.operation_id,
        action=run.action,
        at=at,
        error=kind(error)[:_ERROR],
        message=_message(error),
        path=tuple(one.name for one in above),
        where=places(above, ""),
        call=_asked(error),
        hint=hint(error),
    )


def places(above: tuple[Above, ...], last: str) -> tuple[str, ...]:
    """Where the resources down to the last one are defined, in templates that somebody wrote."""
    found: list[str] = []
    file: str | None = ""
    for where, made_of in (*((one.where, one.made_of) for one in above), (last, "")):
        if where and file is not None:
            name, _, line = where.rpartition(":")
            found.append(f"{file or name}:{line}")
        # What a type expands to is a template that nobody has ever seen.
        file = None if _TYPE in made_of else made_of
    return tuple(found)


def _message(error: BaseException) -> str:
    """The sentence alone: what was asked, and of whom, is told beside it."""
    match error:
        case InError() if error.reason:
            return error.reason
        case InError():
            return f"it went to the status {error.status}, and the service does not say why"
        case CloudError():
            return error.message or error.sentence
        case HearthError():
            return error.sentence
        case _:
            return str(error) or type(error).__name__


def _asked(error: BaseException) -> Call | None:
    if not isinstance(error, CloudError):
        return None
    path = error.path.partition(_QUERY)[0]
    return Call(error.service, error.method, path, error.status, error.request_id)


def _call(job: Job, error: BaseException) -> Call | None:
    """The request that failed; for an object that went wrong later, the one that brought it."""
    asked = _asked(error)
    trail = job.ctx.cloud.session.trail
    if asked is not None or trail is None or not trail.method:
        return asked
    path = trail.path.partition(_QUERY)[0]
    return Call(trail.service, trail.method, path, trail.status, trail.request_id)


def _hidden(job: Job) -> frozenset[str]:
    return hidden_in([dict(job.properties), dict(job.row.properties)])


class TimedOut(HearthError):
    """The stack's time was up."""

    default_kind = "Timeout"


class Cancelled(HearthError):
    """A user had the work stopped."""

    default_kind = "Cancelled"


def timed_out(work: Work) -> TimedOut:
    """That the time was up, and what was still under way then."""
    run = work.run
    minutes = (run.deadline_at - run.started_at) / 60.0
    waited_for = list(
        dict.fromkeys(work.progress.steps[key].resource for key in work.progress.reasons)
    )
    still = f"; still under way: {', '.join(waited_for[:_NAMED])}" if waited_for else ""
    more = f" and {len(waited_for) - _NAMED} more" if len(waited_for) > _NAMED else ""
    return TimedOut(f"{run.action.value} was not done within {minutes:g} min{still}{more}")
