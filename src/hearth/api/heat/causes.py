"""Why a stack failed."""

from hearth.api.heat.asking import Ask
from hearth.api.heat.documents import cause
from hearth.api.heat.parts import Parts, Reply, stack_at
from hearth.stack import Cause, StackRecord, Status
from hearth.store import Connection, causes, runs, stacks


async def index(parts: Parts, ask: Ask) -> Reply:
    """GET …/causes: why the last operation failed, the root cause first; of the whole tree.

    Of a nested stack: what failed in it and below, and only where that is nothing, elsewhere.
    """
    stack = await stack_at(parts, ask)
    deepest = parts.settings.max_nested_stack_depth
    found = await parts.store.read(_found, stack, deepest)
    if not found and stack.state.status is Status.FAILED:
        found = [_told(stack)]
    return Reply({"causes": [cause(one) for one in found]})


def _found(db: Connection, stack: StackRecord, deepest: int) -> list[Cause]:
    operation = runs.last_operation(db, stack.id)
    if operation is None:
        return []
    every = causes.of_operation(db, stack.root_id, operation)
    if stack.parent_id is None:
        return every
    below = set(stacks.ids_below(db, stack.id, deepest))
    return [one for one in every if one.stack_id in below] or every


def _told(stack: StackRecord) -> Cause:
    """What a stack says of itself, where nothing more is known."""
    return Cause(
        run_id="",
        step="",
        root_id=stack.root_id,
        stack_id=stack.id,
        operation_id="",
        action=stack.state.action,
        at=stack.updated_at or stack.created_at,
        error="",
        message=stack.reason,
    )
