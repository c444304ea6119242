"""OS::Heat::SoftwareDeployment."""

from typing import Any

from hearth.resources.heat.deployment import ACTIONS, TRANSPORTS, Deployment
from hearth.schema import Record, prop, since


class SoftwareDeployment(Deployment):
    """A software config, applied to a server for the actions of its life, with what comes of it."""

    name = "OS::Heat::SoftwareDeployment"
    support = since("2014.1")

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
        server: str = prop("The server that it is applied to, by its id.")
        signal_transport: str = prop(
            "How the server answers.", default="CFN_SIGNAL", allowed=TRANSPORTS
        )
