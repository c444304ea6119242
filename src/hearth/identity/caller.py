"""The Caller."""

from dataclasses import dataclass

from hearth.base import Secret


@dataclass(frozen=True, slots=True)
class Caller:
    """A validated identity, as Keystone states it for a token.

    token: the token itself, marked secret; None when the work is done on a stack's trust.
    is_admin: whether the policy rule `context_is_admin` holds.
    request_id: `req-<uuid>` of the request at hand; it is sent on to every service.
    """

    user_id: str
    project_id: str
    roles: frozenset[str] = frozenset()
    user_name: str = ""
    project_name: str = ""
    user_domain_id: str = ""
    project_domain_id: str = ""
    is_admin: bool = False
    token: Secret | None = None
    trust_id: str | None = None
    region: str | None = None
    request_id: str = ""
