"""Following a path into maps and lists. Pure."""

from collections.abc import Iterable

from hearth.base import Value
from hearth.template import walked


def inside(value: Value, path: Iterable[Value]) -> Value:
    """What lies at the end of a path; None where it leads nowhere. A secret stays one."""
    return walked(value, tuple(path))
