"""Templates and files as texts that are kept once by their content."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from hearth.base import Report
from hearth.store import PutText
from hearth.template import Template, parse, parse_document


def text_changes(source: str | Mapping[str, Any]) -> tuple[str, tuple[PutText, ...]]:
    """The hash under which a text or a document is kept, and the change that keeps it."""
    text = source if isinstance(source, str) else json.dumps(source, default=str)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return digest, (PutText(digest, text),)


def read_template(
    source: str | Mapping[str, Any], name: str = "template"
) -> tuple[Template | None, Report]:
    """The template that was given or kept. What was kept of an object has no places."""
    if not isinstance(source, str):
        return parse_document(dict(source), name)
    if source.startswith("{"):
        try:
            return parse_document(msgspec.json.decode(source), name)
        except msgspec.DecodeError:
            return parse(source, name)
    return parse(source, name)
