"""What the services of one cloud share, and what a service is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from hearth.base import Clock, Ids
from hearth.sandbox.seams import ComputeSide, IdentitySide, ImageSide, NetworkSide, VolumeSide
from hearth.sandbox.settings import Settings, Times
from hearth.sandbox.store import Document, Store
from hearth.sandbox.web import Answer, Call, Refusal, Route


@dataclass(slots=True)
class Neighbours:
    """The services as the others see them; None where this cloud is without one."""

    identity: IdentitySide | None = None
    compute: ComputeSide | None = None
    network: NetworkSide | None = None
    volume: VolumeSide | None = None
    image: ImageSide | None = None


@dataclass(slots=True)
class World:
    """The cloud as its services see it."""

    settings: Settings
    clock: Clock
    ids: Ids
    store: Store
    neighbours: Neighbours = field(default_factory=Neighbours)
    now: float = 0.0
    """The time of the request, or of the transition that is being settled."""

    @property
    def times(self) -> Times:
        """How long things take."""
        return self.settings.times

    def at(self, now: float) -> None:
        """Set the time of what happens next."""
        self.now = now

    def due(self, seconds: float) -> float:
        """The time at which a state that begins now is over."""
        return self.now + seconds

    def hex(self) -> str:
        """A new id as Keystone writes them, without dashes."""
        return self.ids.uuid().replace("-", "")

    def listed(self, documents: Sequence[Document]) -> Sequence[Document]:
        """Those that lists show: fresh ones are missing for `list_delay_s`."""
        delay = self.settings.list_delay_s
        if delay <= 0:
            return documents
        return [one for one in documents if one["created_at"] + delay <= self.now]

    def url(self, path: str) -> str:
        """A link to something in this cloud."""
        return self.settings.url + path


class Service:
    """One simulated service: its prefix, its routes, its form of errors, its first content.

    A subclass declares its tables in `__init__`. Its package exports a `Part`: how it is made
    (with `Table.settle` set, and `world.neighbours` told), and its routes.
    """

    name: ClassVar[str] = ""
    """As in the list of objects and in faults, e.g. `compute`."""
    prefix: ClassVar[str] = ""
    request_id_header: ClassVar[str] = "X-Openstack-Request-Id"

    def __init__(self, world: World) -> None:
        self.world = world

    def seed(self) -> None:
        """Make what a fresh cloud holds. The services are seeded in the order of the cloud."""

    def prepare(self, call: Call) -> None:
        """Look at every call before its handler, e.g. to negotiate the microversion."""

    def finish(self, call: Call, headers: dict[str, str]) -> None:
        """Add headers to every answer."""

    def refusal(self, call: Call, refusal: Refusal) -> Answer:
        """The service's own error document."""
        body = {"error": {"code": refusal.status, "message": refusal.message}}
        return Answer(refusal.status, body, refusal.headers)


@dataclass(frozen=True, slots=True)
class Part:
    """A service as the cloud is put together of it."""

    make: Callable[[World], Service]
    routes: Sequence[Route]
