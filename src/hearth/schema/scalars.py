"""Converting a single value to what is declared, as leniently as the language always was."""

from hearth.base import Value
from hearth.schema.kinds import Kind


class NotThis(ValueError):
    """The value is not of this kind; the text says why."""


def converted(kind: Kind, value: Value) -> Value:
    """The value as this kind; raises NotThis. Maps and lists are only looked at."""
    match kind:
        case Kind.STRING:
            return text(value)
        case Kind.INTEGER:
            return integer(value)
        case Kind.NUMBER:
            return number(value)
        case Kind.BOOLEAN:
            return boolean(value)
        case Kind.MAP if not isinstance(value, dict):
            raise NotThis(f'"{value}" is not a map')
        case Kind.LIST if not isinstance(value, list):
            raise NotThis(f'"{value!r}" is not a list')
        case _:
            return value


def text(value: Value) -> str:
    """Texts, whole numbers and booleans; a fraction has no one text, and is refused."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    raise NotThis(f"Value must be a string; got {value!r}")


def integer(value: Value) -> int:
    """Whole numbers, texts of such, and fractions cut off."""
    if not isinstance(value, str | int | float):
        raise NotThis(f"Value '{value}' is not an integer")
    try:
        return int(value)
    except (ValueError, OverflowError):
        raise NotThis(f"Value '{value}' is not an integer") from None


def number(value: Value) -> int | float:
    """Numbers and texts of such; whole ones stay whole."""
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str):
        kind = type(value).__name__
        raise NotThis(
            f"int() argument must be a string, a bytes-like object or a real number, not '{kind}'"
        )
    try:
        return int(value)
    except ValueError:
        pass
    try:
        return float(value)
    except ValueError:
        raise NotThis(f"could not convert string to float: {value!r}") from None


def boolean(value: Value) -> bool:
    """True, false, and these words in any case."""
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) else None
    if word not in ("true", "false"):
        shown = word if word is not None else value
        raise NotThis(f'"{shown}" is not a valid boolean')
    return word == "true"
