"""Events: of a stack, of everything below it, of one resource; and a single one."""

from typing import Any

from hearth.api.heat.asking import Ask
from hearth.api.heat.documents import event, shown_event
from hearth.api.heat.parts import Parts, Reply, stack_at
from hearth.base.errors import Missing
from hearth.stack import StackRecord
from hearth.store import EventQuery, events, stacks

FILTERS = ("resource_status", "resource_action", "resource_name", "resource_type")


async def index(parts: Parts, ask: Ask) -> Reply:
    """GET …/events: what has happened to a stack, filtered, sorted and paged as asked."""
    stack = await stack_at(parts, ask)
    return Reply({"events": await _listed(parts, ask, stack, ask.many("resource_name"))})


async def of_resource(parts: Parts, ask: Ask) -> Reply:
    """GET …/resources/{r}/events: what has happened to it; 404 where nothing has."""
    stack = await stack_at(parts, ask)
    found = await _listed(parts, ask, stack, (ask.path["resource"],))
    if not found:
        name = ask.path["resource"]
        raise Missing(f"No events found for the resource {name}.", kind="HTTPNotFound")
    return Reply({"events": found})


async def show(parts: Parts, ask: Ask) -> Reply:
    """GET …/resources/{r}/events/{e}: all of one event."""
    stack = await stack_at(parts, ask)
    ident = ask.path["event"]
    found = await parts.store.read(events.find, stack.id, ident)
    if found is None or found.resource_name != ask.path["resource"]:
        raise Missing(f"No event {ident} found", kind="HTTPNotFound")
    document = event(ask, found, {stack.id: stack.name}, None)
    return Reply({"event": shown_event(document, found)})


async def _listed(
    parts: Parts, ask: Ask, stack: StackRecord, names: tuple[str, ...]
) -> list[dict[str, Any]]:
    depth = min(ask.number("nested_depth") or 0, parts.settings.max_nested_stack_depth)
    filters = {name: ask.many(name) for name in FILTERS if name in ask.query}
    query = EventQuery(
        stack.id,
        nested_depth=depth,
        filters=filters | ({"resource_name": names} if names else {}),
        sort_keys=ask.listed("sort_keys"),
        sort_dir=ask.choice("sort_dir", ("asc", "desc")),
        limit=ask.number("limit"),
        marker=ask.one("marker"),
    )
    found = await parts.store.read(events.listed, query)
    places = await parts.store.read(stacks.find_many, {one.stack_id for one in found})
    named = {ident: place.name for ident, place in places.items()}
    root = stack if depth else None
    return [event(ask, one, named, root) for one in found if one.stack_id in named]
