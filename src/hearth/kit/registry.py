"""All the types there are, by name: what the engine runs and the API documents."""

from collections.abc import Iterable

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
