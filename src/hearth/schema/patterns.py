"""How much work a regular expression can make, judged by its form before it is matched.

Most patterns that people write have at most one repetition worth the name and can be matched on
the spot. One that could backtrack without end is told by its form, and is matched elsewhere.
"""

import re
from re import _parser  # type: ignore[attr-defined]  # the parser that `re` itself uses
from typing import Any

ENDLESS = 1 << 40
LONGEST = 2000
"""Characters of a pattern that is looked at: a longer one counts as endless."""


def effort(regex: str, length: int) -> int:
    """No fewer steps than matching a text of this length takes; ENDLESS where that is not known.

    Repetitions one after another multiply, for each may give back what it took; a repetition of
    something that itself can match in different ways may try all of them, and is endless.
    """
    if len(regex) > LONGEST:
        return ENDLESS
    try:
        return min(max(_effort(_parser.parse(regex), length), length), ENDLESS)
    except (re.error, RecursionError, OverflowError):
        return ENDLESS


def _effort(parts: Any, length: int) -> int:
    found = 1
    for kind, argument in parts:
        found = min(found * _one(str(kind), argument, length), ENDLESS)
    return found


def _one(kind: str, argument: Any, length: int) -> int:
    match kind:
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high, inner = argument
            inside = _effort(inner, length)
            if int(low) == int(high):
                return int(inside ** min(int(low), 64)) if inside > 1 else 1
            return ENDLESS if inside > 1 else min(int(high) - int(low), length) + 1
        case "BRANCH":
            return sum(_effort(branch, length) for branch in argument[1])
        case "SUBPATTERN":
            return _effort(argument[3], length)
        case "ASSERT" | "ASSERT_NOT":
            return _effort(argument[1], length)
        case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN" | "AT":
            return 1
        case _:  # groups referred to, conditions, what future versions bring
            return ENDLESS
