"""How one run writes: every batch fenced, numbered, and durable before anything goes on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hearth.base.errors import HearthError, Unavailable
from hearth.engine.announcing import durable
from hearth.stack import EventRecord
from hearth.store import Batch, Change, Fence, Store


class Dropped(HearthError):
    """The run is no longer ours, or we do not know what is durable: it is loaded anew."""


LOST = (Dropped, Unavailable)
"""What ends a run's being carried out here, and says nothing about the run: it is loaded anew.

`Unavailable` is the database that does not answer; a service of the cloud's has errors of its own.
"""


@dataclass(slots=True)
class Draft:
    """What is to become durable together."""

    changes: list[Change] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)

    def add(self, *changes: Change) -> None:
        """Note changes."""
        self.changes.extend(changes)

    def tell(self, event: EventRecord) -> None:
        """Note what users shall see."""
        self.events.append(event)

    def take(self, other: "Draft") -> None:
        """Note all that another draft has."""
        self.changes.extend(other.changes)
        self.events.extend(other.events)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.changes and not self.events


class Ledger:
    """The writes of one run under one lease, in their order."""

    def __init__(self, store: Store, fence: Fence) -> None:
        self._store = store
        self.fence = fence
        self._sequence = 0

    async def write(self, changes: Iterable[Change], events: Sequence[EventRecord] = ()) -> None:
        """Return when it is durable; Dropped when that did not happen for certain."""
        self._sequence += 1
        batch = Batch(tuple(changes), tuple(events), self.fence, self._sequence)
        try:
            await durable(self._store, batch)
        except HearthError as error:
            raise Dropped(f"A write of run {self.fence.run_id} is not durable: {error}") from error

    async def keep(self, draft: Draft) -> None:
        """Make a draft durable."""
        if not draft.empty:
            await self.write(draft.changes, draft.events)
