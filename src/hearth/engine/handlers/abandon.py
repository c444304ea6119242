"""Letting go of a stack: at once, or not at all."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from hearth.base.errors import Clash
from hearth.bus import AbandonStack, Done
from hearth.cloud import CloudError
from hearth.engine.announcing import durable
from hearth.engine.desk import Desk
from hearth.engine.handlers.finding import at_rest, found
from hearth.engine.handlers.runs import kept
from hearth.engine.sweeping import take_back
from hearth.engine.telling import begun, completed, resource_event, stack_event
from hearth.stack import (
    Action,
    EventRecord,
    ResourceRecord,
    SpareTrust,
    StackRecord,
    State,
    Status,
)
from hearth.store import (
    Batch,
    Change,
    Connection,
    DropCauses,
    DropCredentials,
    DropResources,
    Moved,
    PutSpareTrust,
    SetStack,
    credentials,
    resources,
    stacks,
)

GONE = State(Action.DELETE, Status.COMPLETE)


async def abandon(desk: Desk, command: AbandonStack) -> Done:
    """Let go of a stack at rest, and of all below it, as they were when they were told of.

    No object is touched, so there is nothing to wait for: one transaction forgets all rows, and
    none can be missing from a document of what is left.
    """
    stack = await found(desk, command.caller, command.stack)
    told = await desk.store.read(_below, stack)
    for one, _rows in told:
        at_rest(one)
    if any(command.versions.get(one.id, one.version) != one.version for one, _rows in told):
        raise _changed(stack)
    changes: list[Change] = []
    events: list[EventRecord] = []
    for one, rows in told:
        changes += _let_go(desk, one)
        events += _events(desk, command.caller.request_id, one, rows)
    spare = await _trust(desk, stack)
    if spare is not None:
        changes.append(PutSpareTrust(spare))
    if stack.parent_id is None:
        changes += (DropCredentials(stack.credentials_id or ""), DropCauses(stack.id))
    answer = kept(desk, command, Done())
    try:
        await durable(desk.store, Batch((*changes, answer), tuple(events)))
    except Moved:
        raise _changed(stack) from None
    if spare is not None:
        with suppress(CloudError):  # the sweeper tries again
            await take_back(desk, spare)
    return Done()


def _below(db: Connection, stack: StackRecord) -> list[tuple[StackRecord, list[ResourceRecord]]]:
    """The stack and all those below it, with the rows that users know of."""
    members, ids = [stack], {stack.id}
    for one in stacks.tree(db, stack.root_id):
        if one.parent_id in ids:
            ids.add(one.id)
            members.append(one)
    return [(one, list(resources.shown(resources.of(db, one.id)).values())) for one in members]


def _let_go(desk: Desk, stack: StackRecord) -> Iterator[Change]:
    now = desk.clock.now()
    fields = {
        "state": GONE,
        "reason": completed(Action.DELETE),
        "deleted_at": now,
        "abandoned_at": now,
        "outputs": (),
    }
    yield SetStack(stack.id, fields, stack.version)
    yield DropResources(stack.id)


def _events(
    desk: Desk, operation: str, stack: StackRecord, rows: Iterable[ResourceRecord]
) -> Iterator[EventRecord]:
    """What users are told, as of a stack that is deleted."""
    now = desk.clock.now()
    beginning = State(Action.DELETE, Status.IN_PROGRESS)
    started = replace(stack, state=beginning, reason=begun(Action.DELETE))
    yield stack_event(desk.ids.uuid(), started, now, operation)
    for row in rows:
        gone = replace(row, state=GONE, reason="state changed")
        yield resource_event(desk.ids.uuid(), stack, gone, now, operation)
    ended = replace(stack, state=GONE, reason=completed(Action.DELETE))
    yield stack_event(desk.ids.uuid(), ended, now, operation)


async def _trust(desk: Desk, stack: StackRecord) -> SpareTrust | None:
    """The trust of a root, which no stack is to have any more."""
    ident = stack.credentials_id if stack.parent_id is None else None
    known = await desk.store.read(credentials.find, ident or "")
    if known is None or not known.trust_id:
        return None
    now = desk.clock.now()
    return SpareTrust(desk.ids.uuid(), known.user_id, known.project_id, now, known.trust_id)


def _changed(stack: StackRecord) -> Clash:
    return Clash(f"Stack {stack.name} has changed since it was looked at.")
