"""From an error to what a client of the query protocol is told: its code, and who is to blame."""

from hearth.base.errors import Clash, Denied, HearthError, OverLimit, Refused

_CODES: dict[str, tuple[int, str]] = {
    "IncompleteSignature": (400, "IncompleteSignature"),
    "MissingAuthenticationToken": (403, "MissingAuthenticationToken"),
    "InvalidClientTokenId": (403, "InvalidClientTokenId"),
    "SignatureDoesNotMatch": (403, "SignatureDoesNotMatch"),
    "AccessDenied": (403, "AccessDenied"),
    "InvalidAction": (400, "InvalidAction"),
    "MissingParameter": (400, "MissingParameter"),
    "APINotImplemented": (501, "APINotImplemented"),
    "ActionInProgress": (400, "InvalidAction"),
    "StackExists": (400, "AlreadyExists"),
}
_BY_CLASS: tuple[tuple[type[HearthError], tuple[int, str]], ...] = (
    (Denied, (403, "AccessDenied")),
    (OverLimit, (400, "RequestLimitExceeded")),
    (Clash, (400, "InvalidAction")),
    (Refused, (400, "InvalidParameterValue")),
)


def told(error: HearthError) -> tuple[int, str]:
    """The HTTP status and the code of an error."""
    if error.kind in _CODES:
        return _CODES[error.kind]
    found = next((code for kind, code in _BY_CLASS if isinstance(error, kind)), None)
    return found or (500, "InternalFailure")
