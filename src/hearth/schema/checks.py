"""Custom constraints that need no service: addresses, names, times, texts.

`generic(name, value, now)` says what is wrong with a value, or None; `GENERIC` are their names.
"""

import ipaddress
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hearth.base import Value

_MAC = re.compile(
    r"[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}|[0-9a-f]{1,2}(-[0-9a-f]{1,2}){5}"
    r"|[0-9a-f]{1,4}(:[0-9a-f]{1,4}){2}|[0-9a-f]{1,4}(-[0-9a-f]{1,4}){2}"
    r"|[0-9a-f]{1,4}(\.[0-9a-f]{1,4}){2}|[0-9a-f]{5,6}[:-][0-9a-f]{5,6}|[0-9a-f]{11,12}",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?|(?P<months>\d\d)(?P<days>\d\d))?"
    r"(?:[ T](?P<hour>\d\d)(?::?(?P<minute>\d\d)(?::?(?P<second>\d{1,2})(?:[.,]\d+)?)?)?"
    r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?"
)
_LABEL = re.compile(r"[a-z0-9-]{1,63}")
_LONGEST_NAME = 255
_LONGEST_RELATIVE = 252
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CRON_WORDS = ("@annually", "@daily", "@hourly", "@midnight", "@monthly", "@weekly", "@yearly")
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
    if not value and name in _NOTHING_TO_SAY:
        return None
    if name == "expiration":
        return _told(value, _expiration(value, now))
    check = _CHECKS.get(name)
    return _told(value, check(value)) if check else None


def _told(value: Value, wrong: str | None) -> str | None:
    return None if wrong is None else f"Error validating value {value!r}: {wrong}"


def _ip_addr(value: Value) -> str | None:
    try:
        address = ipaddress.ip_address(str(value))
    except ValueError:
        return "Invalid IP address"
    return "Invalid IP address" if getattr(address, "scope_id", None) else None


def _net_cidr(value: Value) -> str | None:
    text = str(value)
    if not re.fullmatch(r"[^/\s%]+/\d+", text):
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
    if text.endswith("."):
        return f"'{text}' is a FQDN. It should be a relative domain name."
    if len(text) > _LONGEST_RELATIVE:
        return f"'{text}' has {len(text)} characters: with a domain it exceeds {_LONGEST_NAME}"
    return _dns_name(value)


def _dns_name(value: Value) -> str | None:
    text = str(value)
    trimmed = text.removesuffix(".")
    if len(trimmed) > _LONGEST_NAME:
        return f"'{text}' not in valid format: it exceeds {_LONGEST_NAME} characters"
    labels = trimmed.split(".")
    for label in labels:
        if not label:
            return f"'{text}' not in valid format: it has an empty component"
        if label.startswith("-") or label.endswith("-"):
            return f"Name '{label}' in '{text}' must not start or end with a hyphen"
        if not _LABEL.fullmatch(label):
            return f"Name '{label}' in '{text}' must be 1-63 small letters, digits, hyphens"
    if text.endswith(".") and len(labels) > 1 and labels[-1].isdigit():
        return f"'{text}' not in valid format: the last component is a number"
    return None


def _dns_domain(value: Value) -> str | None:
    wrong = _dns_name(value)
    if wrong is None and not str(value).endswith("."):
        wrong = f"'{value}' must end with '.'"
    return wrong


def _iso_8601(value: Value) -> str | None:
    return None if moment(str(value)) else f"'{value}' is no time as in ISO 8601"


def moment(text: str) -> datetime | None:
    """The time that a text names as ISO 8601 has it, cut off wherever it may be."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    part = {key: int(one) for key, one in found.groupdict().items() if one and key != "zone"}
    zone = (found["zone"] or "Z").replace(":", "")
    hours, minutes = (0, 0) if zone == "Z" else (int(zone[:3]), int(zone[0] + (zone[3:] or "0")))
    try:
        return datetime(
            part["year"],
            part.get("month", part.get("months", 1)),
            part.get("day", part.get("days", 1)),
            part.get("hour", 0),
            part.get("minute", 0),
            part.get("second", 0),
            tzinfo=timezone(timedelta(hours=hours, minutes=minutes)),
        )
    except ValueError:
        return None


def _expiration(value: Value, now: float) -> str | None:
    when = moment(str(value).strip())
    if when is None:
        return f"Expiration {value} is invalid: it is no time as in ISO 8601"
    if (when - _EPOCH).total_seconds() < now:
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
    if str(value).strip().lower() in _CRON_WORDS:
        return None
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
    if step and not (step.isdigit() and int(step)):
        return False
    span, _, which = span.partition("#")
    if which and not ("sun" in words and which in "12345"):
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
_NOTHING_TO_SAY = frozenset(
    (
        "cron_expression",
        "dns_domain",
        "dns_name",
        "expiration",
        "json_string",
        "rel_dns_name",
        "timezone",
    )
)
"""Those to which an empty value is none."""
GENERIC = frozenset((*_CHECKS, "expiration"))
