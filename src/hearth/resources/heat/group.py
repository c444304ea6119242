"""From a group's properties to the template of the stack that it is. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count, islice, pairwise
from typing import Any

from hearth.base import Secret, Value
from hearth.kit import Context, Expansion


def removed(lists: Iterable[Value], names: Mapping[str, Value], kept: Iterable[str]) -> list[str]:
    """The names that are never used again: those kept, and the members named here.

    A member is named by its name or by its reference; names: the references, by name.
    """
    found = dict.fromkeys(kept)
    for item in lists:
        if isinstance(item, str) and (item in names or item.isdigit()):
            found[item] = None
        else:
            found |= dict.fromkeys(name for name, ref in names.items() if ref == item)
    return list(found)


def member_names(size: int, skipped: Iterable[str]) -> list[str]:
    """The first so many numbers that are not skipped."""
    out = frozenset(skipped)
    return list(islice((name for name in map(str, count()) if name not in out), size))


def expanded(ctx: Context, props: Any) -> Expansion:
    """The stack: its members, and what all of them are called."""
    names = member_names(props.count, ctx.data["removed"])
    template = template_of(props, names, ctx.data["removed"])
    for earlier, later in batches(ctx, props, names):
        for name in later:
            template["resources"][name]["depends_on"] = list(earlier)
    return Expansion(template)


def template_of(props: Any, names: Sequence[str], skipped: Sequence[str] = ()) -> dict[str, Any]:
    """The members as a template, with what all of them are called as outputs."""
    outputs = {
        "refs": [{"get_resource": name} for name in names],
        "refs_map": {name: {"get_resource": name} for name in names},
        "removed_rsrc_list": list(skipped),
    }
    return {
        "heat_template_version": "2015-04-30",
        "resources": {name: member(props.resource_def, props.index_var, name) for name in names},
        "outputs": {key: {"value": value} for key, value in outputs.items()},
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


def batches(
    ctx: Context, props: Any, names: Sequence[str]
) -> list[tuple[Sequence[str], Sequence[str]]]:
    """Which members wait for which: each batch for the one before it.

    Members are made in batches where the policy says so, and changed in batches when what they
    are is changed.
    """
    size = batch_size(ctx, props, len(names))
    if size is None:
        return []
    cut = [names[start : start + size] for start in range(0, len(names), size)]
    return list(pairwise(cut))


def batch_size(ctx: Context, props: Any, members: int) -> int | None:
    """How many at a time; None for all."""
    policy = ctx.record.update_policy
    if ctx.record.nested_id is None:
        creating = policy.get("batch_create")
        return int(creating.get("max_batch_size", 1)) if creating else None
    rolling = policy.get("rolling_update")
    before = ctx.record.properties.get("resource_def")
    if not rolling or before == props.resource_def.values():
        return None
    untouched = int(rolling.get("min_in_service", 0))
    return max(1, min(int(rolling.get("max_batch_size", 1)), members - untouched))


def inside(value: Value, path: Iterable[Value]) -> Value:
    """What lies at the end of a path; None where it leads nowhere."""
    for step in path:
        if isinstance(value, Secret):
            return Secret(inside(value.value, [step]))
        if isinstance(value, dict):
            value = value.get(step, value.get(str(step)))
        elif isinstance(value, list) and str(step).isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
