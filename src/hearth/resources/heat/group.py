"""From a ResourceGroup's properties to the template of the stack that it is. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import count, islice
from typing import Any

from hearth.base import Secret, Value, plain
from hearth.kit import Context
from hearth.resources.heat.batches import Rolled, Rolling, batches, paused, rolled, sooner
from hearth.resources.heat.grouped import in_order


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


def rolling(ctx: Context, props: Any, policy: Any) -> Rolling | None:
    """How the members are made or changed in batches; None if all at once.

    What is asked for at creation holds then, and what is asked for changes when what the members
    are has changed.
    """
    if ctx.nested is None:
        new = policy.batch_create
        return None if new is None else Rolling(new.max_batch_size, 0, new.pause_time)
    update = policy.rolling_update
    before = plain(ctx.record.properties.get("resource_def"))
    if update is None or before == plain(props.resource_def.values()):
        return None
    return Rolling(update.max_batch_size, update.min_in_service, update.pause_time)


def in_turns(ctx: Context, props: Any, how: Rolling, skipped: Collection[str]) -> Rolled | None:
    """Who is made and changed in which batch; None if there is nothing to be done in batches.

    The highest numbers have their turn first. What is to be removed goes with the first batch.
    """
    there = in_order(ctx.nested) if ctx.nested is not None else []
    present = [one.name for one in there if one.name not in skipped]
    sizes = list(batches(props.count, len(present), how))
    if not sizes:
        return None

    def ranked(names: Sequence[str], size: int) -> list[str]:
        places = {name: place for place, name in enumerate(member_names(size, skipped))}

        def rank(name: str) -> int:
            place = places.get(name)
            if place is None:
                return 0
            return props.count - place if place < props.count else size

        return sorted(names, key=rank)

    def fresh(names: Sequence[str], size: int) -> Iterator[str]:
        there = frozenset(names)
        return (name for name in member_names(size, skipped) if name not in there)

    done = rolled(present, sizes, ranked, fresh)
    waves = sooner(done.waves, [one.name for one in there if one.name in skipped])
    names = sorted(done.names, key=lambda name: (len(name), name))
    waves = paused(waves, how.pause_s, ctx.stack.timeout_s)
    return Rolled(waves, tuple(names), done.passing)


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
