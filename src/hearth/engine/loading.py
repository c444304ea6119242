"""Taking a run up: everything about it is read, whether it is new or was lost by another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from hearth.base.errors import HearthError, OverLimit
from hearth.cloud import Cloud, ServiceAuth, TrustAuth
from hearth.engine.bookkeeping import bookkeeping
from hearth.engine.desk import Desk
from hearth.engine.drift import look_for_drift
from hearth.engine.leases import guard
from hearth.engine.ledger import Ledger
from hearth.engine.machine import Command, Finish, Halt, begin
from hearth.engine.parking import unparked
from hearth.engine.planning import planned
from hearth.engine.work import Work
from hearth.plan import Do, Plan, from_document, to_document
from hearth.plan import snapshots as kept_as_snapshot
from hearth.stack import (
    Action,
    Credentials,
    HookRecord,
    Inputs,
    ResourceRecord,
    RunRecord,
    RunStatus,
    StackRecord,
    StepRecord,
)
from hearth.store import (
    Batch,
    Change,
    Connection,
    Fence,
    SetRun,
    credentials,
    hooks,
    inputs,
    resources,
    runs,
    snapshots,
    stacks,
)
from hearth.template import Environment


@dataclass(frozen=True, slots=True)
class Stored:
    """All rows that a run is about."""

    run: RunRecord
    stack: StackRecord
    root: StackRecord
    rows: tuple[ResourceRecord, ...]
    steps: tuple[StepRecord, ...]
    inputs: Inputs | None
    credentials: Credentials | None
    hooks: tuple[HookRecord, ...] = ()
    copies: tuple[ResourceRecord, ...] = ()


_PERSISTENT = frozenset({Action.CHECK, Action.DELETE})
"""Actions that a failure does not stop: what does not depend upon it is looked at, or goes."""


async def load(desk: Desk, ledger: Ledger, held: RunRecord) -> tuple[Work, list[Command]] | None:
    """The run as it stands, and what is to be done first; None if it has ended."""
    stored = await desk.store.read(_stored, held.id)
    if stored is None or stored.run.status is not RunStatus.RUNNING:
        return None
    record, in_vain = await unparked(desk, ledger, stored.run, stored.credentials)
    stored = replace(stored, run=record)
    plan = await _read(desk, stored.run)
    if await _waited(desk, stored, plan):
        stored = await desk.store.read(_stored, held.id)
        assert stored is not None, "a run that is held does not vanish"
        # Meanwhile the lease may have gone to another, who has settled the plan and begun.
        plan = from_document(stored.run.plan)
    work = await _work(desk, stored, ledger.fence)
    work.in_vain = in_vain
    adopting = stored.run.action is Action.ADOPT
    if plan.undecided and stored.run.superseded_by is not None and not adopting:
        # Something newer came before it began: it ends, and nothing is done.
        return work, [Finish(ok=False, halt=Halt.SUPERSEDED)]
    if plan.undecided and in_vain:
        return work, [Finish(ok=False, halt=Halt.TIMEOUT)]
    if plan.undecided:
        plan = await _settle_plan(desk, work, ledger, plan)
    states = {one.key: (one.state, one.outcome or one.reason) for one in stored.steps}
    stopping = stored.run.superseded_by is not None and not adopting
    halt = Halt.SUPERSEDED if stopping else None
    first = partial(begin, plan, states, persistent=plan.action in _PERSISTENT, halt=halt)
    work.progress, commands = await desk.aside.think(len(plan.steps), first)
    work.started = set(states)
    return work, commands


async def _read(desk: Desk, run: RunRecord) -> Plan:
    steps = len(run.plan["steps"])
    return await desk.aside.think(steps, partial(from_document, run.plan))


async def _waited(desk: Desk, stored: Stored, plan: Plan) -> bool:
    """Let what is still under way on the stack end first; whether there was anything.

    A nested stack's run may have been begun by a parent's run that was itself superseded, and may
    not have been taken up since: it is to end before anything newer decides what there is.
    """
    if plan.after is not None:
        await desk.children.finished(plan.after)
    if stored.steps or beside(stored.run):
        return plan.after is not None
    waited = plan.after is not None
    for run_id in await desk.store.read(runs.older, stored.run):
        older = await desk.store.read(runs.find, run_id)
        if older is None or (beside(older) and stored.run.action is not Action.DELETE):
            continue
        if not beside(older):
            await desk.store.write(Batch((SetRun(run_id, {"superseded_by": stored.run.id}),)))
        await desk.children.finished(run_id)
        waited = True
    return waited


def beside(run: RunRecord) -> bool:
    """Whether a run goes on beside those of its stack: it takes a snapshot away."""
    return run.action is Action.DELETE and from_document(run.plan).aim.snapshot is not None


async def _work(desk: Desk, stored: Stored, fence: Fence) -> Work:
    blueprint = None
    if stored.inputs is not None and stored.run.action is not Action.DELETE:
        blueprint = await desk.library.blueprint(desk.store, stored.inputs, stored.stack)
    empty, _commands = begin(Plan(stored.run.action))
    work = Work(
        run=stored.run,
        stack=stored.stack,
        root=stored.root,
        blueprint=blueprint,
        progress=empty,
        rows={},
        cloud=_cloud(desk, stored, fence),
    )
    for row in stored.rows:
        work.keep(row)
    work.aim = from_document(stored.run.plan).aim
    work.copies = {copy.id: copy for copy in stored.copies}
    work.hooks = {(one.resource_id, one.hook): one for one in stored.hooks}
    if stored.inputs is not None:
        environment = Environment.from_document(stored.inputs.environment)
        work.registry = environment.registry
    return work


async def _settle_plan(desk: Desk, work: Work, ledger: Ledger, plan: Plan) -> Plan:
    """Make a plan that was left for later, from what is recorded now."""
    noted = await look_for_drift(desk, work) if plan.aim.converging else []
    made = await planned(desk, work, plan.action, plan.waves)
    made.plan = replace(made.plan, aim=plan.aim)
    if made.problems:
        first = made.problems[0]
        raise HearthError(first.upstream or first.sentence, kind=first.kind)
    await _room(desk, work, made.plan)
    document = to_document(made.plan)
    changes: tuple[Change, ...] = (
        SetRun(work.run.id, {"plan": document}),
        *noted,
        *bookkeeping(work, made),
    )
    await ledger.write(changes)
    work.run = replace(work.run, plan=document)
    return made.plan


async def _room(desk: Desk, work: Work, plan: Plan) -> None:
    """Refuse a plan by which the tree would come to have more resources than it may.

    How many there will be is not always known when the command comes.
    """
    limit = desk.settings.max_resources_per_stack
    more = sum(step.do is Do.CREATE for step in plan.steps)
    if limit == -1 or not more:
        return
    if await desk.store.read(resources.counted, work.stack.root_id) + more > limit:
        words = f"Maximum resources per stack exceeded, {limit}."
        raise OverLimit(f"Request limit exceeded: {words}")


def _cloud(desk: Desk, stored: Stored, fence: Fence) -> Cloud:
    """Clients that act on the stack's trust, and send nothing unsafe when the lease is short."""
    kept = stored.credentials
    auth = (
        TrustAuth(kept.trust_id, kept.project_id)
        if kept is not None and kept.trust_id
        else ServiceAuth(stored.stack.project_id)
    )
    session = desk.sessions.session(
        auth, desk.settings.region_name_for_services, stored.run.operation_id
    )
    return Cloud(session.guarded(guard(desk.leases, fence)))


def _stored(db: Connection, run_id: str) -> Stored | None:
    run = runs.find(db, run_id)
    stack = stacks.find(db, run.stack_id) if run is not None else None
    if run is None or stack is None:
        return None
    root = stack if stack.root_id == stack.id else stacks.find(db, stack.root_id)
    assert root is not None, "a stack's root outlives it"
    kept = credentials.find(db, root.credentials_id) if root.credentials_id else None
    rows = tuple(resources.of(db, stack.id))
    return Stored(
        run,
        stack,
        root,
        rows,
        tuple(runs.steps(db, run_id)),
        inputs.find(db, run.inputs_id),
        kept,
        tuple(hooks.of_run(db, run_id)),
        tuple(_copies(db, run, rows)),
    )


def _copies(
    db: Connection, run: RunRecord, rows: Iterable[ResourceRecord]
) -> Iterator[ResourceRecord]:
    """The copies that the run is about: of its snapshot, of all of a stack that goes, of rows."""
    snapshot = from_document(run.plan).aim.snapshot
    holders = [row.id for row in rows if kept_as_snapshot(row)]
    if snapshot is not None:
        holders.append(snapshot)
    elif run.action is Action.DELETE:
        holders += [one.id for one in snapshots.of(db, run.stack_id)]
    for holder in holders:
        yield from resources.of(db, holder)
