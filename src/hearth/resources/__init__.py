"""The resource types: a folder per service, a file per type.

Rule: types say what, the engine says when. Each service lists its types by hand in `TYPES`; one
service's types do not import another's.
"""

from hearth.kit import ResourceType
from hearth.resources import heat, nova

TYPES: tuple[type[ResourceType], ...] = (*heat.TYPES, *nova.TYPES)

__all__ = ["TYPES"]
