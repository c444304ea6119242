"""The resource types: a folder per service, a file per type.

Rule: types say what, the engine says when. Each service lists its types by hand in `TYPES`; one
service's types do not import another's.
"""

from hearth.kit import ResourceType
from hearth.resources import cinder, glance, heat, neutron, nova, swift

TYPES: tuple[type[ResourceType], ...] = (
    *cinder.TYPES,
    *glance.TYPES,
    *heat.TYPES,
    *neutron.TYPES,
    *nova.TYPES,
    *swift.TYPES,
)

__all__ = ["TYPES"]
