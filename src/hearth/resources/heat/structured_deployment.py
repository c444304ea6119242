"""OS::Heat::StructuredDeployment."""

from collections.abc import Mapping
from typing import Any

from hearth.base import Secret, Value, plain, secret_in
from hearth.resources.heat.deployment import ACTIONS, TRANSPORTS, Deployment
from hearth.resources.heat.deriving import Filling
from hearth.schema import Record, prop, since
from hearth.stack import ConfigRecord


class StructuredDeployment(Deployment):
    """A structured config, applied to a server with values in the places of its inputs."""

    name = "OS::Heat::StructuredDeployment"
    support = since("2014.1")

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
        server: str = prop("The server that it is applied to, by its id.")
        signal_transport: str = prop(
            "How the server answers.", default="CFN_SIGNAL", allowed=TRANSPORTS
        )

    def content(
        self, source: ConfigRecord | None, props: Any, inputs: Mapping[str, Value]
    ) -> Value:
        strict = props.input_values_validate == "STRICT"
        filled = Filling(props.input_key, inputs, strict=strict)
        config = source.config if source is not None else {}
        found = filled.of(plain(config))
        return Secret(plain(found)) if secret_in(config) else found
