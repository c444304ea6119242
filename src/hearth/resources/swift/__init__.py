"""The types of Swift, the object store."""

from hearth.kit import ResourceType
from hearth.resources.swift.container import Container

TYPES: tuple[type[ResourceType], ...] = (Container,)

__all__ = [
    "TYPES",
    "Container",
]
