"""A worker: claims runs by lease, carries several out at once, and lets go of what it lost."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable

from hearth.base.errors import HearthError
from hearth.cloud import TrustGone
from hearth.engine.broken import give_up
from hearth.engine.desk import Desk
from hearth.engine.halting import STOP, WORDS
from hearth.engine.ledger import LOST
from hearth.engine.machine import Halt
from hearth.engine.parking import park
from hearth.engine.runner import Runner
from hearth.stack import Action, RunRecord
from hearth.store import Connection, Rejected, hooks, runs

log = logging.getLogger(__name__)

BELL = "runs"
"""The topic on which a run that is due, or to be looked at, is rung."""

GLANCE_S = 2.0
"""How often the database is asked for what is due, bell or no bell."""

AT_ONCE = 100
"""So many runs a worker holds before it stops claiming; what those wait for comes on top."""


REFUSALS = 3
"""So often a run is loaded anew because the database refuses what it would write."""

UNWRITABLE = HearthError("The database cannot keep what became of the stack.", kind="InternalError")


class Worker:
    """Drives runs. alone: it holds the state folder, so all runs are its own from the start."""

    def __init__(self, desk: Desk, *, alone: bool = False) -> None:
        self.desk = desk
        self._alone = alone
        self._runners: dict[str, Runner] = {}
        self._tasks: asyncio.TaskGroup
        self._rung = asyncio.Event()
        self._refused: Counter[str] = Counter()
        self._crowded = False

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as self._tasks:
            self._tasks.create_task(self._listen())
            take_all = self._alone
            while True:
                try:
                    await self._claim(take_all=take_all)
                    take_all = False
                    await self._look_for_successors()
                    await self._look_for_cleared_hooks()
                except HearthError as error:
                    # The next glance may find the database well again.
                    log.warning("what is due is not known: %s", error)
                await self._glance()

    def begin(self, run: RunRecord) -> None:
        """Take up a run that was just recorded as ours."""
        if run.id in self._runners:
            return
        self.desk.leases.hold(run.id, run.fence, self.desk.clock.monotonic())
        runner = Runner(self.desk, run)
        self._runners[run.id] = runner
        self._tasks.create_task(self._drive(runner))

    def stop(self, run_id: str, word: str) -> None:
        """Have one of our runs stop; one that is not ours reads it from the database."""
        self._stop(run_id, word, None)

    def _stop(self, run_id: str, by: str, action: Action | None) -> None:
        """Tell a run once that it is to end, and how soon."""
        runner = self._runners.get(run_id)
        if runner is None or runner.stopped_by == by:
            return
        runner.stopped_by = by
        at_once = by == STOP or action is Action.DELETE
        why = Halt.CANCELLED if at_once or by in WORDS else Halt.SUPERSEDED
        runner.halt(why, 0.0 if at_once else float(self.desk.settings.error_wait_time))

    def wake(self) -> None:
        """Look at the database now."""
        self._rung.set()

    async def _claim(self, *, take_all: bool) -> None:
        room = max(0, AT_ONCE - len(self._runners))
        desk, asked_at = self.desk, self.desk.clock.monotonic()
        if take_all:
            held = await desk.store.transact(runs.take_over_all, desk.worker)
        else:
            due = await desk.store.read(runs.due)
            held = await desk.store.transact(runs.claim, desk.worker, room) if due else []
            self._crowded = due > len(held)
        for one in held:
            if one.run.id in self._runners:
                continue  # ours, and its renewal was late; its runner finds itself stale
            desk.leases.hold(one.run.id, one.run.fence, asked_at)
            runner = Runner(desk, one.run)
            self._runners[one.run.id] = runner
            self._tasks.create_task(self._drive(runner))

    async def _drive(self, runner: Runner) -> None:
        """One run, whatever becomes of it: the others go on."""
        run_id = runner.run_id
        again = False
        try:
            if self._refused[run_id] >= REFUSALS:
                await give_up(self.desk, runner.ledger, runner.record, UNWRITABLE)
            else:
                await runner.carry_out()
            del self._refused[run_id]
        except* LOST as lost:
            log.warning("run %s is dropped: %s", run_id, lost.exceptions[0])
            self._refused[run_id] += lost.subgroup(_is_refused) is not None
            again = True
        except* TrustGone as gone:
            again = not await self._parked(runner, gone.exceptions[0])
        except* HearthError as error:
            await give_up(self.desk, runner.ledger, runner.record, error.exceptions[0])
        except* Exception as error:  # the top of a run
            log.exception("run %s came to an unexpected end", run_id)
            await give_up(self.desk, runner.ledger, runner.record, error.exceptions[0])
        finally:
            self._runners.pop(run_id, None)
            self.desk.leases.drop(run_id)
        if again:
            await self._release(run_id)
        self.desk.children.ended(run_id)
        # Another may have waited for this one's place, or a rollback may have begun with its end.
        if again or self._crowded or runner.record.parent_run_id is None:
            self._rung.set()

    async def _parked(self, runner: Runner, gone: BaseException) -> bool:
        """Have a run wait for its credentials; whether it is recorded what becomes of it."""
        try:
            if not await park(self.desk, runner.ledger, runner.record):
                await give_up(self.desk, runner.ledger, runner.record, gone)
        except LOST as lost:
            log.warning("run %s is dropped: %s", runner.run_id, lost)
            return False
        return True

    async def _release(self, run_id: str) -> None:
        """What was dropped may be loaded anew at once, by whoever comes first."""
        try:
            await self.desk.store.transact(runs.release, self.desk.worker, [run_id])
        except HearthError as error:
            log.warning("run %s stays leased until its lease ends: %s", run_id, error)

    async def _look_for_successors(self) -> None:
        """Tell our runs what the database says wants to take their place."""
        if not self._runners:
            return
        found = await self.desk.store.read(_superseded, list(self._runners))
        for run_id, (by, action) in found.items():
            self._stop(run_id, by, action)

    async def _look_for_cleared_hooks(self) -> None:
        """Tell our runs which of their steps need not stand at a hook any more."""
        standing = [run_id for run_id, runner in self._runners.items() if runner.gates.standing]
        if not standing:
            return
        for one in await self.desk.store.read(hooks.cleared, standing):
            runner = self._runners.get(one.run_id)
            if runner is not None:
                runner.gates.clear(one.resource_id, one.hook)

    async def _glance(self) -> None:
        """Until the bell rings or some time has passed."""
        late = asyncio.ensure_future(self.desk.clock.sleep(GLANCE_S))
        rung = asyncio.ensure_future(self._rung.wait())
        try:
            await asyncio.wait((rung, late), return_when=asyncio.FIRST_COMPLETED)
        finally:
            rung.cancel()
            late.cancel()
        self._rung.clear()

    async def _listen(self) -> None:
        async with self.desk.bus.listen(BELL) as bells:
            async for _run_id in bells:
                self._rung.set()


def _is_refused(error: BaseException) -> bool:
    """Whether the database refused what the run would write, and will again."""
    return isinstance(error.__cause__, Rejected)


def _superseded(db: Connection, run_ids: Iterable[str]) -> dict[str, tuple[str, Action | None]]:
    """What is to take the place of these runs in the end, and what it is about to do.

    What was to come next may itself have been overtaken: a deletion does not wait for what an
    update waits for.
    """
    found: dict[str, tuple[str, Action | None]] = {}
    for run_id, by in runs.superseded(db, run_ids).items():
        last, newer, chain = by, _newer(db, by), {run_id}
        while newer is not None and newer.superseded_by and last not in chain:
            chain.add(last)
            last, newer = newer.superseded_by, _newer(db, newer.superseded_by)
        found[run_id] = (last, newer.action if newer is not None else None)
    return found


def _newer(db: Connection, by: str) -> RunRecord | None:
    return None if by in WORDS else runs.find(db, by)
