"""OS::Heat::SoftwareConfig."""

from typing import Any

from hearth.base import Value
from hearth.kit import Context
from hearth.resources.heat.kept import Kept
from hearth.schema import Record, attr, prop, since
from hearth.stack import ResourceRecord

TYPES = ("String", "Number", "CommaDelimitedList", "Json", "Boolean")


class Input(Record):
    """Something that the configuration is given."""

    default: Any | None = prop("Its value where none is given.")
    description: str | None = prop("What it is for.")
    name: str = prop("Its name.")
    replace_on_change: bool = prop("Whether a new value replaces the deployment.", default=False)
    type: str = prop("Its type.", default="String", allowed=TYPES)


class ConfigOutput(Record):
    """Something that the configuration gives back."""

    description: str | None = prop("What it means.")
    error_output: bool = prop(
        "Whether giving it means that the deployment has failed.", default=False
    )
    name: str = prop("Its name.")
    type: str = prop("Its type.", default="String", allowed=TYPES)


class SoftwareConfig(Kept):
    """A script or manifest, kept to be applied to servers."""

    name = "OS::Heat::SoftwareConfig"
    support = since("2014.1")

    class Properties(Record):
        config: str | None = prop("The script or manifest itself.")
        group: str = prop("What applies it, such as script or ansible.", default="Heat::Ungrouped")
        inputs: list[Input] | None = prop("What the configuration is given.")
        options: dict[str, Any] | None = prop("What the tool that applies it is told.")
        outputs: list[ConfigOutput] | None = prop("What the configuration gives back.")

    class Attributes(Record):
        config: str = attr("The script or manifest as it is kept.")

    async def create(self, ctx: Context, props: object) -> str:
        return ctx.row

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        return {"config": props.config or ""}
