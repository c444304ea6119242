"""The trust that a stack's work is done upon: asked for, and asked for anew where it is gone.

Before a trust is asked for, it is written down by what it can be found again; with the stack's
row it becomes the stack's. What comes to neither, the sweeper takes back (`engine.sweeping`).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from hearth.base.errors import HearthError
from hearth.bus import Answer, Command
from hearth.cloud import (
    CloudError,
    TrustAuth,
    TrustGone,
    Wish,
    create_trust,
    delete_trust,
    ending,
    limit_of,
    may_be_handed_on,
)
from hearth.engine.desk import Desk
from hearth.engine.handlers.runs import kept
from hearth.engine.worker import BELL
from hearth.identity import Caller
from hearth.stack import Credentials, SpareTrust, StackRecord
from hearth.store import (
    Batch,
    Change,
    Connection,
    DropCredentials,
    DropSpareTrust,
    PutCredentials,
    PutSpareTrust,
    SetStack,
    Unsettled,
    credentials,
    parking,
    resources,
    stacks,
)


@dataclass(frozen=True, slots=True)
class Entrusted:
    """A new trust. changes: by which it becomes the stack's; fields: of the stack's own row."""

    credentials: Credentials
    root_id: str
    changes: tuple[Change, ...]
    fields: dict[str, Any] = field(default_factory=dict)


async def entrusted(
    desk: Desk, caller: Caller, root_id: str, *, redelegate: bool = False
) -> Entrusted:
    """A trust of the caller's, for the stack that is about to be recorded.

    redelegate: something in the stack asks services that are to act for its owner in turn.
    """
    ends_at = ending(desk.ids.uuid(), await limit_of(desk.patient, caller))
    now, ident = desk.clock.now(), desk.ids.uuid()
    spare = SpareTrust(desk.ids.uuid(), caller.user_id, caller.project_id, now, ends_at=ends_at)
    await desk.store.write(Batch((PutSpareTrust(spare),)))
    settings = desk.settings
    redelegate = redelegate or settings.allow_trusts_redelegation
    wish = Wish.of(caller, settings.trusts_delegated_roles, spare.ends_at, redelegate=redelegate)
    made = await create_trust(desk.patient, caller, wish)
    kept = Credentials(
        id=ident,
        user_id=made.trustor_id,
        project_id=made.project_id,
        trust_id=made.id,
        trustor_domain=caller.user_domain_id,
        roles=made.roles,
    )
    return Entrusted(
        kept,
        root_id,
        (PutCredentials(kept), DropSpareTrust(spare.id)),
        {"credentials_id": ident},
    )


async def renewed(
    desk: Desk, caller: Caller, stack: StackRecord, *, own: bool = False, redelegate: bool = False
) -> Entrusted | None:
    """A trust of the caller's where that of the tree of stacks works no more.

    own: also where it is another user's. redelegate: also where it may not be handed on.
    """
    root, known = await desk.store.read(standing, stack)
    mine = known is not None and not (own and known.user_id != caller.user_id)
    works = known is not None and mine and await _works(desk, known)
    if known is not None and works and (not redelegate or await _may_be_handed_on(desk, known)):
        return None
    redelegate = redelegate or await _delegates(desk, root)
    made = await entrusted(desk, caller, root.id, redelegate=redelegate)
    changes = list(made.changes)
    if known is not None:
        # A run under way may have loaded the old one already; it is taken back some time later.
        spare = SpareTrust(
            desk.ids.uuid(), known.user_id, known.project_id, desk.clock.now(), known.trust_id
        )
        changes += [DropCredentials(known.id), PutSpareTrust(spare)]
    if root.id == stack.id:
        return replace(made, changes=tuple(changes))
    changes.append(SetStack(root.id, made.fields))
    return replace(made, changes=tuple(changes), fields={})


@asynccontextmanager
async def given(desk: Desk, made: Entrusted | None) -> AsyncIterator[None]:
    """Around the transaction in which a trust becomes a stack's: who waits for it is woken."""
    try:
        yield
    except Unsettled:
        raise  # the stack may be there, and then it needs its trust
    except HearthError:
        if made is not None:
            await _withdraw(desk, made.credentials)
        raise
    if made is not None:
        await _wake(desk, made.root_id)


async def waits(desk: Desk, stack: StackRecord) -> bool:
    """Whether something in the tree of stacks waits for its credentials to work again."""
    return bool(await desk.store.read(parking.of_tree, stack.root_id))


async def let_go_on(desk: Desk, command: Command[Any], stack: StackRecord, answer: Answer) -> None:
    """What is asked for is under way already: let it go on if it waits, on the caller's trust."""
    trust = await renewed(desk, command.caller, stack)
    changes, fields = (trust.changes, trust.fields) if trust is not None else ((), {})
    own = (SetStack(stack.id, fields, stack.version),) if fields else ()
    async with given(desk, trust):
        await desk.store.write(Batch((*changes, *own, kept(desk, command, answer))))
    if trust is None:
        await _wake(desk, stack.root_id)  # it may have come to work again since the last look


async def _wake(desk: Desk, root_id: str) -> None:
    """Have what waits in a tree of stacks looked at now."""
    woken: int = await desk.store.transact(parking.wake, root_id)
    if woken:
        desk.bus.ring(BELL, root_id)


async def _withdraw(desk: Desk, kept: Credentials) -> None:
    """Take a trust back that was made for nothing; should that fail, the sweeper will."""
    with suppress(CloudError):
        await delete_trust(desk.patient, kept.trust_id, kept.project_id)


async def _works(desk: Desk, known: Credentials) -> bool:
    """Whether Keystone accepts the trust; if it cannot say so, it is taken for good.

    A token that we hold proves nothing: the trust may have been taken back since it was given.
    """
    auth = TrustAuth(known.trust_id, known.project_id)
    try:
        token = await desk.patient.tokens.token(auth)
        await desk.patient.tokens.token(auth, stale=token.id)
    except TrustGone:
        return False
    except CloudError:
        return True
    return True


async def _may_be_handed_on(desk: Desk, known: Credentials) -> bool:
    """Whether a trust that works may be handed on; if Keystone cannot say so, it is as it is."""
    try:
        return await may_be_handed_on(desk.patient, known.trust_id, known.project_id)
    except CloudError:
        return True


async def _delegates(desk: Desk, root: StackRecord) -> bool:
    """Whether something recorded in the tree asks services that are to act for the owner."""
    types = [name for name in desk.registry.names() if _delegating(desk, name)]
    return bool(await desk.store.read(resources.any_of, root.id, types))


def _delegating(desk: Desk, name: str) -> bool:
    kind = desk.registry.type(name)
    return kind is not None and kind.delegates


def standing(db: Connection, stack: StackRecord) -> tuple[StackRecord, Credentials | None]:
    """The root of a stack's tree, and the trust that the whole of it stands upon."""
    root = stack if stack.root_id == stack.id else stacks.find(db, stack.root_id)
    assert root is not None, "a stack's root outlives it"
    return root, credentials.find(db, root.credentials_id) if root.credentials_id else None
