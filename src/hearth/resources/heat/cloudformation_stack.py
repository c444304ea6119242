"""AWS::CloudFormation::Stack."""

from collections.abc import Sequence
from typing import Any

from hearth.base import Value
from hearth.kit import Context, Expansion, Lacking, Nested, NoAttribute, ResourceType, inside
from hearth.schema import Record, prop
from hearth.stack import ResourceRecord

OUTPUTS = "Outputs."


class CloudFormationStack(ResourceType):
    """A stack from the template at an address."""

    name = "AWS::CloudFormation::Stack"
    nests = True
    shaped_by = ("TemplateURL",)

    class Properties(Record):
        Parameters: dict[str, Any] | None = prop("The parameters of the stack.", update=True)
        TemplateURL: str = prop("Where its template is.", update=True)
        TimeoutInMinutes: int | None = prop("How long it may take, in minutes.", update=True)

    class Attributes(Record):
        """Its outputs, as `Outputs.<name>`."""

    def expand(self, ctx: Context, props: Any) -> Expansion:
        url = props.TemplateURL
        text = ctx.files.get(url, ctx.answers.get(url))
        if text is None:
            raise Lacking(url)
        where = f"{ctx.stack.project_id}:stacks/{ctx.physical_name}"
        ctx.data["arn"] = f"arn:openstack:heat::{where}"
        timeout_s = props.TimeoutInMinutes * 60.0 if props.TimeoutInMinutes else None
        return Expansion(text, dict(props.Parameters or {}), timeout_s=timeout_s)

    async def ask(self, ctx: Context, key: str) -> Any:
        return await ctx.fetch(key)

    def reference(self, record: ResourceRecord) -> Value:
        """The stack as the CloudFormation API names it."""
        return f"{record.data['arn']}/{record.physical_id}" if "arn" in record.data else record.name

    def nested_attributes(self, nested: Nested, record: ResourceRecord) -> dict[str, Value]:
        return {f"{OUTPUTS}{key}": value for key, value in nested.outputs.items()}

    def nested_attribute(
        self, nested: Nested, props: Any, attribute: str, path: Sequence[Value] = ()
    ) -> Value:
        """An output, as `Outputs.<name>`."""
        name = attribute.removeprefix(OUTPUTS)
        if name == attribute or name not in nested.outputs:
            raise NoAttribute
        return inside(nested.outputs[name], path)
