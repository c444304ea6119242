"""Software deployments made, changed and taken away by hand, beside those of stacks."""

from typing import Any

from hearth.base.errors import Missing, OverLimit
from hearth.bus import (
    CreateDeployment,
    DeleteDeployment,
    Document,
    Done,
    UpdateDeployment,
)
from hearth.engine.desk import Desk
from hearth.engine.handlers.configs import visible_config
from hearth.engine.handlers.runs import kept
from hearth.identity import Caller
from hearth.stack import DeploymentRecord
from hearth.store import Batch, DropDeployment, PutDeployment, SetDeployment
from hearth.store import deployments as stored

_FIELDS = {"status_reason": "reason"}
"""What a field of a request is called in the row, where it is not the same."""


async def create_deployment(desk: Desk, command: CreateDeployment) -> Document:
    """Keep a deployment; the answer's body names it: {id}."""
    caller, given = command.caller, _renamed(command.deployment)
    await visible_config(desk, caller, given["config_id"])
    limit = desk.settings.max_software_deployments_per_tenant
    if limit != -1 and await desk.store.read(stored.counted, caller.project_id) >= limit:
        raise OverLimit(
            "Request limit exceeded: You have reached the maximum software deployments per"
            f" tenant, {limit}. Please delete some software deployments."
        )
    record = DeploymentRecord(
        id=desk.ids.uuid(),
        project_id=caller.project_id,
        created_at=desk.clock.now(),
        **given,
    )
    answer = Document({"id": record.id})
    await desk.store.write(Batch((PutDeployment(record), kept(desk, command, answer))))
    return answer


async def update_deployment(desk: Desk, command: UpdateDeployment) -> Done:
    """Change what is given."""
    record = await _found(desk, command.caller, command.deployment_id)
    fields = _renamed(command.fields)
    if "config_id" in fields:
        await visible_config(desk, command.caller, fields["config_id"])
    fields["updated_at"] = desk.clock.now()
    answer = Done()
    change = SetDeployment(record.id, fields)
    await desk.store.write(Batch((change, kept(desk, command, answer))))
    return answer


async def delete_deployment(desk: Desk, command: DeleteDeployment) -> Done:
    """Take it away."""
    record = await _found(desk, command.caller, command.deployment_id)
    answer = Done()
    await desk.store.write(Batch((DropDeployment(record.id), kept(desk, command, answer))))
    return answer


def _renamed(given: dict[str, Any]) -> dict[str, Any]:
    return {_FIELDS.get(name, name): value for name, value in given.items()}


async def _found(desk: Desk, caller: Caller, ident: str) -> DeploymentRecord:
    project = None if caller.is_admin else caller.project_id
    found = await desk.store.read(stored.find, project, ident)
    if found is None:
        raise Missing(f"Deployment with id {ident} not found", kind="NotFound")
    return found
