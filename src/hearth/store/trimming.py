"""Old events go when a stack has many: upstream's `max_events_per_stack`, and its batches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from hearth.store import tables


@dataclass(frozen=True, slots=True)
class Trim:
    """How many events a stack keeps (0: all), and how many go at once.

    A stack is looked at after about every `batch / 2` events. Which ones, their ids decide: those
    are random where randomness is wanted, and the same again where a seed decides.
    """

    keep: int = 1000
    batch: int = 200

    def after(self, sql: Connection, events: Iterable[Mapping[str, Any]]) -> None:
        """Trim the stacks whose turn has come with these events."""
        if not self.keep:
            return
        every = max(1, self.batch // 2)
        due = {row["stack_id"] for row in events if int(row["id"][-8:], 16) % every == 0}
        for stack_id in sorted(due):
            self._trim(sql, stack_id)

    def _trim(self, sql: Connection, stack_id: str) -> None:
        event = tables.events.c
        own = event.stack_id == stack_id
        count = sql.execute(select(func.count()).select_from(tables.events).where(own)).scalar_one()
        if count < self.keep:
            return
        excess = max(self.batch, count - self.keep)
        newest_to_go = (
            select(event.number).where(own).order_by(event.number).limit(1).offset(excess - 1)
        )
        last = sql.execute(newest_to_go).scalar()
        if last is not None:
            sql.execute(tables.events.delete().where(own, event.number <= last))
