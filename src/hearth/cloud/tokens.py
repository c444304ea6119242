"""The seam to Keystone's tokens, and the cache before it."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec

from hearth.base import Clock, Secret
from hearth.cloud.auth import (
    Auth,
    CallerAuth,
    DomainAdmin,
    DomainAuth,
    ServiceUser,
    Token,
    TrustAuth,
    UserAuth,
)
from hearth.cloud.catalogue import endpoints
from hearth.cloud.errors import Failing, NoService, TrustGone, Unauthorized, Unavailable
from hearth.cloud.errors import Lost as NoAnswer
from hearth.cloud.errors import Undelivered as NotSent
from hearth.cloud.transport import Response, Transport

CACHED = 10_000
EARLY_S = 60.0
TIMEOUT_S = 30.0

Authenticate = Callable[[Auth], Awaitable[Token]]


class Tokens(Protocol):
    """Gives tokens."""

    async def token(self, auth: Auth, stale: str = "") -> Token:
        """A token for this; `stale` is the id of one that a service has refused."""
        ...


class CachedTokens:
    """Keeps each token until shortly before it expires, and asks once for all who wait."""

    def __init__(self, authenticate: Authenticate, clock: Clock) -> None:
        self._authenticate = authenticate
        self._clock = clock
        self._kept: OrderedDict[Auth, Token] = OrderedDict()
        self._asking: dict[Auth, asyncio.Lock] = {}

    async def token(self, auth: Auth, stale: str = "") -> Token:
        """The token in the cache, or a new one."""
        if kept := self._good(auth, stale):
            return kept
        lock = self._asking.setdefault(auth, asyncio.Lock())
        async with lock:
            if kept := self._good(auth, stale):
                return kept
            try:
                made = await self._authenticate(auth)
            finally:
                self._asking.pop(auth, None)
            self._kept[auth] = made
            while len(self._kept) > CACHED:
                self._kept.popitem(last=False)
            return made

    def _good(self, auth: Auth, stale: str) -> Token | None:
        kept = self._kept.get(auth)
        if kept is None or kept.id == stale or kept.expires_at - EARLY_S < self._clock.now():
            return None
        return kept


class DirectTokens(CachedTokens):
    """Asks Keystone by hand through a transport: for the simulation, tests and small tools."""

    def __init__(self, transport: Transport, user: ServiceUser, clock: Clock) -> None:
        super().__init__(self._ask, clock)
        self._transport = transport
        self._user = user

    async def _ask(self, auth: Auth) -> Token:
        url = self._user.auth_url.rstrip("/").removesuffix("/v3") + "/v3/auth/tokens"
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        try:
            if isinstance(auth, CallerAuth):
                subject = {"X-Auth-Token": auth.token.value, "X-Subject-Token": auth.token.value}
                reply = await self._transport.request(
                    "GET", url, headers | subject, None, TIMEOUT_S
                )
            else:
                body = msgspec.json.encode({"auth": wanted(self._user, auth)})
                reply = await self._transport.request("POST", url, headers, body, TIMEOUT_S)
        except (NotSent, NoAnswer) as error:
            raise Unavailable(Failing("identity", "POST", url, message=str(error))) from error
        if reply.status not in (200, 201):
            raise refusal(auth, reply)
        given = auth.token.value if isinstance(auth, CallerAuth) else ""
        return parsed(reply.headers.get("x-subject-token") or given, reply.json["token"])


def wanted(user: ServiceUser, auth: Auth) -> dict[str, Any]:
    """What Keystone is asked with: a password, scoped to what the authority is for."""
    match auth:
        case DomainAuth():
            admin = admin_of(user)
            domain = {"id": admin.domain_id} if admin.domain_id else {"name": admin.domain_name}
            return _with_password(
                {"name": admin.username, "domain": domain}, admin.password, {"domain": domain}
            )
        case UserAuth(user_id, own, project_id):
            return _with_password({"id": user_id}, own, {"project": {"id": project_id}})
        case TrustAuth(trust_id):
            scope: dict[str, Any] = {"OS-TRUST:trust": {"id": trust_id}}
        case _:
            scope = {"project": {"name": user.project, "domain": {"name": user.project_domain}}}
    who = {"name": user.username, "domain": {"name": user.user_domain}}
    return _with_password(who, user.password, scope)


def admin_of(user: ServiceUser) -> DomainAdmin:
    """The administrator of the domain of stacks' users."""
    if user.domain_admin is None:
        words = (
            "There is no domain for the users of stacks: stack_user_domain_name,"
            " stack_domain_admin and stack_domain_admin_password are to be set in heat.conf."
        )
        raise NoService(Failing("identity", message=words))
    return user.domain_admin


def _with_password(who: dict[str, Any], password: Secret, scope: dict[str, Any]) -> dict[str, Any]:
    user = {**who, "password": password.value}
    return {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}


def parsed(ident: str, document: Mapping[str, Any]) -> Token:
    """The token that Keystone's document describes."""
    expires = datetime.fromisoformat(str(document["expires_at"]))
    return Token(
        ident,
        expires.timestamp(),
        str(document["user"]["id"]),
        str(document.get("project", {}).get("id", "")),
        endpoints(document.get("catalog", ())),
        tuple(str(role["name"]) for role in document.get("roles", ())),
        str(document.get("domain", {}).get("id", "")),
    )


def refusal(auth: Auth, reply: Response) -> Unauthorized | TrustGone | Unavailable | NoService:
    """What Keystone's refusal means: of a trust, that it is gone."""
    document = reply.json
    error = document.get("error", {}) if isinstance(document, dict) else {}
    failing = Failing(
        "identity",
        "POST",
        "/v3/auth/tokens",
        reply.status,
        str(error.get("message", "Keystone gives no token.")),
        reply.headers.get("x-openstack-request-id", ""),
    )
    if reply.status >= 500 or reply.status == 429:
        return Unavailable(failing)
    return TrustGone(failing) if isinstance(auth, TrustAuth) else Unauthorized(failing)
