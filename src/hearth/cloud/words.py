"""The words in which the services report errors. Pure."""

import re
from http import HTTPStatus
from typing import Any

from hearth.cloud.transport import Response

_TAGS = re.compile(r"<(title|style|script)\b.*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)
LONGEST = 2000


def said(reply: Response) -> tuple[str, str]:
    """The service's code for an error (often empty), and its message."""
    document = reply.json
    code, message = _read(document) if isinstance(document, dict) else ("", "")
    if not message and not document:
        text = _TAGS.sub(" ", reply.body.decode("utf-8", "replace"))
        message = " ".join(text.split())
    return code, message[:LONGEST] or _phrase(reply.status)


def _read(document: dict[str, Any]) -> tuple[str, str]:
    """Each service has a form of its own; most wrap a map with a message in one key."""
    if errors := document.get("errors"):
        first = errors[0] if isinstance(errors, list) else {}
        return str(first.get("code", "")), str(first.get("detail") or first.get("title") or "")
    if "faultstring" in document:
        return str(document.get("faultcode", "")), str(document["faultstring"])
    for key in ("message", "description"):
        if isinstance(document.get(key), str):
            return str(document.get("type", "")), document[key]
    for key, inner in document.items():
        if isinstance(inner, str) and key in ("NeutronError", "error_message", "error"):
            return "", inner
        if isinstance(inner, dict):
            words = inner.get("message") or inner.get("faultstring") or inner.get("detail")
            if words:
                return str(inner.get("type") or inner.get("title") or ""), str(words)
    return "", ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "unknown error"
