"""Runs: who holds which, and what they consist of.

Lease times are set and compared here, in SQL, by the database's clock and no other. `claim`,
`take_over_all`, `renew` and `release` want a transaction that writes (`Store.transact`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update

from hearth.stack import RunRecord, RunStatus, StepRecord
from hearth.store import rows, tables
from hearth.store.database import Connection
from hearth.store.nouns import HeldRun
from hearth.store.transaction import LEASE_S

_run = tables.runs.c
_lease = tables.leases.c
_stack = tables.stacks.c
_AT_ONCE = 500


def claim(db: Connection, worker: str, limit: int) -> list[HeldRun]:
    """Take up to so many runs that nobody holds, each project in its turn.

    A project that holds runs already stands behind those that hold fewer; within a project the
    oldest comes first.
    """
    now = db.now()
    free = or_(_lease.lease_until.is_(None), _lease.lease_until < now)
    held = (
        select(_stack.project_id, func.count().label("held"))
        .join_from(tables.leases, tables.runs, _run.id == _lease.run_id)
        .join(tables.stacks, _stack.id == _run.stack_id)
        .where(_lease.running, _lease.lease_until >= now)
        .group_by(_stack.project_id)
        .subquery()
    )
    turn = func.row_number().over(
        partition_by=_stack.project_id, order_by=(_run.started_at, _run.id)
    )
    candidates = (
        select(_run.id)
        .join_from(tables.leases, tables.runs, _run.id == _lease.run_id)
        .join(tables.stacks, _stack.id == _run.stack_id)
        .outerjoin(held, held.c.project_id == _stack.project_id)
        .where(_lease.running, free)
        .order_by(turn + func.coalesce(held.c.held, 0), _run.started_at, _run.id)
        .limit(limit)
    )
    found = list(db.sql.execute(candidates).scalars())
    # Others look for candidates at the same time; each row goes to who changes it first.
    taken = [run_id for run_id in found if _take(db, worker, run_id, free)]
    return _held(db, taken)


def take_over_all(db: Connection, worker: str) -> list[HeldRun]:
    """Take every run there is, held or not: for the one process that holds the state folder."""
    running = select(_lease.run_id).where(_lease.running).order_by(_lease.run_id)
    found = list(db.sql.execute(running).scalars())
    return _held(db, [run_id for run_id in found if _take(db, worker, run_id, _lease.running)])


def renew(db: Connection, worker: str, fences: Mapping[str, int]) -> set[str]:
    """Prolong the leases that this worker still has of these runs (run → fence); which those are.

    A lease that has run out is prolonged too if nobody has taken the run: its fence still holds.
    """
    kept = set()
    for run_id in sorted(fences):
        own = (_lease.run_id == run_id, _lease.owner == worker, _lease.fence == fences[run_id])
        result = db.sql.execute(
            update(tables.leases).where(*own, _lease.running).values(lease_until=db.now() + LEASE_S)
        )
        if result.rowcount:
            kept.add(run_id)
    return kept


def release(db: Connection, worker: str, run_ids: Iterable[str]) -> None:
    """Let go of runs, so that any worker may claim them at once. Their fences grow with that."""
    for run_id in sorted(run_ids):
        own = (_lease.run_id == run_id, _lease.owner == worker)
        db.sql.execute(
            update(tables.leases)
            .where(*own)
            .values(owner=None, lease_until=None, fence=_lease.fence + 1, sequence=0)
        )


def find(db: Connection, run_id: str) -> RunRecord | None:
    """A run by its id."""
    row = db.one(_runs().where(_run.id == run_id))
    return None if row is None else rows.RUN.read(db.codec, row)


def of_stack(db: Connection, stack_id: str) -> list[RunRecord]:
    """All runs of a stack, the newest first."""
    found = _runs().where(_run.stack_id == stack_id).order_by(_run.started_at.desc(), _run.id)
    return [rows.RUN.read(db.codec, row) for row in db.all(found)]


def last_operation(db: Connection, stack_id: str) -> str | None:
    """The id of the operation that was begun last on a stack."""
    own = select(_run.operation_id).where(_run.stack_id == stack_id)
    found = db.sql.execute(own.order_by(_run.started_at.desc()).limit(1)).scalar()
    return None if found is None else str(found)


def children(db: Connection, run_id: str) -> list[RunRecord]:
    """The runs that steps of this run wait for."""
    found = _runs().where(_run.parent_run_id == run_id).order_by(_run.id)
    return [rows.RUN.read(db.codec, row) for row in db.all(found)]


def older(db: Connection, run: RunRecord) -> tuple[str, ...]:
    """The runs of the same stack that began before this one and have not ended."""
    before = (_run.stack_id == run.stack_id, _run.started_at < run.started_at)
    found = select(_run.id).where(_run.status == RunStatus.RUNNING.value, *before)
    return tuple(db.sql.execute(found.order_by(_run.started_at)).scalars())


def steps(db: Connection, run_id: str) -> tuple[StepRecord, ...]:
    """Where each step of a run stands."""
    step = tables.steps.c
    found = select(tables.steps).where(step.run_id == run_id).order_by(step.key)
    return tuple(rows.STEP.read(db.codec, row) for row in db.all(found))


def superseded(db: Connection, run_ids: Iterable[str]) -> dict[str, str]:
    """Which of these runs something newer wants to replace, and what that is."""
    wanted = (_lease.run_id.in_(list(run_ids)), _lease.superseded_by.is_not(None))
    found = select(_lease.run_id, _lease.superseded_by).where(*wanted)
    return {run_id: by for run_id, by in db.sql.execute(found) if by is not None}


def statuses(db: Connection, run_ids: Iterable[str]) -> dict[str, str]:
    """How far these runs have come (`RUNNING`, `DONE` …), without their plans."""
    found = select(_run.id, _run.status).where(_run.id.in_(list(run_ids)))
    return {row[0]: row[1] for row in db.sql.execute(found)}


def owners(db: Connection) -> dict[str, tuple[str, int]]:
    """Which runs are held at this moment: by whom, and under which fence."""
    held = (_lease.running, _lease.owner.is_not(None), _lease.lease_until >= db.now())
    found = select(_lease.run_id, _lease.owner, _lease.fence).where(*held).order_by(_lease.run_id)
    return {row[0]: (row[1], row[2]) for row in db.sql.execute(found)}


def due(db: Connection) -> int:
    """How many runs wait for a worker."""
    free = or_(_lease.lease_until.is_(None), _lease.lease_until < db.now())
    count = select(func.count()).select_from(tables.leases).where(_lease.running, free)
    return int(db.sql.execute(count).scalar_one())


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


def _take(db: Connection, worker: str, run_id: str, condition: Any) -> bool:
    taken = db.sql.execute(
        update(tables.leases)
        .where(_lease.run_id == run_id, _lease.running, condition)
        .values(
            owner=worker,
            fence=_lease.fence + 1,
            sequence=0,
            lease_until=db.now() + LEASE_S,
        )
    )
    return bool(taken.rowcount)


def _runs() -> Select[Any]:
    return (
        select(tables.runs, _lease.fence, _lease.owner, _lease.superseded_by, _stack.project_id)
        .join_from(tables.runs, tables.leases, _lease.run_id == _run.id)
        .join(tables.stacks, _stack.id == _run.stack_id)
    )


def _held(db: Connection, run_ids: list[str]) -> list[HeldRun]:
    found = {row["id"]: row for row in db.all(_runs().where(_run.id.in_(run_ids)))}
    return [
        HeldRun(
            rows.RUN.read(db.codec, found[run_id]), steps(db, run_id), found[run_id]["project_id"]
        )
        for run_id in run_ids
    ]
