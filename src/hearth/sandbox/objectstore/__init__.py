"""The simulated Swift: accounts, containers, objects, signed URLs.

Names are ids: an account's container is `AUTH_…/name`, its object `AUTH_…/name/path`. `listing`
is pure; `access` decides who may do what.
"""

from hearth.sandbox.objectstore import containers, objects
from hearth.sandbox.objectstore.state import Swift
from hearth.sandbox.web import Route
from hearth.sandbox.world import Part

_ROUTES = (containers.INFO, *containers.ROUTES, *objects.ROUTES)


def _placed() -> list[Route]:
    """Every route below /object-store, and those for signed URLs on the bare host too."""
    return [
        Route(route.method, before + route.path, route.handler, route.open)
        for route in _ROUTES
        for before in ("/object-store", "")
    ]


PART = Part(Swift, _placed())

__all__ = ["PART", "Swift"]
