"""Custom constraints that need no service: addresses, names, times, texts.

`generic(name, value, now)` says what is wrong with a value, or None; `GENERIC` are their names.
"""

import ipaddress
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hearth.base import Value

_MAC = re.compile(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}")
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_CRON = (
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day", 1, 31, ""),
    ("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    ("weekday", 0, 7, "sun mon tue wed thu fri sat"),
    ("second", 0, 59, ""),
    ("year", 1970, 2099, ""),
)


def generic(name: str, value: Value, now: float) -> str | None:
    """What is wrong with a value; `now` in seconds since the epoch."""
    if name == "expiration":
        return _told(value, _expiration(value, now))
    check = _CHECKS.get(name)
    return _told(value, check(value)) if check else None


def _told(value: Value, wrong: str | None) -> str | None:
    return None if wrong is None else f"Error validating value {value!r}: {wrong}"


def _ip_addr(value: Value) -> str | None:
    try:
        ipaddress.ip_address(str(value))
    except ValueError:
        return "Invalid IP address"
    return None


def _net_cidr(value: Value) -> str | None:
    text = str(value)
    if "/" not in text or re.search(r"\s", text):
        return f"Invalid net cidr {text}"
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return f"Invalid net cidr {text}"
    return None


def _ip_or_cidr(value: Value) -> str | None:
    if _ip_addr(value) is None or _net_cidr(value) is None:
        return None
    return f"{value} is not a valid IP or CIDR"


def _mac_addr(value: Value) -> str | None:
    return None if _MAC.fullmatch(str(value)) else "Invalid MAC address."


def _rel_dns_name(value: Value) -> str | None:
    text = str(value)
    if not text:
        return None
    if len(text) > 255:
        return f"'{text}' exceeds the 255 character limit"
    for label in text.removesuffix(".").split("."):
        if not label:
            return f"'{text}' not in valid format: it has an empty component"
        if label.startswith("-") or label.endswith("-"):
            return f"Name '{label}' in '{text}' must not start or end with a hyphen"
        if not _LABEL.fullmatch(label):
            return f"Name '{label}' in '{text}' must be 1-63 letters, digits, hyphens"
    return None


def _dns_name(value: Value) -> str | None:
    wrong = _rel_dns_name(value)
    if wrong is not None:
        return wrong
    text = str(value)
    if text.endswith(".") and text.removesuffix(".").rpartition(".")[2].isdigit():
        return f"'{text}' not in valid format: the last component is a number"
    return None


def _dns_domain(value: Value) -> str | None:
    text = str(value)
    if not text:
        return None
    if not text.endswith("."):
        return f"'{text}' must end with '.'"
    wrong = _dns_name(text)
    if wrong is None and len(text.removesuffix(".").split(".")) < 2:
        return f"'{text}' must contain at least two components"
    return wrong


def _iso_8601(value: Value) -> str | None:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return f"'{value}' is no time as in ISO 8601"
    return None


def _expiration(value: Value, now: float) -> str | None:
    try:
        when = datetime.fromisoformat(str(value))
    except ValueError:
        return f"Expiration {value} is invalid: it is no time as in ISO 8601"
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    if when.timestamp() < now:
        return f"Expiration {value} is invalid: Expiration time is out of date."
    return None


def _json_string(value: Value) -> str | None:
    try:
        json.loads(str(value))
    except (ValueError, RecursionError) as wrong:
        return f"JSON string is invalid: {wrong}"
    return None


def _timezone(value: Value) -> str | None:
    try:
        ZoneInfo(str(value))
    except (ValueError, OSError, LookupError):
        return f"Invalid timezone: no time zone found with key {value}"
    return None


def _cron(value: Value) -> str | None:
    columns = str(value).split()
    if not 5 <= len(columns) <= 7:
        return "Invalid CRON expression: it must have 5, 6 or 7 columns"
    for text, (what, low, high, words) in zip(columns, _CRON, strict=False):
        for part in text.lower().split(","):
            if not _cron_part(part, low, high, words.split()):
                return f"Invalid CRON expression: [{value}] is not acceptable: {what} {text}"
    return None


def _cron_part(part: str, low: int, high: int, words: list[str]) -> bool:
    span, _, step = part.partition("/")
    if step and not step.isdigit():
        return False
    if span in ("*", "?", "l"):
        return True
    bounds = [_cron_number(end, low, words) for end in span.split("-")]
    return len(bounds) <= 2 and all(one is not None and low <= one <= high for one in bounds)


def _cron_number(text: str, low: int, words: list[str]) -> int | None:
    if text.isdigit():
        return int(text)
    return words.index(text) + low if text in words else None


_CHECKS: dict[str, Callable[[Value], str | None]] = {
    "cron_expression": _cron,
    "dns_domain": _dns_domain,
    "dns_name": _dns_name,
    "ip_addr": _ip_addr,
    "ip_or_cidr": _ip_or_cidr,
    "iso_8601": _iso_8601,
    "json_string": _json_string,
    "mac_addr": _mac_addr,
    "net_cidr": _net_cidr,
    "rel_dns_name": _rel_dns_name,
    "test_constr": lambda _value: None,
    "timezone": _timezone,
}
GENERIC = frozenset((*_CHECKS, "expiration"))
