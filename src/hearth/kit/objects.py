"""Objects of Swift's behind temporary URLs: where a guest reads, or leaves an answer.

Each resource has a container of its own, unless its user names one. What is put is put whole, so
that putting it again is harmless; what is to be removed may be gone already.
"""

from typing import Any
from urllib.parse import quote

import msgspec

from hearth.base import Secret
from hearth.cloud import Cloud, Conflict, NotFound
from hearth.kit.context import Context
from hearth.kit.letterboxes import object_url


def place(container: str, name: str) -> str:
    """Where an object is."""
    return f"/{quote(container, safe='')}/{quote(name, safe='')}"


async def readable(ctx: Context, container: str, name: str) -> Secret:
    """A URL by which the object is read; its container is made if need be."""
    await ctx.cloud["object-store"].request("PUT", f"/{quote(container, safe='')}")
    return await object_url(ctx, "GET", place(container, name))


async def writable(ctx: Context, container: str, name: str) -> Secret:
    """A URL by which the object is put; its container is made if need be."""
    await ctx.cloud["object-store"].request("PUT", f"/{quote(container, safe='')}")
    return await object_url(ctx, "PUT", place(container, name))


async def put_object(ctx: Context, container: str, name: str, document: Any) -> None:
    """Put a document in the object's place."""
    await ctx.cloud["object-store"].put(place(container, name), document)


async def got_object(cloud: Cloud, container: str, name: str) -> Any:
    """The document that was put; None where there is none yet, or nothing in it."""
    try:
        reply = await cloud["object-store"].request("GET", place(container, name))
    except NotFound:
        return None
    if not reply.body.strip():
        return None
    try:
        return msgspec.json.decode(reply.body)
    except msgspec.DecodeError:
        return reply.body.decode(errors="replace")


async def drop_objects(ctx: Context, container: str, *keep: str) -> None:
    """Have all objects of a container gone but these, and the container where none is kept.

    Raises Conflict while the container is said to hold something that no list shows yet.
    """
    swift, root = ctx.cloud["object-store"], f"/{quote(container, safe='')}"
    try:
        listed = await swift.get(root, params={"format": "json"})
    except NotFound:
        return
    for one in listed or ():
        if one["name"] not in keep:
            await drop_object_at(ctx, container, one["name"])
    if keep:
        return
    try:
        await swift.delete(root)
    except NotFound:
        return


async def drop_object_at(ctx: Context, container: str, name: str) -> None:
    """Have an object gone."""
    try:
        await ctx.cloud["object-store"].delete(place(container, name))
    except NotFound:
        return


async def drop_container(ctx: Context, container: str) -> None:
    """Have a container gone, if nobody has anything in it."""
    try:
        await ctx.cloud["object-store"].delete(f"/{quote(container, safe='')}")
    except (NotFound, Conflict):
        return
