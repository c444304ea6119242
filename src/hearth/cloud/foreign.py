"""Other clouds: who one is there, and whether their servers are who they say."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from hearth.base import Clock, Secret
from hearth.cloud.auth import Auth, ForeignAuth, Token
from hearth.cloud.errors import BadRequest, Failing, Lost, Unauthorized, Unavailable, Undelivered
from hearth.cloud.tokens import TIMEOUT_S, CachedTokens, parsed
from hearth.cloud.transport import Transport

WAYS = {
    "password": "password",
    "v3password": "password",
    "v3applicationcredential": "application_credential",
}


@dataclass(frozen=True, slots=True)
class Verify:
    """How a server is verified: by these certificates (PEM) beside the system's, or not at all."""

    certificates: str = ""
    insecure: bool = False

    @property
    def usual(self) -> bool:
        """Whether it is the same as everywhere."""
        return not self.certificates and not self.insecure


USUAL = Verify()

Verifying = Callable[[Verify], Transport]
"""A transport that verifies servers so."""


def credential(text: str) -> ForeignAuth:
    """What a kept credential says: {"auth_type": …, "auth": {"auth_url": …, …}}, as JSON."""
    try:
        document = json.loads(text)
        way, given = WAYS[document.get("auth_type", "password")], dict(document["auth"])
        auth_url = str(given.pop("auth_url"))
    except (ValueError, KeyError, TypeError, AttributeError):
        words = "The secret is no credential: JSON with auth_type, and auth with an auth_url."
        raise BadRequest(Failing("key-manager", message=words)) from None
    texts = {key: Secret(str(value)) for key, value in given.items() if value is not None}
    sorted_texts = tuple(sorted(texts.items(), key=lambda one: one[0]))
    return ForeignAuth(auth_url, way, sorted_texts, project_id=auth_url)


class ForeignTokens(CachedTokens):
    """Tokens of other clouds' Keystones."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        super().__init__(self._ask, clock)
        self._transport = transport

    async def _ask(self, auth: Auth) -> Token:
        assert isinstance(auth, ForeignAuth), "only other clouds are asked here"
        url = auth.auth_url.rstrip("/").removesuffix("/v3") + "/v3/auth/tokens"
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        body = msgspec.json.encode({"auth": wanted(auth)})
        try:
            reply = await self._transport.request("POST", url, headers, body, TIMEOUT_S)
        except (Undelivered, Lost) as error:
            raise Unavailable(Failing("identity", "POST", url, message=str(error))) from error
        if reply.status != 201:
            said = reply.json.get("error", {}) if isinstance(reply.json, dict) else {}
            words = str(said.get("message", "Keystone gives no token."))
            kind = Unavailable if reply.status >= 500 else Unauthorized
            raise kind(Failing("identity", "POST", url, reply.status, words))
        return parsed(reply.headers["x-subject-token"], reply.json["token"])


def wanted(auth: ForeignAuth) -> dict[str, Any]:
    """What the other Keystone is asked with."""
    given = {key: secret.value for key, secret in auth.given}
    if auth.way == "application_credential":
        words = {
            "id": given.get("application_credential_id"),
            "secret": given.get("application_credential_secret"),
            "name": given.get("application_credential_name"),
        }
        if words["id"] is None:
            words["user"] = _named(given, "user", "username")
        found = {key: value for key, value in words.items() if value is not None}
        return {"identity": {"methods": [auth.way], auth.way: found}}
    user = _named(given, "user", "username") | {"password": given.get("password", "")}
    identity = {"methods": ["password"], "password": {"user": user}}
    return {"identity": identity, "scope": {"project": _named(given, "project", "project_name")}}


def _named(given: dict[str, Any], what: str, name: str) -> dict[str, Any]:
    """A user or a project, by its id, or by its name in a domain."""
    if f"{what}_id" in given:
        return {"id": given[f"{what}_id"]}
    domain: dict[str, Any] = {"name": given.get(f"{what}_domain_name", "Default")}
    if f"{what}_domain_id" in given:
        domain = {"id": given[f"{what}_domain_id"]}
    return {"name": given.get(name, ""), "domain": domain}
