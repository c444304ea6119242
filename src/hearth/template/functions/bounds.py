"""How large a function's result may become: a small template must not make a huge text."""

from hearth.base import Secret, Value
from hearth.template.nodes import Wrong

MAX_TEXT = 16 * 1024 * 1024
"""Characters in one result."""
WEIGHT = 16
"""A number, list or map counts as so many characters: that is what it takes in memory at least."""


def bounded(size: int, name: str) -> int:
    """The size, if a result may have it."""
    if size > MAX_TEXT:
        raise Wrong(f"the result of {name} would exceed {MAX_TEXT} characters", code="too-large")
    return size


def size_of(value: Value, name: str, known: int = 0) -> int:
    """About how many characters a value has, added to those known; stops where it is too much."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            known += len(one)
        elif isinstance(one, Secret):
            waiting.append(one.value)
        elif isinstance(one, dict):
            known += sum(map(len, one))
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        known = bounded(known + WEIGHT, name)
    return known
