"""Templates that types make, fit to be stored: what is secret or unknown becomes a parameter."""

from collections.abc import Mapping
from typing import Any

from hearth.base import Secret, Unknown, Value

START = "hearth_lifted_"


def lifted(document: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Value]]:
    """The template without marked values, and those as hidden parameters of it."""
    found: dict[str, Value] = {}
    clean: dict[str, Any] = _without(dict(document), found)
    if not found:
        return clean, {}
    declared = dict(clean.get("parameters") or {})
    declared |= {name: {"type": _type(value), "hidden": True} for name, value in found.items()}
    return clean | {"parameters": declared}, found


def spread(value: Value) -> Value:
    """The same secrets, each mark moved down to the values inside that are no maps or lists."""
    match value:
        case Secret(value=dict() as inner):
            return {key: spread(Secret(item)) for key, item in inner.items()}
        case Secret(value=list() as inner):
            return [spread(Secret(item)) for item in inner]
        case Secret(value=Secret() as inner):
            return spread(inner)
        case dict():
            return {key: spread(item) for key, item in value.items()}
        case list():
            return [spread(item) for item in value]
        case _:
            return value


def _without(value: Any, found: dict[str, Value]) -> Any:
    match value:
        case Secret() | Unknown():
            name = f"{START}{len(found)}"
            found[name] = value
            return {"get_param": name}
        case Mapping():
            return {key: _without(item, found) for key, item in value.items()}
        case list() | tuple():
            return [_without(item, found) for item in value]
        case _:
            return value


def _type(value: Value) -> str:
    match value.value if isinstance(value, Secret) else value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case dict() | list():
            return "json"
        case _:
            return "string"
