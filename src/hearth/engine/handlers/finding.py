"""Finding the stack that a command is about, as its caller may see it."""

from hearth.base.errors import Clash, Missing
from hearth.bus import StackRef
from hearth.engine.desk import Desk
from hearth.identity import Caller
from hearth.stack import StackRecord, Status
from hearth.store import stacks


async def found(desk: Desk, caller: Caller, ref: StackRef) -> StackRecord:
    """The stack of that name and id; Missing unless both fit and it is the caller's."""
    stack = await desk.store.read(stacks.find, ref.id)
    own = stack is not None and (stack.project_id == caller.project_id or caller.is_admin)
    if stack is None or not own or stack.name != ref.name or stack.deleted_at is not None:
        raise Missing(f"The Stack ({ref.name}) could not be found.")
    return stack


def at_rest(stack: StackRecord) -> None:
    """Refuse while something is being done to the stack."""
    if stack.state.status is Status.IN_PROGRESS:
        action = stack.state.action.value
        raise Clash(f"Stack {stack.name} already has an action ({action}) in progress.")
