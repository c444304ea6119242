"""What a handler gets and gives: a Call, an Answer, a Refusal; and how routes are declared.

A handler is a plain function `(service, call) -> Answer`. It runs to its end without waiting,
so that a request is one atomic step of the cloud. To refuse it raises `Refusal`, and everything
it had changed is taken back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

Json = Any
"""A decoded JSON document: validated where it is used."""

Handler = Callable[..., "Answer"]


class Refusal(Exception):
    """The service says no. `kind` is the service's own word for it, e.g. `PortInUse`."""

    def __init__(
        self,
        status: int,
        message: str,
        kind: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        detail: Json = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.headers = dict(headers or {})
        self.detail = detail


class ReplyLost(ConnectionError):
    """The request was carried out, and its answer is lost: the fault that was asked for.

    In process it comes out of the ASGI application. Under uvicorn the connection is closed.
    """


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply: `body` is a JSON document, or bytes as they are, or None."""

    status: int = 200
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Token:
    """Who calls, for what, with which roles."""

    id: str
    user_id: str
    user_name: str
    user_domain_id: str
    roles: tuple[str, ...]
    expires_at: float
    project_id: str = ""
    project_name: str = ""
    project_domain_id: str = ""
    domain_id: str = ""
    trust_id: str = ""
    application_credential_id: str = ""
    restricted: bool = False
    """Made with an application credential that may not make trusts or credentials."""

    @property
    def admin(self) -> bool:
        """Whether the policies' rule `is_admin` holds."""
        return "admin" in self.roles


NOBODY = Token("", "", "", "", (), 0.0)
"""Stands in the calls that need no token."""


@dataclass(slots=True)
class Call:
    """One request."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str | list[str]]
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    request_id: str
    now: float
    token: Token = NOBODY
    version: tuple[int, int] = (0, 0)
    """The microversion, where the service has them."""
    doomed: bool = False
    """A fault was asked for: what this request creates shall end in ERROR."""

    @property
    def project_id(self) -> str:
        """The project that the token is for."""
        return self.token.project_id

    @property
    def admin(self) -> bool:
        """Whether the caller is an administrator."""
        return self.token.admin

    def arg(self, name: str) -> str | None:
        """A parameter of the query, the last one where it comes more than once."""
        value = self.query.get(name)
        return value[-1] if isinstance(value, list) else value

    def args(self, name: str) -> list[str]:
        """All values of a parameter of the query."""
        value = self.query.get(name)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    def flag(self, name: str) -> bool:
        """Whether a parameter of the query is there and not false."""
        value = self.arg(name)
        return value is not None and value.lower() not in ("false", "0", "no", "f", "n", "off")

    def document(self) -> dict[str, Json]:
        """The body, which must be a JSON object."""
        try:
            document = from_json(self.body)
        except NotJson as error:
            raise Refusal(400, "Malformed request body", "MalformedRequestBody") from error
        if not isinstance(document, dict):
            raise Refusal(400, "Malformed request body", "MalformedRequestBody")
        return document

    def wrapped(self, key: str) -> dict[str, Json]:
        """The object under the body's one key, as `{"server": {…}}`."""
        document = self.document().get(key)
        if not isinstance(document, dict):
            message = f"Invalid input: '{key}' is a required property"
            raise Refusal(400, message, "HTTPBadRequest")
        return document


class NotJson(ValueError):
    """What was sent is no JSON, or nobody can look that far into it."""


def from_json(text: bytes | str) -> Json:
    """What a JSON text says."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise NotJson(str(error)) from error


def absurd(call: Call) -> bool:
    """Whether the request holds a number that no service has room for, or no number at all."""
    try:
        body = from_json(call.body or b"null")
    except NotJson:
        body = None
    return _absurd(body) or any(_absurd(one) for name in call.query for one in call.args(name))


def _absurd(value: Json) -> bool:
    match value:
        case dict():
            return any(map(_absurd, value.values()))
        case list():
            return any(map(_absurd, value))
        case int():
            return not -_MOST <= value <= _MOST
        case str():
            # Digits of other kinds, as in m², are digits and no number.
            digits = value.strip().removeprefix("-")
            return digits.isdigit() and (not digits.isdecimal() or len(digits) > _LONGEST)
        case _:
            return False


_MOST = 2**63 - 1
_LONGEST = 18


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path below the service's prefix, e.g. `/v2.1/servers/{id}`.

    `open` needs no token. A GET route answers HEAD too.
    """

    method: str
    path: str
    handler: Handler
    open: bool = False
