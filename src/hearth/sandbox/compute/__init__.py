"""Nova: servers and what belongs to them.

`wishes` checks what a request for a server asks for, `create` makes it, `life` takes it through
its states in time, `views` shows it. Neutron, Cinder and Glance are asked through `seams`.
"""

from functools import partial

from hearth.sandbox.compute import (
    actions,
    attachments,
    documents,
    flavors,
    groups,
    hosts,
    interfaces,
    journal,
    keypairs,
    life,
    metadata,
    quotas,
    servers,
)
from hearth.sandbox.compute.state import Nova
from hearth.sandbox.store import Document
from hearth.sandbox.world import Part, World


class Compute(Nova):
    """Nova with its first content."""

    def seed(self) -> None:
        """Make the usual flavors."""
        flavors.seed(self)


def make(world: World) -> Compute:
    """Nova in a cloud, with what happens when things come due."""
    nova = Compute(world)

    def forget(server: Document) -> None:
        nova.deleted.remove(server["id"])

    nova.servers.settle = partial(life.settle, nova)
    nova.deleted.settle = forget
    nova.attachments.settle = partial(attachments.settle, nova)
    nova.errands.settle = partial(interfaces.settle, nova)
    world.neighbours.compute = nova
    return nova


PART = Part(
    make,
    (
        *documents.ROUTES,
        *servers.ROUTES,
        *actions.ROUTES,
        *journal.ROUTES,
        *metadata.ROUTES,
        *interfaces.ROUTES,
        *attachments.ROUTES,
        *flavors.ROUTES,
        *keypairs.ROUTES,
        *groups.ROUTES,
        *hosts.ROUTES,
        *quotas.ROUTES,
    ),
)

__all__ = ["PART", "Compute"]
