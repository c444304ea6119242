"""One run: feeds events to the machine, records, performs what it commands, until it ends.

A run that is new and one that another worker lost come through the same door. Everything that
the run writes goes through its ledger; a write that is not durable drops the run from memory.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hearth.base.errors import HearthError
from hearth.cloud import TrustGone
from hearth.engine.afresh import look_below
from hearth.engine.causes import failed
from hearth.engine.desk import Desk
from hearth.engine.finish import finish
from hearth.engine.gather import gather
from hearth.engine.halting import CANCEL, STOP
from hearth.engine.hooks import PASSED, Gates, pass_hook
from hearth.engine.job import Aborted, Ended, Heeding, Job
from hearth.engine.ledger import LOST, Draft, Ledger
from hearth.engine.loading import load
from hearth.engine.machine import Command, Done, Finish, Halt, Perform, Progress, Stop, advance
from hearth.engine.means import Means
from hearth.engine.needs import Need
from hearth.engine.nested import await_child, halt_child
from hearth.engine.outcomes import Outcomes
from hearth.engine.pauses import Passed, Pauses
from hearth.engine.perform import conjure, give_up_waiting, perform
from hearth.engine.prepare import lacking, prepare
from hearth.engine.prepared import Prepared
from hearth.engine.work import Work
from hearth.plan import Do
from hearth.stack import Action, RunRecord, StepState
from hearth.store import Fence

log = logging.getLogger(__name__)

CHUNK = 200
"""So many steps are made ready between two writes."""

TURN = 8
"""So many steps a run makes ready, some milliseconds' work, before others have their turn."""

ROUNDS = 8
"""So often the loop goes round then: what is small comes on by many little moves."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a step lacked is there, and it may be prepared again; or it cannot be had."""

    command: Perform
    failure: HearthError | None = None


@dataclass(frozen=True, slots=True)
class Halted:
    """The run is to stop, and why; grace: seconds that what is under way still has."""

    why: Halt
    grace_s: float = 0.0


Fact = Ended | Gathered | Halted | Passed
Todo = Command | Ended | Gathered | Passed


class Runner:
    """Carries one run out."""

    def __init__(self, desk: Desk, run: RunRecord) -> None:
        self.desk = desk
        self.run_id = run.id
        self.record = run
        self.stopped_by: str | None = None
        """What it was told is to take its place, or that somebody has cancelled it."""
        self.ledger = Ledger(desk.store, Fence(run.id, run.fence))
        self._inbox: asyncio.Queue[Fact] = asyncio.Queue()
        self._jobs: dict[str, Job] = {}
        self.gates = Gates()
        self._timers: list[asyncio.Task[None]] = []
        self._pauses = Pauses(desk.clock, self._inbox.put_nowait)
        self._finish: Finish | None = None
        self._stopped: Halt | None = None
        self._work: Work
        self._means: Means
        self._tasks: asyncio.TaskGroup

    def halt(self, why: Halt, grace_s: float = 0.0) -> None:
        """Let nothing new begin; what waits is stopped after the grace.

        Taking over comes to its end first: what it leaves, nobody would know of any more.
        """
        if self.record.action is Action.ADOPT and why is not Halt.TIMEOUT:
            return
        self._inbox.put_nowait(Halted(why, grace_s))

    async def carry_out(self) -> None:
        """From wherever the run stands to its end."""
        loaded = await load(self.desk, self.ledger, self.record)
        if loaded is None:
            return
        self._work, commands = loaded
        self._means = Means(
            self.desk.clock, self.desk.ids, self.desk.poller, self._note,
            self.desk.settings.action_retry_limit, self.desk.request_s, self.desk.clock.now(),
        )  # fmt: skip
        async with asyncio.TaskGroup() as self._tasks:
            self._timers.append(self._tasks.create_task(self._timeout()))
            if self._work.run.superseded_by is not None:
                # How soon what is under way is to end, the worker's next look tells.
                self.halt(Halt.SUPERSEDED, float(self.desk.settings.error_wait_time))
            if self._work.in_vain:
                self.halt(Halt.TIMEOUT)
            await self._go(commands)
            while self._finish is None:
                await self._go(self._taken(await self._facts()))
                if self._work.progress.halt is not None:
                    self._pauses.cut()
            for timer in self._timers:
                timer.cancel()
        await finish(self.desk, self._work, self.ledger, self._finish)

    # -- events in ---------------------------------------------------------------------------

    async def _facts(self) -> list[Fact]:
        """All that has happened, at least one thing."""
        facts = [await self._inbox.get()]
        while not self._inbox.empty() and len(facts) < CHUNK:
            facts.append(self._inbox.get_nowait())
        return facts

    def _taken(self, facts: Iterable[Fact]) -> "deque[Todo]":
        """What is to be done about it, in order."""
        queue: deque[Todo] = deque()
        for fact in facts:
            match fact:
                case Ended() | Gathered() | Passed():
                    queue.append(fact)
                case Halted(why, grace_s):
                    queue.extend(advance(self._work.progress, Stop(why)))
                    self._timers.append(self._tasks.create_task(self._grace(grace_s, why)))
        return queue

    async def _grace(self, seconds: float, why: Halt) -> None:
        """Let what is under way go on for a while, then stop it; nobody stands at hooks longer.

        Where the run is not to go on, nothing new begins in the stacks below it either.
        """
        abort(self.desk, self._tasks, [job for job in self._jobs.values() if job.hook], why)
        if seconds > 0:
            for job in self._jobs.values():
                halt_below(self.desk, self._work, self._tasks, job)
            await self.desk.clock.sleep(seconds)
        self._stopped = why
        abort(self.desk, self._tasks, self._jobs.values(), why)

    async def _timeout(self) -> None:
        left = self._work.run.deadline_at - self.desk.clock.now()
        await self.desk.clock.sleep(max(0.0, left))
        self.halt(Halt.TIMEOUT)

    # -- commands out ------------------------------------------------------------------------

    async def _go(self, commands: Iterable[Todo]) -> None:
        """Record and begin, a chunk at a time, whatever follows from the commands."""
        queue: deque[Todo] = deque(commands)
        while queue and self._finish is None:
            draft = Draft()
            jobs: list[Job] = []
            for at in range(1, 1 + min(CHUNK, 4 * len(queue))):
                if not queue:
                    break
                queue.extend(await self._one(queue.popleft(), draft, jobs))
                if at % TURN == 0:
                    await _let_others()
            await self.ledger.keep(draft)
            self._work.room.made.clear()
            for job in jobs:
                self._launch(job)

    async def _one(self, command: Todo, draft: Draft, jobs: list[Job]) -> Iterable[Todo]:
        match command:
            case Ended():
                if command.failure is not None:
                    await self._work.placed(self.desk.store)
                return await self._end(command, draft, jobs)
            case Finish():
                self._finish = command
                return ()
            case Gathered(perform_again, failure) if failure is not None:
                step = self._work.progress.steps[perform_again.step]
                prepared = lacking(self.desk, self._work, step, failure)
                return await self._prepared(perform_again, prepared, draft, jobs)
            case Gathered(perform_again):
                return (perform_again,)
            case Passed(key):
                draft.add(self._work.step(key, StepState.DONE))
                return advance(self._work.progress, Done(key))
            case Perform(key, again) if self._work.progress.steps[key].do is Do.PAUSE:
                draft.add(self._pauses.begin(self._tasks, self._work, key, again=again))
                return ()
            case Perform(key, again):
                step = self._work.progress.steps[key]
                await look_below(self.desk, self._work, step, draft)
                prepared = prepare(self.desk, self._work, step, again=again)
                return await self._prepared(command, prepared, draft, jobs)

    async def _prepared(
        self, command: Perform, prepared: Prepared, draft: Draft, jobs: list[Job]
    ) -> Iterable[Todo]:
        if prepared.needs:
            self._tasks.create_task(self._gather(command, prepared.needs))
            return ()
        self._work.missing.clear()
        draft.take(prepared.draft)
        if prepared.idle:
            if command.step in self._work.started:
                draft.add(self._work.step(command.step, StepState.DONE))
            return advance(self._work.progress, Done(command.step))
        if prepared.ended is not None:
            return (prepared.ended,)
        job = prepared.job
        assert job is not None, "a step that is neither idle nor at its end has a job"
        simple = job.kind.touches_nothing and job.step.do is not Do.DELETE
        if simple and not job.again and not job.hook:
            return (await at_once(job, self._means),)
        jobs.append(job)
        return ()

    def _launch(self, job: Job) -> None:
        """Begin with a step; one that was recorded before the run had to stop, stops as well."""
        self._jobs[job.step.key] = job
        job.ctx.waiting = Heeding(job, job.ctx.waiting) if job.ctx.waiting else None
        self._tasks.create_task(self._perform(job))
        why = self._stopped or (self._work.progress.halt if job.hook else None)
        if why is not None:
            abort(self.desk, self._tasks, (job,), why)
        else:
            halt_below(self.desk, self._work, self._tasks, job)

    async def _perform(self, job: Job) -> None:
        """One step in the cloud; whatever happens in it is its outcome."""
        try:
            if job.hook:
                ended = await self.gates.wait(job)
            elif job.child is not None:
                ended = await await_child(self.desk, self._work, job)
            else:
                ended = await perform(job, self._means)
        except LOST:
            raise
        except HearthError as error:
            if isinstance(error, TrustGone) and not halted(self._work, self.stopped_by):
                raise  # the run waits until its credentials work again
            if isinstance(error, Aborted):
                await give_up_waiting(job)
            ended = failed(job, error)
        except Exception as error:  # the top of a step
            if not type(error).__module__.startswith("hearth.kit"):
                log.exception("step %s of run %s failed", job.step.key, self.run_id)
            ended = failed(job, error)
        self._inbox.put_nowait(ended)

    async def _gather(self, command: Perform, needs: frozenset[Need]) -> None:
        failure: HearthError | None = None
        try:
            await gather(self.desk, self._work, needs)
        except LOST:
            raise
        except HearthError as error:
            if isinstance(error, TrustGone) and not halted(self._work, self.stopped_by):
                raise
            failure = error
        self._inbox.put_nowait(Gathered(command, failure))

    async def _note(self, job: Job, values: Mapping[str, Any]) -> None:
        """Record something of a step under way before it goes on."""
        changes = job.changes()
        if values:
            changes.append(self._work.change(job.row.id, values))
            job.row = self._work.row(job.row.id)
        await self.ledger.write(changes)

    async def _end(self, ended: Ended, draft: Draft, jobs: list[Job]) -> Iterable[Todo]:
        """Record how a step ended, and tell the machine."""
        self._jobs.pop(ended.job.step.key, None)
        outcomes = Outcomes(self.desk, self._work)
        if too_late(self._work.progress, ended):
            ended = replace(ended, failure="The run stops; the hook was cleared too late.")
        if ended.failure is not None:
            progress = self._work.progress
            if progress.halt is None and not progress.persistent:
                grace_s = float(self.desk.settings.error_wait_time)
                self._timers.append(self._tasks.create_task(self._grace(grace_s, Halt.FAILURE)))
            return outcomes.failed(ended, draft)
        if ended.outcome == "replace":
            again = Perform(ended.job.step.key, again=True)
            return await self._prepared(again, outcomes.instead(ended), draft, jobs)
        if ended.outcome != PASSED:
            return outcomes.succeeded(ended, draft, jobs)
        if pass_hook(self._work, ended.job):
            return (Perform(ended.job.step.key),)
        return outcomes.done(ended.job, draft)


def too_late(progress: Progress, ended: Ended) -> bool:
    """Whether a hook was cleared when nothing new may begin any more."""
    before = ended.outcome == PASSED and ended.job.hook.startswith("pre-")
    return before and progress.halt is not None


async def _let_others() -> None:
    for _ in range(ROUNDS):
        await asyncio.sleep(0)


async def at_once(job: Job, means: Means) -> Ended:
    """What touches nothing outside is done on the spot."""
    try:
        making = job.row.physical_id is None and job.step.do is not Do.CHECK
        return await (conjure(job) if making else perform(job, means))
    except LOST:
        raise
    except HearthError as error:
        return failed(job, error)


def abort(desk: Desk, tasks: asyncio.TaskGroup, jobs: Iterable[Job], why: Halt) -> None:
    """Stop what waits; a nested stack is asked to stop, and its end is waited for."""
    words = "Timed out" if why is Halt.TIMEOUT else "user triggered cancel"
    for job in jobs:
        if job.child is not None:
            tasks.create_task(halt_child(desk, job, STOP))
        else:
            job.abort(f"{job.action.value} aborted ({words})")


def halt_below(desk: Desk, work: Work, tasks: asyncio.TaskGroup, job: Job) -> None:
    """Where the run is not to go on, have nothing new begin in the stack that the step is."""
    if job.child is not None and work.progress.halt not in (None, Halt.FAILURE):
        tasks.create_task(halt_child(desk, job, CANCEL))


def halted(work: Work, stopped_by: str | None) -> bool:
    """Whether a run is only to come to its end, with or without credentials."""
    given_up = work.progress.halt not in (None, Halt.FAILURE)
    return (
        stopped_by is not None
        or given_up
        or bool(work.in_vain)
        or work.run.superseded_by is not None
    )
