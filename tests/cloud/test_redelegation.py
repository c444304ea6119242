"""Trusts that are handed on: a stack elsewhere has one that was made with its owner's."""

import asyncio
from dataclasses import replace

import pytest

from hearth.base import Secret
from hearth.cloud import (
    CallerAuth,
    Forbidden,
    TrustAuth,
    TrustGone,
    Wish,
    create_trust,
    delete_trust,
    ending,
    limit_of,
    may_be_handed_on,
)
from hearth.cloud.trusts import FAR, Trust
from hearth.identity import Caller
from tests.support.hand import Hand, login


async def caller(hand: Hand) -> Caller:
    token, project = await login(hand.transport, "demo", "demo")
    known = await hand.sessions.tokens.token(CallerAuth(token, project))
    return Caller(known.user_id, project, frozenset(known.roles), token=token)


async def handed(hand: Hand, who: Caller, *, on: bool) -> Trust:
    """A trust of somebody's, of whom all that is known is a token."""
    end = ending(hand.ids.uuid(), await limit_of(hand.sessions, who))
    return await create_trust(hand.sessions, who, Wish.of(who, (), end, redelegate=on))


async def upon(hand: Hand, trust: Trust, who: Caller) -> Caller:
    """Whoever asks with a trust."""
    token = await hand.sessions.tokens.token(TrustAuth(trust.id, trust.project_id))
    return replace(who, token=Secret(token.id), trust_id=trust.id)


def test_a_trust_is_handed_on_as_deep_as_keystone_lets_it():
    async def story() -> list[bool]:
        hand = Hand()
        who = await caller(hand)
        first = await handed(hand, who, on=True)
        made = [first]
        for _ in range(3):
            who = await upon(hand, made[-1], who)
            made.append(await handed(hand, who, on=True))
        who = await upon(hand, made[-1], who)
        with pytest.raises(Forbidden):
            await handed(hand, who, on=False)
        found = [await may_be_handed_on(hand.sessions, t.id, t.project_id) for t in made]
        await delete_trust(hand.sessions, first.id, first.project_id)
        last = TrustAuth(made[-1].id, who.project_id)
        assert who.token is not None
        with pytest.raises(TrustGone):
            await hand.sessions.tokens.token(last, stale=who.token.value)
        return found

    assert asyncio.run(story()) == [True, True, True, False]


def test_what_nobody_may_hand_on_is_not_handed_on():
    async def story() -> None:
        hand = Hand()
        who = await caller(hand)
        first = await handed(hand, who, on=False)
        assert not await may_be_handed_on(hand.sessions, first.id, first.project_id)
        await handed(hand, await upon(hand, first, who), on=False)

    with pytest.raises(Forbidden):
        asyncio.run(story())


def test_each_end_is_before_the_one_of_the_trust_above_and_far_away():
    uuids = [f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "07f"]

    for uuid in uuids:
        first = ending(uuid)
        second = ending(uuid, first)
        third = ending(uuid, second)

        assert first >= FAR
        assert first > second > third > FAR / 2
        assert FAR / 4 - 62 < ending(uuid, FAR / 4) < FAR / 4
