"""Documents of the query protocol: XML by default, JSON where it is asked for. Pure."""

from typing import Any
from xml.sax.saxutils import escape

import msgspec

AS_TEXT = frozenset({"Metadata", "TemplateBody"})
"""What stands in a document as the text of its JSON."""


def rendered(document: dict[str, Any], *, as_json: bool) -> bytes:
    """The document, whose one key is its root."""
    if as_json:
        return msgspec.json.encode(_with_texts(document))
    return "".join(_element(name, value) for name, value in document.items()).encode()


def _element(name: str, value: Any) -> str:
    return f"<{name}>{_inside(name, value)}</{name}>"


def _inside(name: str, value: Any) -> str:
    match value:
        case _ if name in AS_TEXT:
            return escape(_text(value))
        case dict():
            return "".join(_element(key, one) for key, one in value.items())
        case list():
            return "".join(_element("member", one) for one in value)
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return escape(str(value))


def _with_texts(value: Any) -> Any:
    match value:
        case dict():
            return {
                key: _text(one) if key in AS_TEXT else _with_texts(one)
                for key, one in value.items()
            }
        case list():
            return [_with_texts(one) for one in value]
        case _:
            return value


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
