"""What a document sent to Neutron may hold: one `Field` an attribute, read into plain values.

A check takes the value sent and returns the value kept, or raises `Bad` with the reason.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import UUID

from hearth.sandbox.web import Call, Refusal

Check = Callable[[Any], Any]

REQUIRED: Any = object()
"""As a default: the attribute must be sent."""
ABSENT: Any = object()
"""As a default: an attribute that is not sent is not in the values either."""

_MAC = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", re.IGNORECASE)
_TRUE = ("true", "1", "yes", "on", "t", "y")
_FALSE = ("false", "0", "no", "off", "f", "n")


class Bad(ValueError):
    """A value that is refused, and why."""


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute: what it may be, and when it may be sent."""

    check: Check
    default: Any = REQUIRED
    post: bool = True
    put: bool = True
    admin: bool = False

    def initial(self) -> Any:
        """The default, made anew where it is a list or a mapping."""
        return self.default() if callable(self.default) else self.default


Fields = Mapping[str, Field]


def read_new(fields: Fields, sent: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """The values of a creation, with defaults filled in."""
    _unknown(fields, sent)
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in sent:
            if not field.post:
                raise refused(f"Attribute '{name}' not allowed in POST")
            values[name] = _checked(name, field, sent[name])
            if field.admin and values[name] != field.initial():
                only_admin(call, name)
        elif field.default is REQUIRED:
            raise refused(f"Failed to parse request. Required attribute '{name}' not specified")
        elif field.default is not ABSENT:
            values[name] = field.initial()
    return values


def read_change(fields: Fields, sent: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """The values of an update: only what was sent."""
    _unknown(fields, sent)
    for name in sent:
        if not fields[name].put:
            raise refused(f"Cannot update read-only attribute {name}")
        if fields[name].admin:
            only_admin(call, name)
    return {name: _checked(name, fields[name], value) for name, value in sent.items()}


def refused(message: str) -> Refusal:
    """The answer to a document with a fault in it."""
    return Refusal(400, message, "HTTPBadRequest")


def only_admin(call: Call, name: str) -> None:
    """Refuse what only administrators may send."""
    if not call.admin:
        raise Refusal(403, f"Setting {name} is disallowed by policy", "PolicyNotAuthorized")


def _unknown(fields: Fields, sent: Mapping[str, Any]) -> None:
    names = sorted(name for name in sent if name not in fields)
    if names:
        raise refused(f"Unrecognized attribute(s) '{', '.join(names)}'")


def _checked(name: str, field: Field, value: Any) -> Any:
    try:
        return field.check(value)
    except Bad as error:
        raise refused(f"Invalid input for {name}. Reason: {error}.") from None


def text(limit: int) -> Check:
    """A string of at most so many characters."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise Bad(f"'{value}' is not a valid string")
        if len(value) > limit:
            raise Bad(f"'{value}' exceeds maximum length of {limit}")
        return value

    return check


def nullable(inner: Check) -> Check:
    """The same, or null."""
    return lambda value: None if value is None else inner(value)


def anything(value: Any) -> Any:
    """Whatever was sent."""
    return value


def boolean(value: Any) -> bool:
    """A boolean, or a word or number that means one."""
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Bad(f"'{value}' cannot be converted to boolean")


def number(low: int, high: int) -> Check:
    """An integer within bounds."""

    def check(value: Any) -> int:
        try:
            found = int(value)
        except (TypeError, ValueError):
            raise Bad(f"'{value}' is not an integer") from None
        if isinstance(value, bool) or not low <= found <= high:
            raise Bad(f"'{value}' is not in the range {low} to {high}")
        return found

    return check


def one_of(*choices: Any) -> Check:
    """One of these values."""

    def check(value: Any) -> Any:
        if value not in choices:
            raise Bad(f"'{value}' is not in {list(choices)}")
        return value

    return check


def identifier(value: Any) -> str:
    """A UUID."""
    try:
        UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise Bad(f"'{value}' is not a valid UUID") from None
    return str(value)


def address(value: Any) -> str:
    """An IP address, in its shortest form."""
    try:
        return str(ip_address(value))
    except ValueError:
        raise Bad(f"'{value}' is not a valid IP address") from None


def prefix(value: Any) -> str:
    """A network with its prefix length, host bits cleared."""
    bad = Bad(f"'{value}' is not a valid IP subnet")
    if not isinstance(value, str) or "/" not in value:
        raise bad
    try:
        return str(ip_network(value, strict=False))
    except ValueError:
        raise bad from None


def address_or_prefix(value: Any) -> str:
    """An address, or a network."""
    return prefix(value) if isinstance(value, str) and "/" in value else address(value)


def mac(value: Any) -> str:
    """A MAC address, in small letters."""
    if not isinstance(value, str) or not _MAC.fullmatch(value):
        raise Bad(f"'{value}' is not a valid MAC address")
    return value.lower()


def list_of(inner: Check, *, unique: bool = False) -> Check:
    """A list of such values."""

    def check(value: Any) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise Bad(f"'{value}' is not a list")
        found = [inner(item) for item in value]
        if unique and any(item in found[:index] for index, item in enumerate(found)):
            raise Bad(f"Duplicate items in the list: '{value}'")
        return found

    return check


def record(fields: Mapping[str, Check], *, needs: tuple[str, ...] = ()) -> Check:
    """A mapping with these keys at most."""

    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Bad(f"'{value}' is not a dictionary")
        if missing := [key for key in needs if key not in value]:
            raise Bad(f"Validation of dictionary's keys failed. Missing: {missing}")
        if unknown := [key for key in value if key not in fields]:
            raise Bad(f"Unexpected keys supplied: {unknown}")
        return {key: fields[key](item) for key, item in value.items()}

    return check


def mapping(value: Any) -> dict[str, Any]:
    """Any mapping."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Bad(f"'{value}' is not a dictionary")
    return value


NAME = Field(text(255), "")
DESCRIPTION = Field(text(255), "")
UP = Field(boolean, True)
READ_ONLY = Field(anything, ABSENT, post=False, put=False)
