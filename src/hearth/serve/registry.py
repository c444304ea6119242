"""All resource types: hearth's own, and those that other packages bring."""

from importlib.metadata import entry_points

from hearth.kit import Registry
from hearth.resources import TYPES

GROUP = "hearth.resource_types"


def registry() -> Registry:
    """The types; of two with one name the registry refuses the second."""
    brought = [kind for one in entry_points(group=GROUP) for kind in one.load()]
    return Registry([*TYPES, *brought])
