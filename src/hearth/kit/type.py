"""The contract for resource types: subclass, declare, override a verb only where it must differ.

Types say what, the engine says when: no verb loops or sleeps. `create` makes one creating
request; every other verb may be repeated and does only what is still to be done.
"""
# ruff: noqa: ARG002 - a verb's default uses less than an override may

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from hearth.base import Value, hushed, plain
from hearth.kit.by_rest import ByRest
from hearth.kit.by_stack import ByStack
from hearth.kit.context import Context, Place
from hearth.kit.inside import within
from hearth.kit.marker import unmarked
from hearth.schema import Record, Support, TypeSchema
from hearth.stack import Action, ResourceRecord


class NoUpdatePolicy(Record):
    """A type without an update policy."""


class ResourceType(ByRest, ByStack):
    """A resource type.

    touches_nothing: nothing exists outside for it, so no intent is written before `create`.
    anything_goes: accepts any property and has any attribute (OS::Heat::None).
    pre_free: the old object must let go of something before the new one is made (`release`).
    fenced: the service itself refuses a second creation, so nothing is waited for after a crash.
    visible_s: for how long a list of the service may not show what was created.
    strews: what in a row's data says when something was last made beside its object, which only
    lists tell of: when it goes, `sweep` is asked once more when they must show it.
    name_limit: how long a generated name may be.
    renewed: every update replaces it, whether anything differs or not; revisited: every update
    looks at it. delegates: it asks a service that is to act for the stack's owner in turn.
    hears: what it waits for is told by signals; `observe` finds it by `ctx.near`, and is asked
    again when one has come to a resource that it looked at, or when its own time has come.
    deaf: what a resource takes no signal while it does, nor after; with all actions, it takes
    only what is fetched for it.
    any_attribute: attributes are found at run time, beside those that are declared.
    """

    Properties: ClassVar[type[Record]]
    Attributes: ClassVar[type[Record]]
    UpdatePolicy: ClassVar[type[Record]] = NoUpdatePolicy
    support: ClassVar[Support] = Support()
    touches_nothing: ClassVar[bool] = False
    anything_goes: ClassVar[bool] = False
    fenced: ClassVar[bool] = False
    visible_s: ClassVar[float] = 5.0
    strews: ClassVar[str] = ""
    name_limit: ClassVar[int] = 255
    substitutes: ClassVar[tuple[str, ...]] = ()
    hears: ClassVar[bool] = False
    renewed: ClassVar[bool] = False
    revisited: ClassVar[bool] = False
    delegates: ClassVar[bool] = False
    deaf: ClassVar[frozenset[Action]] = frozenset({Action.SUSPEND, Action.DELETE})
    any_attribute: ClassVar[bool] = False

    # -- verbs -----------------------------------------------------------------------------

    async def gather(self, ctx: Context, ident: str, shown: dict[str, Any]) -> dict[str, Any]:
        """The document with what attributes need beside it; asked once, when all is settled."""
        return shown

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        """Bring what the main document does not carry in line; after create and update."""

    async def sweep(self, ctx: Context) -> None:
        """Let go of what an unfinished creation left, when no object was found for it.

        Or an unfinished update beside the object, when that has gone (`strews`).
        """

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
    examine: ClassVar[Any] = None
    """`async (self, ctx, ident)`: have the service look at it itself, before a check does."""
    objections: ClassVar[Any] = None
    """`async (self, ctx, props) -> Iterable[str]`: what the service would say against properties,
    a sentence each; asked before anything is made, so values may be Unknown."""
    copy: ClassVar[Any] = None
    """The Copy (a type of its own) that a snapshot makes of an object; with `restore`."""
    restore: ClassVar[Any] = None
    """`(self, properties: dict, copy: str) -> dict`: properties as a template writes them, made
    such that they restore what the copy with that id was made of. Pure."""
    signal: ClassVar[Any] = None
    """`async (self, ctx, ident, details) -> Told`; WrongSignal for what it does not understand.
    May be asked again with the same details, when another signal came in between."""
    told: ClassVar[Any] = None
    """`(self, record, kept) -> dict`: the metadata that users see, where signals add to it."""
    release: ClassVar[Any] = None
    """`async (self, ctx, ident)`: free what the replacement needs (names, ports)."""
    held: ClassVar[Any] = None
    """`async (self, ctx, ident) -> dict | None`: what `release` would take, for `reclaim` to give
    back; None when there is nothing to be released. With `release`, whose context it shares."""
    reclaim: ClassVar[Any] = None
    """`async (self, ctx, ident, held)`: give the object what `release` took, as far as it lacks
    it; the context is its own again. May be repeated."""
    cancel: ClassVar[Any] = None
    """`async (self, ctx, ident)`: the step was stopped while it waited."""

    # -- pure ------------------------------------------------------------------------------

    def problems(self, props: Any) -> Iterable[str]:
        """What is wrong with the properties together, a sentence each; values may be Unknown."""
        return ()

    def misplaced(self, props: Any, place: Place) -> Iterable[str]:
        """What is wrong with the properties where the resource stands, a sentence each."""
        return ()

    def checked(self, values: Mapping[str, Value]) -> Iterable[str]:
        """The same, of values that were coerced."""
        if self.anything_goes:
            return ()
        found = self.problems(self.Properties.of(plain(dict(values))))
        return [hushed(words, dict(values)) for words in found]

    def drift(self, props: Any, shown: dict[str, Any]) -> dict[str, Value]:
        """Of what may be changed in place, what the cloud shows otherwise: by property.

        By default whatever the service is sent and shows again under the same name; more than was
        asked for is no difference.
        """
        clean, found = unmarked(shown), {}
        for name, declared in self.Properties.fields.items():
            if not declared.update:
                continue
            for key, value in props.wire(only=frozenset({name})).items():
                if key in clean and not within(value, clean[key]):
                    found[name] = clean[key]
        return found

    def replaces(self, before: Any, after: Any, changed: frozenset[str]) -> bool:
        """Whether the change needs a new object; by default, what the schema says."""
        fields = self.Properties.fields
        return any(not fields[name].update for name in changed if name in fields)

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

    @property
    def mends(self) -> bool:
        """Whether an update that failed can be repeated on the same object."""
        return self.rest is not None

    def schema(self) -> TypeSchema:
        """What its users may write."""
        return TypeSchema(
            name=self.name,
            properties=self.Properties.fields,
            attributes=self.Attributes.fields,
            update_policy=self.UpdatePolicy.fields,
            support=self.support,
            anything_goes=self.anything_goes,
            any_attribute=self.any_attribute,
            description=(type(self).__doc__ or "").strip(),
            nesting=self.nests,
            snapshots=self.copy is not None and self.copy.outlives,
            check=self.checked,
            inside=self.inside if self.nests else None,
            member_types=self.member_types if self.nests else None,
        )
