"""The name that was perhaps meant, found in bounded time."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches

MANY = 300
"""Among more names than this only those that begin or end alike are looked at closely."""
TOO_MANY = 2000
"""Among more names than this none is looked for: thousands of wrong names would take minutes."""
FEW = 20
LONGEST = 80


def nearest(name: str, names: Collection[str]) -> str | None:
    """A hint with the nearest name, if one is near."""
    return did_you_mean(near_names(name, names, 1))


def did_you_mean(names: Sequence[str]) -> str | None:
    """The hint that the first of some names was perhaps meant."""
    return f'did you mean "{names[0]}"?' if names else None


def near_names(name: str, names: Collection[str], count: int, alike: float = 0.6) -> list[str]:
    """The nearest names, the best first. alike: from 0 to 1."""
    if len(name) > LONGEST or len(names) > TOO_MANY:
        return []
    candidates = sorted(one for one in names if len(one) <= LONGEST)
    if len(candidates) > MANY:
        head, tail = name[:3], name[-3:]
        like = (one for one in candidates if one.startswith(head) or one.endswith(tail))
        candidates = [one for one in like if abs(len(one) - len(name)) <= 2][:FEW]
    return get_close_matches(name, candidates, count, alike)
