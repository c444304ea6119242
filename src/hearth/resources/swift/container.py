"""OS::Swift::Container."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from hearth.base import Value
from hearth.base.errors import HearthError
from hearth.cloud import Conflict, NotFound
from hearth.kit import Context, Observation, Phase, ResourceType
from hearth.schema import Record, attr, prop
from hearth.stack import ResourceRecord


class Container(ResourceType):
    """A place for objects."""

    name = "OS::Swift::Container"
    fenced = True

    class Properties(Record):
        PurgeOnDelete: bool = prop(
            "Whether its objects are deleted with it.", default=False, since="2015.1"
        )
        X_Account_Meta: dict[str, Any] = prop(
            "Labels to put on the account.", default={}, key="X-Account-Meta"
        )
        X_Container_Meta: dict[str, Any] = prop(
            "Labels to put on the container.", default={}, key="X-Container-Meta"
        )
        X_Container_Read: str | None = prop("Who may read.", key="X-Container-Read")
        X_Container_Write: str | None = prop("Who may write.", key="X-Container-Write")
        name: str | None = prop("Its name.")

    class Attributes(Record):
        BytesUsed: int = attr("How many bytes its objects have.")
        DomainName: str = attr("The host that it is served from.")
        HeadContainer: dict[str, Any] = attr("The headers that Swift answers for it.")
        ObjectCount: int = attr("How many objects it has.")
        RootURL: str = attr("Its address.")
        WebsiteURL: str = attr("Its address as a web site.")

    async def create(self, ctx: Context, props: Any) -> str:
        """Making a container that is there changes nothing but its labels."""
        swift, name = ctx.cloud["object-store"], str(props.name or ctx.physical_name)
        headers = labels("X-Container-Meta", props.X_Container_Meta)
        rights = {
            "X-Container-Read": props.X_Container_Read,
            "X-Container-Write": props.X_Container_Write,
        }
        headers |= {key: value for key, value in rights.items() if value is not None}
        await swift.request("PUT", f"/{quote(name)}", headers=headers)
        if props.X_Account_Meta:
            await swift.request("POST", "", headers=labels("X-Account-Meta", props.X_Account_Meta))
        return name

    async def find(self, ctx: Context, props: Any) -> str | None:
        return None

    def replaces(self, before: Any, after: Any, changed: frozenset[str]) -> bool:
        """Only for another name: a new container of the same name would be the old one.

        Heat replaces it, and then deletes what it takes for the old one.
        """
        return "name" in changed

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        """Give it these labels and rights; what others have put on it stays."""
        swift, before = ctx.cloud["object-store"], ctx.record.properties
        headers: dict[str, str] = {}
        for name, wanted in (("X-Container-Read", props.X_Container_Read),
                             ("X-Container-Write", props.X_Container_Write)):  # fmt: skip
            if name in changed:
                headers |= {name: wanted} if wanted is not None else {_removal(name): "x"}
        for kind, wanted in (("X-Container-Meta", props.X_Container_Meta),
                             ("X-Account-Meta", props.X_Account_Meta)):  # fmt: skip
            given = await _ours(ctx, kind, before.get(kind), wanted) if kind in changed else {}
            if kind == "X-Container-Meta":
                headers |= given
            elif given:
                await swift.request("POST", "", headers=given)
        if headers:
            await swift.request("POST", f"/{quote(ident)}", headers=headers)

    async def observe(self, ctx: Context, ident: str) -> Observation:
        try:
            headers = await ctx.cloud["object-store"].head(f"/{quote(ident)}")
        except NotFound:
            return Observation(Phase.GONE)
        return Observation(Phase.READY, dict(headers))

    async def delete(self, ctx: Context, ident: str) -> None:
        swift, path = ctx.cloud["object-store"], f"/{quote(ident)}"
        try:
            if ctx.record.properties.get("PurgeOnDelete"):
                await self.empty(ctx, path)
            await swift.delete(path)
        except NotFound:
            return
        except Conflict:
            if ctx.record.properties.get("PurgeOnDelete"):
                raise
            words = f"Deleting non-empty container ({ident}) when PurgeOnDelete is False"
            raise HearthError(f"{words} is not supported.", kind="NotSupported") from None

    async def empty(self, ctx: Context, path: str) -> None:
        """Delete the objects that a listing shows; while there are more, deleting conflicts."""
        swift = ctx.cloud["object-store"]
        for one in await swift.get(path, {"format": "json", "limit": str(AT_ONCE)}):
            try:
                await swift.delete(f"{path}/{quote(one['name'])}")
            except NotFound:
                continue

    async def gather(self, ctx: Context, ident: str, shown: dict[str, Any]) -> dict[str, Any]:
        endpoint = await ctx.cloud.session.endpoint("object-store")
        return {"headers": shown, "endpoint": endpoint, "name": ident}

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        headers, root = shown.get("headers", {}), str(shown.get("endpoint", ""))
        return {
            "BytesUsed": int(headers.get("x-container-bytes-used", 0)),
            "ObjectCount": int(headers.get("x-container-object-count", 0)),
            "HeadContainer": headers,
            "DomainName": urlsplit(root).hostname or "",
            "RootURL": root,
            "WebsiteURL": f"{root}/{shown.get('name', '')}",
        }


AT_ONCE = 1000  # objects that one attempt at emptying deletes at most


async def _ours(
    ctx: Context, kind: str, before: Value, wanted: Mapping[str, Any]
) -> dict[str, str]:
    """Headers that set the labels wanted, and take away those that we have ever put there."""
    known = ctx.data.get(kind)
    put: set[str] = set(before) if isinstance(before, dict) else set()
    put |= {str(key) for key in known} if isinstance(known, list) else set()
    # Whoever is cut short has perhaps put there what is wanted now.
    ctx.data[kind] = sorted({*put, *wanted})
    await ctx.keep()
    gone = {_removal(f"{kind}-{key}"): "x" for key in sorted(put - {*wanted})}
    ctx.data[kind] = sorted(wanted)
    return gone | labels(kind, wanted)


def _removal(header: str) -> str:
    """The header that takes away what another one gave."""
    return f"X-Remove-{header.removeprefix('X-')}"


def labels(prefix: str, given: Mapping[str, Any]) -> dict[str, str]:
    """Labels as headers."""
    return {f"{prefix}-{key}": str(value) for key, value in given.items()}
