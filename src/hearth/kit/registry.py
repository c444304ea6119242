"""All the types there are, by name: what the engine runs and the API documents."""

from collections.abc import Iterable

from hearth.kit.copying import Copy
from hearth.kit.type import ResourceType
from hearth.schema import TypeSchema


class Registry:
    """Types by name. Built once by `serve.py` from the services' lists and entry points."""

    def __init__(self, types: Iterable[type[ResourceType]]) -> None:
        self._types: dict[str, ResourceType] = {}
        self._schemas: dict[str, TypeSchema] = {}
        for kind in types:
            if kind.name in self._types:
                raise ValueError(f"two types are called {kind.name}")
            self._types[kind.name] = kind()
        copies = {name: one.copy for name, one in self._types.items() if one.copy is not None}
        self._copies: dict[str, Copy] = {name: copy() for name, copy in copies.items()}

    def copy(self, name: str) -> Copy | None:
        """What a snapshot makes of objects of a type; None where nothing is made."""
        return self._copies.get(name)

    def type(self, name: str) -> ResourceType | None:
        """The type itself."""
        return self._types.get(name)

    def find(self, name: str) -> TypeSchema | None:
        """The type's schema (template's TypeSource)."""
        known = self._schemas.get(name)
        if known is None and (kind := self._types.get(name)) is not None:
            known = self._schemas[name] = kind.schema()
        return known

    def names(self) -> list[str]:
        """Every name, sorted."""
        return sorted(self._types)
