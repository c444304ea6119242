"""The clients of the cloud: tokens, catalogue, one client for every service, one error taxonomy.

Rule: a request that changes something leaves once and is never repeated here; what is not known
of its outcome is raised as `Ambiguous`. Only what is safe is tried again. `hearth.cloud.tcp` and
`hearth.cloud.keystone` are the real transport and tokens; they are imported by who wires them.
"""

from hearth.cloud.asgi import AsgiTransport
from hearth.cloud.auth import (
    Auth,
    CallerAuth,
    DomainAdmin,
    DomainAuth,
    ForeignAuth,
    ServiceAuth,
    ServiceUser,
    Token,
    TrustAuth,
    UserAuth,
    auth_of,
)
from hearth.cloud.bundles import among
from hearth.cloud.domain import StackDomain, delete_project
from hearth.cloud.errors import (
    Ambiguous,
    BadRequest,
    CloudError,
    Conflict,
    Failing,
    Forbidden,
    Lost,
    NoService,
    NotFound,
    ServerFault,
    TooMany,
    TrustGone,
    Unauthorized,
    Unavailable,
    Undelivered,
)
from hearth.cloud.foreign import Verify, credential
from hearth.cloud.listings import Listing
from hearth.cloud.service import Cloud, Service
from hearth.cloud.session import Guard, Session, Sessions, Settings, Trail
from hearth.cloud.tokens import CachedTokens, DirectTokens, Tokens
from hearth.cloud.transport import Response, Transport
from hearth.cloud.trusts import (
    Trust,
    Wish,
    create_trust,
    delete_trust,
    ending,
    find_trust,
    limit_of,
    may_be_handed_on,
)

__all__ = [
    "Ambiguous",
    "AsgiTransport",
    "Auth",
    "BadRequest",
    "CachedTokens",
    "CallerAuth",
    "Cloud",
    "CloudError",
    "Conflict",
    "DirectTokens",
    "DomainAdmin",
    "DomainAuth",
    "Failing",
    "Forbidden",
    "ForeignAuth",
    "Guard",
    "Listing",
    "Lost",
    "NoService",
    "NotFound",
    "Response",
    "ServerFault",
    "Service",
    "ServiceAuth",
    "ServiceUser",
    "Session",
    "Sessions",
    "Settings",
    "StackDomain",
    "Token",
    "Tokens",
    "TooMany",
    "Trail",
    "Transport",
    "Trust",
    "TrustAuth",
    "TrustGone",
    "Unauthorized",
    "Unavailable",
    "Undelivered",
    "UserAuth",
    "Verify",
    "Wish",
    "among",
    "auth_of",
    "create_trust",
    "credential",
    "delete_project",
    "delete_trust",
    "ending",
    "find_trust",
    "limit_of",
    "may_be_handed_on",
]
