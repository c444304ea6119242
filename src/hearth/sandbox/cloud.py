"""Putting a cloud together."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearth.base import Clock, Ids
from hearth.sandbox import (
    compute,
    identity,
    image,
    keymanager,
    messaging,
    network,
    objectstore,
    placement,
    volume,
)
from hearth.sandbox.app import Gate, make_app
from hearth.sandbox.faults import Faults, NoFaults, Script
from hearth.sandbox.settings import Settings
from hearth.sandbox.store import Store
from hearth.sandbox.tool import ROUTES, Tool, inventory
from hearth.sandbox.web import Json, Route
from hearth.sandbox.world import Part, Service, World

PARTS: tuple[Part, ...] = (
    identity.PART,
    image.PART,
    network.PART,
    volume.PART,
    objectstore.PART,
    messaging.PART,
    compute.PART,
    placement.PART,
    keymanager.PART,
)
"""In the order in which they are made and seeded: each after those that it asks then."""


@dataclass(slots=True)
class Cloud:
    """A running simulated cloud."""

    app: Gate
    """The ASGI application that serves it."""
    world: World
    services: dict[str, Service]
    script: Script
    """Faults that may be set while it runs."""

    def objects(self) -> Json:
        """What `GET /sandbox/objects` answers, with everything settled that is due."""
        world = self.world
        world.store.settle(world.clock.now(), world.at)
        world.store.commit()
        return inventory(world)

    def next_due(self) -> float | None:
        """When the next object changes by itself; None when all is at rest."""
        return self.world.store.next_due()

    def close(self) -> None:
        """Let go of the file."""
        self.world.store.close()


def build(settings: Settings, clock: Clock, ids: Ids, faults: Faults | None = None) -> Cloud:
    """A cloud as it was left in its file, or a fresh one with its default content."""
    world = World(settings, clock, ids, Store(settings.path))
    world.now = clock.now()
    served: list[tuple[Service, Sequence[Route]]] = [
        (part.make(world), part.routes) for part in PARTS
    ]
    if world.store.fresh:
        for service, _ in served:
            service.seed()
        world.store.commit()
    script = Script(faults or NoFaults())
    app = make_app(world, [*served, (Tool(world, script), ROUTES)], script)
    return Cloud(app, world, {service.name: service for service, _ in served}, script)
