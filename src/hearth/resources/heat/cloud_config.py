"""OS::Heat::CloudConfig."""

from typing import Any

import yaml

from hearth.base import Value
from hearth.kit import Context
from hearth.resources.heat.kept_config import KeptConfig
from hearth.schema import Record, prop, since


class CloudConfig(KeptConfig):
    """What cloud-init is to do when a server first boots, as a map."""

    name = "OS::Heat::CloudConfig"
    support = since("2014.1")

    class Properties(Record):
        cloud_config: dict[str, Any] | None = prop("The cloud-config, as cloud-init documents it.")

    async def content(self, ctx: Context, props: Any) -> Value:
        written = yaml.dump(
            props.cloud_config or {}, Dumper=yaml.CSafeDumper, default_flow_style=False
        )
        return f"#cloud-config\n{written}"
