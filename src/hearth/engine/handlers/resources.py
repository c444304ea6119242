"""Commands about one resource, and outputs that have become stale."""

from dataclasses import replace
from typing import Any

from hearth.base import masked
from hearth.base.errors import Clash, HearthError, Missing
from hearth.bus import (
    Document,
    Done,
    MarkResource,
    ServicesOffered,
    ShowAttributes,
    StackRef,
)
from hearth.cloud import auth_of
from hearth.engine.afresh import as_it_stands
from hearth.engine.contexts import context
from hearth.engine.desk import Desk
from hearth.engine.handlers.checking import seen_by
from hearth.engine.handlers.finding import found
from hearth.engine.handlers.runs import kept
from hearth.engine.telling import resource_event
from hearth.engine.work import Work
from hearth.identity import Caller
from hearth.kit import ResourceType, unmarked
from hearth.stack import Action, ResourceRecord, State, Status
from hearth.store import Batch, SetResource
from hearth.store import resources as stored

SERVICES = (
    "compute", "network", "volume", "image", "object-store", "identity", "orchestration",
    "placement", "load-balancer", "dns", "key-manager", "workflow", "messaging", "alarm",
    "container-infra", "database", "shared-file-system", "reservation", "baremetal",
)  # fmt: skip


async def held(desk: Desk, caller: Caller, ref: StackRef) -> Work:
    """A stack as it stands, to be looked at in the caller's name."""
    return await as_it_stands(desk, seen_by(desk, caller), await found(desk, caller, ref))


async def mark(desk: Desk, command: MarkResource) -> Done:
    """Mark a resource unhealthy, or take the mark away."""
    stack = await found(desk, command.caller, command.stack)
    rows = await desk.store.read(stored.identified, stack.id, command.resource)
    if not rows:
        raise Missing(
            f"The Resource ({command.resource}) could not be found in Stack {stack.name}.",
            kind="ResourceNotFound",
        )
    row = rows[0]
    if row.state.status is Status.IN_PROGRESS:
        raise Clash(f"The resource {row.name} is already being updated.")
    answer = Done()
    reason = command.reason or "state changed by resource_mark_unhealthy api"
    sick = row.state == State(Action.CHECK, Status.FAILED)
    if row.state.action is Action.DELETE or not (command.unhealthy or sick):
        await desk.store.write(Batch((kept(desk, command, answer),)))
        return answer
    state = State(Action.CHECK, Status.FAILED if command.unhealthy else Status.COMPLETE)
    told = replace(row, state=state, reason=reason)
    event = resource_event(
        desk.ids.uuid(), stack, told, desk.clock.now(), command.caller.request_id
    )
    change = SetResource(row.id, {"state": state, "reason": reason})
    await desk.store.write(Batch((change, kept(desk, command, answer)), (event,)))
    return answer


async def show_attributes(desk: Desk, command: ShowAttributes) -> Document:
    """The attributes as recorded, and those asked for as the cloud shows them now."""
    work = await held(desk, command.caller, command.stack)
    row = _named(work, command.resource)
    kind = desk.kind_of(work, row)
    shown: dict[str, Any] = masked(dict(row.attributes))
    ctx = context(desk, work, row, kind)
    names = dict.fromkeys(("show", *_heard(kind), *command.names))
    for name in names:
        declared = kind.Attributes.fields.get(name)
        live = name == "show" or (declared is not None and declared.live)
        if not live or row.physical_id is None or kind.touches_nothing or kind.nests:
            continue
        try:
            shown[name] = unmarked_value(await kind.live(ctx, row.physical_id, name, ()))
        except HearthError:
            shown[name] = None  # an attribute that cannot be had is null, as upstream has it
    return Document(shown)


def _heard(kind: ResourceType) -> list[str]:
    """Live attributes that cost no request: what signals have told."""
    return [name for name, one in kind.Attributes.fields.items() if kind.hears and one.live]


def unmarked_value(value: Any) -> Any:
    """A document without our marker."""
    return unmarked(value) if isinstance(value, dict) else value


async def services_offered(desk: Desk, command: ServicesOffered) -> Document:
    """Which services the caller's catalogue has."""
    region = command.caller.region or desk.settings.region_name_for_services
    session = desk.patient.session(auth_of(command.caller), region, command.caller.request_id)
    return Document([name for name in SERVICES if await session.offers(name)])


def _named(work: Work, name: str) -> ResourceRecord:
    row = work.row_of(name)
    if row is None:
        raise Missing(
            f"The Resource ({name}) could not be found in Stack {work.stack.name}.",
            kind="ResourceNotFound",
        )
    return row
