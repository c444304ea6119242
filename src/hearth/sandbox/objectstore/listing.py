"""The part of a sorted list of names that a request asks for. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """What part of a listing is asked for."""

    limit: int = 10000
    marker: str = ""
    end_marker: str = ""
    prefix: str = ""
    delimiter: str = ""
    reverse: bool = False


def select(names: Sequence[str], wanted: Wanted) -> list[tuple[str, bool]]:
    """Names with whether each is a common beginning, cut after the delimiter.

    `names` are in order. The marker itself is left out; a common beginning that is the marker
    is left out with all that it stands for.
    """
    found: list[tuple[str, bool]] = []
    ordered = _between(names, wanted)
    if wanted.reverse:
        ordered = ordered[::-1]
    for name in ordered:
        entry = _entry(name, wanted)
        if entry[1] and entry[0] == wanted.marker:
            continue
        if not found or found[-1] != entry:
            if len(found) >= wanted.limit:
                break
            found.append(entry)
    return found


def _between(names: Sequence[str], wanted: Wanted) -> Sequence[str]:
    low, high = wanted.marker, wanted.end_marker
    if wanted.reverse:
        low, high = high, low
    start = bisect_right(names, low) if low else 0
    if wanted.prefix:
        start = max(start, bisect_left(names, wanted.prefix))
    end = bisect_left(names, high) if high else len(names)
    return [name for name in names[start:end] if name.startswith(wanted.prefix)]


def _entry(name: str, wanted: Wanted) -> tuple[str, bool]:
    if wanted.delimiter:
        rest = name[len(wanted.prefix) :]
        place = rest.find(wanted.delimiter)
        if place >= 0:
            return name[: len(wanted.prefix) + place + len(wanted.delimiter)], True
    return name, False
