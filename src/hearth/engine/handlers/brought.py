"""What follows upon a change made by hand: a server that does not ask is brought its metadata.

It follows whenever the command comes, also when it comes again because whoever carried it out
died in between: bringing the same twice is harmless.
"""

from hearth.bus import CreateDeployment, DeleteDeployment, UpdateDeployment
from hearth.engine.contexts import context
from hearth.engine.desk import Desk
from hearth.engine.handlers.signals import acting
from hearth.kit import delivered, tell
from hearth.stack import ResourceRecord, StackRecord
from hearth.store import Connection, deployments, stacks


async def bring(
    desk: Desk, command: CreateDeployment | UpdateDeployment | DeleteDeployment
) -> None:
    """Have the server of the deployment know what is deployed to it."""
    if isinstance(command, CreateDeployment):
        server_id = command.deployment["server_id"]
    else:
        server_id = command.server_id
    project = command.caller.project_id
    found = await desk.store.read(_server, project, server_id) if server_id else None
    if found is not None and delivered(found[1].data):
        stack, row = found
        work = await acting(desk, stack, row, command.caller.request_id)
        await tell(context(desk, work, row, desk.kind_of(work, row)), server_id)


def _server(
    db: Connection, project_id: str, server_id: str
) -> tuple[StackRecord, ResourceRecord] | None:
    row = deployments.server(db, project_id, server_id)
    stack = stacks.find(db, row.stack_id) if row is not None else None
    return (stack, row) if stack is not None and row is not None else None
