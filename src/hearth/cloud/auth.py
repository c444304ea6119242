"""On whose behalf requests are made, and the tokens that this gives."""

from dataclasses import dataclass, field

from hearth.base import Secret
from hearth.base.errors import Unauthenticated
from hearth.cloud.catalogue import Endpoint
from hearth.identity import Caller


@dataclass(frozen=True, slots=True)
class CallerAuth:
    """A user's own token, as it came with a request. It cannot be renewed."""

    token: Secret
    project_id: str


@dataclass(frozen=True, slots=True)
class TrustAuth:
    """The service user, acting for the user who made the trust."""

    trust_id: str
    project_id: str


@dataclass(frozen=True, slots=True)
class ServiceAuth:
    """The service user itself, in its own project."""

    project_id: str = ""


@dataclass(frozen=True, slots=True)
class DomainAuth:
    """The administrator of the domain of stacks' users, in that domain."""

    project_id: str = ""


@dataclass(frozen=True, slots=True)
class UserAuth:
    """A user that was made for a stack."""

    user_id: str
    password: Secret
    project_id: str


@dataclass(frozen=True, slots=True)
class ForeignAuth:
    """Somebody in a cloud of their own, by a credential that a user keeps for it.

    given: what goes with the way to log in, by keystoneauth's names. project_id: whose turn it
    is among all that ask other clouds: each cloud has one.
    """

    auth_url: str
    way: str
    given: tuple[tuple[str, Secret], ...]
    project_id: str = ""


Auth = CallerAuth | TrustAuth | ServiceAuth | DomainAuth | UserAuth | ForeignAuth


@dataclass(frozen=True, slots=True)
class DomainAdmin:
    """Who makes the users of stacks, and in which domain: by its id, or else by its name."""

    username: str
    password: Secret
    domain_id: str = ""
    domain_name: str = ""


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """Who this service is in Keystone: the trustee of every trust.

    domain_admin: who makes the users of stacks; None where there is no domain for them.
    """

    auth_url: str
    username: str
    password: Secret
    user_domain: str = "Default"
    project: str = "service"
    project_domain: str = "Default"
    domain_admin: DomainAdmin | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A token, and what Keystone says of it. `expires_at` is in seconds since the epoch."""

    id: str
    expires_at: float
    user_id: str
    project_id: str
    endpoints: tuple[Endpoint, ...] = ()
    roles: tuple[str, ...] = field(default=())
    domain_id: str = ""

    def __repr__(self) -> str:
        return f"Token(user_id={self.user_id!r}, project_id={self.project_id!r})"


def auth_of(caller: Caller) -> Auth:
    """How work for this caller is authorised: by the trust if there is one, else by the token."""
    if caller.trust_id:
        return TrustAuth(caller.trust_id, caller.project_id)
    if caller.token is None:
        raise Unauthenticated("There is neither a token nor a trust to work with.")
    return CallerAuth(caller.token, caller.project_id)
