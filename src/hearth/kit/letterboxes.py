"""Where signals may be left to be fetched: an object of Swift's behind a URL, a queue of Zaqar's.

A letter is read, taken under its name, and only then removed: none is lost, and as a name is
never given twice, none is taken twice. Of an object that is written again and again, Swift keeps
the versions before, each under the time at which it was written; the newest stays where it is,
for a removal might hit one that has just been put in its place.
"""

import hmac
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import msgspec

from hearth.base import Secret
from hearth.cloud import BadRequest, NotFound, Service, Unauthorized, UserAuth
from hearth.kit.context import Context, Near
from hearth.kit.marker import marker
from hearth.kit.stack_users import PASSWORD, USER, able, admitted, stack_project
from hearth.stack import physical_name

FOR_EVER = 2_147_483_647 - 60
"""When a temporary URL ends, in seconds since the epoch, as upstream has it."""

KEY_HEADER = "X-Account-Meta-Temp-Url-Key"
WAITING = b"in progress"
"""What the object holds before the first of several signals has been put."""

TRIES = 3
"""So often an object is put into a container that others have gone."""

QUEUE_LIMIT = 64
"""How long the name of a queue may be."""

FEW = 10
"""So many letters are fetched at once."""

BOX, QUEUE = "letterbox", "queue"
"""Under which a row's data has where its letters lie, which stays when another stack has it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A signal that was left. name: never the same again. place: what is removed with it."""

    name: str
    details: Any
    place: str = ""


def beside(ctx: Context, near: Near) -> Context:
    """What a verb of the other resource would be given, as far as letters are concerned."""
    row = near.record
    return replace(
        ctx,
        name=row.name,
        row=row.id,
        physical_name=physical_name(ctx.stack.name, row.name, row.id),
        marker=marker(row.id),
        record=row,
        data=dict(row.data),
        seen=None,
    )


# -- Swift -----------------------------------------------------------------------------------


async def temp_url(ctx: Context, *, many: bool) -> Secret:
    """A URL of Swift to which a signal is put; with `many`, each of several is kept."""
    ctx.data[BOX] = "/".join(_box(ctx))
    for left in reversed(range(TRIES)):
        try:
            await _make_object(ctx, many=many)
            break
        except NotFound:
            if not left:
                raise
    return await object_url(ctx, "PUT", _object(ctx))


async def object_url(ctx: Context, method: str, place: str) -> Secret:
    """The URL by which anybody may do one thing with an object. place: `/container/object`."""
    key = await _account_key(ctx, ctx.cloud["object-store"])
    endpoint = urlsplit(await ctx.cloud.session.endpoint("object-store"))
    path = f"{endpoint.path}{place}"
    signed = path[path.index("/v1/") :] if "/v1/" in path else path
    text = f"{method}\n{FOR_EVER}\n{signed}"
    signature = hmac.new(key.encode(), text.encode(), sha256).hexdigest()
    root = f"{endpoint.scheme}://{endpoint.netloc}"
    return Secret(f"{root}{path}?temp_url_sig={signature}&temp_url_expires={FOR_EVER}")


async def _make_object(ctx: Context, *, many: bool) -> None:
    """NotFound where somebody else had the container gone, which was empty for a moment."""
    swift = ctx.cloud["object-store"]
    headers = {"X-Versions-Location": _box(ctx)[0]} if many else {}
    await swift.request("PUT", _container(ctx), headers=headers)
    try:
        first = WAITING if many else b""
        await swift.request("PUT", _object(ctx), first, headers={"If-None-Match": "*"})
    except BadRequest as error:
        if error.status != 412:  # 412: it is there already, and perhaps has been written to
            raise


async def put_letters(ctx: Context) -> list[Letter]:
    """What was put to the resource's URL, the oldest first."""
    swift, found = ctx.cloud["object-store"], []
    prefix = _versions(ctx)
    query = {"format": "json", "prefix": prefix, "limit": FEW}
    try:
        for one in await swift.get(_container(ctx), params=query):
            place = f"{_container(ctx)}/{quote(one['name'], safe='')}"
            reply = await swift.request("GET", place)
            if reply.body != WAITING:
                stamp = one["name"].removeprefix(prefix)
                found.append(Letter(stamp, _read(reply.body), place))
        reply = await swift.request("GET", _object(ctx))
        if reply.body != WAITING:
            found.append(Letter(reply.headers["x-timestamp"], _read(reply.body)))
    except NotFound:
        return found
    return sorted(found, key=lambda letter: letter.name)


async def drop_object(ctx: Context) -> None:
    """Have the object gone with all that was put there, and the container with its last one.

    A list may lag behind: it does not show what is there, or shows what is gone. So the object
    goes by its name, and only what answers by its own keeps the container. Of two that go at the
    same time, the one whose object goes last sees that. Raises Conflict while the container
    is said to hold something that no list shows yet.
    """
    swift, container = ctx.cloud["object-store"], _container(ctx)
    box, own = _box(ctx)
    try:
        await swift.request("POST", container, headers={"X-Versions-Location": ""})
        await _remove(swift, _object(ctx))
        listed = await swift.get(container, params={"format": "json"})
        names = [one["name"] for one in listed if one["name"] != own]
        for name in names:
            if name.startswith(_versions(ctx)):
                await _remove(swift, f"{container}/{quote(name, safe='')}")
        others = [name for name in names if not name.startswith(_versions(ctx))]
        if await _any_there(swift, container, others):
            await swift.request("POST", container, headers={"X-Versions-Location": box})
        else:
            await swift.delete(container)
    except NotFound:
        return


async def _any_there(swift: Service, container: str, names: list[str]) -> bool:
    """Whether one of these is there, and not only listed still."""
    for name in names:
        try:
            await swift.head(f"{container}/{quote(name, safe='')}")
        except NotFound:
            continue
        return True
    return False


def _versions(ctx: Context) -> str:
    """What the names of the object's older versions begin with."""
    name = _box(ctx)[1]
    return f"{len(name):03x}{name}/"


def _box(ctx: Context) -> tuple[str, str]:
    """The names of the container and of the object."""
    known = str(ctx.data.get(BOX) or f"{ctx.stack.id}/{ctx.physical_name}")
    container, _, name = known.partition("/")
    return container, name


def _container(ctx: Context) -> str:
    return f"/{quote(_box(ctx)[0], safe='')}"


def _object(ctx: Context) -> str:
    return f"{_container(ctx)}/{quote(_box(ctx)[1], safe='')}"


async def _remove(swift: Service, path: str) -> None:
    try:
        await swift.delete(path)
    except NotFound:
        return


async def _account_key(ctx: Context, swift: Service) -> str:
    """The key that URLs of this account are signed with, made if there is none.

    Two that make one at the same time make the same: by another's key a URL would not be valid.
    """
    known = (await swift.head("")).get(KEY_HEADER.lower())
    if known:
        return known
    made = ctx.derived(f"{KEY_HEADER} of {ctx.stack.project_id}")
    await swift.request("POST", "", headers={KEY_HEADER: made})
    return (await swift.head(""))[KEY_HEADER.lower()]


def _read(body: bytes) -> Any:
    """What was put, an empty body for nothing; a text, where it is no JSON."""
    if not body.strip():
        return None
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body.decode(errors="replace")


# -- Zaqar -----------------------------------------------------------------------------------


async def queue(ctx: Context) -> str:
    """A queue of Zaqar's in the stack's project, to which the resource's user posts."""
    name = ctx.data[QUEUE] = queue_name(ctx)
    await (await _zaqar(ctx)).put(_queue(ctx), {}, headers=_client(ctx))
    return name


def queue_name(ctx: Context) -> str:
    """What the resource's queue is called; Zaqar takes no longer names."""
    return str(ctx.data.get(QUEUE) or ctx.physical_name)[-QUEUE_LIMIT:]


async def posted_letters(ctx: Context) -> list[Letter]:
    """What was posted to the resource's queue, the oldest first."""
    query = {"limit": FEW, "echo": True, "include_claimed": True}
    zaqar = await _zaqar(ctx)
    try:
        shown = await zaqar.get(f"{_queue(ctx)}/messages", params=query, headers=_client(ctx))
    except NotFound:
        return []
    found = []
    for one in (shown or {}).get("messages", []):
        ident = urlsplit(str(one["href"])).path.rpartition("/")[2]
        found.append(Letter(ident, one["body"], ident))
    return found


async def drop_queue(ctx: Context, user_id: str) -> None:
    """Have the queue gone, which only the resource's user may remove.

    Whoever has lost its password gives it another for that, and it is woken if it sleeps. Where
    there is no such user the queue has gone: it goes first.
    """
    await able(ctx, user_id)
    try:
        await _delete_queue(ctx)
    except Unauthorized:
        if await admitted(ctx, user_id):
            await _delete_queue(ctx)


async def _delete_queue(ctx: Context) -> None:
    try:
        await (await _zaqar(ctx)).delete(_queue(ctx), headers=_client(ctx))
    except NotFound:
        return


async def remove(ctx: Context, letters: list[Letter]) -> None:
    """Let go of letters that were taken."""
    for letter in letters:
        if letter.place.startswith("/"):
            await _remove(ctx.cloud["object-store"], letter.place)
        elif letter.place:
            path = f"{_queue(ctx)}/messages/{letter.place}"
            await (await _zaqar(ctx)).delete(path, headers=_client(ctx))


def _queue(ctx: Context) -> str:
    return f"/v2/queues/{quote(queue_name(ctx), safe='')}"


async def _zaqar(ctx: Context) -> Service:
    auth = UserAuth(str(ctx.data[USER]), ctx.data[PASSWORD], await stack_project(ctx))
    return Service(replace(ctx.cloud.session, auth=auth), "messaging")


def _client(ctx: Context) -> dict[str, str]:
    return {"Client-ID": str(UUID(ctx.row))}
