"""A resource whose type is a template: what the environment maps to a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from hearth.base import Value
from hearth.kit import Nested, ResourceType, inside
from hearth.schema import Record
from hearth.stack import ResourceRecord
from hearth.template import Template, template_schema


class Templated(ResourceType):
    """A stack in the place of a resource."""

    name = "OS::Heat::TemplateResource"
    nests = True

    class Properties(Record):
        """The parameters of the template."""

    class Attributes(Record):
        """The outputs of the template."""

    def reference(self, record: ResourceRecord) -> Value:
        """The output `OS::stack_id` where the template has one, else the stack's id."""
        return record.attributes.get("OS::stack_id") or record.physical_id

    def nested_attribute(
        self, nested: Nested, _props: Any, attribute: str, path: Sequence[Value] = ()
    ) -> Value:
        """An output, or an attribute of a resource inside: `resource.<name>.<attribute>`."""
        if attribute == "outputs":
            return inside(dict(nested.outputs), path)
        if attribute in nested.outputs or not attribute.startswith("resource."):
            return inside(nested.outputs.get(attribute), path)
        return of_member(nested, attribute.removeprefix("resource."), path)


def of_member(nested: Nested, named: str, path: Sequence[Value]) -> Value:
    """What `<name>`, `<name>.<attribute>`, or either with a path, gives of a resource inside."""
    for member in nested.members:
        if named != member.name and not named.startswith(f"{member.name}."):
            continue
        attribute = named.removeprefix(member.name).removeprefix(".")
        steps = [attribute, *path] if attribute else list(path)
        return inside(member.attributes, steps) if steps else member.reference
    return None


def templated(name: str, template: Template) -> Templated:
    """The type that a template is: its parameters are the properties, its outputs attributes."""
    schema = template_schema(template, name)
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
