"""From a token to a caller."""

import asyncio

import pytest

from hearth.api.tokens import Asked, CachedTokens, DirectValidator, checked_from
from hearth.base.errors import Unauthenticated
from tests.support.clock import JumpingClock


def document(**more):
    return {
        "token": {
            "user": {"id": "u1", "name": "demo", "domain": {"id": "default"}},
            "project": {"id": "p1", "name": "demo", "domain": {"id": "default"}},
            "roles": [{"name": "member"}, {"name": "reader"}],
            "expires_at": "2030-01-01T00:00:00.000000Z",
            **more,
        }
    }


def asked(token="t", path="/v1/p1/stacks"):
    return Asked(token, "GET", path)


class Keystone:
    """Tokens, and how often they were asked for."""

    def __init__(self, documents):
        self.documents, self.times = documents, 0

    async def fetch(self, token):
        self.times += 1
        return self.documents.get(token)


def checks(documents, clock=None):
    clock = clock or JumpingClock()
    keystone = Keystone(documents)
    return keystone, CachedTokens(DirectValidator(keystone.fetch, clock), clock), clock


def test_keystones_document_becomes_a_caller():
    caller = checked_from(document(**{"OS-TRUST:trust": {"id": "tr"}}), "t").caller

    assert (caller.user_id, caller.project_id, caller.trust_id) == ("u1", "p1", "tr")
    assert caller.roles == {"member", "reader"}
    assert "t0k" not in repr(caller)


def test_a_token_without_a_project_is_for_nobody():
    told = document()
    del told["token"]["project"]

    with pytest.raises(Unauthenticated):
        checked_from(told, "t")


def test_a_token_is_asked_for_once_in_ten_seconds():
    keystone, tokens, clock = checks({"t": document()})

    async def main():
        await tokens.check(asked())
        await tokens.check(asked(path="/v1/p1/other"))
        before = keystone.times
        clock._now += 11
        await tokens.check(asked())
        return before, keystone.times

    assert asyncio.run(main()) == (1, 2)


def test_a_remembered_token_does_not_outlive_its_end():
    clock = JumpingClock(now=1_893_455_998.0)  # two seconds before the document's end
    _keystone, tokens, clock = checks({"t": document()}, clock)

    async def main():
        await tokens.check(asked())
        clock._now += 3
        await tokens.check(asked())

    with pytest.raises(Unauthenticated):
        asyncio.run(main())


def test_access_rules_hold_for_one_request_only():
    told = document(application_credential={"id": "ac", "access_rules": []})

    assert checked_from(told, "t").remember is False


@pytest.mark.parametrize("token", ["", "unknown"])
def test_what_keystone_does_not_know_is_refused(token):
    _keystone, tokens, _clock = checks({"t": document()})

    with pytest.raises(Unauthenticated):
        asyncio.run(tokens.check(asked(token)))
