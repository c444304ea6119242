"""Runs: who holds which, and what they consist of.

Lease times are set and compared here, in SQL, by the database's clock and no other. `claim`,
`take_over_all`, `renew` and `release` want a transaction that writes (`Store.transact`).
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from hearth.stack import RunRecord, RunStatus, StepRecord
from hearth.store import rows, statements, tables
from hearth.store.database import Connection
from hearth.store.dialects import SqlClock
from hearth.store.nouns import HeldRun
from hearth.store.transaction import LEASE_S

_run = tables.runs.c
_lease = tables.leases.c
_stack = tables.stacks.c
_mine = tables.leases.alias("mine").c
_AT_ONCE = 500
_FEW = 8
NEWCOMERS = 20
"""So many projects that hold nothing get their first run at one look, full or not."""

_CLOCKS = 8


def claim(db: Connection, worker: str, limit: int) -> list[HeldRun]:
    """Take up to so many runs that nobody holds, each project in its turn.

    A project that holds runs already stands behind those that hold fewer; within a project the
    oldest comes first. Beyond the limit come those that a run of this worker waits for, and the
    first of each project that holds none: else runs that only wait could fill all places, and
    what they wait for, or somebody else's only run, would never begin.
    """
    places = db.known(_claimable(db.now), limit=max(limit, NEWCOMERS))
    chosen = [row["id"] for at, row in enumerate(places) if at < limit or row["place"] == 1]
    awaited = db.known(_awaited(db.now), worker=worker, limit=_AT_ONCE)
    found = dict.fromkeys([*chosen, *(row["id"] for row in awaited)])
    # Others look for candidates at the same time; each row goes to who changes it first.
    return _held(db, _taken(db, _taking(db.now), worker, found))


def take_over_all(db: Connection, worker: str) -> list[HeldRun]:
    """Take every run there is, held or not: for the one process that holds the state folder."""
    running = select(_lease.run_id).where(_lease.running).order_by(_lease.run_id)
    found = list(db.sql.execute(running).scalars())
    return _held(db, _taken(db, _taking_anyway(db.now), worker, found))


def renew(db: Connection, worker: str, fences: Mapping[str, int]) -> set[str]:
    """Prolong the leases that this worker still has of these runs (run → fence); which those are.

    A lease that has run out is prolonged too if nobody has taken the run: its fence still holds.
    """
    if len(fences) > _FEW:
        return _renewed(db, worker, fences)
    kept = set()
    prolong = _prolonging(db.now)
    for run_id in sorted(fences):
        own = {"id": run_id, "worker": worker, "fence_held": fences[run_id]}
        if statements.compiled(db.sql, prolong).run(db.sql, [own]).rowcount:
            kept.add(run_id)
    return kept


def _renewed(db: Connection, worker: str, fences: Mapping[str, int]) -> set[str]:
    """The same for many, by few statements."""
    kept: set[str] = set()
    ids = sorted(fences)
    for start in range(0, len(ids), _AT_ONCE):
        some = {"ids": ids[start : start + _AT_ONCE], "worker": worker}
        # Locked in the order in which batches lock them, so that the two never wait in a ring.
        held = db.sql.execute(_HOLDING, some)
        mine = [run_id for run_id, fence in held if fence == fences[run_id]]
        if mine:
            db.sql.execute(_prolonging_many(db.now), {"ids": mine})
        kept.update(mine)
    return kept


def release(
    db: Connection, worker: str, run_ids: Iterable[str], after_s: float | None = None
) -> None:
    """Let go of runs, so that any worker may claim them; their fences grow with that.

    after_s: not before so many seconds, unless something newer is to take their place.
    """
    until = None if after_s is None else db.now() + after_s
    for run_id in sorted(run_ids):
        own = (_lease.run_id == run_id, _lease.owner == worker)
        db.sql.execute(
            update(tables.leases)
            .where(*own)
            .values(owner=None, lease_until=until, fence=_lease.fence + 1, sequence=0)
        )


def release_all(db: Connection, worker: str) -> list[str]:
    """Let go of all that a worker holds, also of what it does not know that it holds; their ids."""
    mine = select(_lease.run_id).where(_lease.owner == worker, _lease.running)
    run_ids = list(db.sql.execute(mine.order_by(_lease.run_id)).scalars())
    release(db, worker, run_ids)
    return run_ids


def find(db: Connection, run_id: str) -> RunRecord | None:
    """A run by its id."""
    found = db.known(_FIND, id=run_id)
    return rows.RUN.read(db.codec, found[0]) if found else None


def of_stack(db: Connection, stack_id: str) -> list[RunRecord]:
    """All runs of a stack, the newest first."""
    return [rows.RUN.read(db.codec, row) for row in db.known(_OF_STACK, id=stack_id)]


def last_operation(db: Connection, stack_id: str) -> str | None:
    """The id of the operation that was begun last on a stack."""
    own = select(_run.operation_id).where(_run.stack_id == stack_id)
    found = db.sql.execute(own.order_by(_run.started_at.desc()).limit(1)).scalar()
    return None if found is None else str(found)


def children(db: Connection, run_id: str) -> list[RunRecord]:
    """The runs that steps of this run wait for."""
    return [rows.RUN.read(db.codec, row) for row in db.known(_CHILDREN, id=run_id)]


def older(db: Connection, run: RunRecord) -> tuple[str, ...]:
    """The runs of the same stack that began before this one and have not ended."""
    found = db.known(_OLDER, stack=run.stack_id, before=run.started_at)
    return tuple(row["id"] for row in found)


def steps(db: Connection, run_id: str) -> tuple[StepRecord, ...]:
    """Where each step of a run stands."""
    return tuple(rows.STEP.read(db.codec, row) for row in db.known(_STEPS, id=run_id))


def superseded(db: Connection, run_ids: Iterable[str]) -> dict[str, str]:
    """Which of these runs something newer wants to replace, and what that is."""
    found = db.sql.execute(_SUPERSEDED, {"ids": list(run_ids)})
    return {run_id: by for run_id, by in found if by is not None}


def statuses(db: Connection, run_ids: Iterable[str]) -> dict[str, str]:
    """How far these runs have come (`RUNNING`, `DONE` …), without their plans."""
    found = db.sql.execute(_STATUSES, {"ids": list(run_ids)})
    return {row[0]: row[1] for row in found}


def owners(db: Connection) -> dict[str, tuple[str, int]]:
    """Which runs are held at this moment: by whom, and under which fence."""
    held = (_lease.running, _lease.owner.is_not(None), _lease.lease_until >= db.now())
    found = select(_lease.run_id, _lease.owner, _lease.fence).where(*held).order_by(_lease.run_id)
    return {row[0]: (row[1], row[2]) for row in db.sql.execute(found)}


def due(db: Connection) -> int:
    """How many runs wait for a worker."""
    return int(db.known(_due(db.now))[0]["due"])


def purge(db: Connection, before: float) -> int:
    """Remove runs that ended and began before that time, save each stack's last; how many.

    Wants a transaction that writes.
    """
    last = select(_stack.run_id).where(_stack.run_id.is_not(None))
    ended = select(_run.id).where(
        _run.status != RunStatus.RUNNING.value, _run.started_at < before, _run.id.not_in(last)
    )
    run_ids = list(db.sql.execute(ended.limit(_AT_ONCE)).scalars())
    for table, column in (
        (tables.steps, tables.steps.c.run_id),
        (tables.leases, _lease.run_id),
        (tables.runs, _run.id),
    ):
        db.sql.execute(delete(table).where(column.in_(run_ids)))
    return len(run_ids)


def _taken(db: Connection, take: Update, worker: str, run_ids: Iterable[str]) -> list[str]:
    """Those of the runs that could be taken."""
    taken = statements.compiled(db.sql, take)
    return [
        run_id
        for run_id in run_ids
        if taken.run(db.sql, [{"id": run_id, "worker": worker}]).rowcount
    ]


def _held(db: Connection, run_ids: list[str]) -> list[HeldRun]:
    found = {run_id: row for run_id in run_ids for row in db.known(_FIND, id=run_id)}
    return [
        HeldRun(
            rows.RUN.read(db.codec, found[run_id]), steps(db, run_id), found[run_id]["project_id"]
        )
        for run_id in run_ids
    ]


# What is asked every two seconds, or for each run, is built once: for each clock, where the time
# is a part of it.

_RUNS = (
    select(tables.runs, _lease.fence, _lease.owner, _lease.superseded_by, _stack.project_id)
    .join_from(tables.runs, tables.leases, _lease.run_id == _run.id)
    .join(tables.stacks, _stack.id == _run.stack_id)
)
_FIND = _RUNS.where(_run.id == bindparam("id"))
_OF_STACK = _RUNS.where(_run.stack_id == bindparam("id")).order_by(_run.started_at.desc(), _run.id)
_CHILDREN = _RUNS.where(_run.parent_run_id == bindparam("id")).order_by(_run.id)
_OLDER = (
    select(_run.id)
    .where(
        _run.status == RunStatus.RUNNING.value,
        _run.stack_id == bindparam("stack"),
        _run.started_at < bindparam("before"),
    )
    .order_by(_run.started_at)
)
_STEPS = (
    select(tables.steps)
    .where(tables.steps.c.run_id == bindparam("id"))
    .order_by(tables.steps.c.key)
)
_SUPERSEDED = select(_lease.run_id, _lease.superseded_by).where(
    _lease.run_id.in_(bindparam("ids", expanding=True)), _lease.superseded_by.is_not(None)
)
_STATUSES = select(_run.id, _run.status).where(_run.id.in_(bindparam("ids", expanding=True)))
_OWN = (_lease.run_id == bindparam("id"), _lease.owner == bindparam("worker"))


def _free(now: SqlClock) -> ColumnElement[bool]:
    left = and_(_lease.owner.is_(None), _lease.superseded_by.is_not(None))
    return or_(_lease.lease_until.is_(None), _lease.lease_until < now(), left)


@lru_cache(maxsize=_CLOCKS)
def _due(now: SqlClock) -> Select[Any]:
    return (
        select(func.count().label("due"))
        .select_from(tables.leases)
        .where(_lease.running, _free(now))
    )


@lru_cache(maxsize=_CLOCKS)
def _claimable(now: SqlClock) -> Select[Any]:
    held = (
        select(_stack.project_id, func.count().label("held"))
        .join_from(tables.leases, tables.runs, _run.id == _lease.run_id)
        .join(tables.stacks, _stack.id == _run.stack_id)
        .where(_lease.running, _lease.owner.is_not(None), _lease.lease_until >= now())
        .group_by(_stack.project_id)
        .subquery()
    )
    turn = func.row_number().over(
        partition_by=_stack.project_id, order_by=(_run.started_at, _run.id)
    )
    place = (turn + func.coalesce(held.c.held, 0)).label("place")
    return (
        select(_run.id, place)
        .join_from(tables.leases, tables.runs, _run.id == _lease.run_id)
        .join(tables.stacks, _stack.id == _run.stack_id)
        .outerjoin(held, held.c.project_id == _stack.project_id)
        .where(_lease.running, _free(now))
        .order_by(place, _run.started_at, _run.id)
        .limit(bindparam("limit"))
    )


@lru_cache(maxsize=_CLOCKS)
def _awaited(now: SqlClock) -> Select[Any]:
    own = select(_mine.run_id).where(_mine.running, _mine.owner == bindparam("worker"))
    return (
        select(_run.id)
        .join_from(tables.leases, tables.runs, _run.id == _lease.run_id)
        .where(_lease.running, _free(now), _run.parent_run_id.in_(own))
        .order_by(_run.started_at, _run.id)
        .limit(bindparam("limit"))
    )


@lru_cache(maxsize=_CLOCKS)
def _taking(now: SqlClock) -> Update:
    return _taking_anyway(now).where(_free(now))


@lru_cache(maxsize=_CLOCKS)
def _taking_anyway(now: SqlClock) -> Update:
    return (
        update(tables.leases)
        .where(_lease.run_id == bindparam("id"), _lease.running)
        .values(
            owner=bindparam("worker"),
            fence=_lease.fence + 1,
            sequence=0,
            lease_until=now() + LEASE_S,
        )
    )


@lru_cache(maxsize=_CLOCKS)
def _prolonging(now: SqlClock) -> Update:
    return (
        update(tables.leases)
        .where(*_OWN, _lease.fence == bindparam("fence_held"), _lease.running)
        .values(lease_until=now() + LEASE_S)
    )


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_HOLDING = (
    select(_lease.run_id, _lease.fence)
    .where(_lease.run_id.in_(_IDS), _lease.owner == bindparam("worker"), _lease.running)
    .order_by(_lease.run_id)
    .with_for_update()
)


@lru_cache(maxsize=_CLOCKS)
def _prolonging_many(now: SqlClock) -> Update:
    return update(tables.leases).where(_lease.run_id.in_(_IDS)).values(lease_until=now() + LEASE_S)
