"""Software deployments made, changed and taken away by hand, beside those of stacks."""

from dataclasses import replace
from typing import Any

from hearth.base.errors import Missing, OverLimit
from hearth.bus import (
    CreateDeployment,
    DeleteDeployment,
    Document,
    Done,
    FetchAnswer,
    UpdateDeployment,
)
from hearth.cloud import Cloud, auth_of
from hearth.engine.desk import Desk
from hearth.engine.handlers.configs import visible_config
from hearth.engine.handlers.runs import kept
from hearth.engine.hearing import BELL
from hearth.identity import Caller
from hearth.kit import IN_PROGRESS, got_object, judged, left_at
from hearth.stack import DeploymentRecord, HeardRecord
from hearth.store import (
    Batch,
    Change,
    Connection,
    DropDeployment,
    PutDeployment,
    PutHeard,
    SetDeployment,
    configs,
    hearing,
    resources,
)
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
    changes: list[Change] = [SetDeployment(record.id, fields), kept(desk, command, answer)]
    heard = await desk.store.read(_heard, record.id)
    if heard is not None:  # whoever waits for it looks again
        changes.append(PutHeard(replace(heard, count=heard.count + 1)))
    await desk.store.write(Batch(tuple(changes)))
    if heard is not None:
        desk.bus.ring(BELL, heard.stack_id)
    return answer


async def delete_deployment(desk: Desk, command: DeleteDeployment) -> Done:
    """Take it away."""
    record = await _found(desk, command.caller, command.deployment_id)
    answer = Done()
    await desk.store.write(Batch((DropDeployment(record.id), kept(desk, command, answer))))
    return answer


async def fetch_answer(desk: Desk, command: FetchAnswer) -> Done:
    """Take the answer to a deployment made by hand, if it lies behind its temporary URL by now."""
    caller, store = command.caller, desk.store
    record = await _found(desk, caller, command.deployment_id)
    config = await store.read(configs.find, record.project_id, record.config_id)
    place = left_at(config)
    ours = await store.read(resources.find, record.id)  # a stack looks for it by itself
    if record.status != IN_PROGRESS or place is None or ours is not None:
        return Done()
    region = desk.settings.region_name_for_services
    session = desk.patient.session(auth_of(caller), region, caller.request_id)
    answer = await got_object(Cloud(session), *place)
    if answer is not None:
        fields = judged(record, config, answer).fields(desk.clock.now())
        await store.write(Batch((SetDeployment(record.id, fields, record.version),)))
    return Done()


def _heard(db: Connection, ident: str) -> HeardRecord | None:
    """What signals have told the resource that a deployment is, if it is one."""
    row = resources.find(db, ident)
    return None if row is None else hearing.find(db, row)


def _renamed(given: dict[str, Any]) -> dict[str, Any]:
    return {_FIELDS.get(name, name): value for name, value in given.items()}


async def _found(desk: Desk, caller: Caller, ident: str) -> DeploymentRecord:
    project = None if caller.is_admin else caller.project_id
    found = await desk.store.read(stored.find, project, ident)
    if found is None:
        raise Missing(f"Deployment with id {ident} not found", kind="NotFound")
    return found
