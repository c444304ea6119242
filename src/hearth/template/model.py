"""A template as a value, whatever it was written in."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hearth.base import Span, Value
from hearth.schema import Constraint, Kind
from hearth.template.dialects import Dialect
from hearth.template.nodes import Mapping, Node, Place, plain_of, span_of

NOWHERE: Place = ("", 0, 0, 0, 0)
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ParameterDef:
    """A declared parameter. type: String, Number, CommaDelimitedList, Json or Boolean."""

    name: str
    type: str
    default: Value = None
    description: Value = ""
    label: Value = None
    hidden: bool = False
    immutable: bool = False
    constraints: tuple[Constraint, ...] = ()
    tags: tuple[Value, ...] = ()
    place: Place = NOWHERE
    default_place: Place = NOWHERE

    @property
    def required(self) -> bool:
        """Whether there is no default; null is none."""
        return self.default is None

    @property
    def kind(self) -> Kind:
        """The kind of its value."""
        return _KINDS[self.type]

    @property
    def span(self) -> Span:
        """Where it is declared."""
        return span_of(self.place)


_KINDS = {
    "String": Kind.STRING,
    "Number": Kind.NUMBER,
    "Boolean": Kind.BOOLEAN,
    "Json": Kind.MAP,
    "CommaDelimitedList": Kind.LIST,
}


@dataclass(frozen=True, slots=True)
class Definition:
    """A resource as the template defines it."""

    name: str
    type: str
    properties: Node | None = None
    metadata: Node | None = None
    update_policy: Node | None = None
    deletion_policy: Node | None = None
    depends_on: tuple[str, ...] = ()
    condition: Node | None = None
    external_id: Node | None = None
    description: str = ""
    place: Place = NOWHERE
    type_place: Place = NOWHERE
    depends_place: Place = NOWHERE

    @property
    def span(self) -> Span:
        """Where it stands: its name."""
        return span_of(self.place)


@dataclass(frozen=True, slots=True)
class OutputDef:
    """An output as the template defines it."""

    name: str
    value: Node
    description: str = ""
    condition: Node | None = None
    place: Place = NOWHERE

    @property
    def span(self) -> Span:
        """Where it stands: its name."""
        return span_of(self.place)


@dataclass(frozen=True)
class Template:
    """A parsed template. root: all of its nodes; hash: of its text, for caches."""

    name: str
    dialect: Dialect
    root: Mapping
    hash: str
    description: Value = ""
    parameters: MappingOf[str, ParameterDef] = field(default_factory=dict)
    groups: tuple[MappingOf[str, Any], ...] = ()
    conditions: MappingOf[str, Node] = field(default_factory=dict)
    mappings: MappingOf[str, Value] = field(default_factory=dict)
    resources: MappingOf[str, Definition] = field(default_factory=dict)
    outputs: MappingOf[str, OutputDef] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The version as it is written, an alias included."""
        return str(plain_of(self.root.entries[self.dialect.key]))

    @cached_property
    def document(self) -> dict[str, Any]:
        """The template as plain data."""
        found: dict[str, Any] = plain_of(self.root)
        return found

    def unread(self, section: str) -> frozenset[str]:
        """Names that a section has, and that were left out of it for their form."""
        node = self.root.entries.get(self.dialect.sections.get(section, ""))
        known = {"parameters": self.parameters, "resources": self.resources}[section]
        return frozenset(node.entries).difference(known) if isinstance(node, Mapping) else NOBODY

    def path(self, section: str, *steps: str) -> str:
        """A dotted path, its words as this dialect writes them."""
        word = self.dialect.sections.get(section, section)
        return ".".join((word, *steps))
