"""Resources: lists, one of them, its metadata; signals and marks."""

from collections.abc import Sequence
from typing import Any

from hearth.api.heat.asking import Ask, boolean, text
from hearth.api.heat.documents import detailed_resource, resource
from hearth.api.heat.faults import BadRequest
from hearth.api.heat.parts import Parts, Reply, ref, stack_at
from hearth.api.metadata import allow, incarnation, shown_metadata
from hearth.base import plain
from hearth.base.errors import Late, Missing, Unavailable
from hearth.bus import MarkResource, ShowAttributes, SignalResource
from hearth.stack import ResourceRecord, StackRecord
from hearth.store import ResourceQuery, resources, stacks

FILTERS = frozenset({"type", "status", "name", "action", "id", "physical_resource_id"})
PLAIN = frozenset({"nested_depth", "with_detail"})


async def index(parts: Parts, ask: Ask) -> Reply:
    """GET …/resources: what a stack is made of, nested stacks as deep as asked."""
    _refuse_unknown_filters(ask)
    depth, detailed = ask.number("nested_depth") or 0, ask.flag("with_detail")
    stack = await stack_at(parts, ask)
    depth = min(depth, parts.settings.max_nested_stack_depth)
    query = ResourceQuery(
        stack.id,
        nested_depth=depth,
        filters={name: ask.many(name) for name in FILTERS if name in ask.query},
        detail=detailed,
    )
    found = await parts.store.read(resources.listed, query)
    nested = await _names(parts, [placed.resource for placed in found])
    shown = []
    for placed in found:
        document = resource(ask, placed.stack, placed.resource, nested)
        shown.append(detailed_resource(document, placed.resource) if detailed else document)
    return Reply({"resources": shown})


def _refuse_unknown_filters(ask: Ask) -> None:
    unknown = sorted(set(ask.query) - FILTERS - PLAIN)
    if unknown:
        raise BadRequest(f"Invalid filter parameters {', '.join(unknown)}")


async def _names(parts: Parts, records: Sequence[ResourceRecord]) -> dict[str, str]:
    """Id → name of the stacks that resources are."""
    idents = {record.nested_id for record in records if record.nested_id is not None}
    if not idents:
        return {}
    places = await parts.store.read(stacks.find_many, idents)
    return {ident: place.name for ident, place in places.items()}


async def show(parts: Parts, ask: Ask) -> Reply:
    """GET …/resources/{r}: as the cloud shows it, or as recorded where nothing is shown."""
    stack = await stack_at(parts, ask)
    record = await _resource_at(parts, ask, stack)
    document = resource(ask, stack, record, await _names(parts, [record]))
    attributes = await _attributes(parts, ask, record)
    return Reply({"resource": detailed_resource(document, record) | {"attributes": attributes}})


async def _attributes(parts: Parts, ask: Ask, record: ResourceRecord) -> dict[str, Any]:
    """The service's own document where there is one, else all attributes; and those asked for."""
    recorded: dict[str, Any] = plain(record.attributes)
    names = ask.many("with_attr")
    kind = parts.registry.type(record.type_resolved or record.type)
    live = kind is not None and not kind.touches_nothing and not kind.nests
    if record.physical_id is None or not (live or names):
        return recorded
    command = ShowAttributes(
        **parts.to_engine(ask), stack=ref(ask), resource=record.name, names=names
    )
    try:
        told = (await parts.call(command)).body
    except (Late, Unavailable):
        return recorded
    shown = told.get("show")
    wanted = {name: recorded.get(name, told.get(name)) for name in names}
    if isinstance(shown, dict):
        return {**wanted, **shown}
    heard = {name: value for name, value in told.items() if name not in recorded}
    return recorded | {name: one for name, one in heard.items() if name != "show"} | wanted


async def _resource_at(parts: Parts, ask: Ask, stack: StackRecord) -> ResourceRecord:
    name = ask.path["resource"]
    found = await incarnation(parts, ask.caller, stack.id, name)
    if found is None:
        raise Missing(
            f"The Resource ({name}) could not be found in Stack {stack.name}.",
            kind="ResourceNotFound",
        )
    return found


async def metadata(parts: Parts, ask: Ask) -> Reply:
    """GET …/resources/{r}/metadata: a resource's metadata."""
    stack = await stack_at(parts, ask)
    record = await _resource_at(parts, ask, stack)
    allow(ask.caller, parts.settings.heat_stack_user_role, record)
    return Reply({"metadata": await shown_metadata(parts, record)})


async def signal(parts: Parts, ask: Ask) -> Reply:
    """POST …/resources/{r}/signal: tell a resource something."""
    command = SignalResource(
        **parts.to_engine(ask), stack=ref(ask), resource=ask.path["resource"], details=ask.body
    )
    await parts.call(command)
    return Reply()


async def mark_unhealthy(parts: Parts, ask: Ask) -> Reply:
    """PATCH …/resources/{r}: mark a resource unhealthy, or well again."""
    body = ask.given()
    unknown = sorted(set(body) - {"mark_unhealthy", "resource_status_reason"})
    if unknown:
        raise BadRequest(f"Unexpected parameters in request body: {', '.join(unknown)}")
    if "mark_unhealthy" not in body:
        raise BadRequest("Missing mandatory (mark_unhealthy) key from mark unhealthy request")
    command = MarkResource(
        **parts.to_engine(ask),
        stack=ref(ask),
        resource=ask.path["resource"],
        unhealthy=boolean("mark_unhealthy", body["mark_unhealthy"]),
        reason=text("resource_status_reason", body.get("resource_status_reason")),
    )
    await parts.call(command)
    return Reply()
