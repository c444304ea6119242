"""OS::Heat::ResourceChain."""

from collections.abc import Iterable, Mapping
from typing import Any

from hearth.base import Value, plain, unknown_in
from hearth.kit import Context, Expansion, Nested
from hearth.resources.heat.asked import answers
from hearth.resources.heat.grouped import Grouped, in_order
from hearth.schema import MemberType, Record, attr, prop, since
from hearth.stack import ResourceRecord


class ResourceChain(Grouped):
    """Resources of several types that are made one after another, all with the same properties."""

    name = "OS::Heat::ResourceChain"
    support = since("6.0.0")
    shaped_by = ("resources",)

    class Properties(Record):
        concurrent: bool = prop("Whether several may be made at a time.", default=False)
        resource_properties: dict[str, Any] | None = prop("The properties of each resource.")
        resources: list[Any] = prop("The types of the resources, in their order.", update=True)

    class Attributes(Record):
        attributes: dict[str, Any] = attr("For each resource by its number, an attribute of it.")
        refs: list[Any] = attr("The references of the resources.")

    def inside(self, values: Mapping[str, Value]) -> Mapping[str, Any] | None:
        if unknown_in(values.get("resources")):
            return None
        return chained(self.Properties.of(plain(dict(values))), 1)

    def member_types(self, values: Mapping[str, Value]) -> Iterable[MemberType]:
        kinds = values.get("resources")
        for index, kind in enumerate(kinds if isinstance(kinds, list) else ()):
            if isinstance(kind, str):
                yield MemberType(kind, str(index), ("resources", index))

    def expand(self, ctx: Context, props: Any) -> Expansion:
        template = chained(props, ctx.engines)
        outputs = answers(ctx.referenced, list(template["resources"]))
        return Expansion({**template, "outputs": outputs} if outputs else template)

    def nested_attributes(self, nested: Nested, record: ResourceRecord) -> dict[str, Value]:
        return {"refs": [one.reference for one in in_order(nested)]}


def chained(props: Any, engines: int) -> dict[str, Any]:
    """The template: each waits for the one before; concurrently, as many at a time as engines."""
    step = engines if props.concurrent else 1
    found: dict[str, Any] = {}
    for index, kind in enumerate(props.resources):
        found[str(index)] = made = {"type": kind}
        if props.resource_properties:
            made["properties"] = props.resource_properties
        if index >= step:
            made["depends_on"] = [str(index - step)]
    return {"heat_template_version": "2015-04-30", "resources": found}
