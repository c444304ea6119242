"""What the rules look at: a template that was read, its types, and what it says of what."""

from collections.abc import Iterator, Mapping
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property

from hearth.schema import Field, TypeSchema
from hearth.template.model import Definition, OutputDef, Template
from hearth.template.nodes import Call, Literal, Node, Place, Sequence, children
from hearth.template.nodes import Mapping as MappingNode

CHOOSERS = frozenset({"if", "Fn::If"})
JOINERS = frozenset({"not", "and", "or", "Fn::Not", "Fn::And", "Fn::Or"})


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a template gives to a declared property.

    field: how it is declared; among: the fields beside it; beside: the keys beside it.
    """

    definition: Definition
    field: Field
    path: str
    key_place: Place
    node: Node
    among: MappingOf[str, Field] = dataclass_field(default_factory=dict)
    beside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Subject:
    """A template with its text; schemas: of its resources' types, by the resources' names."""

    template: Template
    text: str
    schemas: MappingOf[str, TypeSchema]

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines."""
        return self.text.splitlines()

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call there is, in branches that are never chosen too."""
        return tuple(call for node in self._roots() for call in inside(node))

    def _roots(self) -> Iterator[Node]:
        for definition in self.template.resources.values():
            yield from parts(definition)
        for output in self.template.outputs.values():
            yield output.value
            if output.condition is not None:
                yield output.condition
        yield from self.template.conditions.values()

    @cached_property
    def parameters_used(self) -> frozenset[str] | None:
        """The parameters that are referred to; None if that depends on what they hold."""
        found = [first for call in self.calls if (first := parameter(call)) is not None]
        return None if "" in found else frozenset(found)

    @cached_property
    def conditions_used(self) -> frozenset[str]:
        """The conditions that something depends on."""
        found = {name for call in self.calls for name in _conditions(call)}
        nodes = [one.condition for one in self.template.resources.values()]
        nodes += [one.condition for one in self.template.outputs.values()]
        nodes += self.template.conditions.values()
        return frozenset(found | {name for node in nodes for name in _name(node)})

    @cached_property
    def given(self) -> tuple[Given, ...]:
        """Every value given to a property that its type declares, however deep."""
        return tuple(
            one
            for definition in self.template.resources.values()
            if (schema := self.schemas.get(definition.name)) is not None
            for one in _given(
                definition,
                schema.properties,
                definition.properties,
                self.template.path(
                    "resources",
                    definition.name,
                    self.template.dialect.resource["properties"],
                ),
            )
        )


def parts(item: Definition | OutputDef) -> Iterator[Node]:
    """The nodes of a resource or output in which there may be calls."""
    if isinstance(item, OutputDef):
        yield item.value
        return
    several = (
        item.properties, item.metadata, item.update_policy, item.deletion_policy,
        item.condition, item.external_id,
    )  # fmt: skip
    yield from (node for node in several if node is not None)


def inside(node: Node) -> Iterator[Call]:
    """The calls in a node, outer ones first."""
    if isinstance(node, Call):
        yield node
    for child in children(node):
        if not isinstance(child, Literal):
            yield from inside(child)


def first(call: Call) -> str | None:
    """The name that a call's argument is, or begins with; None if it is worked out."""
    node = call.argument
    if isinstance(node, Sequence) and node.items:
        node = node.items[0]
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else None


def parameter(call: Call) -> str | None:
    """The parameter that a call names; "" if that is worked out, None if it names none."""
    if call.function.name == "get_param":
        return first(call) or ""
    return first(call) if call.function.name == "Ref" else None


def resource(call: Call) -> str | None:
    """The resource that a call names, as far as that is written down."""
    if call.function.refers in {"resource", "attribute"}:
        return first(call)
    return None


def attribute(call: Call) -> str | None:
    """The attribute that a call names, as far as that is written down."""
    node = call.argument
    if call.function.refers != "attribute" or not isinstance(node, Sequence):
        return None
    second = node.items[1] if len(node.items) > 1 else None
    return second.value if isinstance(second, Literal) and isinstance(second.value, str) else None


def _conditions(call: Call) -> Iterator[str]:
    """The conditions that a call names."""
    node, name = call.argument, call.function.name
    if name in CHOOSERS and isinstance(node, Sequence) and node.items:
        yield from _name(node.items[0])
    elif name in JOINERS:
        for item in node.items if isinstance(node, Sequence) else (node,):
            yield from _name(item)


def _name(node: Node | None) -> Iterator[str]:
    if isinstance(node, Literal) and isinstance(node.value, str):
        yield node.value


def _given(
    definition: Definition, fields: Mapping[str, Field], node: Node | None, path: str
) -> Iterator[Given]:
    if not isinstance(node, MappingNode):
        return
    for key, item in node.entries.items():
        declared = fields.get(key)
        if declared is not None:
            place = node.keys.get(key, item.place)
            beside = frozenset(node.entries)
            yield from _value(
                Given(definition, declared, f"{path}.{key}", place, item, fields, beside)
            )


def _value(given: Given) -> Iterator[Given]:
    """The value itself, and what is inside where that is declared too."""
    yield given
    declared = given.field
    for branch in branches(given.node):
        if isinstance(branch, MappingNode) and declared.fields:
            yield from _given(given.definition, declared.fields, branch, given.path)
        elif isinstance(branch, Sequence) and declared.item is not None:
            for index, item in enumerate(branch.items):
                path = f"{given.path}[{index}]"
                yield from _value(Given(given.definition, declared.item, path, item.place, item))


def branches(node: Node) -> Iterator[Node]:
    """The values that a node may come to, where an `if` chooses one."""
    if isinstance(node, Call) and node.function.choose is not None:
        if isinstance(node.argument, Sequence):
            for item in node.argument.items[1:]:
                yield from branches(item)
    else:
        yield node
