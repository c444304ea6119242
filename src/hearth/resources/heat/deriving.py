"""From a config and what a deployment gives it to what a server is told. Pure.

The names of the inputs that are added are an interface: the agents in servers know them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.base import Value, plain
from hearth.base.errors import Refused
from hearth.stack import ConfigRecord, as_input

COMPONENT = "component"


@dataclass(frozen=True, slots=True)
class Target:
    """What a server is told of the deployment itself.

    signal: how it is to answer, as the inputs that say so, by name.
    """

    server_id: str
    action: str
    stack_id: str
    resource: str
    transport: str
    signal: Mapping[str, Value] = field(default_factory=dict)


_SAID = {
    "deploy_server_id": "The server that this is deployed to.",
    "deploy_action": "The action that this is deployed for.",
    "deploy_stack_id": "The stack that the deployment belongs to.",
    "deploy_resource_name": "The deployment's name in its stack.",
    "deploy_signal_transport": "How the server is to answer.",
    "deploy_signal_id": "Where the server is to answer.",
    "deploy_signal_verb": "The HTTP verb with which the server is to answer.",
    "deploy_auth_url": "Where the server is to log in before it answers.",
    "deploy_username": "The name of the user as which the server logs in.",
    "deploy_user_id": "The user as which the server logs in.",
    "deploy_password": "The password with which the server logs in.",
    "deploy_project_id": "The project for which the server logs in.",
    "deploy_region_name": "The region whose services the server is to use.",
    "deploy_queue_id": "The queue to which the server is to answer.",
}


def actions_of(source: ConfigRecord | None, actions: Iterable[str]) -> frozenset[str]:
    """The actions that are deployed: a component says them itself."""
    if source is not None and source.group == COMPONENT:
        configs = plain(source.config)["configs"]
        return frozenset(action for one in configs for action in one["actions"])
    return frozenset(actions)


def derived_inputs(
    source: ConfigRecord | None, given: Mapping[str, Value], target: Target
) -> tuple[dict[str, Any], ...]:
    """The inputs with their values: those of the config, those given beside, and our own."""
    left = dict(given)
    declared = source.inputs if source is not None else ()
    made = [{**one, "value": left.pop(one["name"], one.get("default"))} for one in declared]
    made += [as_input({"name": name, "value": value}) for name, value in left.items()]
    own: dict[str, Value] = {
        "deploy_server_id": target.server_id,
        "deploy_action": target.action,
        "deploy_stack_id": target.stack_id,
        "deploy_resource_name": target.resource,
        "deploy_signal_transport": target.transport,
        **target.signal,
    }
    made += [
        as_input({"name": name, "description": _SAID[name], "value": value})
        for name, value in own.items()
    ]
    return tuple(made)


def values_of(inputs: Iterable[Mapping[str, Any]]) -> dict[str, Value]:
    """The values of inputs, by name."""
    return {one["name"]: one.get("value") for one in inputs}


def fixed_changes(
    source: ConfigRecord | None, given: Mapping[str, Value], deployed: ConfigRecord | None
) -> bool:
    """Whether an input that must not change in place has another value than was deployed."""
    if source is None or deployed is None:
        return False
    before = plain(values_of(deployed.inputs))
    return any(
        plain(given.get(one["name"], one.get("default"))) != before[one["name"]]
        for one in source.inputs
        if one.get("replace_on_change") and one["name"] in before
    )


@dataclass(frozen=True, slots=True)
class Filling:
    """How the places in a structured config are found, and what is put there.

    strict: a place for an input that has no value is a mistake.
    """

    key: str
    values: Mapping[str, Value]
    strict: bool

    def of(self, config: Value) -> Value:
        """The config with the values in their places."""
        if isinstance(config, Mapping):
            name = config.get(self.key) if len(config) == 1 else None
            if not isinstance(name, str):
                return {key: self.of(item) for key, item in config.items()}
            if self.strict and name not in self.values:
                words = f"The Parameter ({name}) was not provided."
                raise Refused(words, kind="UserParameterMissing")
            return self.values.get(name)
        if isinstance(config, list | tuple):
            return [self.of(item) for item in config]
        return config
