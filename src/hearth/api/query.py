"""What the two query APIs share: AWS's envelope of an error, in XML or JSON."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import msgspec

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def error_xml(kind: str, code: str, message: str) -> bytes:
    """An error as clients of the query protocol parse it; kind is Sender or Server."""
    fields = f"<Type>{kind}</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
    return f"<ErrorResponse><Error>{fields}</Error></ErrorResponse>".encode()


def error_json(kind: str, code: str, message: str) -> bytes:
    """The same for `ContentType=JSON`."""
    told = {"Type": kind, "Code": code, "Message": message}
    return msgspec.json.encode({"ErrorResponse": {"Error": told}})


class Refusing:
    """An ASGI application that offers no action yet and says so with 501."""

    def __init__(self, service: str) -> None:
        self._message = f"No action of {service} is implemented on this server."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        as_json = asked.get("ContentType") == ["JSON"]
        make, kind = (error_json, b"application/json") if as_json else (error_xml, b"text/xml")
        body = make("Server", "APINotImplemented", self._message)
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 501, "headers": headers})
        await send({"type": "http.response.body", "body": body})
