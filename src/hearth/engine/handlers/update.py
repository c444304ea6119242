"""Updating a stack: wholly or in part, at rest or in the midst of something."""

from dataclasses import dataclass, replace
from typing import Any

from hearth.base import Report
from hearth.base.errors import Clash, Refused
from hearth.bus import Accepted, PlanUpdate, PreviewUpdate, UpdateStack
from hearth.engine.announcing import durable
from hearth.engine.bookkeeping import bookkeeping
from hearth.engine.desk import Desk
from hearth.engine.drift import look_for_drift
from hearth.engine.handlers.checking import Checked, checked, plan_of
from hearth.engine.handlers.create import inputs_of
from hearth.engine.handlers.finding import found
from hearth.engine.handlers.reading import Before, Read, gathered, refusal
from hearth.engine.handlers.runs import begin_run, begun_event, kept, run_of, started
from hearth.engine.handlers.trusting import given as given_to
from hearth.engine.handlers.trusting import renewed
from hearth.engine.planning import Planned
from hearth.engine.telling import begun
from hearth.plan import Aim, later
from hearth.stack import Action, StackRecord, State, Status
from hearth.store import (
    Batch,
    Change,
    PutInputs,
    inputs,
    resources,
)
from hearth.template import Environment, Pseudo, bind, changed_immutable, immutable_problem


@dataclass(frozen=True, slots=True)
class Wished:
    """What an update comes to."""

    stack: StackRecord
    before: Before
    given: Read
    good: Checked
    made: Planned


async def update(desk: Desk, command: UpdateStack) -> Accepted:
    """Validate, record, and begin; what is under way is superseded."""
    wished = await wish(desk, command)
    if command.expected_version not in (None, wished.stack.version):
        raise Clash(f"Stack {wished.stack.name} has changed since it was looked at.")
    stack, given = settled(wished.stack, command), wished.given
    made_of = inputs_of(desk, given, stack)
    fields = _fields(wished, stack, made_of.id)
    trust = await renewed(
        desk, command.caller, wished.stack, own=True, redelegate=wished.good.delegates
    )
    if trust is not None:
        fields |= trust.fields
    busy = wished.stack.run_id
    aim = Aim(converging=converging(desk, command))
    at_once = busy is None and not aim.converging
    plan = wished.made.plan if at_once else later(Action.UPDATE, busy, aim=aim)
    run = run_of(
        desk, replace(stack, inputs_id=made_of.id), Action.UPDATE, command.caller.request_id, plan
    )
    answer = Accepted(stack.id, stack.name, stack.version + 1)
    changes: list[Change] = [*given.texts, PutInputs(made_of)]
    changes += trust.changes if trust is not None else ()
    changes += begin_run(wished.stack, run, fields)
    if at_once:
        changes += bookkeeping(wished.good.work, wished.made)
    told = replace(stack, state=State(run.action, Status.IN_PROGRESS), reason=begun(run.action))
    event = begun_event(desk, told, run)
    async with given_to(desk, trust):
        batch = Batch((*changes, kept(desk, command, answer)), (event,))
        await durable(desk.store, batch)
    desk.library.note(given.template_hash, given.source.template)
    started(desk, wished.stack, run)
    return answer


async def wish(desk: Desk, command: UpdateStack | PreviewUpdate | PlanUpdate) -> Wished:
    """What the update would do; raises what forbids it."""
    stack = await found(desk, command.caller, command.stack)
    _possible(stack)
    rows = await desk.store.read(resources.of, stack.id)
    before = await _before(desk, stack)
    patch = before if command.existing else None
    given = await gathered(desk, command.caller, command.source, patch, command.clear_parameters)
    good = await checked(desk, command.caller, given, stack, rows)
    _immutable(stack, before, given, good)
    if converging(desk, command) and not isinstance(command, UpdateStack):
        await look_for_drift(desk, good.work)
    made = await plan_of(desk, good.work, Action.UPDATE)
    return Wished(stack, before, given, good, made)


def converging(desk: Desk, command: UpdateStack | PreviewUpdate | PlanUpdate) -> bool:
    """Whether what the cloud shows is to be looked at; for an update its run does so."""
    return command.converge or desk.settings.observe_on_update


def _possible(stack: StackRecord) -> None:
    if stack.state.action is Action.SUSPEND:
        words = "Updating a stack when it is suspended is not supported."
        raise Refused(words, kind="NotSupported")
    if stack.state.action is Action.DELETE:
        words = "Updating a stack when it is deleting is not supported."
        raise Refused(words, kind="NotSupported")


async def _before(desk: Desk, stack: StackRecord) -> Before:
    stored = await desk.store.read(inputs.find, stack.inputs_id)
    if stored is None:
        raise Clash(f"Stack {stack.name} has no template to be updated from.")
    template = await desk.library.template(desk.store, stored.template_hash)
    files = await desk.library.files(desk.store, stored.files_hash)
    return Before(stored, template, files)


def _immutable(stack: StackRecord, before: Before, given: Read, good: Checked) -> None:
    """Refuse to change a parameter that is declared never to change."""
    definitions = given.source.template.parameters
    if not any(one.immutable for one in definitions.values()):
        return
    pseudo = Pseudo(stack.name, stack.id, stack.project_id)
    environment = Environment.from_document(before.inputs.environment)
    old, _report = bind(
        before.template, environment, before.inputs.parameters, pseudo, strict=False
    )
    names = changed_immutable(old, good.blueprint.parameters, definitions)
    if names:
        raise refusal(Report([immutable_problem(names)]))


def settled(stack: StackRecord, command: UpdateStack | PlanUpdate) -> StackRecord:
    """The stack with what the request says of it; what it leaves out stays."""
    tags = command.tags if command.tags is not None else (stack.tags if command.existing else ())
    timeout = command.timeout_mins if command.timeout_mins is not None else stack.timeout_mins
    rollback = command.disable_rollback
    return replace(
        stack,
        tags=tags,
        timeout_mins=timeout,
        disable_rollback=stack.disable_rollback if rollback is None else rollback,
    )


def _fields(wished: Wished, stack: StackRecord, inputs_id: str) -> dict[str, Any]:
    return {
        "inputs_id": inputs_id,
        "tags": stack.tags,
        "timeout_mins": stack.timeout_mins,
        "disable_rollback": stack.disable_rollback,
        "description": str(wished.given.source.template.description or ""),
        "shown_parameters": wished.good.blueprint.parameters.shown(),
    }
