"""Laying a template out: one way to write each thing, so that differences are about meaning.

    formatted(text)

Rules: nothing that a text says is changed, no comment is lost, and what was laid out once stays
as it is. What cannot be laid out so raises Unformattable.
"""

import re

from hearth.base.jsontext import loaded, tokens
from hearth.template.layout.braces import braced
from hearth.template.layout.pieces import Unformattable, content, json_root, pieces
from hearth.template.layout.printer import printed, remark_texts

MAX_ROUNDS = 5
_ODD = re.compile("[\r\x85\u2028\u2029]")
"""What YAML takes for line breaks, and no editor does."""


def formatted(text: str) -> str:
    """The text laid out."""
    for _ in range(MAX_ROUNDS):
        after = _once(text)
        if after == text:
            return after
        text = after
    raise Unformattable("no layout was found that stays as it is")


def _once(text: str) -> str:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if text and not text.endswith("\n"):
        text += "\n"
    if text.lstrip()[:1] == "{" and loaded(text) is not None:
        return _json_once(text)
    odd = _ODD.search(text)
    if odd is not None:
        line = text.count("\n", 0, odd.start()) + 1
        raise Unformattable("it has line breaks of an unusual kind", line)
    before = pieces(text)
    after = printed(before, text)
    same = content(text) == content(after)
    if not same or remark_texts(before.remarks) != remark_texts(pieces(after).remarks):
        raise Unformattable("it is written in a way that cannot be laid out without changing it")
    return after


def _json_once(text: str) -> str:
    after = braced(json_root(text))
    if _said(text) != _said(after):
        raise Unformattable("it is written in a way that cannot be laid out without changing it")
    return after


def _said(text: str) -> list[tuple[str, str]]:
    return [(token.kind, repr(token.value)) for token in tokens(text)]


__all__ = ["Unformattable", "formatted"]
