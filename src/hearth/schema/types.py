"""The schema of a resource type as a value."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from hearth.base import Value
from hearth.schema.fields import Field, Record
from hearth.schema.kinds import Kind
from hearth.schema.support import Support

SHOW = Field(
    doc="All that the service says of it.",
    name="show",
    key="show",
    kind=Kind.MAP,
    cached=False,
    live=True,
)
"""The attribute that every type has."""


@dataclass(frozen=True, slots=True)
class MemberType:
    """The type that a member of a nesting resource is to have.

    name: what the member is called. at: the steps to the property that names the type; () where
    none does, because the nesting type makes no others. under: the type by which such a member
    goes in the stack, where the nesting type has this mapped to `type`. instead: what its users
    can do where there is no such type.
    """

    type: str
    name: str
    at: tuple[str | int, ...] = ()
    under: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class TypeSchema:
    """What a type takes, gives and is.

    attributes: without `show`, which every type has. anything_goes: takes any property and
    answers any attribute. nesting: it is a stack of its own, so that attributes may name what
    is inside (`resource.<name>.<attribute>`). snapshots: may be kept as a snapshot when deleted.
    any_attribute: attributes are found at run time, so that none can be called wrong before.
    check: what is wrong with coerced properties together, as sentences; they may be Unknown.
    inside: the template that a nesting type would make of its properties, as a document, to be
    validated with it; None while that is not known.
    member_types: the types of the members, as far as the properties tell; they may be Unknown.
    """

    name: str
    properties: Mapping[str, Field] = field(default_factory=dict)
    attributes: Mapping[str, Field] = field(default_factory=dict)
    update_policy: Mapping[str, Field] = field(default_factory=dict)
    support: Support = field(default_factory=Support)
    anything_goes: bool = False
    description: str = ""
    nesting: bool = False
    snapshots: bool = False
    any_attribute: bool = False
    check: Callable[[Mapping[str, Value]], Iterable[str]] | None = None
    inside: Callable[[Mapping[str, Value]], Mapping[str, Any] | None] | None = None
    member_types: Callable[[Mapping[str, Value]], Iterable[MemberType]] | None = None


class TypeSource(Protocol):
    """Where schemas are found by the name of the type."""

    def find(self, name: str) -> TypeSchema | None:
        """The schema of the type; None if there is none of this name."""
        ...

    def names(self) -> list[str]:
        """All names of types, for suggestions."""
        ...


def type_schema(
    name: str,
    properties: type[Record],
    attributes: type[Record],
    update_policy: type[Record] | None = None,
    description: str = "",
) -> TypeSchema:
    """The schema that three Records declare."""
    return TypeSchema(
        name=name,
        properties=properties.schema(),
        attributes=attributes.schema(),
        update_policy=update_policy.schema() if update_policy else {},
        description=description,
    )
