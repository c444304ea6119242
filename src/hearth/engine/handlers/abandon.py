"""Letting go of a stack: of all that it consists of at once, or of nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from hearth.base.errors import Clash
from hearth.bus import AbandonStack, Done
from hearth.engine.announcing import durable
from hearth.engine.desk import Desk
from hearth.engine.handlers.finding import at_rest, found
from hearth.engine.handlers.runs import begin_run, begun_event, kept, run_of, started
from hearth.engine.handlers.trusting import given, renewed
from hearth.engine.telling import begun, completed, resource_event, stack_event
from hearth.stack import (
    Action,
    EventRecord,
    ResourceRecord,
    StackRecord,
    State,
    Status,
)
from hearth.store import (
    Batch,
    Change,
    Connection,
    DropResources,
    Moved,
    SetStack,
    resources,
    stacks,
)

GONE = State(Action.DELETE, Status.COMPLETE)


async def abandon(desk: Desk, command: AbandonStack) -> Done:
    """Let go of a stack at rest, and of all below it, as they were when they were told of.

    One transaction forgets all rows, so that none can be missing from a document of what is left.
    What is deleted after that is a stack without resources: its snapshots go, and its trust.
    """
    stack = await found(desk, command.caller, command.stack)
    told = await desk.store.read(_told, stack)
    for one, _rows in told:
        at_rest(one)
    if any(command.versions.get(one.id, one.version) != one.version for one, _rows in told):
        raise _changed(stack)
    trust = await renewed(desk, command.caller, stack)
    made, fields = (trust.changes, trust.fields) if trust is not None else ((), {})
    now, operation = desk.clock.now(), command.caller.request_id
    run = run_of(desk, stack, Action.DELETE, operation, None)
    changes: list[Change] = [
        *made,
        *begin_run(stack, run, fields | {"abandoned_at": now}),
        DropResources(stack.id),
    ]
    beginning = replace(
        stack, state=State(Action.DELETE, Status.IN_PROGRESS), reason=begun(run.action)
    )
    events = [begun_event(desk, beginning, run)]
    for one, rows in told:
        events += _gone(desk, operation, one, rows)
        if one.id != stack.id:
            changes += _forgotten(one, now)
            ended = replace(one, state=GONE, reason=completed(Action.DELETE))
            events.append(stack_event(desk.ids.uuid(), ended, now, operation))
    try:
        async with given(desk, trust):
            batch = Batch((*changes, kept(desk, command, Done())), tuple(events))
            await durable(desk.store, batch)
    except Moved:
        raise _changed(stack) from None
    started(desk, stack, run)
    return Done()


def _told(db: Connection, stack: StackRecord) -> list[tuple[StackRecord, list[ResourceRecord]]]:
    """The stack and all those below it, with the rows that users know of."""
    members, ids = [stack], {stack.id}
    for one in stacks.tree(db, stack.root_id):
        if one.parent_id in ids:
            ids.add(one.id)
            members.append(one)
    return [(one, list(resources.shown(resources.of(db, one.id)).values())) for one in members]


def _forgotten(stack: StackRecord, now: float) -> Iterator[Change]:
    fields = {
        "state": GONE,
        "reason": completed(Action.DELETE),
        "deleted_at": now,
        "outputs": (),
    }
    yield SetStack(stack.id, fields, stack.version)
    yield DropResources(stack.id)


def _gone(
    desk: Desk, operation: str, stack: StackRecord, rows: Iterable[ResourceRecord]
) -> Iterator[EventRecord]:
    """What users are told of resources, as if they were deleted."""
    for row in rows:
        gone = replace(row, state=GONE, reason="state changed")
        yield resource_event(desk.ids.uuid(), stack, gone, desk.clock.now(), operation)


def _changed(stack: StackRecord) -> Clash:
    return Clash(f"Stack {stack.name} has changed since it was looked at.")
