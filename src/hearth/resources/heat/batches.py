"""Changing a group a few members at a time: how large it is after each batch, and who is in it.

A batch has a size, and so many members stay in service meanwhile as are asked for: where it must,
the group grows for a while. The numbers are upstream's, and so are the turns.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from hearth.base.errors import HearthError
from hearth.plan import Wave, Waves

Ranked = Callable[[Sequence[str], int], list[str]]
"""The members of a group that is to have so many, from the first that is to change or to go."""

Fresh = Callable[[Sequence[str], int], Iterator[str]]
"""Names for new members of a group that is to have so many."""


@dataclass(frozen=True, slots=True)
class Rolling:
    """How a group is changed: batches of a size, so many in service, and a time in between."""

    size: int = 1
    in_service: int = 0
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Rolled:
    """What the batches come to. names: the members in the end; passing: those for a while."""

    waves: Waves
    names: tuple[str, ...]
    passing: tuple[str, ...]


def batches(wanted: int, present: int, rolling: Rolling) -> Iterator[tuple[int, int]]:
    """For each batch, how many members there are after it and how many of them it may touch."""
    done = 0
    while not done >= present == wanted:
        touched = min(rolling.size, max(wanted - done, 0))
        least = min(rolling.in_service, wanted, present)
        after = touched + max(min(present, wanted - touched), least)
        yield after, touched
        done += touched - max(after - max(present, wanted), 0)
        present = after


def rolled(
    present: Sequence[str], steps: Iterable[tuple[int, int]], ranked: Ranked, fresh: Fresh
) -> Rolled:
    """Who is made, changed and removed in which batch."""
    waves: list[Wave] = []
    names, before = list(present), frozenset(present)
    met = dict.fromkeys(names)
    for size, touched in steps:
        kept = list(names)
        if len(kept) > size:
            kept = ranked(names, size)[-size:] if size else []
        missing = size - len(kept)
        born = list(islice(fresh(names, size), missing)) if missing > 0 else []
        gone = tuple(name for name in names if name not in kept)
        waves.append(Wave(tuple(born), max(0, touched - len(born)), gone))
        names = [*kept, *born]
        met |= dict.fromkeys(born)
    order = ranked(names, len(names))
    passing = tuple(name for name in met if name not in before and name not in names)
    return Rolled(Waves(tuple(order), tuple(waves)), tuple(names), passing)


def sooner(waves: Waves, gone: Iterable[str]) -> Waves:
    """The batches, with these gone after the first."""
    first, *others = waves.waves
    first = replace(first, gone=tuple(dict.fromkeys((*first.gone, *gone))))
    return replace(waves, waves=(first, *others))


def paused(waves: Waves, pause_s: float, timeout_s: float) -> Waves:
    """The batches with a pause between each two; refused if the pauses alone take all the time."""
    total_s = pause_s * max(len(waves.waves) - 1, 0)
    if total_s and total_s >= timeout_s:
        words = f"its pauses take {total_s:g} s, and the stack has {timeout_s:g} s"
        raise HearthError(f"The update policy leads to a time-out: {words}.", kind="ValueError")
    return replace(waves, waves=tuple(replace(one, pause_s=pause_s) for one in waves.waves))
