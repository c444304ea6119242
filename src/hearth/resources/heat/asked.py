"""What others ask of a group's attributes, as outputs of the stack that the group is. Pure.

A group has no attributes of its own making: what is asked of it is asked of its members, and the
stack of the members answers with an output for each question, called by the question's path.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hearth.base import Value

Path = tuple[Value, ...]
MEMBER = "resource."
"""How an attribute begins that is one member's: `resource.<member>` and perhaps `.<attribute>`."""


def output_name(path: Iterable[Value]) -> str:
    """What the output is called that answers a question."""
    return ", ".join(str(step) for step in path)


def of_member(attribute: str, path: Sequence[Value]) -> tuple[str, Path]:
    """The member that `resource.<member>…` means, and the way from there on."""
    name, *inner = attribute.removeprefix(MEMBER).split(".", 1)
    return name, (*inner, *path)


def answers(referenced: Iterable[Path], names: Sequence[str]) -> dict[str, Any]:
    """The outputs for all questions, where lists of members have the order of these names."""
    found = {output_name(path): _answer(str(path[0]), path[1:], names) for path in referenced}
    return {name: {"value": value} for name, value in found.items() if value is not None}


def _answer(key: str, path: Path, names: Sequence[str]) -> Value:
    match key:
        case "refs":
            return [{"get_resource": name} for name in names]
        case "refs_map":
            return {name: {"get_resource": name} for name in names}
        case "attributes":
            return {name: _attribute(name, path) for name in names} if path else None
        case "removed_rsrc_list" | "show":
            return None
        case _ if key.startswith(MEMBER):
            name, steps = of_member(key, path)
            return _attribute(name, steps) if name in names and steps else None
        case _:
            return [_attribute(name, (key, *path)) for name in names]


def _attribute(name: str, path: Path) -> Mapping[str, Any]:
    return {"get_attr": [name, *path]}
