"""From a ResourceGroup's properties to the template of the stack that it is. Pure."""

from collections.abc import Iterable, Sequence
from itertools import count, islice
from typing import Any

from hearth.base import Secret, Value, plain
from hearth.kit import Context


def removed(ctx: Context, props: Any) -> list[str]:
    """The names that are never used again, as the type keeps them and the properties add to them.

    A member is named by its name or by its reference. Before there are members, any name will do.
    """
    before = list(ctx.data.get("removed", ()))
    found = dict.fromkeys(before if props.removal_policies_mode == "append" else ())
    members = ctx.nested.members if ctx.nested is not None else None
    for item in (item for policy in props.removal_policies for item in policy.resource_list):
        wanted = plain(item)
        name = str(wanted)
        if members is None or name in before or any(one.name == name for one in members):
            found[name] = None
        else:
            found |= dict.fromkeys(one.name for one in members if plain(one.reference) == wanted)
    return list(found)


def member_names(size: int, skipped: Iterable[str]) -> list[str]:
    """The first so many numbers that are not skipped."""
    out = frozenset(skipped)
    return list(islice((name for name in map(str, count()) if name not in out), size))


def template_of(props: Any, names: Sequence[str]) -> dict[str, Any]:
    """The members as a template."""
    return {
        "heat_template_version": "2015-04-30",
        "resources": {name: member(props.resource_def, props.index_var, name) for name in names},
    }


def member(definition: Any, index_var: str, name: str) -> dict[str, Any]:
    """One member, with its name in the place of the variable."""
    made: dict[str, Any] = {"type": definition.type}
    if definition.properties:
        given = {key: value for key, value in definition.properties.items() if value is not None}
        made["properties"] = replaced(given, index_var, name)
    if definition.metadata:
        made["metadata"] = definition.metadata
    return made


def replaced(value: Value, index_var: str, name: str) -> Value:
    """The value with the variable replaced in every text; keys are left alone."""
    match value:
        case str():
            return value.replace(index_var, name)
        case dict():
            return {key: replaced(item, index_var, name) for key, item in value.items()}
        case list():
            return [replaced(item, index_var, name) for item in value]
        case Secret():
            return Secret(replaced(value.value, index_var, name))
        case _:
            return value
