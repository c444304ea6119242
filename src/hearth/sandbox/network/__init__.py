"""The simulated Neutron: networks, ports, routers, floating IPs, security groups and the rest.

`addresses` and `fields` are pure; every kind of object is a `Collection` over tables of the
`Shelf`; `rest` and `query` answer for all collections alike, `routes` says where. Nova reaches
it through `seam`.
"""

from hearth.sandbox.network.routes import ROUTES
from hearth.sandbox.network.seam import ForCompute
from hearth.sandbox.network.service import Network
from hearth.sandbox.world import Part, World

__all__ = ["PART", "Network"]


def _make(world: World) -> Network:
    network = Network(world)
    world.neighbours.network = ForCompute(network)
    return network


PART = Part(_make, ROUTES)
