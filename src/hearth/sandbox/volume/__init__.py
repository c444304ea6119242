"""The simulated Cinder: volumes, snapshots, backups, attachments, types.

`state` holds the tables and how objects move on in time; every other module is a kind of object
with its handlers and routes. Nova reaches it through `seam`.
"""

from collections.abc import Iterable

from hearth.sandbox.volume import (
    actions,
    attachments,
    backups,
    discovery,
    kinds,
    metadata,
    operators,
    snapshots,
    volumes,
)
from hearth.sandbox.volume.seam import ForCompute
from hearth.sandbox.volume.state import Cinder
from hearth.sandbox.web import Route
from hearth.sandbox.world import Part, World


def make(world: World) -> Cinder:
    """Cinder in a cloud."""
    cinder = Cinder(world)
    world.neighbours.volume = ForCompute(cinder)
    return cinder


def _both(routes: Iterable[Route]) -> list[Route]:
    """Each route with the project in its path, and without."""
    return [
        Route(route.method, before + route.path, route.handler)
        for route in routes
        for before in ("/v3/{project}", "/v3")
    ]


PART = Part(
    make,
    (
        *discovery.ROUTES,
        *_both(
            (
                *volumes.ROUTES,
                *actions.ROUTES,
                *metadata.ROUTES,
                *snapshots.ROUTES,
                *backups.ROUTES,
                *attachments.ROUTES,
                *kinds.ROUTES,
                *operators.ROUTES,
            )
        ),
    ),
)

__all__ = ["PART", "Cinder"]
