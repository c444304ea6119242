"""From an error to what the client is told: status, envelope, problems.

The names of kinds and their statuses are upstream's, save that a caller's mistake which upstream
answers with 500 is answered with 400 under the same name; docs/decisions lists those.
"""

from collections.abc import Iterable
from typing import Any

from hearth.base import Problem, Span
from hearth.base.errors import (
    Clash,
    Denied,
    HearthError,
    Late,
    Missing,
    Refused,
    Unauthenticated,
    Unavailable,
)

_MALFORMED = (
    "The server could not comply with the request since it is either malformed or otherwise"
    " incorrect."
)
_UNVERIFIED = (
    "This server could not verify that you are authorized to access the document you requested."
)

TITLES: dict[int, tuple[str, str]] = {
    400: ("Bad Request", _MALFORMED),
    401: ("Unauthorized", _UNVERIFIED),
    403: ("Forbidden", "Access was denied to this resource."),
    404: ("Not Found", "The resource could not be found."),
    405: ("Method Not Allowed", "The method is not allowed for this resource."),
    409: ("Conflict", "There was a conflict when trying to complete your request."),
    500: (
        "Internal Server Error",
        "The server has either erred or is incapable of performing the requested operation.",
    ),
    503: (
        "Service Unavailable",
        "The server is currently unavailable. Please try again at a later time.",
    ),
    504: ("Gateway Timeout", "The gateway has timed out."),
}

_STATUS: dict[str, int] = {
    "HTTPMethodNotAllowed": 405,
    **dict.fromkeys(("InvalidTenant", "Forbidden", "HTTPForbidden"), 403),
    **dict.fromkeys(
        (
            "EntityNotFound",
            "NotFound",
            "ResourceNotFound",
            "ResourceNotAvailable",
            "SnapshotNotFound",
            "HTTPNotFound",
        ),
        404,
    ),
    **dict.fromkeys(("ActionInProgress", "StackExists", "ActionNotComplete"), 409),
    **dict.fromkeys(
        (
            "EventSendFailed",
            "InvalidEncryptionKey",
            "InvalidGlobalResource",
            "RevertFailed",
            "ServerBuildFailed",
            "StopActionFailed",
        ),
        500,
    ),
    # As the engine's clients of the cloud say it, whose classes are not known here.
    **dict.fromkeys(("ServiceUnavailable", "ConnectFailure"), 503),
}
"""Kinds whose status their error's class does not tell."""

_BY_CLASS: tuple[tuple[type[HearthError], int], ...] = (
    (Missing, 404),
    (Clash, 409),
    (Denied, 403),
    (Unauthenticated, 401),
    (Refused, 400),
    (Late, 504),
    (Unavailable, 503),
)


class BadRequest(Refused):
    """The request itself cannot be read as one."""

    default_kind = "HTTPBadRequest"


class NoSuchPath(Missing):
    """Nothing is at this path, or not in this project."""

    default_kind = "HTTPNotFound"


class WrongProject(Denied):
    """The path names another project than the token, or a policy says no."""

    default_kind = "HTTPForbidden"


_UNSPOKEN = frozenset(
    {"AttributeError", "KeyError", "RecursionError", "RemoteError", "TypeError", "ValueError"}
)
"""Kinds whose words upstream keeps to itself: the message is null, the problems say it."""


def status_of(error: HearthError) -> int:
    """The HTTP status of an error."""
    if error.kind in _STATUS:
        return _STATUS[error.kind]
    return next((status for kind, status in _BY_CLASS if isinstance(error, kind)), 500)


def envelope(error: HearthError) -> dict[str, Any]:
    """The document that tells of an error."""
    status = status_of(error)
    title, explanation = TITLES[status]
    return {
        "code": status,
        "title": title,
        "explanation": explanation,
        "error": {
            "type": error.kind,
            "traceback": None,
            "message": None if error.kind in _UNSPOKEN else error.sentence,
            "problems": problems(error.problems) or _spoken(error),
        },
    }


def _spoken(error: HearthError) -> list[dict[str, Any]]:
    """The sentence as a problem, where it can be told in no other place."""
    if error.kind not in _UNSPOKEN:
        return []
    return problems([Problem("wrong-request", error.sentence, kind=error.kind)])


def problems(found: Iterable[Problem]) -> list[dict[str, Any]]:
    """All problems, as documents."""
    return [_problem(one) for one in found]


def _problem(one: Problem) -> dict[str, Any]:
    document: dict[str, Any] = {
        "code": one.code,
        "severity": one.severity.value,
        "message": one.sentence,
        "path": one.path,
    }
    return document | _where(one.span) | ({"hint": one.hint} if one.hint else {})


def _where(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {}
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
