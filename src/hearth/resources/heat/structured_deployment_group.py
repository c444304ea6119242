"""OS::Heat::StructuredDeploymentGroup, and the older name that it had."""

from typing import Any, ClassVar

from hearth.resources.heat.deployment import ACTIONS, TRANSPORTS
from hearth.resources.heat.deployment_group import DeploymentGroup
from hearth.schema import Record, fading, prop, since


class StructuredDeploymentGroup(DeploymentGroup):
    """A structured config, applied to many servers with values in the places of its inputs."""

    name = "OS::Heat::StructuredDeploymentGroup"
    support = since("5.0.0")
    substitutes = ("OS::Heat::StructuredDeployments",)
    member: ClassVar[str] = "OS::Heat::StructuredDeployment"

    class Properties(Record):
        actions: list[Any] = prop(
            "The actions for which it is applied.",
            default=["CREATE", "UPDATE"],
            update=True,
            allowed=ACTIONS,
        )
        config: str | None = prop("The config that is applied, by its id.", update=True)
        input_key: str = prop(
            "The key of a map that stands where an input's value is to be put.",
            default="get_input",
        )
        input_values: dict[str, Any] | None = prop("Values for the config's inputs.", update=True)
        input_values_validate: str = prop(
            "Whether an input without a value is a mistake.",
            default="LAX",
            allowed=("LAX", "STRICT"),
        )
        name: str | None = prop(
            "The name of what is applied; a server applies in the order of names.", update=True
        )
        servers: dict[str, Any] = prop("The servers by name, each by its id.", update=True)
        signal_transport: str = prop(
            "How the servers answer.", default="CFN_SIGNAL", allowed=TRANSPORTS
        )


class StructuredDeployments(StructuredDeploymentGroup):
    """A structured config, applied to many servers; the same as StructuredDeploymentGroup."""

    name = "OS::Heat::StructuredDeployments"
    support = fading(deprecated="2014.2", hidden="7.0.0")
    substitutes = ("OS::Heat::StructuredDeploymentGroup",)
