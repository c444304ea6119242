"""A resource whose type is a template: what the environment maps to a file."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from hearth.base import Value
from hearth.kit import Nested, NoAttribute, NoMember, ResourceType, inside
from hearth.schema import Record
from hearth.stack import ResourceRecord
from hearth.template import Template, template_schema

ARN = "arn"
"""Under which a row keeps the name of its stack in the CloudFormation API, less the id."""


class Templated(ResourceType):
    """A stack in the place of a resource."""

    name = "OS::Heat::TemplateResource"
    nests = True

    class Properties(Record):
        """The parameters of the template."""

    class Attributes(Record):
        """The outputs of the template."""

    def reference(self, record: ResourceRecord) -> Value:
        """The output `OS::stack_id` where the template has one, else the stack's ARN."""
        arn = record.data.get(ARN)
        stack = f"{arn}/{record.physical_id}" if arn else record.physical_id
        return record.attributes.get("OS::stack_id") or stack

    def nested_attribute(
        self, nested: Nested, _props: Any, attribute: str, path: Sequence[Value] = ()
    ) -> Value:
        """An output, or an attribute of a resource inside: `resource.<name>.<attribute>`."""
        if attribute == "outputs":
            return inside(dict(nested.outputs), path)
        if attribute in nested.outputs:
            return inside(nested.outputs[attribute], path)
        if not attribute.startswith("resource."):
            raise NoAttribute
        return of_member(nested, attribute.removeprefix("resource."), path)


def of_member(nested: Nested, named: str, path: Sequence[Value]) -> Value:
    """What `<name>`, `<name>.<attribute>`, or either with a path, gives of a resource inside."""
    for member in nested.members:
        if named != member.name and not named.startswith(f"{member.name}."):
            continue
        attribute = named.removeprefix(member.name).removeprefix(".")
        steps = [attribute, *path] if attribute else list(path)
        if steps and steps[0] not in member.attributes:
            raise NoAttribute
        return inside(member.attributes, steps) if steps else member.reference
    raise NoMember(named.partition(".")[0])


def templated(name: str, template: Template, defaults: Container[str] = ()) -> Templated:
    """The type that a template is: its parameters are the properties, its outputs attributes."""
    schema = template_schema(template, name, defaults)
    properties = type(
        "Properties", (Record,), {"fields": schema.properties, "of": classmethod(_of)}
    )
    attributes = type("Attributes", (Record,), {"fields": schema.attributes})
    made = type(
        "Templated",
        (Templated,),
        {"name": name, "Properties": properties, "Attributes": attributes},
    )
    kind: Templated = made()
    return kind


def _of(cls: type[Record], values: Mapping[str, Value]) -> Record:
    """A record of the values alone; nobody reads a template's parameters as fields."""
    made = cls.__new__(cls)
    given = frozenset(key for key, value in values.items() if value is not None)
    object.__setattr__(made, "given", given)
    for key in cls.fields:
        object.__setattr__(made, key, values.get(key))
    return made
