"""What a type does when it says nothing else: the verbs by REST, from its `Rest` alone."""

from typing import Any, ClassVar

from hearth.cloud import NotFound
from hearth.kit.context import Context
from hearth.kit.marker import carried, marked, row_of
from hearth.kit.rest import Marker, Observation, Phase, Phases, Rest


class ByRest:
    """The half of a resource type that asks the cloud; never used but through ResourceType."""

    name: ClassVar[str]
    rest: ClassVar[Rest | None] = None
    phases: ClassVar[Phases] = Phases()

    async def create(self, ctx: Context, props: Any) -> str:
        """Ask for the object; return its id. One request, nothing more."""
        rest = self.at
        body = self.body(ctx, props)
        reply = await ctx.cloud[rest.service].post(
            rest.path, {rest.wraps: body} if rest.wraps else body
        )
        made: dict[str, Any] = reply[rest.wraps] if rest.wraps else reply
        ctx.seen = made
        return str(made[rest.ident])

    async def observe(self, ctx: Context, ident: str) -> Observation:
        """Look, and touch nothing."""
        rest = self.at
        try:
            reply = await ctx.cloud[rest.service].get(f"{rest.path}/{ident}")
        except NotFound:
            return Observation(Phase.GONE)
        return self.seen(reply[rest.wraps] if rest.wraps else reply)

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        """Bring what changed in line; may be repeated."""
        rest = self.at
        body = props.wire(only=changed)
        if not body:
            return
        service = ctx.cloud[rest.service]
        send = service.patch if rest.updates == "PATCH" else service.put
        await send(f"{rest.path}/{ident}", {rest.wraps: body} if rest.wraps else body)

    async def delete(self, ctx: Context, ident: str) -> None:
        """Ask for the object to go; its absence is success."""
        try:
            await ctx.cloud[self.at.service].delete(f"{self.at.path}/{ident}")
        except NotFound:
            return

    async def find(self, ctx: Context, props: Any) -> str | None:
        """After a crash or an ambiguous answer: the object that an earlier attempt made."""
        rest = self.at
        if rest.marker in (Marker.NONE, Marker.CONTENT):
            return None
        if rest.marker is Marker.CLIENT_ID:
            ident = str(self.body(ctx, props)["id"])
            return None if (await self.observe(ctx, ident)).phase is Phase.GONE else ident
        body = self.body(ctx, props)
        reply = await ctx.cloud[rest.service].get(
            rest.path + rest.detail, params=_query(rest, body)
        )
        listed: list[dict[str, Any]] = reply[rest.many]
        sure = [str(shown[rest.ident]) for shown in listed if marked(shown, ctx.marker)]
        if sure or not _by_name(rest, body):
            return sure[0] if sure else None
        named = [str(s[rest.ident]) for s in listed if s.get("name") == body.get("name")]
        taken = await ctx.taken(named)
        return next((ident for ident in named if ident not in taken), None)

    def body(self, ctx: Context, props: Any) -> dict[str, Any]:
        """The document sent on creation, with the marker in it."""
        sent: dict[str, Any] = props.wire()
        if self.at.named and sent.get("name") is None:
            sent = {"name": ctx.physical_name} | {k: v for k, v in sent.items() if k != "name"}
        return carried(sent, self.at.marker, ctx.marker)

    def seen(self, shown: dict[str, Any]) -> Observation:
        """What an object's document says."""
        phases = self.phases
        return Observation(phases.of(shown), shown, phases.status(shown), phases.why(shown))

    @property
    def at(self) -> Rest:
        """Where its objects live; only types that have a place may ask."""
        assert self.rest is not None, f"{self.name} declares no Rest and must override the verb"
        return self.rest


def _by_name(rest: Rest, body: dict[str, Any]) -> bool:
    """Whether only the name can tell: no carrier, or the user's own words stand in it."""
    if rest.marker is Marker.NAME:
        return True
    return rest.marker is Marker.DESCRIPTION and row_of(body.get("description")) is None


def _query(rest: Rest, body: dict[str, Any]) -> dict[str, str]:
    match rest.marker:
        case Marker.TAGS:
            return {"tags": str(body["tags"][-1])}
        case Marker.DESCRIPTION:
            return {"description": str(body["description"])}
        case _ if rest.service == "compute" or "name" not in body:
            return {}
        case _:
            return {"name": str(body["name"])}
