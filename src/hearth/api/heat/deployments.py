"""Software deployments: configs on servers, and what the servers are to know of them."""

from contextlib import suppress
from typing import Any

from hearth.api.heat.asking import Ask
from hearth.api.heat.documents import time_of
from hearth.api.heat.faults import BadRequest
from hearth.api.heat.parts import Parts, Reply
from hearth.base import plain
from hearth.base.errors import HearthError, Missing, Refused
from hearth.bus import CreateDeployment, DeleteDeployment, FetchAnswer, UpdateDeployment
from hearth.kit import IN_PROGRESS, deployed, left_at
from hearth.stack import DeploymentRecord
from hearth.store import configs, deployments

_TEXTS = ("config_id", "action", "status", "status_reason")
_MAPS = ("input_values", "output_values")


def shown_deployment(record: DeploymentRecord) -> dict[str, Any]:
    """A deployment with all that is in it."""
    document = {
        "id": record.id,
        "server_id": record.server_id,
        "config_id": record.config_id,
        "input_values": plain(record.input_values),
        "output_values": plain(record.output_values),
        "action": record.action,
        "status": record.status,
        "status_reason": record.reason,
        "creation_time": time_of(record.created_at),
    }
    changed = {"updated_time": time_of(record.updated_at)} if record.updated_at else {}
    return document | changed


async def index(parts: Parts, ask: Ask) -> Reply:
    """GET /software_deployments: those of the project, to one server if it is named."""
    server = ask.one("server_id")
    found = await parts.store.read(deployments.listed, _project(ask), server)
    return Reply({"software_deployments": [shown_deployment(one) for one in found]})


async def metadata(parts: Parts, ask: Ask) -> Reply:
    """GET /software_deployments/metadata/{server_id}: what a server is to apply, by name."""
    found = await parts.store.read(deployments.metadata, _project(ask), ask.path["server_id"])
    return Reply({"metadata": deployed(found)})


async def create(parts: Parts, ask: Ask) -> Reply:
    """POST /software_deployments: deploy a config by hand."""
    body = ask.given()
    given = _given(body, (*_TEXTS, "stack_user_project_id"), _MAPS[:1])
    if not isinstance(body.get("server_id"), str):
        raise Refused("server_id must be string", kind="ValueError")
    if not given.get("config_id"):
        raise BadRequest('"config_id" must say what is deployed.')
    given["server_id"] = body["server_id"]
    made = await parts.call(CreateDeployment(**parts.to_engine(ask), deployment=given))
    record = await _found(parts, ask, made.body["id"])
    return Reply({"software_deployment": shown_deployment(record)})


async def show(parts: Parts, ask: Ask) -> Reply:
    """GET /software_deployments/{id}: all of one, with what the server has answered by now."""
    record = await _found(parts, ask, ask.path["deployment_id"])
    config = await parts.store.read(configs.find, record.project_id, record.config_id)
    if record.status == IN_PROGRESS and left_at(config) is not None:
        # In the user's own object store; while that is away, what is known is told.
        with suppress(HearthError):
            await parts.call(FetchAnswer(**parts.to_engine(ask), deployment_id=record.id))
        record = await _found(parts, ask, record.id)
    return Reply({"software_deployment": shown_deployment(record)})


async def update(parts: Parts, ask: Ask) -> Reply:
    """PUT /software_deployments/{id}: change what is given."""
    fields = _given(ask.given(), _TEXTS, _MAPS)
    record = await _found(parts, ask, ask.path["deployment_id"])
    engine = parts.to_engine(ask)
    command = UpdateDeployment(
        **engine, deployment_id=record.id, fields=fields, server_id=record.server_id
    )
    await parts.call(command)
    changed = await _found(parts, ask, record.id)
    return Reply({"software_deployment": shown_deployment(changed)})


async def delete(parts: Parts, ask: Ask) -> Reply:
    """DELETE /software_deployments/{id}: take it from its server."""
    record = await _found(parts, ask, ask.path["deployment_id"])
    engine = parts.to_engine(ask)
    await parts.call(
        DeleteDeployment(**engine, deployment_id=record.id, server_id=record.server_id)
    )
    return Reply(status=204)


def _given(body: dict[str, Any], texts: tuple[str, ...], maps: tuple[str, ...]) -> dict[str, Any]:
    """What the body says of these; what is empty counts as not said."""
    for name in texts:
        if not isinstance(body.get(name), str | None):
            raise BadRequest(f'"{name}" must be a text.')
    for name in maps:
        if not isinstance(body.get(name), dict | None):
            raise BadRequest(f'"{name}" must be an object.')
    return {name: body[name] for name in (*texts, *maps) if body.get(name)}


def _project(ask: Ask) -> str | None:
    return None if ask.caller.is_admin else ask.caller.project_id


async def _found(parts: Parts, ask: Ask, ident: str) -> DeploymentRecord:
    found = await parts.store.read(deployments.find, _project(ask), ident)
    if found is None:
        raise Missing(f"Deployment with id {ident} not found", kind="NotFound")
    return found
