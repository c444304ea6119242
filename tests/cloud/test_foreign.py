"""Other clouds: somebody else there, and servers verified in another way."""

import asyncio
import json
from typing import Any

import pytest

from hearth.base import Secret
from hearth.cloud import BadRequest, Cloud, ForeignAuth, Unauthorized, Verify, credential
from hearth.cloud.foreign import wanted
from hearth.cloud.tcp import AiohttpTransport
from hearth.serve.engine import verified
from tests.support.hand import PASSWORD, URL, Hand


def kept(way: str = "v3password", **auth: Any) -> ForeignAuth:
    return credential(
        json.dumps({"auth_type": way, "auth": {"auth_url": f"{URL}/identity"} | auth})
    )


def test_a_credential_is_what_keystoneauth_takes():
    found = kept(username="u", password="p", project_name="x", project_domain_id="d")

    assert wanted(found) == {
        "identity": {
            "methods": ["password"],
            "password": {"user": {"name": "u", "domain": {"name": "Default"}, "password": "p"}},
        },
        "scope": {"project": {"name": "x", "domain": {"id": "d"}}},
    }
    assert "p" not in repr(found).replace("password", "").split()


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"auth": {"username": "u"}}', '{"auth_type": "x", "auth": {}}']
)
def test_what_is_no_credential_is_refused_without_being_quoted(text: str):
    with pytest.raises(BadRequest, match="no credential"):
        credential(text)


def test_somebody_else_is_logged_in_by_password_or_application_credential():
    async def story() -> list[tuple[str, str]]:
        hand = Hand()
        session = await hand.session()
        admin = kept(username="admin", password=PASSWORD.value, project_name="admin")
        there = session.elsewhere(admin, None, Verify())
        token = await there.token()
        mine = await Cloud(there)["identity"].post(
            f"/v3/users/{token.user_id}/application_credentials",
            {"application_credential": {"name": "mine"}},
        )
        made = mine["application_credential"]
        by_key = kept(
            "v3applicationcredential",
            application_credential_id=made["id"],
            application_credential_secret=made["secret"],
        )
        again = await session.elsewhere(by_key, None, Verify(insecure=True)).token()
        own = await session.token()
        return [(one.user_id, one.project_id) for one in (token, again, own)]

    token, again, own = asyncio.run(story())

    assert token == again
    assert token != own


def test_a_wrong_password_elsewhere_is_told():
    async def story() -> None:
        session = await Hand().session()
        wrong = kept(username="admin", password="no", project_name="admin")
        await session.elsewhere(wrong, None, Verify()).token()

    with pytest.raises(Unauthorized):
        asyncio.run(story())


def test_servers_elsewhere_are_verified_as_asked():
    made: list[Verify] = []

    async def story() -> bool:
        hand = Hand()

        def verifying(verify: Verify) -> Any:
            made.append(verify)
            return hand.transport

        hand.sessions.verifying = verifying
        session = await hand.session()
        for verify in (Verify(), Verify(insecure=True), Verify(insecure=True)):
            await session.elsewhere(None, "RegionOne", verify).endpoint("compute")
            assert session.elsewhere(None, None, verify).transport is hand.transport
        return session.elsewhere(None, "RegionOne", Verify()).region == "RegionOne"

    assert asyncio.run(story())
    assert made == [Verify(insecure=True)]


def test_certificates_that_cannot_be_read_are_told():
    assert isinstance(verified(Verify(insecure=True)), AiohttpTransport)
    with pytest.raises(BadRequest, match="ca_cert"):
        verified(Verify("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"))


def test_a_secret_is_kept_one():
    assert dict(kept(password="hush").given)["password"] == Secret("hush")
