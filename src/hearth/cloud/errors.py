"""What a cloud's service may answer instead of doing what it was asked, as one tree.

CloudError                a request failed; it says which, how, and in whose words
├── NotFound              404, 410: the object is not there
├── Conflict              409: something is in the way; the engine tries again
├── BadRequest            400 and other 4xx: the request was wrong
├── Forbidden             403: not allowed, or over quota
├── Unauthorized          401: the token is not accepted, even a new one
├── TooMany               429, 413: slow down, for `retry_after` seconds
├── Unavailable           503, or unreachable: surely nothing was done
├── ServerFault           5xx on a request that changes nothing
├── Ambiguous             time-out, connection lost, 5xx: it may have been done, or not
├── NoService             the catalogue has no such service, or not the version that is needed
└── TrustGone             the trust that the work stands on was taken away

Undelivered               of a transport: the request never left
Lost                      of a transport: it left, and no answer came

The engine tells them apart by class alone; the words are for people.
"""

from dataclasses import dataclass
from typing import ClassVar

from hearth.base.errors import HearthError


@dataclass(frozen=True, slots=True)
class Failing:
    """The request that failed, and what was said about it.

    code: the service's own word for the error, where it has one (`PortInUse`).
    """

    service: str
    method: str = ""
    path: str = ""
    status: int = 0
    message: str = ""
    request_id: str = ""
    code: str = ""
    retry_after: float | None = None

    def __str__(self) -> str:
        parts = [self.message or f"{self.service} does not answer {self.method} {self.path}"]
        if self.status:
            parts.append(f"(HTTP {self.status})")
        if self.request_id:
            parts.append(f"(Request-ID: {self.request_id})")
        return " ".join(parts)


class CloudError(HearthError):
    """A request to a service failed."""

    default_kind: ClassVar[str] = "ClientException"

    def __init__(self, failing: Failing) -> None:
        super().__init__(str(failing))
        self.failing = failing
        self.service = failing.service
        self.method = failing.method
        self.path = failing.path
        self.status = failing.status
        self.message = failing.message
        self.request_id = failing.request_id
        self.code = failing.code
        self.retry_after = failing.retry_after


class NotFound(CloudError):
    """The object is not there."""

    default_kind = "NotFound"


class Conflict(CloudError):
    """Something is in the way."""

    default_kind = "Conflict"


class BadRequest(CloudError):
    """The request was wrong."""

    default_kind = "BadRequest"


class Forbidden(CloudError):
    """Not allowed, or over quota."""

    default_kind = "Forbidden"


class Unauthorized(CloudError):
    """The token is not accepted."""

    default_kind = "Unauthorized"


class TooMany(CloudError):
    """Too many requests; `retry_after` says for how long."""

    default_kind = "OverLimit"


class Unavailable(CloudError):
    """The service cannot be reached or is closed: nothing was done."""

    default_kind = "ServiceUnavailable"


class ServerFault(CloudError):
    """The service failed at a request that changes nothing."""

    default_kind = "InternalServerError"


class Ambiguous(CloudError):
    """Whether the request was carried out is not known. Look before asking again."""

    default_kind = "ConnectFailure"


class NoService(CloudError):
    """The cloud has no such service, or not the version that is needed."""

    default_kind = "EndpointNotFound"


class TrustGone(CloudError):
    """The trust that the work stands on was taken away."""

    default_kind = "AuthorizationFailure"


class Undelivered(HearthError):
    """The request never left: nothing listens, or the name is not known."""


class Lost(HearthError):
    """The request left, and no answer came."""


_BY_STATUS: dict[int, type[CloudError]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    413: TooMany,
    429: TooMany,
}

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing, and may be repeated."""


def failure(failing: Failing) -> CloudError:
    """The error that a status means for a request of this method."""
    if failing.status >= 500:
        if failing.method not in SAFE:
            return Ambiguous(failing)
        return Unavailable(failing) if failing.status == 503 else ServerFault(failing)
    return _BY_STATUS.get(failing.status, BadRequest)(failing)
