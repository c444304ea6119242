"""Laying a template out: one way to write each thing, so that differences are about meaning.

    formatted(text)

Rules: nothing that a text says is changed, no comment is lost, and what was laid out once stays
as it is. What cannot be laid out so raises Unformattable.
"""

import json
import re

from hearth.template.layout.braces import braced
from hearth.template.layout.pieces import Scalar, Unformattable, content, pieces
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
    odd = _ODD.search(text)
    if odd is not None:
        line = text.count("\n", 0, odd.start()) + 1
        raise Unformattable("it has line breaks of an unusual kind", line)
    before = pieces(text)
    if before.root is not None and not isinstance(before.root, Scalar) and _is_json(text):
        after = braced(before.root)
    else:
        after = printed(before, text)
    same = content(text) == content(after)
    if not same or remark_texts(before.remarks) != remark_texts(pieces(after).remarks):
        raise Unformattable("it is written in a way that cannot be laid out without changing it")
    return after


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


__all__ = ["Unformattable", "formatted"]
