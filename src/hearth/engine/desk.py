"""What the engine's parts share in one process. Made once; holds no state of any run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.base import Clock, Ids, Secret, Value, plain
from hearth.bus import Bus
from hearth.cloud import Sessions
from hearth.config import Settings
from hearth.engine.aside import Aside
from hearth.engine.blueprint import Library
from hearth.engine.census import Census
from hearth.engine.checks import Checks
from hearth.engine.children import Children
from hearth.engine.fetching import Fetcher
from hearth.engine.lifting import spread
from hearth.engine.poll import Poller
from hearth.engine.templated import Templated
from hearth.engine.turns import Turns
from hearth.engine.view import WorkView
from hearth.engine.work import Work
from hearth.kit import Registry, ResourceType
from hearth.policy import Policy
from hearth.stack import ResourceRecord
from hearth.store import Leases, Store


@dataclass(frozen=True, slots=True)
class Desk:
    """What is shared.

    worker: this process's name as an owner of leases. sessions: for requests that must end
    before a lease does (`request_s`); patient: for those that change nothing.
    """

    worker: str
    store: Store
    bus: Bus
    sessions: Sessions
    patient: Sessions
    registry: Registry
    clock: Clock
    ids: Ids
    settings: Settings
    policy: Policy
    library: Library
    checks: Checks
    poller: Poller
    children: Children
    leases: Leases
    request_s: float
    fetcher: Fetcher
    aside: Aside
    turns: Turns = field(default_factory=Turns)
    census: Census = field(default_factory=Census)

    def kind(self, work: Work, name: str) -> ResourceType:
        """The type of a resource that the template names."""
        assert work.blueprint is not None, "only a stack with a template names resources"
        return work.blueprint.kind(name)

    def kind_of(self, work: Work, row: ResourceRecord) -> ResourceType:
        """The type of a recorded row, which the template may no longer name."""
        blueprint = work.blueprint
        if blueprint is not None and blueprint.resolved(row.name) == row.type_resolved:
            return blueprint.kind(row.name)
        return self.registry.type(row.type_resolved) or Templated()

    def view(self, work: Work) -> WorkView:
        """What evaluations see of a run."""
        return WorkView(work, self.checks, self.kind_of)

    def required_by(self, work: Work, name: str) -> tuple[str, ...]:
        """Names of the resources that require this one, as the template says."""
        return work.blueprint.required_by(name) if work.blueprint is not None else ()

    def record(self, kind: ResourceType, properties: Mapping[str, Value]) -> Any:
        """Properties as the type reads them, laid open."""
        return laid_open(kind, properties)


def laid_open(kind: ResourceType, properties: Mapping[str, Value]) -> Any:
    """Properties as the type reads them: a Record, without marks."""
    if kind.anything_goes:
        return kind.Properties.of({})
    known = kind.Properties.fields
    given = {key: value for key, value in properties.items() if key in known}
    if not kind.nests:
        return kind.Properties.of(plain(given))
    # What goes into a template keeps its marks; what decides about its shape cannot.
    parts = {key: spread(value) for key, value in given.items()}
    return kind.Properties.of(
        {k: v.value if isinstance(v, Secret) else v for k, v in parts.items()}
    )
