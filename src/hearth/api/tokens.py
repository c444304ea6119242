"""From a token to a Caller: the seam, the reading of Keystone's document, and a short memory."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from hearth.base import Clock, Secret
from hearth.base.errors import Unauthenticated
from hearth.identity import Caller

REMEMBER_S = 10.0
REMEMBER_LIMIT = 10_000

REFUSAL = "The request you have made requires authentication."


@dataclass(frozen=True, slots=True)
class Asked:
    """What a token is checked for. Method and path matter to application credentials."""

    token: str
    method: str
    path: str
    service_token: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A token that holds: for whom, until when (seconds since the epoch).

    remember: False when the answer holds for this method and path alone, as with the access
    rules of an application credential.
    """

    caller: Caller
    expires_at: float
    remember: bool = True


class TokenValidator(Protocol):
    """Knows whether a token holds."""

    @property
    def challenge(self) -> str:
        """What a refused client is told to do: the value of WWW-Authenticate."""
        ...

    async def check(self, asked: Asked) -> Checked:
        """The caller, or Unauthenticated; Unavailable when nobody can say."""
        ...


class CachedTokens:
    """Remembers for a few seconds what a validator said, by the hash of the token."""

    def __init__(self, validator: TokenValidator, clock: Clock) -> None:
        self._validator = validator
        self._clock = clock
        self._known: dict[bytes, tuple[float, Checked]] = {}

    @property
    def challenge(self) -> str:
        """The value of WWW-Authenticate."""
        return self._validator.challenge

    async def check(self, asked: Asked) -> Checked:
        """What is remembered, or else what the validator says."""
        if not asked.token:
            raise Unauthenticated(REFUSAL)
        now = self._clock.now()
        key = hashlib.sha256(f"{asked.token}\0{asked.service_token}".encode()).digest()
        until, known = self._known.get(key, (0.0, None))
        if known is not None and now < until:
            return known
        checked = await self._validator.check(asked)
        if checked.remember:
            self._remember(key, checked, now)
        return checked

    def _remember(self, key: bytes, checked: Checked, now: float) -> None:
        if len(self._known) >= REMEMBER_LIMIT:
            self._known = {k: kept for k, kept in self._known.items() if kept[0] > now}
        if len(self._known) < REMEMBER_LIMIT:
            self._known[key] = (min(now + REMEMBER_S, checked.expires_at), checked)


class DirectValidator:
    """Asks Keystone through a function: `fetch(token)` gives its document, or None.

    For where one loop and one clock must rule everything, as in the simulation.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[Mapping[str, Any] | None]],
        clock: Clock,
        challenge: str = "Keystone",
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self.challenge = challenge

    async def check(self, asked: Asked) -> Checked:
        """The caller that Keystone's document tells of."""
        document = await self._fetch(asked.token)
        if document is None:
            raise Unauthenticated(REFUSAL)
        checked = checked_from(document, asked.token)
        if checked.expires_at <= self._clock.now() or not checked.remember:
            raise Unauthenticated(REFUSAL)
        return checked


def checked_from(document: Mapping[str, Any], token: str) -> Checked:
    """What Keystone's `{"token": …}` says. A token without a project is for nobody here."""
    told = document["token"]
    project = told.get("project")
    if project is None:
        raise Unauthenticated(REFUSAL)
    user, trust = told["user"], told.get("OS-TRUST:trust")
    credential = told.get("application_credential") or {}
    caller = Caller(
        user_id=user["id"],
        project_id=project["id"],
        roles=frozenset(role["name"] for role in told.get("roles", ())),
        user_name=user.get("name", ""),
        project_name=project.get("name", ""),
        user_domain_id=(user.get("domain") or {}).get("id", ""),
        project_domain_id=(project.get("domain") or {}).get("id", ""),
        token=Secret(token),
        trust_id=trust["id"] if trust else None,
    )
    expires_at = datetime.fromisoformat(told["expires_at"]).timestamp()
    return Checked(caller, expires_at, remember=credential.get("access_rules") is None)


def in_name_of(caller: Caller, request_id: str, region: str | None) -> Caller:
    """The caller, for one request."""
    return replace(caller, request_id=request_id, region=region)
