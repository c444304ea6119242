"""From a step that has come due to a job: evaluate, decide, and draft what is recorded first.

Nothing is asked from outside here. What an evaluation lacks is returned as needs; when they have
been gathered, the step is prepared again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hearth.base import Problem, Value, plain, unknown_in
from hearth.base.errors import HearthError
from hearth.engine.adopting import data, foreseen, metadata, physical_id, told_of
from hearth.engine.causes import failed
from hearth.engine.contexts import context
from hearth.engine.copies import begin_copy, forgetting
from hearth.engine.desk import Desk
from hearth.engine.hooks import begun_since, stopped_before
from hearth.engine.job import Ended, Heeding, Job
from hearth.engine.ledger import Draft
from hearth.engine.needs import Need
from hearth.engine.nested import begin_child, expanded
from hearth.engine.perform import ACTIONS
from hearth.engine.prepared import Prepared, job_of, told
from hearth.engine.work import Work
from hearth.kit import Context, Expansion, Lacking, Nested, ResourceType
from hearth.plan import (
    ATTEMPTED,
    BEGAN,
    LINGERS,
    RELEASED,
    Do,
    Step,
    Verdict,
    Wanted,
    decide,
    lingers,
)
from hearth.stack import Action, Intent, ResourceRecord, State, Status, StepState
from hearth.store import DropResource

KEPT_COMPLETE = "Update status to COMPLETE for FAILED resource neither update nor replace."


def prepare(desk: Desk, work: Work, step: Step, *, again: bool = False) -> Prepared:
    """Make a step ready to be carried out."""
    stopped = stopped_before(desk, work, step)
    if stopped is not None:
        return stopped
    again = again and begun_since(work, step)
    match step.do:
        case Do.CREATE | Do.REPLACE | Do.UPDATE | Do.ADOPT:
            return _making(desk, work, step, again=again)
        case Do.FORGET:
            return forgetting(desk, work, step, again=again)
        case _:
            row = work.rows.get(step.row)
            if row is None:  # it went in an earlier life of this run
                return Prepared(idle=True)
            if step.do is Do.NONE:
                return Prepared(idle=True)
            return _acting(desk, work, step, row, again=again)


def replacing(desk: Desk, work: Work, step: Step, old: Mapping[str, Any]) -> Prepared:
    """An update that turned out to be impossible in place: make a new object instead.

    old: what the row of the old one is to say. What was known when the update began is perhaps
    known no more, for it may have waited for long: then the update is prepared again.
    """
    wanted, needs, problems = _wanted(desk, work, step)
    if needs:
        return Prepared(needs=needs)
    del problems  # it was free of them when the update began
    if "replace" in wanted.restricted:
        job = job_of(desk, work, step, work.rows[step.row], {}, record=False)
        words = "replace is restricted for resource."
        error = HearthError(words, kind="ResourceActionRestricted")
        return Prepared(job=job, ended=failed(job, error))
    draft = Draft()
    draft.add(work.change(step.row, old))
    if work.rows[step.row].state.status is Status.FAILED:
        told(desk, work, step.row, draft)
    prepared = _new(desk, work, step, wanted, again=False)
    draft.take(prepared.draft)
    return replace(prepared, draft=draft)


def lacking(desk: Desk, work: Work, step: Step, failure: HearthError) -> Prepared:
    """A step that fails because what its evaluation lacked could not be asked."""
    wanted, _needs, _problems = _wanted(desk, work, step)
    row = work.rows.get(step.row) or _fresh(desk, work, step, wanted)
    problem = Problem("unanswered", failure.sentence, kind=failure.kind)
    return _refused(desk, work, step, row, (problem,))


def _making(desk: Desk, work: Work, step: Step, *, again: bool) -> Prepared:
    wanted, needs, problems = _wanted(desk, work, step)
    if needs:
        return Prepared(needs=needs)
    begun = work.rows.get(step.row) if step.do is not Do.UPDATE else None
    if problems:
        row = begun or work.rows.get(step.row) or _fresh(desk, work, step, wanted)
        return _refused(desk, work, step, row, problems)
    if step.do is Do.ADOPT:
        return _adopted(desk, work, step, wanted, again=again)
    if step.do is not Do.UPDATE:
        return _new(desk, work, step, wanted, again=again)
    if step.new_row in work.rows and again:
        return _new(desk, work, step, wanted, again=True)
    return _changing(desk, work, step, wanted, again=again)


def _wanted(
    desk: Desk, work: Work, step: Step
) -> tuple[Wanted, frozenset[Need], tuple[Problem, ...]]:
    assert work.blueprint is not None, "only a stack with a template is made"
    view = desk.view(work)
    wanted, report = work.blueprint.wanted(step.resource, view)
    problems = tuple(report.errors)
    if not view.needs and not problems:
        problems = tuple(_unknown(step, wanted))
    return wanted, frozenset(view.needs), problems


def _unknown(step: Step, wanted: Wanted) -> Iterable[Problem]:
    """Values that ought to be known by the time that their step begins."""
    for part in (wanted.properties, wanted.metadata, wanted.update_policy):
        for key, value in part.items():
            if unknown_in(value):
                path = f"resources.{step.resource}.properties.{key}"
                yield Problem("unknown-value", f"The value of {key} cannot be had", path=path)


def _changing(desk: Desk, work: Work, step: Step, wanted: Wanted, *, again: bool) -> Prepared:
    """What is recorded, against what is wanted, all values being known."""
    row = work.rows[step.row]
    kind = desk.kind(work, row.name)
    if again and row.state == State(Action.UPDATE, Status.IN_PROGRESS):
        before = replace(row, state=State(Action.UPDATE, Status.COMPLETE))
    else:
        before = row
    decision = decide(kind, before, wanted)
    match decision.verdict:
        case Verdict.NONE if not again:
            return _unchanged(desk, work, row)
        case Verdict.REPLACE:
            return _new(desk, work, step, wanted, again=False)
        case Verdict.REFUSE if decision.forbidden:
            return _forbidden(desk, work, step, row, decision.reason)
        case Verdict.REFUSE:
            problem = Problem("not-allowed", decision.reason, kind="NotSupported")
            return _refused(desk, work, step, row, (problem,))
        case _:
            return _begin_update(desk, work, step, wanted, decision.changed, again=again)


def _unchanged(desk: Desk, work: Work, row: ResourceRecord) -> Prepared:
    """Nothing is to be done; a failure of old is forgiven."""
    if row.state.status is Status.COMPLETE:
        return Prepared(idle=True)
    done = Prepared()
    values = {"state": State(row.state.action, Status.COMPLETE), "reason": KEPT_COMPLETE}
    done.draft.add(work.change(row.id, values))
    told(desk, work, row.id, done.draft)
    done.idle = True
    return done


def _new(desk: Desk, work: Work, step: Step, wanted: Wanted, *, again: bool) -> Prepared:
    """Make a new object, in a row of its own."""
    done = Prepared()
    grown: Grown | None = None
    ident = step.new_row if step.do is Do.UPDATE and step.new_row else step.row
    old = work.rows.get(step.row if step.do is Do.UPDATE else step.old_row or "")
    kind = desk.kind(work, wanted.name)
    row = work.rows.get(ident)
    if row is None or row.state.action is Action.INIT:
        row = replace(_fresh(desk, work, step, wanted), id=ident, replaces=old.id if old else None)
        now = desk.clock.now()
        if not kind.touches_nothing and not kind.nests:
            row = replace(row, intent=Intent(1, now, now + desk.request_s))
        try:
            grown = _grown(desk, work, row, wanted)
        except Lacking as lack:
            return Prepared(needs=frozenset({Need("ask", kind.name, str(lack))}))
        except HearthError as error:
            return _refused(desk, work, step, row, (_problem(error),))
        done.draft.add(work.recorded(row))
        if old is not None:
            _give_way(desk, work, old, wanted, done.draft)
            done.draft.add(work.change(old.id, {"replaced_by": ident}))
        told(desk, work, ident, done.draft)
    if not again:
        done.draft.add(work.step(step.key, StepState.RUNNING))
    if row.external:
        return _taken(desk, work, step, wanted, done)
    # An update that may be a replacement is one now, and is carried out as one.
    doing = replace(step, do=Do.REPLACE) if step.do is Do.UPDATE else step
    done.job = job_of(desk, work, doing, row, wanted.properties)
    done.job.again = again
    done.job.old = old
    done.job.others = _others(desk, work, done.job) if kind.release is not None else ()
    done.job.made_of = wanted.made_of
    if kind.nests:
        _take(done.job, grown)
        begin_child(desk, work, done.job, Action.CREATE, done.draft)
    return done


def _adopted(desk: Desk, work: Work, step: Step, wanted: Wanted, *, again: bool) -> Prepared:
    """Take an object over that exists already: its row says all that was told of it."""
    done = Prepared()
    grown: Grown | None = None
    told_so, kind = told_of(work, wanted.name), desk.kind(work, wanted.name)
    row = work.rows.get(step.row)
    if row is None:
        row = replace(
            _fresh(desk, work, step, wanted),
            state=State(Action.ADOPT, Status.IN_PROGRESS),
            data=data(kind, told_so),
        )
        ident = None if kind.nests else physical_id(told_so)
        row = replace(row, physical_id=row.physical_id or ident)
        row = replace(row, metadata=metadata(told_so) or row.metadata)
        if row.physical_id is None and not kind.nests:
            missing = Problem("no-id", "Resource ID was not provided.", kind="Exception")
            return _refused(desk, work, step, row, (missing,))
        try:
            grown = _grown(desk, work, row, wanted, foreseen(told_so))
        except Lacking as lack:
            return Prepared(needs=frozenset({Need("ask", kind.name, str(lack))}))
        except HearthError as error:
            return _refused(desk, work, step, row, (_problem(error),))
        done.draft.add(work.put(row))
        told(desk, work, row.id, done.draft)
    if not again:
        done.draft.add(work.step(step.key, StepState.RUNNING))
    done.job = job_of(desk, work, step, row, wanted.properties)
    done.job.again = again
    done.job.made_of = wanted.made_of
    if kind.nests and not row.external:
        _take(done.job, grown)
        begin_child(desk, work, done.job, Action.ADOPT, done.draft)
    return done


def _give_way(desk: Desk, work: Work, old: ResourceRecord, wanted: Wanted, draft: Draft) -> None:
    """Tell of an update that came to a replacement, as upstream does: begun, and done."""
    if old.state.status is not Status.COMPLETE or old.type_resolved != wanted.resolved:
        return
    if old.state.action is Action.INIT:
        return
    for status in (Status.IN_PROGRESS, Status.COMPLETE):
        values = {"state": State(Action.UPDATE, status), "reason": "state changed"}
        draft.add(work.change(old.id, values))
        told(desk, work, old.id, draft)


def _taken(desk: Desk, work: Work, step: Step, wanted: Wanted, done: Prepared) -> Prepared:
    """An object that exists already and is only looked at."""
    row = work.rows[step.row]
    done.job = job_of(desk, work, replace(step, do=Do.CHECK), row, wanted.properties)
    return done


def _fresh(desk: Desk, work: Work, step: Step, wanted: Wanted) -> ResourceRecord:
    external = plain(wanted.external_id)
    action = Action.CREATE if external is None else Action.CHECK
    return ResourceRecord(
        id=step.row,
        stack_id=work.stack.id,
        name=wanted.name,
        type=wanted.type,
        type_resolved=wanted.resolved,
        state=State(action, Status.IN_PROGRESS),
        reason="state changed",
        created_at=desk.clock.now(),
        physical_id=None if external is None else str(external),
        properties=_known(wanted.properties),
        metadata=_known(wanted.metadata),
        update_policy=_known(wanted.update_policy),
        requires=wanted.requires,
        required_by=desk.required_by(work, wanted.name),
        deletion_policy=wanted.deletion_policy,
        external=external is not None,
        description=wanted.description,
        where=wanted.where,
    )


def _known(values: Mapping[str, Value]) -> dict[str, Value]:
    """Without what is not known: a step that lacks a value fails, and its row says the rest."""
    return {key: value for key, value in values.items() if not unknown_in(value)}


def _begin_update(
    desk: Desk, work: Work, step: Step, wanted: Wanted, changed: frozenset[str], *, again: bool
) -> Prepared:
    done = Prepared()
    row = work.rows[step.row]
    kind = desk.kind(work, row.name)
    grown: Grown | None = None
    if not again:
        if kind.follows and row.nested_id is not None and row.id not in work.fresh:
            return Prepared(needs=frozenset({Need("members", row.id)}))
        try:
            grown = _grown(desk, work, row, wanted)
        except Lacking as lack:
            return Prepared(needs=frozenset({Need("ask", kind.name, str(lack))}))
        except HearthError as error:
            return _refused(desk, work, step, row, (_problem(error),))
        values: dict[str, Any] = {
            "state": State(Action.UPDATE, Status.IN_PROGRESS),
            "reason": "state changed",
            "data": {
                **row.data, ATTEMPTED: dict(wanted.properties), BEGAN: desk.clock.now(),
                **({LINGERS: True} if lingers(kind, row) else {}),
            },
        }  # fmt: skip
        done.draft.add(work.change(row.id, values), work.step(step.key, StepState.RUNNING))
        told(desk, work, row.id, done.draft)
    done.job = job_of(desk, work, step, work.rows[step.row], wanted.properties)
    done.job.again = again
    done.job.changed = changed
    done.job.made_of = wanted.made_of
    done.job.others = _others(desk, work, done.job) if RELEASED in row.data else ()
    done.job.metadata = wanted.metadata
    done.job.ctx.metadata = dict(wanted.metadata)
    done.job.update_policy = wanted.update_policy
    if kind.nests:
        _take(done.job, grown)
        begin_child(desk, work, done.job, Action.UPDATE, done.draft)
    elif not again and not _anything(kind, row, wanted, changed):
        done.ended = Ended(done.job)
    return done


@dataclass(frozen=True, slots=True)
class Grown:
    """The stack that a resource is to be, and the context in which its type said so."""

    ctx: Context
    expansion: Expansion


def _grown(
    desk: Desk, work: Work, row: ResourceRecord, wanted: Wanted, was: Nested | None = None
) -> Grown | None:
    """What a nesting resource expands to; None for any other, and one that is only taken in.

    was: the stack that it has been, where that is taken over.
    """
    kind = desk.kind(work, wanted.name)
    if not kind.nests or row.external:
        return None
    ctx = context(desk, work, row, kind)
    ctx.metadata = dict(wanted.metadata)
    ctx.record = replace(row, update_policy=dict(wanted.update_policy))
    if was is not None:
        ctx.nested, ctx.capacity = was, len(was.members)
    return Grown(ctx, expanded(desk, work, ctx, wanted))


def _take(job: Job, grown: Grown | None) -> None:
    """Have the job go on with the context in which the type has expanded."""
    if grown is not None:
        job.ctx, job.expansion = grown.ctx, grown.expansion


def _problem(error: HearthError) -> Problem:
    return Problem("expansion", error.sentence, kind=error.kind)


def _others(desk: Desk, work: Work, job: Job) -> tuple[Job, ...]:
    """The making of the other rows of the same name, as far as it has come."""
    found = []
    for rival in job.rivals:
        step = replace(job.step, do=Do.CREATE, row=rival.id)
        other = job_of(desk, work, step, rival, rival.properties)
        other.again = True
        if other.ctx.waiting is not None:
            other.ctx.waiting = Heeding(other, other.ctx.waiting)
        found.append(other)
    return tuple(found)


def _anything(
    kind: ResourceType, row: ResourceRecord, wanted: Wanted, changed: frozenset[str]
) -> bool:
    """Whether an update has anything to do in the cloud."""
    return bool(changed) or kind.revisited or lingers(kind, row) or _beside(row, wanted)


def _beside(row: ResourceRecord, wanted: Wanted) -> bool:
    """Whether what stands beside the properties differs, which types may have to be told."""
    if RELEASED in row.data:
        return True
    before = (plain(row.metadata), plain(row.update_policy))
    return before != (plain(dict(wanted.metadata)), plain(dict(wanted.update_policy)))


def _acting(desk: Desk, work: Work, step: Step, row: ResourceRecord, *, again: bool) -> Prepared:
    """Delete, check, suspend or resume what is recorded."""
    done = Prepared()
    gone = row.state == State(Action.DELETE, Status.COMPLETE)
    if row.state.action is Action.INIT or gone:  # there is nothing of it
        if step.do is Do.DELETE:
            work.rows.pop(row.id)
            done.draft.add(DropResource(row.id))
        done.idle = True
        return done
    if step.do is Do.SNAPSHOT and row.state.status is Status.FAILED:
        # It stays known as failed, and of what is not well no copy is made.
        done.idle = True
        return done
    action = ACTIONS[step.do]
    if not again:
        if not switchable(row.state, step.do):
            return _invalid(desk, work, step, row)
        values = {"state": State(action, Status.IN_PROGRESS), "reason": "state changed"}
        done.draft.add(work.change(row.id, values), work.step(step.key, StepState.RUNNING))
        told(desk, work, row.id, done.draft)
    kept = row.external or row.deletion_policy.lower() == "retain"
    deleting = step.do is Do.DELETE
    done.job = job_of(desk, work, step, work.rows[row.id], row.properties)
    done.job.again = again
    done.job.kept = deleting and (kept or work.aim.keeping)
    left_alone = step.do is Do.SNAPSHOT or (kept and deleting)
    if desk.kind_of(work, row).nests and row.nested_id and not left_alone:
        begin_child(desk, work, done.job, action, done.draft)
    begin_copy(desk, work, done.job, done)
    return done


def switchable(state: State, do: Do) -> bool:
    """Whether a resource in this state may be suspended or resumed; all else always may be."""
    whole = state.status is Status.COMPLETE
    match do:
        case Do.SUSPEND:
            return state.action is Action.SUSPEND or (whole and state.action is not Action.DELETE)
        case Do.RESUME:
            return state.action is Action.RESUME or (whole and state.action is Action.SUSPEND)
        case _:
            return True


def _invalid(desk: Desk, work: Work, step: Step, row: ResourceRecord) -> Prepared:
    """The step fails, and nobody is told anything new of the resource."""
    done = Prepared()
    done.draft.add(work.step(step.key, StepState.RUNNING))
    done.job = job_of(desk, work, step, row, {}, record=False)
    state = f"('{row.state.action.value}', '{row.state.status.value}')"
    words = f"State {state} invalid for {step.do.value}"
    done.ended = replace(failed(done.job, HearthError(words, kind="Error")), untold=True)
    return done


def _refused(
    desk: Desk, work: Work, step: Step, row: ResourceRecord, problems: Iterable[Problem]
) -> Prepared:
    """The step fails before anything is asked of the cloud."""
    done = Prepared()
    action = ACTIONS[step.do]
    if row.id not in work.rows:
        done.draft.add(work.put(row))
    else:
        values = {"state": State(action, Status.IN_PROGRESS), "reason": "state changed"}
        done.draft.add(work.change(row.id, values))
    told(desk, work, row.id, done.draft)
    done.draft.add(work.step(step.key, StepState.RUNNING))
    first = next(iter(problems))
    done.job = job_of(desk, work, step, work.rows[row.id], {}, record=False)
    done.ended = failed(done.job, HearthError(first.upstream or first.sentence, kind=first.kind))
    return done


def _forbidden(desk: Desk, work: Work, step: Step, row: ResourceRecord, words: str) -> Prepared:
    """The step fails, and what is recorded of the resource stays as it is."""
    done = Prepared()
    done.draft.add(work.step(step.key, StepState.RUNNING))
    done.job = job_of(desk, work, step, row, {}, record=False)
    ended = failed(done.job, HearthError(words, kind="ResourceActionRestricted"))
    done.ended = replace(ended, fields={"state": row.state, "reason": row.reason})
    return done
