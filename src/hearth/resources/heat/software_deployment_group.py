"""OS::Heat::SoftwareDeploymentGroup, and the older name that it had."""

from typing import Any, ClassVar

from hearth.resources.heat.deployment import ACTIONS, TRANSPORTS
from hearth.resources.heat.deployment_group import DeploymentGroup
from hearth.schema import Record, fading, prop, since


class SoftwareDeploymentGroup(DeploymentGroup):
    """A software config, applied to many servers."""

    name = "OS::Heat::SoftwareDeploymentGroup"
    support = since("5.0.0")
    substitutes = ("OS::Heat::SoftwareDeployments",)
    member: ClassVar[str] = "OS::Heat::SoftwareDeployment"

    class Properties(Record):
        actions: list[Any] = prop(
            "The actions for which it is applied.",
            default=["CREATE", "UPDATE"],
            update=True,
            allowed=ACTIONS,
        )
        config: str | None = prop("The config that is applied, by its id.", update=True)
        input_values: dict[str, Any] | None = prop("Values for the config's inputs.", update=True)
        name: str | None = prop(
            "The name of what is applied; a server applies in the order of names.", update=True
        )
        servers: dict[str, Any] = prop("The servers by name, each by its id.", update=True)
        signal_transport: str = prop(
            "How the servers answer.", default="CFN_SIGNAL", allowed=TRANSPORTS
        )


class SoftwareDeployments(SoftwareDeploymentGroup):
    """A software config, applied to many servers; OS::Heat::SoftwareDeploymentGroup is the same."""

    name = "OS::Heat::SoftwareDeployments"
    support = fading(deprecated="2014.2", hidden="7.0.0")
    substitutes = ("OS::Heat::SoftwareDeploymentGroup",)
