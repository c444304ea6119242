"""What a template asks of its resources' attributes: the paths, by the resource's name. Pure."""

from collections.abc import Iterable, Mapping
from itertools import chain

from hearth.base import Value, unknown_in
from hearth.template import Active, Definition, OutputDef, Scope, requires

Paths = tuple[tuple[Value, ...], ...]
"""Of attributes: each begins with the attribute's name."""


class Asking:
    """What other resources and outputs ask; found out when it is first of interest."""

    def __init__(self, active: Active, scope: Scope) -> None:
        self._active = active
        self._scope = scope
        self._found: Mapping[str, Paths] | None = None

    def paths(self, name: str) -> Paths:
        """The paths that are asked of a resource, each once, in the template's order."""
        if self._found is None:
            self._found = _asked(self._active, self._scope)
        return self._found.get(name, ())


def _asked(active: Active, scope: Scope) -> Mapping[str, Paths]:
    found: dict[str, dict[str, tuple[Value, ...]]] = {}
    items: Iterable[Definition | OutputDef] = chain(
        active.resources.values(), active.outputs.values()
    )
    for one in (reference for item in items for reference in requires(item, scope)):
        if one.path and not unknown_in(list(one.path)):
            found.setdefault(one.resource, {})[repr(one.path)] = one.path
    return {name: tuple(paths.values()) for name, paths in found.items()}
