"""Where metadata are delivered to a server that does not ask hearth for them.

A place is recorded before it is made, so that it goes with the server whatever happens.
"""

from collections.abc import Mapping

from hearth.base import Value, plain
from hearth.kit.context import Context
from hearth.kit.letterboxes import queue, queue_name
from hearth.kit.objects import drop_object_at, readable
from hearth.kit.stack_users import stack_project
from hearth.schema import Record, prop

OBJECTS, QUEUE = "metadata_objects", "metadata_queue"
"""Under which the data of a server's row tell where its metadata are delivered."""

MOST = 5
"""So many objects of one server are kept: the agent learns of a new one where the old one is."""


class SwiftData(Record):
    """Where the data of software deployments is kept."""

    container: str | None = prop("The name of the container.", length=(1, None))
    object: str | None = prop("The name of the object.", length=(1, None))


async def by_object(ctx: Context, container: str, name: str) -> dict[str, Value]:
    """What tells the agent to read an object; that is where metadata are delivered."""
    here = {"container": container, "object": name}
    before = [one for one in plain(ctx.data.get(OBJECTS) or []) if one != here]
    ctx.data[OBJECTS] = [here, *before[: MOST - 1]]
    await ctx.keep()
    for old in before[MOST - 1 :]:
        await drop_object_at(ctx, old["container"], old["object"])
    return {"metadata_url": await readable(ctx, container, name)}


async def by_queue(ctx: Context, known: Mapping[str, Value]) -> dict[str, Value]:
    """What tells the agent to read a queue, as its user; that is where metadata are delivered."""
    name = queue_name(ctx)
    ctx.data[QUEUE] = {"queue": name, "project": await stack_project(ctx), "row": ctx.row}
    await ctx.keep()
    await queue(ctx)
    return {**known, "queue_id": name}
