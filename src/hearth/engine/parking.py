"""Runs whose credentials do not work: they wait, and go on by themselves once they do.

A trust may be taken away, its user disabled, its roles withdrawn. None of that is the fault of
what the run was doing, so nothing fails. The run is parked: what it was about to do stands in its
rows, an event says who must act, and it is let go of until the next look, which comes sooner when
somebody gives the stack a new trust. Nothing is held meanwhile. What goes on gets the time back
that it waited; what still waits when its time is up has failed, as if it had worked all the while.
"""

from dataclasses import dataclass, replace

from hearth.cloud import CloudError, ServiceAuth, TrustAuth, TrustGone
from hearth.engine.desk import Desk
from hearth.engine.ledger import Draft, Ledger
from hearth.engine.telling import begun, stack_event
from hearth.plan import from_document
from hearth.stack import (
    Action,
    Credentials,
    ParkedRun,
    RunRecord,
    StackRecord,
    State,
    Status,
)
from hearth.store import (
    Connection,
    DropParked,
    PutParked,
    SetRun,
    SetSnapshot,
    SetStack,
    causes,
    parking,
    runs,
    snapshots,
    stacks,
)

FIRST_S = 30.0
LONGEST_S = 300.0
_BEYOND_S = 0.1
"""So long after a run's time is up the last look is, that no clock believes it too early."""

_HELPS = {
    Action.SUSPEND: "repeats the action",  # a stack that is suspended is not updated
    Action.DELETE: "repeats the action",
    Action.CREATE: "updates the stack",
    Action.ADOPT: "updates the stack",
    Action.ROLLBACK: "updates the stack",
}
"""What makes a new trust; after all other actions, either."""


_IN_VAIN = (
    "Timed out: it was paused to the end, for the trust of the stack's owner is gone, or that user"
    " is disabled or has lost a role."
)


async def park(desk: Desk, ledger: Ledger, run: RunRecord) -> bool:
    """Let go of a run until its next look; whether it is one that may wait."""
    known = await desk.store.read(_standing, run)
    now = desk.clock.now()
    waiting, left_s = known.parked, known.run.deadline_at - now
    if known.stack is None or known.superseded or (waiting is not None and left_s <= 0.0):
        return False
    parked = replace(waiting, looks=waiting.looks + 1) if waiting else ParkedRun(
        run.id, run.root_id, now
    )  # fmt: skip
    draft = Draft([PutParked(parked)])
    if waiting is None:
        reason = await _who_must_act(desk, known.stack, run)
        _told(desk, draft, known, reason, reason)
    await ledger.keep(draft)
    after_s = min(LONGEST_S, FIRST_S * 2.0**parked.looks) * (1.0 + desk.ids.random() / 4.0)
    after_s = min(after_s, max(0.0, left_s) + _BEYOND_S)
    await desk.store.transact(runs.release, desk.worker, [run.id], after_s)
    return True


async def unparked(
    desk: Desk, ledger: Ledger, run: RunRecord, known: Credentials | None
) -> tuple[RunRecord, str]:
    """The run, if it was not parked or may go on; TrustGone if it may not.

    With it comes why it has failed, if its time is up: its row in `parked` stays until its end.
    """
    parked = await desk.store.read(parking.find, run.id)
    if parked is None:
        return run, ""
    if run.superseded_by is None and known is not None and known.trust_id:
        try:
            await _accepted(desk, TrustAuth(known.trust_id, known.project_id))
        except TrustGone:
            if desk.clock.now() < run.deadline_at:
                raise
            return run, _IN_VAIN
    standing = await desk.store.read(_standing, run)
    deadline_at = run.deadline_at + max(0.0, desk.clock.now() - parked.since)
    draft = Draft([DropParked(run.id), SetRun(run.id, {"deadline_at": deadline_at})])
    goes_on = f"{_subject(run)} goes on"
    _told(desk, draft, standing, goes_on, "" if standing.snapshot else begun(run.action))
    await ledger.keep(draft)
    return replace(run, deadline_at=deadline_at), ""


async def _accepted(desk: Desk, auth: TrustAuth) -> None:
    """Whether Keystone gives a token now; that it does not answer is no reason to go on."""
    try:
        kept = await desk.sessions.tokens.token(auth)
        await desk.sessions.tokens.token(auth, stale=kept.id)
    except CloudError as error:
        raise TrustGone(error.failing) from error


async def _who_must_act(desk: Desk, stack: StackRecord, run: RunRecord) -> str:
    """Why nothing goes on, and what helps."""
    paused = f"{_subject(run)} is paused"
    try:
        await desk.sessions.tokens.token(ServiceAuth())
    except CloudError:
        return (
            f"{paused}: Keystone does not let the service user in. Its operator must see to the"
            " section [trustee] of heat.conf; then it goes on by itself."
        )
    helps = _HELPS.get(run.action, "updates the stack or repeats the action")
    return (
        f"{paused}: the trust of user {stack.username or stack.user_id} is gone, or that user"
        " is disabled or has lost a role. It goes on by itself when the user is as before, or"
        f" when anybody who may {helps}, which makes a new trust."
    )


def _subject(run: RunRecord) -> str:
    """What it is that waits."""
    snapshot = _snapshot_of(run)
    return f"Deletion of snapshot {snapshot}" if snapshot else f"Stack {run.action.value}"


def _snapshot_of(run: RunRecord) -> str | None:
    """The snapshot that the run takes away, beside whatever else is done to its stack."""
    return from_document(run.plan).aim.snapshot if run.action is Action.DELETE else None


def _told(desk: Desk, draft: Draft, known: "_Standing", words: str, reason: str) -> None:
    """Draft what users are told: in an event, and by the reason of what it is about.

    Of a nested stack the root tells as well, once however many of the tree wait: nobody looks
    deep down for what has become of a stack.
    """
    run, stack, now = known.run, known.stack, desk.clock.now()
    if stack is None:
        return
    told = replace(stack, state=State(run.action, Status.IN_PROGRESS), reason=words)
    event = stack_event(desk.ids.uuid(), told, now, run.operation_id)
    if known.snapshot is not None:
        draft.add(SetSnapshot(known.snapshot, {"reason": reason}))
        draft.tell(replace(event, physical_id=known.snapshot))
    elif stack.run_id == run.id:
        draft.add(SetStack(stack.id, {"reason": reason}))
        draft.tell(event)
    else:
        return
    root = known.root
    if root is None or known.others or not known.above:
        return
    if root.run_id is not None:
        below = words if reason == words else begun(root.state.action)
        draft.add(SetStack(root.id, {"reason": below}, root.version))
    draft.tell(
        replace(
            event,
            id=desk.ids.uuid(),
            stack_id=root.id,
            resource_name=known.above[0].name,
            resource_type=known.above[0].made_of or event.resource_type,
        )
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """All about a run that waits. others: whether more of its tree waits. above: where it is."""

    run: RunRecord
    stack: StackRecord | None
    root: StackRecord | None
    parked: ParkedRun | None
    superseded: bool
    others: bool
    above: tuple[causes.Above, ...]
    snapshot: str | None


def _standing(db: Connection, run: RunRecord) -> _Standing:
    stack, known = stacks.find(db, run.stack_id), runs.find(db, run.id) or run
    snapshot = _snapshot_of(run)
    return _Standing(
        known,
        stack,
        stacks.find(db, run.root_id),
        parking.find(db, run.id),
        bool(runs.superseded(db, [run.id])),
        any(one.run_id != run.id for one in parking.of_tree(db, run.root_id)),
        causes.above(db, stack) if stack is not None else (),
        snapshot if snapshot is not None and snapshots.find(db, snapshot) is not None else None,
    )
