"""Signals: what they change is one transaction with the event and the answer.

A signal is taken once, however often its command comes: the answer is stored with what it did.
Of two that come at once the second is tried again upon what the first has left, for what a
resource keeps of signals changes only while the count of those taken is what was read. Whoever
waits for one is told by a doorbell; should that be lost, it looks by itself (`engine.hearing`).
"""

from hearth.base.errors import Missing, Refused
from hearth.bus import Done, SignalResource
from hearth.cloud import Cloud, CloudError, ServiceAuth, TrustAuth
from hearth.engine.contexts import context
from hearth.engine.desk import Desk
from hearth.engine.handlers.addressing import addressed
from hearth.engine.handlers.finding import admit, reached
from hearth.engine.handlers.hooks import unset
from hearth.engine.handlers.runs import kept
from hearth.engine.handlers.trusting import Entrusted, renewed, standing
from hearth.engine.handlers.trusting import given as given_to
from hearth.engine.hearing import BELL
from hearth.engine.machine import begin
from hearth.engine.scaling import scaled
from hearth.engine.signalling import Signal, taken
from hearth.engine.work import Work
from hearth.engine.worker import BELL as RUNS
from hearth.identity import Caller
from hearth.kit import ResourceType
from hearth.plan import Plan
from hearth.stack import Action, ResourceRecord, RunRecord, RunStatus, StackRecord
from hearth.store import Batch, Moved, SetStack

PAUSE_S = 0.1
"""How long a signal waits at most before it is tried again after another engine was first."""


async def signal(desk: Desk, command: SignalResource) -> Done:
    """Tell a resource something, if its type listens."""
    stack = await reached(desk, command.caller, command.stack)
    while True:
        async with desk.turns.turn(f"{stack.id}/{command.resource}"):
            try:
                return await _take(desk, command, stack)
            except Moved:
                if desk.clock.now() >= command.deadline:
                    raise
        await desk.clock.sleep(PAUSE_S * desk.ids.random())


async def _take(desk: Desk, command: SignalResource, stack: StackRecord) -> Done:
    where = (stack.id, command.resource)
    found = await addressed(desk, command.caller, where, command.details)
    if found is None:
        raise Missing(
            f"The Resource ({command.resource}) could not be found in Stack {stack.name}.",
            kind="ResourceNotFound",
        )
    row, heard = found.resource, found.heard
    admit(desk, command.caller, row)
    if isinstance(command.details, dict) and "unset_hook" in command.details:
        return await unset(desk, command, stack)
    _listens(desk, row)
    work = await acting(desk, stack, row, command.caller.request_id)
    ctx = context(desk, work, row, desk.kind_of(work, row))
    given = Signal(command.details, strict=command.strict)
    told = await taken(desk, work, ctx, heard, given)
    run_id, trust = None, None
    if told.scale is not None:
        trust = await _entrusted(desk, command.caller, stack)
        told, run_id = await scaled(desk, work, told, told.scale)
    answer = Done()
    by_trust = (*trust.changes, SetStack(stack.id, trust.fields)) if trust is not None else ()
    changes = (*by_trust, *told.changes, kept(desk, command, answer))
    async with given_to(desk, trust):
        await desk.store.write(Batch(changes, told.events))
    desk.bus.ring(BELL, stack.id)
    if run_id is not None:
        desk.bus.ring(RUNS, run_id)
    return answer


async def _entrusted(desk: Desk, caller: Caller, stack: StackRecord) -> Entrusted | None:
    """A trust of the caller's where the stack's works no more, and the caller may give one.

    Most who signal are users that were made for it, and what they signal then waits for another.
    """
    guest = desk.settings.heat_stack_user_role in caller.roles
    if caller.token is None or guest or caller.project_id != stack.project_id:
        return None
    try:
        return await renewed(desk, caller, stack)
    except CloudError:
        return None


def _listens(desk: Desk, row: ResourceRecord) -> None:
    """Refuse where the type has no ears, or the resource is going."""
    kind = desk.registry.type(row.type_resolved)
    if kind is None or kind.signal is None or kind.deaf >= frozenset(Action):
        words = "signal is not supported for resource."
        raise Refused(words, kind="ResourceActionNotSupported")
    if row.state.action in kind.deaf or _never_made(kind, row):
        words = f"Signal resource during {row.state.action.value} is not supported."
        raise Refused(words, kind="NotSupported")


def _never_made(kind: ResourceType, row: ResourceRecord) -> bool:
    """Whether it is not even known what the resource is to be."""
    fields = kind.Properties.fields
    return any(fields[name].required and name not in row.properties for name in fields)


async def acting(desk: Desk, stack: StackRecord, row: ResourceRecord, operation: str) -> Work:
    """What the verbs of one resource need, outside of any run: on the stack's own credentials."""
    root, known = await desk.store.read(standing, stack)
    auth = TrustAuth(known.trust_id, known.project_id) if known else ServiceAuth(stack.project_id)
    session = desk.sessions.session(auth, desk.settings.region_name_for_services, operation)
    run = RunRecord(
        "", stack.id, stack.root_id, row.state.action, RunStatus.RUNNING, {}, 0.0, 0.0, "",
        operation_id=operation,
    )  # fmt: skip
    empty, _commands = begin(Plan(row.state.action))
    work = Work(run, stack, root, None, empty, {}, Cloud(session))
    work.keep(row)
    return work
