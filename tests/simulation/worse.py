"""Worse parts and functions, of which a broken hearth is made while a seed is played.

Each function that gives swaps says in its docstring what is the matter then. A swap names an
owner, what of it is replaced, and by what: this is the list of all that mutations touch.
"""

import asyncio
import importlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from hearth.base import Secret, plain
from hearth.base.errors import HearthError, Missing
from hearth.engine import (
    engine,
    finish,
    loading,
    perform,
    poll,
    runner,
    telling,
    worker,
)
from hearth.engine.job import Job
from hearth.engine.ledger import Ledger
from hearth.engine.machine import begin
from hearth.plan import Do, Plan
from hearth.resources import TYPES
from hearth.stack import StepState
from hearth.store import (
    Batch,
    Change,
    PutAnswer,
    PutHeard,
    PutResource,
    SetResource,
    Store,
    Written,
    hearing,
    runs,
    transaction,
)
from hearth.store.codec import Codec

Swap = tuple[Any, str, Any]
"""An owner, a name of its, and what is put there."""


def of(name: str) -> Any:
    """A module by its name: packages that give a function the same one hide it."""
    return importlib.import_module(f"hearth.engine.{name}")


# -- parts -------------------------------------------------------------------------------------


async def finds_nothing(self: Any, ctx: Any, props: Any) -> None:
    """What looks for what an earlier attempt made, and never finds it."""


FORGETFUL = tuple(
    type(kind.__name__, (kind,), {"find": finds_nothing, "__doc__": kind.__doc__}) for kind in TYPES
)


class Unfenced(Store):
    """A store that lets anybody write for any run, in any turn."""

    async def write(self, batch: Batch) -> Written:
        return await super().write(replace(batch, fence=None, sequence=0))


class Hasty(Store):
    """A store that says "durable" before it is so."""

    async def write(self, batch: Batch) -> Written:
        asyncio.get_running_loop().create_task(self._later(batch))
        return Written(())

    async def _later(self, batch: Batch) -> None:
        await asyncio.sleep(0.5)
        with suppress(HearthError):
            await super().write(batch)


class Apart(Store):
    """A store that keeps a command's effect, and its answer a moment later."""

    async def write(self, batch: Batch) -> Written:
        answers = tuple(one for one in batch.changes if isinstance(one, PutAnswer))
        if not answers:
            return await super().write(batch)
        effect = tuple(one for one in batch.changes if not isinstance(one, PutAnswer))
        written = await super().write(replace(batch, changes=effect))
        await asyncio.sleep(0.5)
        with suppress(HearthError):
            await super().write(Batch(answers))
        return written


class Deaf(Store):
    """A store that keeps what a signal wrote, whatever another has written in between."""

    async def write(self, batch: Batch) -> Written:
        changes = [await self._forced(one) for one in batch.changes]
        return await super().write(replace(batch, changes=tuple(changes)))

    async def _forced(self, change: Change) -> Change:
        if not isinstance(change, PutHeard):
            return change
        counts = await self.read(hearing.counts, [change.record.stack_id])
        count = counts.get(change.record.resource_id, 0) + 1
        return PutHeard(replace(change.record, count=count))


class Forgetful(Store):
    """A store that keeps no answers: a command that comes twice is done twice."""

    async def write(self, batch: Batch) -> Written:
        changes = tuple(one for one in batch.changes if not isinstance(one, PutAnswer))
        return await super().write(replace(batch, changes=changes))


class Silent(Store):
    """A store that loses the events of a batch that frees steps: it keeps what was done."""

    async def write(self, batch: Batch) -> Written:
        lost = batch.fence is not None and len(batch.events) > 2
        return await super().write(replace(batch, events=()) if lost else batch)


# -- the run and its steps -----------------------------------------------------------------------


def no_guard() -> Iterable[Swap]:
    """Requests leave whether or not the lease outlasts them."""
    return [(loading, "guard", lambda _leases, _fence: lambda _method, _url, _seconds: None)]


def intent_after_request() -> Iterable[Swap]:
    """What is about to be made is recorded together with its id, and not before."""
    write = Ledger.write
    held: WeakKeyDictionary[Ledger, list[Change]] = WeakKeyDictionary()

    async def late_keep(self: Ledger, draft: Any) -> None:
        if any(_intends(one) for one in draft.changes):
            held.setdefault(self, []).extend(draft.changes)
            draft.changes.clear()
        if not draft.empty:
            await write(self, draft.changes, draft.events)

    async def late_write(self: Ledger, changes: Iterable[Change], events: Any = ()) -> None:
        await write(self, [*held.pop(self, []), *changes], events)

    return [(Ledger, "keep", late_keep), (Ledger, "write", late_write)]


def _intends(change: Change) -> bool:
    if isinstance(change, PutResource):
        return change.record.intent is not None
    return isinstance(change, SetResource) and change.fields.get("intent") is not None


def no_edges() -> Iterable[Swap]:
    """A run begins all steps of its plan at once."""

    def at_once(plan: Plan, *args: Any, **options: Any) -> Any:
        steps = tuple(replace(step, requires=()) for step in plan.steps)
        return begin(replace(plan, steps=steps), *args, **options)

    return [(loading, "begin", at_once)]


def resumed_as_done() -> Iterable[Swap]:
    """What was under way when an engine died is taken for done."""

    def done(plan: Plan, states: Any = None, **options: Any) -> Any:
        seen = {
            key: (StepState.DONE if state is StepState.RUNNING else state, outcome)
            for key, (state, outcome) in (states or {}).items()
        }
        return begin(plan, seen, **options)

    return [(loading, "begin", done)]


def resumed_anew() -> Iterable[Swap]:
    """Who takes a run up begins it from the beginning."""

    def anew(plan: Plan, _states: Any = None, **options: Any) -> Any:
        return begin(plan, {}, **options)

    return [(loading, "begin", anew)]


def no_deadline() -> Iterable[Swap]:
    """A run has all the time in the world."""

    async def never(self: Any) -> None:
        await self.desk.clock.sleep(1e9)

    return [(runner.Runner, "_timeout", never)]


def deletes_without_looking() -> Iterable[Swap]:
    """The deletion of what has no id does not look for what may have been made."""
    look = perform.look_for  # type: ignore[attr-defined]

    async def blind(job: Job, means: Any, *, last: bool = False) -> str | None:
        return None if job.step.do is Do.DELETE else await look(job, means, last=last)

    return [(perform, "look_for", blind)]


def unmarked() -> Iterable[Swap]:
    """Objects are made without a marker."""
    return [(of("contexts"), "marker", lambda _row: "")]


def newer_runs_are_overlooked() -> Iterable[Swap]:
    """A run that ends says so of its stack, although a newer one has begun."""
    now = finish._now

    def own(db: Any, run: Any) -> Any:
        by, stack, below = now(db, run)
        return by, replace(stack, run_id=run.id), below

    return [(finish, "_now", own), (finish, "_if_still", lambda change, _stack: change)]


def trusts_are_kept() -> Iterable[Swap]:
    """A stack's trust outlives it, and nobody sweeps it up."""

    async def nothing(*_args: Any) -> None:
        return

    return [(finish, "_forget_trust", nothing)]


def failures_are_mended_in_place() -> Iterable[Swap]:
    """What failed at being made is brought in line, as if it had failed at an update."""
    return [(importlib.import_module("hearth.plan.decide"), "_AGAIN", frozenset())]


def deletion_of_what_is_gone_fails() -> Iterable[Swap]:
    """What is to be deleted and is not there is a failure."""

    async def insists(self: Any, ctx: Any, ident: str) -> None:
        await ctx.cloud[self.at.service].delete(f"{self.at.path}/{ident}")

    return [(of_kit("by_rest").ByRest, "delete", insists)]


def of_kit(name: str) -> Any:
    """A module of the kit."""
    return importlib.import_module(f"hearth.kit.{name}")


# -- waiting, and being taken up -----------------------------------------------------------------


def nobody_hears_that_it_is_ready() -> Iterable[Swap]:
    """Whoever waits for an object is never told what it is like."""
    return [(poll, "_tell", lambda _watch, _see: None)]


def nobody_looks_for_lost_runs() -> Iterable[Swap]:
    """A worker does what it began, and never asks what others have left."""

    async def nothing(self: Any, *, take_all: bool) -> None:
        del self, take_all

    return [(worker.Worker, "_claim", nothing)]


def only_bells() -> Iterable[Swap]:
    """Nobody looks at the database unless a bell rings."""
    return [(worker, "GLANCE_S", 1e9)]


def finding_nothing_is_not_foreseen() -> Iterable[Swap]:
    """Who looks for what an earlier attempt has made counts on finding it."""
    by_rest = of_kit("by_rest").ByRest
    find = by_rest.find

    async def sure(self: Any, ctx: Any, props: Any) -> str:
        found: str = (await find(self, ctx, props)).strip()
        return found

    return [(by_rest, "find", sure)]


# -- the store -----------------------------------------------------------------------------------


def numbers_from_memory() -> Iterable[Swap]:
    """Each engine counts the events of a stack for itself, once it has looked."""
    known: WeakKeyDictionary[Any, dict[str, int]] = WeakKeyDictionary()
    look = transaction._numbers

    def remembered(sql: Any, groups: Any) -> dict[str, int]:
        last = look(sql, groups)
        own = known.setdefault(sql.engine.pool, {})
        for root in last:
            own.setdefault(root, last[root])
        found = {root: own[root] for root in last}
        for events in groups:
            for row in events:
                own[row["root_id"]] += 1
        return found

    return [(transaction, "_numbers", remembered)]


def same_fence() -> Iterable[Swap]:
    """Who takes a run over keeps its fence."""
    take = runs._taking

    def same(now: Any) -> Any:
        return take(now).values(fence=runs._lease.fence)

    return [(runs, "_taking", _once(same))]


def takes_what_is_held() -> Iterable[Swap]:
    """A run is taken as soon as its holder has not renewed its lease in time."""
    free = runs._free
    return [
        (runs, "_free", lambda now: free(lambda: now() + transaction.LEASE_S / 2)),
        *((runs, name, _once(getattr(runs, name).__wrapped__)) for name in _TAKING),
    ]


_TAKING = ("_due", "_claimable", "_awaited", "_taking")


def _once(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Built once for each clock, as the statement that it stands for."""
    made: dict[Any, Any] = {}

    def kept(now: Any) -> Any:
        if now not in made:
            made[now] = make(now)
        return made[now]

    return kept


def plain_secrets() -> Iterable[Swap]:
    """Secrets are written as they are."""
    mark = Codec._marked

    def bare(self: Codec, value: Any) -> Any:
        return bare(self, value.value) if isinstance(value, Secret) else mark(self, value)

    return [(Codec, "_marked", bare)]


def events_tell_all() -> Iterable[Swap]:
    """Events show properties as they are."""
    return [(telling, "masked", plain)]


# -- commands ------------------------------------------------------------------------------------


def no_answer_is_looked_up() -> Iterable[Swap]:
    """A command that comes again is carried out again, and answered anew."""
    handled = of("handlers.dispatch")._handled

    async def fresh(desk: Any, command: Any) -> Any:
        return await handled(desk, msgspec.structs.replace(command, id=desk.ids.uuid()))

    return [(engine, "dispatch", fresh)]


def only_own_stacks() -> Iterable[Swap]:
    """An engine changes only those stacks that it has made itself."""
    known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
    making, updating = of("handlers.create"), of("handlers.update")
    tell, find = making.begun_event, updating.found

    def made(desk: Any, stack: Any, run: Any) -> Any:
        known.setdefault(desk, set()).add(stack.id)
        return tell(desk, stack, run)

    async def own(desk: Any, caller: Any, ref: Any) -> Any:
        if ref.id not in known.get(desk, ()):
            raise Missing(f"The Stack ({ref.name}) could not be found.")
        return await find(desk, caller, ref)

    return [(making, "begun_event", made), (updating, "found", own)]
