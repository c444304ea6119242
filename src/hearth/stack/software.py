"""Software configs, and their deployments to servers: what guests are told, and what they answer.

A deployment points to a config of its own, derived for one action: what the server is to do, with
the values of all inputs. The server knows a config by its id and applies it once, so every action
derives another one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.base import Value


@dataclass(frozen=True, slots=True)
class ConfigRecord:
    """A software config: never changed. `config` may be a `Secret`; so may inputs' values."""

    id: str
    project_id: str
    name: str
    created_at: float
    group: str = ""
    config: Value = ""
    inputs: tuple[dict[str, Any], ...] = ()
    outputs: tuple[dict[str, Any], ...] = ()
    options: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeploymentRecord:
    """A config on a server: what is asked of it, and what has come back.

    status: IN_PROGRESS until the server has answered, then COMPLETE or FAILED; who deploys by
    hand may write other words. project_id: whose it is; stack_user_project_id: the project of the
    users inside servers, who may see it too. version: grows with every change of the row.
    """

    id: str
    project_id: str
    server_id: str
    config_id: str
    created_at: float
    action: str | None = None
    status: str | None = None
    reason: str | None = None
    updated_at: float | None = None
    stack_user_project_id: str | None = None
    input_values: dict[str, Value] | None = None
    output_values: dict[str, Value] | None = None
    version: int = 0


TYPES = ("String", "Number", "CommaDelimitedList", "Json", "Boolean")
"""What an input or an output may be."""

_COMMON = {"name": str, "type": str, "description": str}
_INPUT = _COMMON | {"default": object, "replace_on_change": bool, "value": object}
_OUTPUT = _COMMON | {"error_output": bool}


def as_input(given: Mapping[str, Value]) -> dict[str, Value]:
    """An input of a config as it is kept; TypeError or ValueError if it is none."""
    return _checked("input", given, _INPUT, {"type": "String", "replace_on_change": False})


def as_output(given: Mapping[str, Value]) -> dict[str, Value]:
    """An output of a config as it is kept; TypeError or ValueError if it is none."""
    return _checked("output", given, _OUTPUT, {"type": "String", "error_output": False})


def _checked(
    what: str, given: Mapping[str, Value], known: Mapping[str, type], default: Mapping[str, Value]
) -> dict[str, Value]:
    if not isinstance(given, Mapping):
        raise TypeError(f"A config's {what} must be an object, not {given!r}.")
    said = {key: value for key, value in given.items() if value is not None}
    if unknown := sorted(said.keys() - known.keys()):
        raise ValueError(f"A config's {what} has no {', '.join(unknown)}.")
    if not said.get("name"):
        raise ValueError(f"A config's {what} must have a name.")
    for key, value in said.items():
        if not isinstance(value, known[key]):
            raise TypeError(f'"{key}" of the {what} {said["name"]} must not be {value!r}.')
    if said.get("type", "String") not in TYPES:
        words = f"one of {', '.join(TYPES)}"
        raise ValueError(
            f'"{said["type"]}" is no type of the {what} {said["name"]}: it is {words}.'
        )
    return {**default, **said, **({"value": given["value"]} if "value" in given else {})}
