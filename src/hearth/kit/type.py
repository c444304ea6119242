"""The contract for resource types: subclass, declare, override a verb only where it must differ.

Types say what, the engine says when: no verb loops or sleeps. `create` makes one creating
request; every other verb may be repeated and does only what is still to be done.
"""
# ruff: noqa: ARG002 - a verb's default uses less than an override may

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from hearth.base import Value, plain
from hearth.cloud import NotFound
from hearth.kit.context import Context, Expansion, Nested
from hearth.kit.marker import carried, marked, row_of, unmarked
from hearth.kit.rest import Marker, Observation, Phase, Phases, Rest
from hearth.schema import Record, Support, TypeSchema
from hearth.stack import ResourceRecord


class NoUpdatePolicy(Record):
    """A type without an update policy."""


class ResourceType:
    """A resource type.

    touches_nothing: nothing exists outside for it, so no intent is written before `create`.
    anything_goes: accepts any property and has any attribute (OS::Heat::None).
    nests: it is a stack of its own; `expand` says which.
    pre_free: the old object must let go of something before the new one is made (`release`).
    fenced: the service itself refuses a second creation, so nothing is waited for after a crash.
    visible_s: for how long a list of the service may not show what was created.
    name_limit: how long a generated name may be.
    """

    name: ClassVar[str]
    rest: ClassVar[Rest | None] = None
    phases: ClassVar[Phases] = Phases()
    Properties: ClassVar[type[Record]]
    Attributes: ClassVar[type[Record]]
    UpdatePolicy: ClassVar[type[Record]] = NoUpdatePolicy
    support: ClassVar[Support] = Support()
    touches_nothing: ClassVar[bool] = False
    anything_goes: ClassVar[bool] = False
    nests: ClassVar[bool] = False
    fenced: ClassVar[bool] = False
    visible_s: ClassVar[float] = 5.0
    name_limit: ClassVar[int] = 255
    substitutes: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[bool] = False

    # -- verbs -----------------------------------------------------------------------------

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

    async def gather(self, ctx: Context, ident: str, shown: dict[str, Any]) -> dict[str, Any]:
        """The document with what attributes need beside it; asked once, when all is settled."""
        return shown

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        """Bring what the main document does not carry in line; after create and update."""

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

    async def sweep(self, ctx: Context) -> None:
        """Let go of what an unfinished creation left, when no object was found for it."""

    async def live(
        self, ctx: Context, ident: str, attribute: str, path: tuple[Value, ...]
    ) -> Value:
        """A live attribute, asked from the service when a user asks; by default `show`."""
        return unmarked((await self.observe(ctx, ident)).shown)

    # -- verbs that make sense for some; None means: not supported -----------------------------

    suspend: ClassVar[Any] = None
    """`async (self, ctx, ident)`"""
    resume: ClassVar[Any] = None
    """`async (self, ctx, ident)`"""
    snapshot: ClassVar[Any] = None
    """`async (self, ctx, ident) -> dict` of what `restore` needs."""
    restore: ClassVar[Any] = None
    """`(self, properties: dict, data: dict) -> dict`: the properties to restore with."""
    signal: ClassVar[Any] = None
    """`async (self, ctx, ident, details) -> str`: the reason that the event shows."""
    release: ClassVar[Any] = None
    """`async (self, ctx, ident)`: free what the replacement needs (names, ports)."""
    cancel: ClassVar[Any] = None
    """`async (self, ctx, ident)`: stop what is under way."""

    # -- pure ------------------------------------------------------------------------------

    def problems(self, props: Any) -> Iterable[str]:
        """What is wrong with the properties together, a sentence each; values may be Unknown."""
        return ()

    def checked(self, values: Mapping[str, Value]) -> Iterable[str]:
        """The same, of values that were coerced."""
        return () if self.anything_goes else self.problems(self.Properties.of(plain(dict(values))))

    def inside(self, values: Mapping[str, Value]) -> Mapping[str, Any] | None:
        """For a nesting type: the template it would make, as a document; None if not known."""
        return None

    def replaces(self, before: Any, after: Any, changed: frozenset[str]) -> bool:
        """Whether the change needs a new object; by default, what the schema says."""
        fields = self.Properties.fields
        return any(not fields[name].update for name in changed if name in fields)

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

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        """The attributes, from what was observed; by default what the document has by that name."""
        clean = unmarked(shown)
        return {
            key: clean[declared.wire or key]
            for key, declared in self.Attributes.fields.items()
            if (declared.wire or key) in clean
        }

    def reference(self, record: ResourceRecord) -> Value:
        """What get_resource gives."""
        return record.physical_id if record.physical_id is not None else record.name

    def implicit(self, definition: Any, others: Mapping[str, Any]) -> Iterable[str]:
        """Names of other resources that this one needs, though its template does not say so.

        definition and others are template Definitions.
        """
        return ()

    def expand(self, ctx: Context, props: Any) -> Expansion:
        """The stack that it is, for types that nest."""
        raise NotImplementedError

    def nested_attribute(self, nested: Nested, props: Any, attribute: str) -> Value:
        """An attribute of a nesting resource; by default the output of that name."""
        return nested.outputs.get(attribute)

    @property
    def mends(self) -> bool:
        """Whether an update that failed can be repeated on the same object."""
        return self.rest is not None

    @property
    def at(self) -> Rest:
        """Where its objects live; only types that have a place may ask."""
        assert self.rest is not None, f"{self.name} declares no Rest and must override the verb"
        return self.rest

    def schema(self) -> TypeSchema:
        """What its users may write."""
        return TypeSchema(
            name=self.name,
            properties=self.Properties.fields,
            attributes=self.Attributes.fields,
            update_policy=self.UpdatePolicy.fields,
            support=self.support,
            anything_goes=self.anything_goes,
            description=(type(self).__doc__ or "").strip(),
            nesting=self.nests,
            snapshots=self.snapshot is not None,
            check=self.checked,
            inside=self.inside if self.nests else None,
        )


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
