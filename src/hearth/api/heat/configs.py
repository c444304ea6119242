"""Software configs: texts with inputs and outputs that servers are configured by."""

from typing import Any

from hearth.api.heat.asking import Ask
from hearth.api.heat.documents import time_of
from hearth.api.heat.faults import BadRequest, WrongProject
from hearth.api.heat.parts import Parts, Reply
from hearth.base import plain
from hearth.base.errors import Missing
from hearth.bus import CreateConfig, DeleteConfig
from hearth.stack import ConfigRecord
from hearth.store import configs

_DEFAULT_GROUP = "Heat::Ungrouped"


def listed_config(ask: Ask, record: ConfigRecord) -> dict[str, Any]:
    """A config as lists show it."""
    document = {
        "id": record.id,
        "name": record.name,
        "group": record.group,
        "creation_time": time_of(record.created_at),
    }
    return document | ({"project": record.project_id} if ask.caller.is_admin else {})


def shown_config(ask: Ask, record: ConfigRecord) -> dict[str, Any]:
    """A config with all that is in it."""
    return listed_config(ask, record) | {
        "config": plain(record.config),
        "inputs": plain(list(record.inputs)),
        "outputs": plain(list(record.outputs)),
        "options": plain(record.options),
    }


async def index(parts: Parts, ask: Ask) -> Reply:
    """GET /software_configs: those of the project."""
    everywhere = ask.flag("global_tenant")
    if everywhere and not parts.policy.allows(ask.caller, "software_configs:global_index"):
        raise WrongProject("You are not authorized to use software_configs:global_index.")
    project = None if everywhere else ask.caller.project_id
    found = await parts.store.read(configs.listed, project, ask.number("limit"), ask.one("marker"))
    return Reply({"software_configs": [listed_config(ask, one) for one in found]})


async def create(parts: Parts, ask: Ask) -> Reply:
    """POST /software_configs: keep a new one."""
    body = ask.given()
    for name, kind in (("inputs", list), ("outputs", list), ("options", dict)):
        if not isinstance(body.get(name) or kind(), kind):
            raise BadRequest(f'"{name}" must be {"a list" if kind is list else "an object"}.')
    if not isinstance(body.get("group"), str | None):
        raise BadRequest('"group" must be a text.')
    config = {
        "name": str(body.get("name") or ""),
        "group": body.get("group") or _DEFAULT_GROUP,
        "config": body.get("config") or "",
        "inputs": body.get("inputs") or [],
        "outputs": body.get("outputs") or [],
        "options": body.get("options") or {},
    }
    made = await parts.call(CreateConfig(**parts.to_engine(ask), config=config))
    record = await _found(parts, ask, made.body["id"])
    return Reply({"software_config": shown_config(ask, record)})


async def show(parts: Parts, ask: Ask) -> Reply:
    """GET /software_configs/{id}: all of one."""
    record = await _config_at(parts, ask)
    return Reply({"software_config": shown_config(ask, record)})


async def delete(parts: Parts, ask: Ask) -> Reply:
    """DELETE /software_configs/{id}: forget one."""
    record = await _config_at(parts, ask)
    await parts.call(DeleteConfig(**parts.to_engine(ask), config_id=record.id))
    return Reply(status=204)


async def _config_at(parts: Parts, ask: Ask) -> ConfigRecord:
    return await _found(parts, ask, ask.path["config_id"])


async def _found(parts: Parts, ask: Ask, ident: str) -> ConfigRecord:
    project = None if ask.caller.is_admin else ask.caller.project_id
    found = await parts.store.read(configs.find, project, ident)
    if found is None:
        raise Missing(f"The Software config ({ident}) could not be found.", kind="NotFound")
    return found
