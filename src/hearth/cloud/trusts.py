"""Trusts: how a stack's work goes on when its user is away."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearth.cloud.auth import Auth, ServiceAuth, TrustAuth, auth_of
from hearth.cloud.errors import Ambiguous, NotFound, TooMany, TrustGone, Unavailable
from hearth.cloud.service import Service
from hearth.cloud.session import Sessions
from hearth.identity import Caller

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust as it was made."""

    id: str
    trustor_id: str
    project_id: str
    roles: tuple[str, ...]


async def create_trust(
    sessions: Sessions, caller: Caller, delegated: Sequence[str] = (), *, redelegate: bool = False
) -> Trust:
    """Let the service user act for this caller in the caller's project.

    delegated: the roles to hand on (`trusts_delegated_roles`); by default all that the caller has.
    """
    trustee = await sessions.tokens.token(ServiceAuth())
    roles = tuple(delegated) or tuple(sorted(caller.roles))
    wanted = {
        "trustor_user_id": caller.user_id,
        "trustee_user_id": trustee.user_id,
        "project_id": caller.project_id,
        "impersonation": True,
        "roles": [{"name": role} for role in roles],
    }
    if redelegate:
        wanted["allow_redelegation"] = True
    identity = _identity(sessions, auth_of(caller), caller.request_id)
    made = await identity.post("/v3/OS-TRUST/trusts", {"trust": wanted})
    return Trust(str(made["trust"]["id"]), caller.user_id, caller.project_id, roles)


async def delete_trust(
    sessions: Sessions, trust_id: str, project_id: str, request_id: str = ""
) -> None:
    """Take a trust back, with the power that it gives itself; one that is gone is fine.

    It may be asked twice, and so it is asked again when Keystone does not say what it did.
    """
    identity = _identity(sessions, TrustAuth(trust_id, project_id), request_id)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await identity.delete(f"/v3/OS-TRUST/trusts/{trust_id}")
        except (NotFound, TrustGone):
            return
        except (Ambiguous, Unavailable, TooMany):
            if attempt == ATTEMPTS:
                raise
            await sessions.clock.sleep(2.0 ** (attempt - 1))
        else:
            return


def _identity(sessions: Sessions, auth: Auth, request_id: str) -> Service:
    return Service(sessions.session(auth, request_id=request_id), "identity")
