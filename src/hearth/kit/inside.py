"""Following a path into maps and lists, and finding one value in another. Pure."""

from collections.abc import Iterable

from hearth.base import Value
from hearth.template import walked


def inside(value: Value, path: Iterable[Value]) -> Value:
    """What lies at the end of a path; None where it leads nowhere. A secret stays one."""
    return walked(value, tuple(path))


def within(asked: Value, shown: Value) -> bool:
    """Whether what was asked for is among what is shown; nothing was asked for with null."""
    match asked:
        case None:
            return True
        case dict():
            known = shown if isinstance(shown, dict) else {}
            return all(within(value, known.get(key)) for key, value in asked.items())
        case list():
            found = shown if isinstance(shown, list) else []
            alike = len(found) == len(asked)
            return alike and all(any(within(item, one) for one in found) for item in asked)
        case bool():
            return str(shown).lower() == str(asked).lower()
        case _:
            return str(shown) == str(asked)
