"""What ResourceGroup and ResourceChain have in common: members that are called by numbers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hearth.base import Value
from hearth.kit import Member, Nested, NoAttribute, NoMember, ResourceType, inside
from hearth.resources.heat.asked import MEMBER, of_member, output_name
from hearth.schema import MemberType
from hearth.stack import ResourceRecord


class Grouped(ResourceType):
    """A stack of numbered members; its attributes are theirs."""

    nests = True

    def nested_attribute(
        self, nested: Nested, props: Any, attribute: str, path: Sequence[Value] = ()
    ) -> Value:
        """`resource.<member>.<attribute>`, or an attribute of all members."""
        members = in_order(nested)
        if attribute.startswith(MEMBER):
            name, steps = of_member(attribute, path)
            return self._of_one(nested, name, steps, output_name((attribute, *path)))
        if attribute in ("refs", "refs_map"):
            return inside(references(members)[attribute], path)
        if attribute == "attributes" and not path:
            raise NoAttribute
        if (answer := output_name((attribute, *path))) in nested.outputs:
            return nested.outputs[answer]
        if attribute == "attributes":
            return {one.name: inside(one.attributes, path) for one in members}
        return [inside(one.attributes, (attribute, *path)) for one in members]

    def _of_one(self, nested: Nested, name: str, steps: Sequence[Value], answer: str) -> Value:
        """What is asked of one member; without a path, its reference."""
        one = next((member for member in nested.members if member.name == name), None)
        if one is None:
            raise NoMember(name)
        if not steps:
            return one.reference
        if answer in nested.outputs:
            return nested.outputs[answer]
        return inside(one.attributes, steps)

    def nested_attributes(self, nested: Nested, record: ResourceRecord) -> dict[str, Value]:
        """What there is without a path."""
        return references(in_order(nested))


def references(members: Sequence[Member]) -> dict[str, Value]:
    """The references, in the members' order and by their names."""
    return {
        "refs": [one.reference for one in members],
        "refs_map": {one.name: one.reference for one in members},
    }


def in_order(nested: Nested) -> list[Member]:
    """The members by their numbers."""
    return sorted(nested.members, key=lambda one: (len(one.name), one.name))


def typed_in(key: str, values: Mapping[str, Value]) -> Iterable[MemberType]:
    """The type that all members have, as the property of that name defines them."""
    definition = values.get(key)
    kind = definition.get("type") if isinstance(definition, Mapping) else None
    return [MemberType(kind, "0", (key, "type"))] if isinstance(kind, str) else []
