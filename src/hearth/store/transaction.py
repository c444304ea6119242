"""One transaction for many entries: who may write, what is written, which numbers events get."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from sqlalchemy import Connection, Table, bindparam, select
from sqlalchemy import Insert as SqlInsert

from hearth.base.errors import HearthError
from hearth.store import operations, statements, tables, trimming
from hearth.store.changes import Batch, Fence, PutHeard, SetDeployment, SetStack, Written
from hearth.store.codec import Codec
from hearth.store.dialects import InsertNew, SqlClock
from hearth.store.errors import Moved, Rejected, Stale
from hearth.store.operations import Folded, Operation
from hearth.store.rows import Row

LEASE_S = 6.0
"""How long a lease lasts from the moment it is taken or renewed."""

# What others refer to comes first, as a reader of the tables would expect.
_ORDER = {table: place for place, table in enumerate(tables.metadata.tables.values())}


Place = tuple[Table, str]
"""A row that has a version, by its table and its id."""


@dataclass(slots=True, eq=False)
class Entry:
    """A batch, made ready: its operations, and what must hold for it to apply.

    followed: those of the operations that what must hold for others depends upon. versions: of
    stacks; heard: how many signals each of these resources has taken before.
    """

    operations: Sequence[Operation]
    followed: Sequence[Operation]
    events: Sequence[Row]
    fence: Fence | None
    sequence: int
    versions: Sequence[tuple[Place, int]]
    heard: Sequence[tuple[str, int]]


Outcome = Written | HearthError


def prepared(codec: Codec, batch: Batch) -> Entry:
    """The batch as rows. What cannot be stored is refused here, before it disturbs others."""
    made: list[Operation] = []
    versions: list[tuple[Place, int]] = []
    heard: list[tuple[str, int]] = []
    for change in batch.changes:
        made += operations.operations(codec, change)
        if isinstance(change, SetStack | SetDeployment) and change.version is not None:
            versions.append(((_VERSIONED[type(change)], change.id), change.version))
        elif isinstance(change, PutHeard):
            heard.append((change.record.resource_id, change.record.count - 1))
    return Entry(
        made,
        [operation for operation in made if operation.table in _FOLLOWED],
        [operations.event_row(codec, event) for event in batch.events],
        batch.fence,
        batch.sequence,
        versions,
        heard,
    )


@dataclass(slots=True)
class Guard:
    """Which entries may write. Locks the leases' rows first, then those with versions, by id."""

    leases: dict[str, tuple[int, int]] = field(default_factory=dict)
    versions: dict[Place, int] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def look(self, sql: Connection, entries: Iterable[Entry]) -> None:
        """Read and lock what the entries refer to."""
        runs = {entry.fence.run_id for entry in entries if entry.fence}
        # One by one while they are few: a list of changing length is compiled each time.
        if len(runs) <= _FEW:
            for run_id in sorted(runs):
                row = statements.compiled(sql, _LEASE).run(sql, [{"id": run_id}]).fetchone()
                if row is not None:
                    self.leases[run_id] = (row[0], row[1])
        else:
            lease = tables.leases.c
            found = select(lease.run_id, lease.fence, lease.sequence).where(lease.run_id.in_(runs))
            for run_id, fence, sequence in sql.execute(
                found.order_by(lease.run_id).with_for_update()
            ):
                self.leases[run_id] = (fence, sequence)
        places = {place for entry in entries for place, _version in entry.versions}
        for table in _VERSIONED.values():
            idents = [ident for where, ident in places if where is table]
            if idents:
                locked = select(table.c.id, table.c.version).where(table.c.id.in_(idents))
                for ident, version in sql.execute(locked.order_by(table.c.id).with_for_update()):
                    self.versions[table, ident] = version
        told = {resource_id for entry in entries for resource_id, _count in entry.heard}
        if told:
            one = tables.heard.c
            counts = select(one.resource_id, one.count).where(one.resource_id.in_(told))
            for resource_id, count in sql.execute(
                counts.order_by(one.resource_id).with_for_update()
            ):
                self.heard[resource_id] = count

    def verdict(self, entry: Entry) -> HearthError | None:
        """Why this entry may not write; if it may, what it does is taken into account."""
        fence = entry.fence
        if fence is not None and self.leases.get(fence.run_id) != (
            fence.number,
            entry.sequence - 1,
        ):
            return Stale(f"Run {fence.run_id} is not held under fence {fence.number} any more.")
        for (table, ident), version in entry.versions:
            if self.versions.get((table, ident)) != version:
                return Moved(f"{_CALLED[table]} {ident} has changed since it was looked at.")
        for resource_id, count in entry.heard:
            if self.heard.get(resource_id, 0) != count:
                return Moved(f"Resource {resource_id} has been signalled since it was looked at.")
        if fence is not None:
            self.leases[fence.run_id] = (fence.number, entry.sequence)
            self.written.add(fence.run_id)
        self._follow(entry)
        return None

    def _follow(self, entry: Entry) -> None:
        self.heard.update((resource_id, count + 1) for resource_id, count in entry.heard)
        for operation in entry.followed:
            match operation:
                case operations.Insert(tables.leases, (str(id_),), row):
                    self.leases[id_] = (row["fence"], row["sequence"])
                case operations.Insert(table, (str(id_),), row):
                    self.versions[table, id_] = row["version"]
                case operations.Update(table, (str(id_),), row) if (table, id_) in self.versions:
                    self.versions[table, id_] += row["version"]
                case operations.Delete(table, "id", str(id_)):
                    self.versions.pop((table, id_), None)
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
        statements.delete(sql, table, column, value)
        _insert(sql, table, made)
    for table, found in folded.new.items():
        statements.insert(sql, table, list(found.values()), _new(table))
    for table in sorted(folded.inserts, key=_ORDER.__getitem__):
        made = tuple(folded.inserts[table].values())
        if table is tables.leases:
            held = [row for row in made if row["owner"] is not None]
            if held:
                statements.insert(sql, table, held, _holding(now))
            made = tuple(row for row in made if row["owner"] is None)
        _insert(sql, table, made)
    for table in sorted(folded.updates, key=_ORDER.__getitem__):
        _update(sql, table, folded.updates[table])
    for table, column, value in folded.deletes:
        statements.delete(sql, table, column, value)


@lru_cache(maxsize=8)
def _holding(now: SqlClock) -> SqlInsert:
    return tables.leases.insert().values(lease_until=now() + LEASE_S)


@cache
def _new(table: Table) -> SqlInsert:
    return InsertNew(table)


def _insert(sql: Connection, table: Table, made: Iterable[Row]) -> None:
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in made:
        alike.setdefault(tuple(row), []).append(row)
    for rows in alike.values():
        statements.insert(sql, table, rows)


def _update(sql: Connection, table: Table, found: Mapping[operations.Key, Row]) -> None:
    alike: dict[frozenset[str], list[Row]] = {}
    # One order of rows in every transaction, so that two of them wait rather than deadlock.
    for key in sorted(found, key=str) if len(found) > 1 else found:
        row = found[key]
        bound = {f"set_{name}": value for name, value in row.items()}
        for place, part in enumerate(key):
            bound[f"key_{place}"] = part
        alike.setdefault(frozenset(row), []).append(bound)
    for names, rows in alike.items():
        if statements.update(sql, table, names, rows) != len(rows):
            raise Rejected(f"A row of {table.name} that was to be changed is not there.")


def _write_events(
    sql: Connection, groups: Sequence[Sequence[Row]], trim: trimming.Trim
) -> list[tuple[int, ...]]:
    """Number the events from their roots' counters, and write them; the numbers, by group."""
    following = _numbers(sql, groups)
    if not following:
        return [() for _ in groups]
    numbered: list[Row] = []
    numbers: list[tuple[int, ...]] = []
    for events in groups:
        given = []
        for row in events:
            following[row["root_id"]] += 1
            given.append(following[row["root_id"]])
            numbered.append({**row, "number": given[-1]})
        numbers.append(tuple(given))
    _insert(sql, tables.events, numbered)
    trim.after(sql, numbered)
    return numbers


def _numbers(sql: Connection, groups: Iterable[Sequence[Row]]) -> dict[str, int]:
    """Take as many numbers as there are events from the counter of each root; the last before."""
    counts: dict[str, int] = {}
    for events in groups:
        for row in events:
            counts[row["root_id"]] = counts.get(row["root_id"], 0) + 1
    if not counts:
        return {}
    bound = [{"id": root, "count": counts[root]} for root in sorted(counts)]
    if statements.compiled(sql, _COUNT).run(sql, bound).rowcount != len(bound):
        raise Rejected("An event names a root stack that is not there.")
    last: dict[str, int] = {}
    if len(counts) <= _FEW:
        for root in counts:
            row = statements.compiled(sql, _LAST).run(sql, [{"id": root}]).fetchone()
            last[root] = row[0]
    else:
        counter = tables.event_counters.c
        found = select(counter.root_id, counter.last).where(counter.root_id.in_(counts))
        last = {row[0]: row[1] for row in sql.execute(found)}
    return {root: last[root] - counts[root] for root in counts}


def _note_sequences(sql: Connection, guard: Guard) -> None:
    bound = [{"id": id_, "reached": guard.leases[id_][1]} for id_ in sorted(guard.written)]
    if bound:
        statements.compiled(sql, _SEQUENCE).run(sql, bound)


_FEW = 3
_VERSIONED: dict[type, Table] = {SetStack: tables.stacks, SetDeployment: tables.deployments}
_CALLED = {tables.stacks: "Stack", tables.deployments: "Software deployment"}
_FOLLOWED = frozenset({tables.leases, *_VERSIONED.values()})
_lease = tables.leases.c
_counter = tables.event_counters.c
_LEASE = (
    select(_lease.fence, _lease.sequence).where(_lease.run_id == bindparam("id")).with_for_update()
)
_SEQUENCE = (
    tables.leases.update()
    .where(_lease.run_id == bindparam("id"))
    .values(sequence=bindparam("reached"))
)
_COUNT = (
    tables.event_counters.update()
    .where(_counter.root_id == bindparam("id"))
    .values(last=_counter.last + bindparam("count"))
)
_LAST = select(_counter.last).where(_counter.root_id == bindparam("id"))
