"""How many members a scaled group has, and which: the arithmetic of scaling. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import ceil, copysign, floor

from hearth.base import short_id
from hearth.kit import Context, Member, Nested, NothingToDo, Scale
from hearth.resources.heat.batches import Rolled, Rolling, batches, paused, rolled


@dataclass(frozen=True, slots=True)
class Sizes:
    """Between how many and how many members a group has, and how many it is asked to have."""

    least: int
    most: int
    desired: int | None = None

    def within(self, wanted: int) -> int:
        """As many as wanted, within the bounds."""
        return max(self.least, min(self.most, wanted))


def in_turn(nested: Nested | None) -> list[Member]:
    """All members, from the first that is to change or to go: failed ones, then the oldest."""
    members = nested.members if nested is not None else ()
    return sorted(members, key=lambda one: (not one.failed, one.created_at, one.name))


def in_service(nested: Nested | None) -> list[Member]:
    """The members that have not failed, the oldest first."""
    return [one for one in in_turn(nested) if not one.failed]


def capacity(ctx: Context, sizes: Sizes) -> int:
    """How many members the group is to have; where nothing is said, as many as it has."""
    if ctx.capacity is not None:
        return ctx.capacity
    if ctx.nested is None:
        return sizes.desired or sizes.least
    return sizes.within(sizes.desired or len(in_service(ctx.nested)))


def manned(ctx: Context, size: int, how: Rolling | None) -> Rolled:
    """Who the members are: the last in turn stay, new ones are called at random.

    how: in which batches those that stay are changed, before the group gets its size.
    """
    there = [one.name for one in in_turn(ctx.nested)]
    steps = list(batches(len(there), len(there), how)) if how is not None else []

    def as_they_stand(names: Sequence[str], _size: int) -> list[str]:
        return list(names)

    def fresh(_names: Sequence[str], _size: int) -> Iterator[str]:
        return (short_id(ctx.ids.uuid()) for _ in count())

    done = rolled(there, [*steps, (size, 0)], as_they_stand, fresh)
    if how is None:
        return done
    waves = paused(done.waves, how.pause_s, ctx.stack.timeout_s)
    return Rolled(waves, done.names, done.passing)


def adjusted(present: int, scale: Scale, sizes: Sizes) -> int:
    """How many members a signal comes to; NothingToDo where it changes nothing."""
    match scale.sense:
        case "exact":
            wanted = int(scale.by)
        case "percent":
            wanted = present + _percent(present, scale)
        case _:
            wanted = present + int(scale.by)
    found = sizes.within(wanted)
    if found == present:
        raise NothingToDo
    return found


def _percent(present: int, scale: Scale) -> int:
    """So many percent: rounded away from zero below one, else towards it, and some at least."""
    exact = present * scale.by / 100.0
    upwards = (exact > 0) == (abs(exact) < 1.0)
    rounded = int(ceil(exact) if upwards else floor(exact))
    if scale.least and abs(rounded) < scale.least:
        return int(copysign(scale.least, exact))
    return rounded
