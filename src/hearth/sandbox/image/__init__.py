"""Glance: images, their data, and who may use them."""

from hearth.sandbox.image import data, documents, images, members
from hearth.sandbox.image.state import Glance
from hearth.sandbox.world import Part, World


def make(world: World) -> Glance:
    """Glance in a cloud."""
    glance = Glance(world)
    glance.images.settle = glance.settle
    world.neighbours.image = glance
    return glance


PART = Part(make, (*documents.ROUTES, *images.ROUTES, *data.ROUTES, *members.ROUTES))

__all__ = ["PART", "Glance"]
