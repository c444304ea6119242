"""OS::Heat::SoftwareConfig."""

from typing import Any

from hearth.resources.heat.kept_config import ConfigOutput, Input, KeptConfig
from hearth.schema import Record, prop, since


class SoftwareConfig(KeptConfig):
    """A script or manifest, kept to be applied to servers."""

    name = "OS::Heat::SoftwareConfig"
    support = since("2014.1")

    class Properties(Record):
        config: str | None = prop("The script or manifest itself.")
        group: str = prop("What applies it, such as script or ansible.", default="Heat::Ungrouped")
        inputs: list[Input] | None = prop("What the configuration is given.")
        options: dict[str, Any] | None = prop("What the tool that applies it is told.")
        outputs: list[ConfigOutput] | None = prop("What the configuration gives back.")
