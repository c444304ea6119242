"""Following a path into maps and lists. Pure."""

from collections.abc import Iterable

from hearth.base import Secret, Value


def inside(value: Value, path: Iterable[Value]) -> Value:
    """What lies at the end of a path; None where it leads nowhere. A secret stays one."""
    for step in path:
        if isinstance(value, Secret):
            value = Secret(inside(value.value, [step]))
        elif isinstance(value, dict):
            value = value.get(step, value.get(str(step)))
        elif isinstance(value, list):
            text = str(step)
            index = int(text) if text.lstrip("-").isdigit() else len(value)
            value = value[index] if -len(value) <= index < len(value) else None
        else:
            return None
    return value
