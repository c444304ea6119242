"""Creating a stack."""

import re
from dataclasses import replace

from hearth.base import Problem
from hearth.base.errors import Clash, Invalid, OverLimit
from hearth.bus import Accepted, CreateStack
from hearth.engine.announcing import durable
from hearth.engine.desk import Desk
from hearth.engine.handlers.adopting import settled_users, taken_over
from hearth.engine.handlers.checking import checked, plan_of
from hearth.engine.handlers.reading import Read, gathered
from hearth.engine.handlers.runs import begun_event, kept, run_of, started, timeout_of
from hearth.engine.handlers.trusting import entrusted
from hearth.engine.handlers.trusting import given as given_to
from hearth.engine.telling import begun
from hearth.identity import Caller
from hearth.stack import Action, Inputs, StackRecord, State, Status
from hearth.store import (
    Batch,
    Change,
    PutInputs,
    PutRun,
    PutStack,
    stacks,
)

NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_.-]{0,254}")


async def create(desk: Desk, command: CreateStack) -> Accepted:
    """Validate, record, and begin; nothing is left behind when any of it fails."""
    caller = command.caller
    check_name(command.name)
    await _room(desk, caller, command.name)
    before, aim = taken_over(command)
    given = await gathered(desk, caller, command.source, before)
    stack, left = await settled_users(desk, new_stack(desk, command), command)
    good = await checked(desk, caller, given, stack)
    good.work.aim = aim
    made = await plan_of(desk, good.work, stack.state.action)
    made.plan = replace(made.plan, aim=aim)
    inputs = inputs_of(desk, given, stack)
    trust = await entrusted(desk, caller, stack.id, redelegate=good.delegates)
    stack = replace(
        stack,
        inputs_id=inputs.id,
        credentials_id=trust.credentials.id,
        description=str(given.source.template.description or ""),
        shown_parameters=good.blueprint.parameters.shown(),
    )
    run = run_of(desk, stack, stack.state.action, caller.request_id, made.plan)
    stack = replace(stack, run_id=run.id)
    answer = Accepted(stack.id, stack.name)
    changes: tuple[Change, ...] = (
        *given.texts,
        PutInputs(inputs),
        *trust.changes,
        PutStack(stack),
        PutRun(run),
        *left,
    )
    async with given_to(desk, trust):
        batch = Batch((*changes, kept(desk, command, answer)), (begun_event(desk, stack, run),))
        await durable(desk.store, batch)
    desk.library.note(given.template_hash, given.source.template)
    started(desk, replace(stack, run_id=None), run)
    return answer


def check_name(name: str) -> None:
    """Whether a stack may be called so."""
    if not NAME.fullmatch(name):
        words = (
            f'Invalid stack name {name} must contain only alphanumeric or "_-." characters, '
            "must start with alpha and must be 255 characters or less."
        )
        raise Invalid(words, problems=[Problem("stack-name", words)])


async def _room(desk: Desk, caller: Caller, name: str) -> None:
    """Whether the project may have one more, of this name."""
    if await desk.store.read(stacks.named, caller.project_id, name) is not None:
        raise Clash(f"The Stack ({name}) already exists.", kind="StackExists")
    limit = desk.settings.max_stacks_per_tenant
    if limit != -1 and await desk.store.read(stacks.counted_roots, caller.project_id) >= limit:
        raise OverLimit(
            f"You have reached the maximum stacks per tenant, {limit}. Please delete some stacks."
        )


def new_stack(desk: Desk, command: CreateStack) -> StackRecord:
    """The stack's row, before anything is known of its template."""
    caller, ident = command.caller, desk.ids.uuid()
    action = Action.CREATE if command.adopt is None else Action.ADOPT
    return StackRecord(
        id=ident,
        name=command.name,
        project_id=caller.project_id,
        state=State(action, Status.IN_PROGRESS),
        reason=begun(action),
        inputs_id="",
        created_at=desk.clock.now(),
        root_id=ident,
        user_id=caller.user_id,
        username=caller.user_name,
        tags=command.tags,
        timeout_mins=command.timeout_mins,
        disable_rollback=command.disable_rollback,
    )


def inputs_of(desk: Desk, given: Read, stack: StackRecord) -> Inputs:
    """What was given, as it is stored."""
    return Inputs(
        id=desk.ids.uuid(),
        template_hash=given.template_hash,
        files_hash=given.files_hash,
        environment=given.source.environment.to_document(),
        parameters=dict(given.source.given),
        tags=stack.tags,
        timeout_s=timeout_of(desk, stack),
        disable_rollback=stack.disable_rollback,
    )
