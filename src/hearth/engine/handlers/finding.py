"""Finding the stack that a command is about, as its caller may see it."""

from hearth.base.errors import Clash, Denied, Missing
from hearth.bus import StackRef
from hearth.engine.desk import Desk
from hearth.identity import Caller
from hearth.kit import admits
from hearth.stack import ResourceRecord, StackRecord, Status
from hearth.store import stacks


async def found(desk: Desk, caller: Caller, ref: StackRef) -> StackRecord:
    """The stack of that name and id; Missing unless both fit and it is the caller's."""
    stack = await desk.store.read(stacks.find, ref.id)
    own = stack is not None and (stack.project_id == caller.project_id or caller.is_admin)
    if stack is None or not own or stack.name != ref.name or stack.deleted_at is not None:
        raise Missing(f"The Stack ({ref.name}) could not be found.")
    return stack


async def reached(desk: Desk, caller: Caller, ref: StackRef) -> StackRecord:
    """The same, for users that were made for the stack as well."""
    stack = await desk.store.read(stacks.find, ref.id)
    own = stack is not None and (
        caller.is_admin or caller.project_id in {stack.project_id, stack.stack_user_project_id}
    )
    if stack is None or not own or stack.name != ref.name or stack.deleted_at is not None:
        raise Missing(f"The Stack ({ref.name}) could not be found.")
    return stack


def admit(desk: Desk, caller: Caller, row: ResourceRecord) -> None:
    """A user that was made for a resource has to do with that one alone."""
    if desk.settings.heat_stack_user_role in caller.roles and not admits(row, caller.user_id):
        raise Denied("You are not authorized to complete this action.")


def at_rest(stack: StackRecord) -> None:
    """Refuse while something is being done to the stack."""
    if stack.state.status is Status.IN_PROGRESS:
        action = stack.state.action.value
        raise Clash(f"Stack {stack.name} already has an action ({action}) in progress.")
