"""The one typed tree that every dialect is read into. Nothing after the parser knows which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import Any

from hearth.base import Span, Value

Place = tuple[str, int, int, int, int]
"""File, line, column, end line, end column, counting from 0: a Span before anybody needs one.

A template has tens of thousands of nodes and a handful of problems, so spans are made on demand.
"""


def span_of(place: Place) -> Span:
    """The span of a place."""
    file, line, column, end_line, end_column = place
    return Span(file, line + 1, column + 1, end_line + 1, end_column + 1)


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, boolean or null."""

    value: Value
    place: Place

    @property
    def span(self) -> Span:
        """Where it stands."""
        return span_of(self.place)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    place: Place

    @property
    def span(self) -> Span:
        """Where it stands."""
        return span_of(self.place)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map. keys: where each key stands. odd: keys that were no texts, by their text."""

    entries: dict[str, Node]
    place: Place
    keys: dict[str, Place] = field(default_factory=dict)
    odd: dict[str, Any] = field(default_factory=dict)

    @property
    def span(self) -> Span:
        """Where it stands."""
        return span_of(self.place)

    def key_span(self, key: str) -> Span:
        """Where a key stands."""
        return span_of(self.keys.get(key, self.place))


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an intrinsic function."""

    function: Function
    argument: Node
    place: Place

    @property
    def span(self) -> Span:
        """Where it stands."""
        return span_of(self.place)


Node = Literal | Sequence | Mapping | Call


@dataclass(frozen=True, slots=True)
class Function:
    """An intrinsic function of one version of one dialect.

    form: looks at the argument as written, and raises `Wrong` if it can never work.
    run: the result, from the resolved argument and a Scope; raises `Wrong` as well.
    lazy: `run` gets the argument unresolved, because not all of it is to be resolved.
    choose: for a function that takes one of several branches: which ones matter.
    refers: what the call refers to: "resource", "attribute", "parameter" or "".
    takes: the keys of a map that it looks at; what stands under others is never carried out.
    refused: it is recognised, and can be used nowhere: not in this version, or not at this place.
    apart: whether each of its arguments is a value of its own, null where nothing is left of it;
        otherwise they are the entries of one list or map, in which that is left out.
    weight: about how many nanoseconds an entry of the lists and maps it is given costs.
    """

    name: str
    run: Callable[[Any, Any], Value]
    form: Callable[[Node], None] | None = None
    lazy: bool = False
    choose: Callable[[Node, Any], list[Node]] | None = None
    refers: str = ""
    opaque: bool = False
    takes: tuple[str, ...] = ()
    refused: bool = False
    weight: int = 0
    apart: bool = False


class Wrong(Exception):
    """Why a function cannot be carried out. Never leaves the template package.

    said: the same for people, where the sentence is one that only clients know.
    """

    def __init__(
        self,
        sentence: str,
        *,
        code: str = "function",
        kind: str = "",
        hint: str | None = None,
        said: str = "",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.said = said
        self.code = code
        self.kind = kind or "StackValidationFailed"
        self.hint = hint


def kind_of(node: Node) -> str:
    """What a node is, in people's words."""
    match node:
        case Sequence():
            return "a list"
        case Mapping() | Call():
            return "a map"
        case Literal(value=None):
            return "nothing"
        case Literal(value=bool()):
            return "true or false"
        case Literal(value=int() | float()):
            return "a number"
        case _:
            return "a text"


def plain_of(node: Node) -> Value:
    """The node as plain data, calls as the maps that they are written as."""
    match node:
        case Literal():
            return node.value
        case Sequence():
            return [plain_of(item) for item in node.items]
        case Mapping():
            return {key: plain_of(item) for key, item in node.entries.items()}
        case Call():
            return {node.function.name: plain_of(node.argument)}


def children(node: Node) -> Iterator[Node]:
    """What stands directly inside."""
    match node:
        case Literal():
            return
        case Sequence():
            yield from node.items
        case Mapping():
            yield from node.entries.values()
        case Call():
            yield node.argument


def at(node: Node, path: tuple[str | int, ...]) -> Node:
    """The node at a path of keys and indexes, or the last one there is on the way."""
    for step in path:
        match node:
            case Mapping(entries=entries) if step in entries:
                node = entries[str(step)]
            case Sequence(items=items) if isinstance(step, int) and step < len(items):
                node = items[step]
            case _:
                return node
    return node


def node_of(value: Value, place: Place = ("", 0, 0, 0, 0)) -> Node:
    """Plain data as nodes, all at one place."""
    if isinstance(value, MappingOf):
        entries = {str(key): node_of(item, place) for key, item in value.items()}
        return Mapping(entries, place)
    if isinstance(value, list | tuple):
        return Sequence(tuple(node_of(item, place) for item in value), place)
    return Literal(value, place)
