"""Runs whose credentials do not work: they wait, and go on by themselves once they do.

A trust may be taken away, its user disabled, its roles withdrawn. None of that is the fault of
what the run was doing, so nothing fails. The run is parked: what it was about to do stands in its
rows, an event says who must act, and it is let go of until the next look, which comes sooner when
somebody gives the stack a new trust. Nothing is held meanwhile. What goes on gets the time back
that it waited; what still waits when its time is up has failed, as if it had worked all the while.
"""

from dataclasses import replace

from hearth.cloud import CloudError, ServiceAuth, TrustAuth, TrustGone
from hearth.engine.desk import Desk
from hearth.engine.ledger import Ledger
from hearth.engine.telling import begun, stack_event
from hearth.stack import Action, Credentials, EventRecord, ParkedRun, RunRecord, StackRecord
from hearth.store import (
    Change,
    Connection,
    DropParked,
    PutParked,
    SetRun,
    SetStack,
    parking,
    runs,
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
    stack, waiting, superseded, deadline_at = await desk.store.read(_standing, run)
    left_s = deadline_at - desk.clock.now()
    if stack is None or superseded or (waiting is not None and left_s <= 0.0):
        return False
    now = desk.clock.now()
    parked = replace(waiting, looks=waiting.looks + 1) if waiting else ParkedRun(
        run.id, run.root_id, now
    )  # fmt: skip
    changes: list[Change] = [PutParked(parked)]
    events: tuple[EventRecord, ...] = ()
    if waiting is None and stack.run_id == run.id:
        told = replace(stack, reason=await _who_must_act(desk, stack, run))
        changes.append(SetStack(stack.id, {"reason": told.reason}))
        events = (stack_event(desk.ids.uuid(), told, now, run.operation_id),)
    await ledger.write(changes, events)
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
    stack = await desk.store.read(stacks.find, run.stack_id)
    now = desk.clock.now()
    deadline_at = run.deadline_at + max(0.0, now - parked.since)
    changes: list[Change] = [DropParked(run.id), SetRun(run.id, {"deadline_at": deadline_at})]
    events: tuple[EventRecord, ...] = ()
    if stack is not None and stack.run_id == run.id:
        changes.append(SetStack(stack.id, {"reason": begun(run.action)}))
        told = replace(stack, reason=f"Stack {run.action.value} goes on")
        events = (stack_event(desk.ids.uuid(), told, now, run.operation_id),)
    await ledger.write(changes, events)
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
    paused = f"Stack {run.action.value} is paused"
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


def _standing(
    db: Connection, run: RunRecord
) -> tuple[StackRecord | None, ParkedRun | None, bool, float]:
    superseded = bool(runs.superseded(db, [run.id]))
    now = runs.find(db, run.id) or run
    return stacks.find(db, run.stack_id), parking.find(db, run.id), superseded, now.deadline_at
