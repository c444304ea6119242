"""What a type says that is a stack of its own: the engine does with it as with any stack."""
# ruff: noqa: ARG002 - a verb's default uses less than an override may

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from hearth.base import Value
from hearth.kit.context import Context, Expansion, Nested
from hearth.kit.inside import inside
from hearth.kit.signals import Scale
from hearth.schema import MemberType
from hearth.stack import ResourceRecord


class ByStack:
    """The part of a resource type that nests; never used but through ResourceType.

    nests: it is a stack of its own; `expand` says which.
    follows: what it expands to depends upon the members that its stack has.
    shaped_by: properties without whose values it cannot be said what it expands to.
    own_metadata: keys of the metadata that the type itself keeps there.
    """

    nests: ClassVar[bool] = False
    follows: ClassVar[bool] = False
    shaped_by: ClassVar[tuple[str, ...]] = ()
    own_metadata: ClassVar[frozenset[str]] = frozenset()
    resize: ClassVar[Any] = None
    """`(self, ctx, props, scale) -> int`: how many members a signal comes to; NothingToDo where
    it changes nothing, or comes too early. None: the type takes no such signal."""

    def inside(self, values: Mapping[str, Value]) -> Mapping[str, Any] | None:
        """For a nesting type: the template it would make, as a document; None if not known."""
        return None

    def member_types(self, values: Mapping[str, Value]) -> Iterable[MemberType]:
        """The types of its members, where its users or their environment say what these are.

        values: coerced properties, those that are right; they may be Unknown.
        """
        return ()

    def expand(self, ctx: Context, props: Any) -> Expansion:
        """The stack that it is, for types that nest; Lacking if something must be asked first."""
        raise NotImplementedError

    async def ask(self, ctx: Context, key: str) -> Any:
        """What `expand` lacks, and finds in `ctx.answers` when it is called again."""
        raise NotImplementedError

    def nested_attribute(
        self, nested: Nested, props: Any, attribute: str, path: Sequence[Value] = ()
    ) -> Value:
        """An attribute of a nesting resource, as far in as the path leads; by default an output."""
        return inside(nested.outputs.get(attribute), path)

    def nested_attributes(self, nested: Nested, record: ResourceRecord) -> dict[str, Value]:
        """The attributes of a nesting resource that are recorded; by default all outputs."""
        return dict(nested.outputs)

    def nested_metadata(
        self, ctx: Context, props: Any, nested: Nested, scale: Scale | None = None
    ) -> dict[str, Value]:
        """The metadata of a nesting resource when its stack has been made or changed.

        scale: what a signal had asked for, where it was one that changed the stack.
        """
        return dict(ctx.metadata)
