"""Trusts: how a stack's work goes on when its user is away.

A trust has no name, and nothing that could carry a marker, but for the time at which it ends. So
each is asked for with an end of its own, a thousand years away: by it, one is found again whose
making was not answered, and it can be no other. What is made with a trust ends before that one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hearth.cloud.auth import Auth, ServiceAuth, TrustAuth, auth_of
from hearth.cloud.errors import Ambiguous, Forbidden, NotFound, TooMany, TrustGone, Unavailable
from hearth.cloud.service import Service
from hearth.cloud.session import Sessions
from hearth.identity import Caller

ATTEMPTS = 5
FAR = datetime(3000, 1, 1, tzinfo=UTC).timestamp()
BITS = 32
"""So many bits of chance are in the second in which a trust ends."""

DEEPEST = 3
"""So often a trust may be handed on, by Keystone's default."""

FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust as it was made."""

    id: str
    trustor_id: str
    project_id: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """A trust that is to be asked for: the roles to hand on, and when it ends (see `ending`).

    redelegate: whether a service that is asked with it may be let act in turn.
    """

    roles: tuple[str, ...]
    ends_at: float
    redelegate: bool = False

    @classmethod
    def of(
        cls,
        caller: Caller,
        delegated: Sequence[str],
        ends_at: float,
        *,
        redelegate: bool = False,
    ) -> "Wish":
        """delegated: `trusts_delegated_roles`; by default all that the caller has."""
        return cls(tuple(delegated) or tuple(sorted(caller.roles)), ends_at, redelegate)


def ending(uuid: str, limit: float | None = None) -> float:
    """The end of a trust, by which it is known: what chance has drawn, as a second far away.

    limit: the end of the trust with which it is asked for, which it may not outlast.
    """
    drawn = int(uuid.replace("-", "")[:12], 16)
    if limit is None:
        return FAR + float(drawn % 2**BITS)
    # Somebody else's trust may end soon; then chance has little room.
    return limit - 1.0 - float(drawn % (2**BITS if limit >= FAR - DEEPEST * 2**BITS else 60))


async def limit_of(sessions: Sessions, caller: Caller) -> float | None:
    """When the trust ends that the caller acts upon, if it is one that ends."""
    if caller.trust_id is None:
        return None
    identity = _identity(sessions, auth_of(caller), caller.request_id)
    shown = (await identity.get(f"/v3/OS-TRUST/trusts/{caller.trust_id}"))["trust"]
    ends = shown.get("expires_at")
    return datetime.fromisoformat(str(ends)).timestamp() if ends else None


async def may_be_handed_on(sessions: Sessions, trust_id: str, project_id: str) -> bool:
    """Whether a service that is asked with a trust can be let act in turn."""
    identity = _identity(sessions, TrustAuth(trust_id, project_id), "")
    shown = (await identity.get(f"/v3/OS-TRUST/trusts/{trust_id}"))["trust"]
    return int(shown.get("redelegation_count") or 0) > 0


async def create_trust(sessions: Sessions, caller: Caller, wish: Wish) -> Trust:
    """Let the service user act for this caller in the caller's project.

    Asked once; where no answer comes it is looked for, and taken for what it is.
    """
    trustee = await sessions.tokens.token(ServiceAuth())
    wanted = {
        "trustor_user_id": caller.user_id,
        "trustee_user_id": trustee.user_id,
        "project_id": caller.project_id,
        "impersonation": True,
        "roles": [{"name": role} for role in wish.roles],
        "expires_at": datetime.fromtimestamp(wish.ends_at, UTC).strftime(FORM),
        **({"allow_redelegation": True} if wish.redelegate else {}),
    }
    identity = _identity(sessions, auth_of(caller), caller.request_id)
    try:
        made = (await identity.post("/v3/OS-TRUST/trusts", {"trust": wanted}))["trust"]
    except Ambiguous:
        query = {"trustor_user_id": caller.user_id}
        listed = (await identity.get("/v3/OS-TRUST/trusts", params=query))["trusts"]
        made = next((one for one in listed if _is(one, wanted, wish.ends_at)), None)
        if made is None:
            raise
    return Trust(str(made["id"]), caller.user_id, caller.project_id, wish.roles)


async def find_trust(
    sessions: Sessions, trustor_id: str, project_id: str, ends_at: float
) -> str | None:
    """The trust that ends at that time, if it was made; as its trustee sees it."""
    trustee = await sessions.tokens.token(ServiceAuth())
    identity = _identity(sessions, ServiceAuth(), "")
    query = {"trustee_user_id": trustee.user_id}
    listed = (await identity.get("/v3/OS-TRUST/trusts", params=query))["trusts"]
    wanted = {
        "trustor_user_id": trustor_id,
        "trustee_user_id": trustee.user_id,
        "project_id": project_id,
    }
    return next((str(one["id"]) for one in listed if _is(one, wanted, ends_at)), None)


async def delete_trust(
    sessions: Sessions, trust_id: str, project_id: str, request_id: str = ""
) -> None:
    """Take a trust back, with the power that it gives itself; one that is gone is fine.

    It may be asked twice, and so it is asked again when Keystone does not say what it did.
    TrustGone: it does not work, but it is there, as when its trustor is disabled.
    """
    identity = _identity(sessions, TrustAuth(trust_id, project_id), request_id)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await identity.delete(f"/v3/OS-TRUST/trusts/{trust_id}")
        except NotFound:
            return
        except TrustGone:
            if await _is_there(sessions, trust_id):
                raise
            return
        except (Ambiguous, Unavailable, TooMany):
            if attempt == ATTEMPTS:
                raise
            await sessions.clock.sleep(2.0 ** (attempt - 1))
        else:
            return


async def _is_there(sessions: Sessions, trust_id: str) -> bool:
    """Whether a trust exists, as its trustee sees it."""
    try:
        await _identity(sessions, ServiceAuth(), "").get(f"/v3/OS-TRUST/trusts/{trust_id}")
    except (NotFound, Forbidden):
        return False
    return True


def _is(shown: dict[str, Any], wanted: dict[str, Any], ends_at: float) -> bool:
    """Whether this is the trust that was asked for."""
    ends = shown.get("expires_at")
    if not ends or any(
        shown.get(name) != wanted[name]
        for name in ("trustor_user_id", "trustee_user_id", "project_id")
    ):
        return False
    # Some databases keep no more than whole seconds.
    return abs(datetime.fromisoformat(str(ends)).timestamp() - ends_at) < 1.0


def _identity(sessions: Sessions, auth: Auth, request_id: str) -> Service:
    return Service(sessions.session(auth, request_id=request_id), "identity")
