"""Makes entries durable: one transaction for as many as possible, an answer for every one."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from hearth.base.errors import Clash, HearthError
from hearth.store import operations, tables
from hearth.store.changes import Written
from hearth.store.dialects import SqlClock, full, transient
from hearth.store.errors import Answered, Away, Moved, Rejected, Unsettled
from hearth.store.operations import Insert
from hearth.store.transaction import Entry, Outcome, apply
from hearth.store.trimming import Trim

log = logging.getLogger(__name__)

TRIES = 3
FULL = "The database has no room left on its disk; nothing is written until there is."


class CommitLost(Exception):
    """COMMIT was sent and not answered: it may have happened. `outcomes` hold if it did."""

    def __init__(self, outcomes: list[Outcome], error: DBAPIError) -> None:
        super().__init__("the outcome of a commit is not known")
        self.outcomes = outcomes
        self.error = error


@dataclass(frozen=True, slots=True)
class Committer:
    """Commits entries on connections of an engine whose transactions are for writing."""

    engine: Engine
    now: SqlClock
    trim: Trim

    def commit(self, entries: Sequence[Entry]) -> list[Outcome]:
        """The answer to each entry, in their order; what is `Written` is durable.

        A transaction that fails is tried in halves, in order, until only the guilty one fails.
        """
        waiting = [list(entries)]
        answers: list[Outcome] = []
        while waiting:
            group = waiting.pop()
            try:
                answers.extend(self._persist(group))
            except Away as error:
                # Nobody's guilt, and asking in halves would not help.
                answers.extend(Away(error.sentence) for _entry in group)
            except Exception as error:  # whatever a driver raises: one entry's fault
                if len(group) == 1:
                    answers.append(self._blame(group[0], error))
                else:
                    middle = len(group) // 2
                    waiting += [group[middle:], group[:middle]]
        return answers

    def _persist(self, group: Sequence[Entry]) -> list[Outcome]:
        """Commit a group as one transaction, again if that may help, and not for ever."""
        for left in reversed(range(TRIES)):
            try:
                return self._attempt(group)
            except CommitLost as lost:
                settled = self._settle(group, lost.outcomes)
                if settled is not None:
                    return settled
                if full(lost.error):
                    raise Away(FULL) from lost
            except DBAPIError as error:
                if full(error):
                    raise Away(FULL) from error
                if not transient(error):
                    raise
                if not left:
                    raise Away(f"The database does not answer: {error.orig}") from error
        raise Away("The database does not take what is to be written.")

    def _attempt(self, group: Sequence[Entry]) -> list[Outcome]:
        with self.engine.connect() as sql:
            transaction = sql.begin()
            outcomes = apply(sql, self.now, group, self.trim)
            if not any(isinstance(outcome, Written) for outcome in outcomes):
                transaction.rollback()
                return outcomes
            try:
                transaction.commit()
            except DBAPIError as error:
                sql.invalidate(error)
                raise CommitLost(outcomes, error) from error
            return outcomes

    def _settle(self, group: Sequence[Entry], outcomes: list[Outcome]) -> list[Outcome] | None:
        """What became of a commit without an answer; None if it certainly did not happen.

        One entry that can be judged judges all of them, since they were one transaction.
        """
        for _try in range(TRIES):
            try:
                with self.engine.connect() as sql, sql.begin() as transaction:
                    verdict = _happened(sql, group, outcomes)
                    transaction.rollback()
            except DBAPIError:
                continue
            match verdict:
                case True:
                    return outcomes
                case False:
                    return None
                case None:
                    break
        return [
            Unsettled("It is not known whether the database kept what was written.")
            if isinstance(one, Written)
            else one
            for one in outcomes
        ]

    def _blame(self, entry: Entry, error: Exception) -> HearthError:
        """Why an entry failed that failed alone, in the terms of who wrote it."""
        if isinstance(error, HearthError):
            return error
        if isinstance(error, IntegrityError):
            try:
                with self.engine.connect() as sql, sql.begin():
                    found = _in_the_way(sql, entry)
            except DBAPIError:
                found = None
            if found is not None:
                return found
        if isinstance(error, SQLAlchemyError):
            return Rejected(f"The database refused what was to be written: {error}")
        # Not one of the driver's own: its words may be about a value, which is nobody's business.
        log.error("a write failed in the driver: %s", type(error).__name__)
        return Rejected(f"The database cannot keep what was to be written: {type(error).__name__}")


def _happened(sql: Connection, group: Sequence[Entry], outcomes: Sequence[Outcome]) -> bool | None:
    """Whether the transaction of these entries was committed; None if nothing can tell.

    The lease's row is locked for the look, and an answer's row is tried: either waits until a
    commit that is still under way in the database has ended.
    """
    written = [
        entry for entry, one in zip(group, outcomes, strict=True) if isinstance(one, Written)
    ]
    lease = tables.leases.c
    for entry in written:
        if entry.fence is not None:
            row = sql.execute(
                select(lease.fence, lease.sequence)
                .where(lease.run_id == entry.fence.run_id)
                .with_for_update()
            ).first()
            if row is not None and row.fence == entry.fence.number:
                return bool(row.sequence >= entry.sequence)
    for entry in written:
        for answer in _inserts(entry, "answers"):
            try:
                with sql.begin_nested():
                    sql.execute(tables.answers.insert(), [answer.row])
            except IntegrityError:
                return True
            return False
    return None


def _in_the_way(sql: Connection, entry: Entry) -> HearthError | None:
    for insert in _inserts(entry, "stacks"):
        taken = select(tables.stacks.c.id).where(tables.stacks.c.name_key == insert.row["name_key"])
        if sql.execute(taken).first() is not None:
            return Clash(f"The Stack ({insert.row['name']}) already exists.", kind="StackExists")
    for insert in _inserts(entry, "heard"):
        told = select(tables.heard.c.count).where(tables.heard.c.resource_id == insert.key[0])
        if sql.execute(told).first() is not None:
            return Moved(f"Resource {insert.key[0]} has been signalled since it was looked at.")
    for insert in _inserts(entry, "answers"):
        given = select(tables.answers.c.id).where(tables.answers.c.id == insert.row["id"])
        if sql.execute(given).first() is not None:
            return Answered(f"Command {insert.row['id']} has its answer already.")
    return None


def _inserts(entry: Entry, table: str) -> list[Insert]:
    return [
        operation
        for operation in entry.operations
        if isinstance(operation, operations.Insert) and operation.table.name == table
    ]
