"""The resource type that was perhaps meant by a name that is none."""

from collections.abc import Collection

from hearth.schema import near_names

_ALIKE_IN_SERVICE = 0.7
_ALIKE = 0.9
"""Of whole names, most of which is the same for all of a service: so much is a spelling."""


def near_type(name: str, names: Collection[str]) -> str | None:
    """One of its own service first, then one that is spelled nearly so."""
    ends = sorted(one for one in names if one.casefold().endswith(f"::{name.casefold()}"))
    if ends:
        return ends[0]
    space, _, last = name.rpartition("::")
    beside = {one.rpartition("::")[2]: one for one in names if one.rpartition("::")[0] == space}
    own = _folded(last, beside)
    if own is not None:
        return beside[own]
    return _folded(name, names, _ALIKE)


def _folded(word: str, words: Collection[str], alike: float = _ALIKE_IN_SERVICE) -> str | None:
    """The nearest word, capitals or none."""
    folded = {one.casefold(): one for one in words}
    found = near_names(word.casefold(), folded, 1, alike)
    return folded[found[0]] if found else None
