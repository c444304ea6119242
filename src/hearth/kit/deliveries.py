"""Bringing metadata to servers that do not ask for them: into an object, or into a queue.

A document is put together from what is durable, and delivered whole. Whoever has delivered looks
once more: if something has changed meanwhile it delivers again. So whatever order deliveries to
one server come in, the last of them tells what there is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import UUID

from hearth.base import Value, plain
from hearth.base.errors import Unavailable
from hearth.cloud import Service, UserAuth
from hearth.kit.collectors import OCC, collecting, guest_metadata
from hearth.kit.context import Context
from hearth.kit.letterboxes import drop_queue
from hearth.kit.objects import drop_container, drop_object_at, put_object
from hearth.kit.places import OBJECTS, QUEUE
from hearth.kit.stack_users import PASSWORD, USER, drop_user, known_user

TRIES = 20
"""So often a delivery is repeated because something has changed meanwhile."""

LIFE_S = 3600
"""How long a message waits for the agent."""


def delivered(data: Mapping[str, Value]) -> bool:
    """Whether metadata are delivered to the server of these data."""
    return OBJECTS in data or QUEUE in data


async def tell(ctx: Context, server_id: str) -> None:
    """Have a server know what is deployed to it, if it does not ask by itself."""
    seen = await ctx.software.server(server_id)
    for _ in range(TRIES):
        if seen is None or not delivered(seen.record.data):
            return
        told = seen.record.data[OCC]
        document = guest_metadata(told, seen.record.metadata, seen.configs)
        await deliver(ctx, seen.record.data, document)
        now = await ctx.software.server(server_id)
        if now == seen:
            return
        seen = now
    raise Unavailable(f"What is deployed to server {server_id} changes all the time.")


async def deliver(ctx: Context, data: Mapping[str, Value], document: dict[str, Any]) -> None:
    """Deliver a document to the server of these data, by every way that it has ever had."""
    for place in plain(data.get(OBJECTS)) or ():
        await put_object(ctx, place["container"], place["object"], document)
    if (kept := plain(data.get(QUEUE))) is not None:
        auth = UserAuth(str(data[USER]), data[PASSWORD], kept["project"])
        zaqar = Service(replace(ctx.cloud.session, auth=auth), "messaging")
        message = {"messages": [{"body": document, "ttl": LIFE_S}]}
        path = f"/v2/queues/{quote(kept['queue'], safe='')}/messages"
        await zaqar.post(path, message, headers={"Client-ID": str(UUID(kept["row"]))})


async def contactable(
    ctx: Context, props: Any, changed: frozenset[str] = frozenset(), first: Iterable[str] = ()
) -> None:
    """Have the agent in a server know where its metadata is found, and have that recorded.

    Where the agent does not ask hearth, its metadata are brought there as they are by now.
    props: of a type that has `software_config_transport` and `deployment_swift_data`.
    first: collectors that the agent has by itself.
    """
    if OCC not in ctx.data or not changed.isdisjoint(_CONTACT):
        swift = props.deployment_swift_data
        where = (swift.container or "", swift.object or "")
        ctx.data[OCC] = await collecting(ctx, props.software_config_transport, first, where)
        await ctx.keep()
    if delivered(ctx.data):
        ident = ctx.record.physical_id
        seen = await ctx.software.server(ident) if ident is not None else None
        configs = seen.configs if seen is not None else ()
        await deliver(ctx, ctx.data, guest_metadata(ctx.data[OCC], ctx.metadata, configs))


_CONTACT = ("software_config_transport", "deployment_swift_data")
"""Properties that say where metadata are found."""


async def silence(ctx: Context) -> None:
    """Take back all that the agent was to find, and its user."""
    await withdraw(ctx)
    await drop_user(ctx)


async def withdraw(ctx: Context) -> None:
    """Have gone where this resource's metadata were delivered; before its user goes."""
    for place in plain(ctx.data.get(OBJECTS)) or ():
        await drop_object_at(ctx, place["container"], place["object"])
        await drop_container(ctx, place["container"])
    if QUEUE in ctx.data and (known := await known_user(ctx)) is not None:
        await drop_queue(ctx, known)
