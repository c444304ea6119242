"""What templates may be made of: resource types, template versions, functions."""

import re
from typing import Any

from hearth.api.heat.asking import Ask, boolean
from hearth.api.heat.faults import BadRequest, WrongProject
from hearth.api.heat.parts import Parts, Reply
from hearth.api.heat.skeleton import skeleton
from hearth.base.errors import Missing, Refused
from hearth.bus import ServicesOffered
from hearth.schema import Support, TypeSchema, schema_document

OFFERED_S = 300.0


class Offers:
    """Which services a project's catalogue has: asked from an engine, believed for minutes."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, frozenset[str]]] = {}

    async def of(self, parts: Parts, ask: Ask) -> frozenset[str]:
        """The names of the services on offer."""
        project, now = ask.caller.project_id, parts.clock.monotonic()
        until, found = self._known.get(project, (0.0, frozenset[str]()))
        if now >= until:
            answer = await parts.call(ServicesOffered(**parts.to_engine(ask)))
            found = frozenset(answer.body)
            self._known = {p: kept for p, kept in self._known.items() if kept[0] > now}
            self._known[project] = (now + OFFERED_S, found)
        return found


async def list_types(parts: Parts, ask: Ask) -> Reply:
    """GET /resource_types: what is not hidden, not forbidden, and can be had in this cloud."""
    matching = _pattern(ask.one("name"))
    wanted, since = ask.one("support_status"), ask.one("version")
    offered = await parts.offers.of(parts, ask)
    found = [
        schema
        for name in parts.registry.names()
        if (schema := parts.registry.find(name)) is not None
        and not schema.support.hidden
        and (matching is None or matching.match(name))
        and (wanted is None or schema.support.status == wanted)
        and (since is None or since in _versions(schema.support))
        and _service(parts, name) in {None, *offered}
        and parts.policy.allows_type(ask.caller, name)
    ]
    if ask.flag("with_description"):
        told = [{"resource_type": one.name, "description": one.description} for one in found]
        return Reply({"resource_types": told})
    return Reply({"resource_types": [one.name for one in found]})


def _pattern(text: str | None) -> re.Pattern[str] | None:
    try:
        return None if text is None else re.compile(text)
    except re.error as error:
        raise BadRequest(f'The name "{text}" is not a regular expression: {error}.') from error


def _versions(support: Support | None) -> set[str]:
    """The versions in which something was said of the type."""
    found = set()
    while support is not None:
        found.add(support.version or "")
        support = support.previous
    return found


def _service(parts: Parts, name: str) -> str | None:
    known = parts.registry.type(name)
    return known.rest.service if known is not None and known.rest is not None else None


async def show_type(parts: Parts, ask: Ask) -> Reply:
    """GET /resource_types/{t}: what a type takes and gives."""
    schema = _schema(parts, ask)
    document = schema_document(schema)
    if ask.flag("with_description"):
        document = document | {"description": schema.description}
    return Reply(document)


async def type_template(parts: Parts, ask: Ask) -> Reply:
    """GET /resource_types/{t}/template: a template that uses all of the type."""
    dialect = ask.one("template_type") or "cfn"
    if dialect not in {"cfn", "hot"}:
        raise BadRequest(f"Template type is not supported: {dialect}")
    return Reply(skeleton(_schema(parts, ask), hot=dialect == "hot"))


def _schema(parts: Parts, ask: Ask) -> TypeSchema:
    name = ask.path["type_name"]
    schema = parts.registry.find(name)
    if schema is None:
        raise Missing(f"The Resource Type ({name}) could not be found.")
    if schema.support.hidden:
        raise Refused(f"Generating the schema of {name} is not supported.", kind="NotSupported")
    if not parts.policy.allows_type(ask.caller, name):
        raise WrongProject(f"You are not authorized to use {name}.", kind="Forbidden")
    return schema


async def list_versions(parts: Parts, _ask: Ask) -> Reply:
    """GET /template_versions: every version that a template may name."""
    return Reply({"template_versions": parts.language.versions()})


async def list_functions(parts: Parts, ask: Ask) -> Reply:
    """GET /template_versions/{v}/functions: what a template of it may call."""
    version = ask.path["version"]
    conditions = boolean("with_condition_func", ask.one("with_condition_func") or "false")
    found = parts.language.functions(version, conditions=conditions)
    if found is None:
        raise Missing(f"The Template Version ({version}) could not be found.", kind="NotFound")
    return Reply({"template_functions": found})


async def build_info(parts: Parts, _ask: Ask) -> Reply:
    """GET /build_info: which revision answers."""
    revision = {"revision": parts.settings.revision.heat_revision}
    document: dict[str, Any] = {"api": revision, "engine": revision}
    return Reply(document)
