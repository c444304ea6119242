"""One transaction for many entries: who may write, what is written, which numbers events get."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, Update, bindparam, select

from hearth.base.errors import HearthError
from hearth.store import operations, tables, trimming
from hearth.store.changes import Batch, Fence, SetStack, Written
from hearth.store.codec import Codec
from hearth.store.dialects import InsertNew, SqlClock
from hearth.store.errors import Moved, Rejected, Stale
from hearth.store.operations import Folded, Operation
from hearth.store.rows import Row

LEASE_S = 6.0
"""How long a lease lasts from the moment it is taken or renewed."""

# What others refer to comes first, as a reader of the tables would expect.
_ORDER = {table: place for place, table in enumerate(tables.metadata.tables.values())}


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A batch, made ready: its operations, and what must hold for it to apply."""

    operations: tuple[Operation, ...]
    events: tuple[Row, ...]
    fence: Fence | None
    sequence: int
    versions: tuple[tuple[str, int], ...]


Outcome = Written | HearthError


def prepared(codec: Codec, batch: Batch) -> Entry:
    """The batch as rows. What cannot be stored is refused here, before it disturbs others."""
    made: list[Operation] = []
    for change in batch.changes:
        made.extend(operations.operations(codec, change))
    return Entry(
        tuple(made),
        tuple(operations.event_row(codec, event) for event in batch.events),
        batch.fence,
        batch.sequence,
        tuple(
            (change.id, change.version)
            for change in batch.changes
            if isinstance(change, SetStack) and change.version is not None
        ),
    )


@dataclass(slots=True)
class Guard:
    """Which entries may write. Locks the leases' rows first, then the stacks', in id order."""

    leases: dict[str, tuple[int, int]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def look(self, sql: Connection, entries: Iterable[Entry]) -> None:
        """Read and lock what the entries refer to."""
        runs = {entry.fence.run_id for entry in entries if entry.fence}
        if runs:
            lease = tables.leases.c
            found = select(lease.run_id, lease.fence, lease.sequence).where(
                lease.run_id == next(iter(runs)) if len(runs) == 1 else lease.run_id.in_(runs)
            )
            for run_id, fence, sequence in sql.execute(
                found.order_by(lease.run_id).with_for_update()
            ):
                self.leases[run_id] = (fence, sequence)
        stacks = {stack_id for entry in entries for stack_id, _version in entry.versions}
        if stacks:
            stack = tables.stacks.c
            locked = select(stack.id, stack.version).where(stack.id.in_(stacks))
            for stack_id, version in sql.execute(locked.order_by(stack.id).with_for_update()):
                self.versions[stack_id] = version

    def verdict(self, entry: Entry) -> HearthError | None:
        """Why this entry may not write; if it may, what it does is taken into account."""
        fence = entry.fence
        if fence is not None and self.leases.get(fence.run_id) != (
            fence.number,
            entry.sequence - 1,
        ):
            return Stale(f"Run {fence.run_id} is not held under fence {fence.number} any more.")
        for stack_id, version in entry.versions:
            if self.versions.get(stack_id) != version:
                return Moved(f"Stack {stack_id} has changed since it was looked at.")
        if fence is not None:
            self.leases[fence.run_id] = (fence.number, entry.sequence)
            self.written.add(fence.run_id)
        self._follow(entry)
        return None

    def _follow(self, entry: Entry) -> None:
        for operation in entry.operations:
            match operation:
                case operations.Insert(table, (str(id_),), row) if table is tables.leases:
                    self.leases[id_] = (row["fence"], row["sequence"])
                case operations.Insert(table, (str(id_),), row) if table is tables.stacks:
                    self.versions[id_] = row["version"]
                case operations.Update(table, (str(id_),), row) if id_ in self.versions:
                    if table is tables.stacks:
                        self.versions[id_] += row["version"]
                case _:
                    pass


def apply(
    sql: Connection, now: SqlClock, entries: Sequence[Entry], trim: trimming.Trim
) -> list[Outcome]:
    """Write the entries that may be written; the answers, should the commit succeed."""
    guard = Guard()
    guard.look(sql, entries)
    refused = {place: guard.verdict(entry) for place, entry in enumerate(entries)}
    admitted = [entry for place, entry in enumerate(entries) if refused[place] is None]
    if admitted:
        write(sql, now, operations.fold(op for entry in admitted for op in entry.operations))
        numbers = _write_events(sql, [entry.events for entry in admitted], trim)
        _note_sequences(sql, guard)
    answers = iter(numbers if admitted else ())
    return [refused[place] or Written(next(answers)) for place in range(len(entries))]


def write(sql: Connection, now: SqlClock, folded: Folded) -> None:
    """Write all operations, alike ones in one statement."""
    for (table, column, value), made in folded.replaces.items():
        sql.execute(table.delete().where(table.c[column] == value))
        _insert(sql, table, made)
    for table, found in folded.new.items():
        sql.execute(InsertNew(table), list(found.values()))
    for table in sorted(folded.inserts, key=_ORDER.__getitem__):
        made = tuple(folded.inserts[table].values())
        if table is tables.leases:
            held = tuple(row for row in made if row["owner"] is not None)
            _run(sql, _lease_insert(sql, now), held)
            made = tuple(row for row in made if row["owner"] is None)
        _insert(sql, table, made)
    for table in sorted(folded.updates, key=_ORDER.__getitem__):
        _update(sql, table, folded.updates[table])
    for table, column, value in folded.deletes:
        sql.execute(table.delete().where(table.c[column] == value))


def _insert(sql: Connection, table: Table, made: Sequence[Row]) -> None:
    alike: dict[frozenset[str], list[Row]] = {}
    for row in made:
        alike.setdefault(frozenset(row), []).append(row)
    for rows in alike.values():
        _run(sql, _insert_into(table), rows)


def _update(sql: Connection, table: Table, found: Mapping[operations.Key, Row]) -> None:
    alike: dict[frozenset[str], list[Row]] = {}
    # One order of rows in every transaction, so that two of them wait rather than deadlock.
    for key in sorted(found, key=str) if len(found) > 1 else found:
        row = found[key]
        names = frozenset(row)
        bound = dict(row)
        if "version" in bound:
            bound["bump"] = bound.pop("version")
        for place, part in enumerate(key):
            bound[f"key_{place}"] = part
        alike.setdefault(names, []).append(bound)
    for names, rows in alike.items():
        result = sql.execute(_update_of(table, "version" in names), rows)
        if result.rowcount != len(rows):
            raise Rejected(f"A row of {table.name} that was to be changed is not there.")


def _write_events(
    sql: Connection, groups: Sequence[tuple[Row, ...]], trim: trimming.Trim
) -> list[tuple[int, ...]]:
    """Number the events from their roots' counters, and write them; the numbers, by group."""
    counts: dict[str, int] = {}
    for events in groups:
        for row in events:
            counts[row["root_id"]] = counts.get(row["root_id"], 0) + 1
    if not counts:
        return [() for _ in groups]
    roots = sorted(counts)
    result = sql.execute(_COUNT, [{"key_0": root, "count": counts[root]} for root in roots])
    if result.rowcount != len(roots):
        raise Rejected("An event names a root stack that is not there.")
    counter = tables.event_counters.c
    last: dict[str, int] = dict(
        sql.execute(
            select(counter.root_id, counter.last).where(
                counter.root_id == roots[0] if len(roots) == 1 else counter.root_id.in_(roots)
            )
        )
        .tuples()
        .all()
    )
    following = {root: last[root] - counts[root] for root in roots}
    numbered: list[Row] = []
    numbers: list[tuple[int, ...]] = []
    for events in groups:
        given = []
        for row in events:
            following[row["root_id"]] += 1
            given.append(following[row["root_id"]])
            numbered.append({**row, "number": given[-1]})
        numbers.append(tuple(given))
    _run(sql, _insert_into(tables.events), numbered)
    trim.after(sql, numbered)
    return numbers


def _note_sequences(sql: Connection, guard: Guard) -> None:
    _run(
        sql,
        _SEQUENCE,
        [
            {"key_0": run_id, "sequence": guard.leases[run_id][1]}
            for run_id in sorted(guard.written)
        ],
    )


def _run(sql: Connection, statement: Any, rows: Sequence[Row]) -> None:
    if rows:
        sql.execute(statement, list(rows))


@lru_cache(maxsize=64)
def _insert_into(table: Table) -> Insert:
    return table.insert()


@lru_cache(maxsize=64)
def _update_of(table: Table, versioned: bool) -> Update:  # noqa: FBT001 (a cache's key)
    statement = table.update()
    for place, column in enumerate(table.primary_key.columns):
        statement = statement.where(column == bindparam(f"key_{place}"))
    if versioned:
        statement = statement.values(version=table.c.version + bindparam("bump"))
    return statement


def _lease_insert(_sql: Connection, now: SqlClock) -> Insert:
    return tables.leases.insert().values(lease_until=now() + LEASE_S)


_COUNT = (
    tables.event_counters.update()
    .where(tables.event_counters.c.root_id == bindparam("key_0"))
    .values(last=tables.event_counters.c.last + bindparam("count"))
)
_SEQUENCE = tables.leases.update().where(tables.leases.c.run_id == bindparam("key_0"))
