"""OS::Heat::StructuredConfig."""

from typing import Any

from hearth.base import Value
from hearth.kit import Context
from hearth.resources.heat.kept_config import ConfigOutput, Input, KeptConfig
from hearth.schema import Record, prop, since


class StructuredConfig(KeptConfig):
    """A configuration that is a map, whose inputs stand where a deployment is to put values."""

    name = "OS::Heat::StructuredConfig"
    support = since("2014.1")

    class Properties(Record):
        config: dict[str, Any] | None = prop("The configuration itself.")
        group: str = prop("What applies it, such as hiera.", default="Heat::Ungrouped")
        inputs: list[Input] | None = prop("What the configuration is given.")
        options: dict[str, Any] | None = prop("What the tool that applies it is told.")
        outputs: list[ConfigOutput] | None = prop("What the configuration gives back.")

    async def content(self, ctx: Context, props: Any) -> Value:
        return props.config or {}
