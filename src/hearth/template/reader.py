"""From text to nodes: YAML by its parser's events, JSON where YAML would read it otherwise.

Every node knows its place. Size, depth and the number of nodes are bounded, aliases counted as
often as they are used, so that a small text cannot grow into a large tree.
"""

import json
from collections.abc import Callable
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import ScalarNode

from hearth.base import DEEPEST, Problem, Report, Severity, Span, too_deep
from hearth.template.nodes import Literal, Mapping, Node, Place, Sequence, node_of, span_of

MAX_NODES = 500_000
MAX_DEPTH = DEEPEST
LONGEST_NUMBER = 128
"""What is longer stays a text: `1:59:59:…` takes a time that grows with the square."""
_TAG = "tag:yaml.org,2002:"


class Unreadable(Exception):
    """The text is not what it should be."""

    def __init__(self, sentence: str, span: Span | None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.span = span


def read(text: str | bytes, name: str, report: Report) -> Node | None:
    """The nodes of a YAML or JSON text; None for an empty one. Raises Unreadable."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as wrong:
            raise Unreadable(f"it is not UTF-8: {wrong}", Span(name, 1, 1, 1, 1)) from None
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] != "{":
        return _Composer(text, name, report).document()
    return _json(text, name, report)


def _json(text: str, name: str, report: Report) -> Node | None:
    """A text that looks like JSON: read as YAML for its places, if both agree on it."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if data is None or too_deep(data):
        return _Composer(text, name, report).document()
    own = Report()
    try:
        node = _Composer(text, name, own).document()
    except Unreadable:
        node = None
    if node is not None and _agrees(node, data):
        report.extend(own)
        return node
    return node_of(data, (name, 0, 0, 0, 1))


def _agrees(node: Node, data: Any) -> bool:
    """Whether both say the same, JSON's types being what counts."""
    match node:
        case Mapping():
            return (
                isinstance(data, dict)
                and node.entries.keys() == data.keys()
                and all(_agrees(item, data[key]) for key, item in node.entries.items())
            )
        case Sequence():
            return (
                isinstance(data, list)
                and len(node.items) == len(data)
                and all(map(_agrees, node.items, data))
            )
        case Literal():
            return type(node.value) is type(data) and node.value == data
        case _:
            return False


class _Composer:
    """Events in, nodes out, without recursion."""

    def __init__(self, text: str, name: str, report: Report) -> None:
        self.name = name
        self.report = report
        self.text = text
        self.events = _events(text)
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.known: dict[str, Any] = {}
        self.count = 0

    def document(self) -> Node | None:
        """The one document of the text."""
        try:
            return self._document()
        except yaml.MarkedYAMLError as wrong:
            raise Unreadable(*_told(wrong, self.name)) from None
        except yaml.YAMLError as wrong:
            raise Unreadable(_flat(str(wrong)), Span(self.name, 1, 1, 1, 1)) from None

    def _document(self) -> Node | None:
        get = self.events
        get()  # the stream's start
        if isinstance(get(), yaml.StreamEndEvent):
            return None
        root = self.tree()
        get()  # the document's end
        extra = get()
        if not isinstance(extra, yaml.StreamEndEvent):
            raise Unreadable(
                f'expected a single document in the stream in line 1: "{_first_line(self.text)}" '
                "but found another document",
                span_of(self.place(extra)),
            )
        return root

    def tree(self) -> Node:
        """The next node with all that is in it."""
        open_: list[_Open] = []
        get, scalar = self.events, self.scalar
        while True:
            event = get()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                done: Node = scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self.begin(event, open_)
                continue
            elif kind is yaml.AliasEvent:
                done = self.alias(event)
            else:
                done = self.end(open_.pop(), event)
            if not open_:
                return done
            open_[-1].items.append(done)

    def begin(self, event: Any, open_: list["_Open"]) -> None:
        """A map or list opens."""
        if event.tag not in (None, "!", _TAG + "map", _TAG + "seq", _TAG + "omap", _TAG + "set"):
            raise _no_constructor(event, self.place(event))
        if len(open_) >= MAX_DEPTH:
            raise Unreadable(
                f"it is nested more than {MAX_DEPTH} levels deep", span_of(self.place(event))
            )
        open_.append(_Open(event, isinstance(event, yaml.MappingStartEvent), self.count))

    def end(self, opened: "_Open", event: Any) -> Node:
        """A map or list is complete."""
        start, stop = opened.event.start_mark, event.end_mark
        if not opened.mapping and opened.items:
            # A block list ends where the next thing begins; its last item says it better.
            last = opened.items[-1].place
            place = (self.name, start.line, start.column, last[3], last[4])
        else:
            place = (self.name, start.line, start.column, stop.line, stop.column)
        node: Node
        if opened.mapping:
            node = self.mapping(opened.items, place)
        else:
            node = Sequence(tuple(opened.items), place)
        self.counted(opened.event, node, 1 + self.count - opened.before)
        return node

    def counted(self, event: Any, node: Node, size: int) -> None:
        """Note what an anchor names, and how large it is; and that one more node is there."""
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, size)
        self.grow(1, event)

    def grow(self, size: int, event: Any) -> None:
        self.count += size
        if self.count > MAX_NODES:
            raise Unreadable(
                f"it has more than {MAX_NODES} values, aliases included",
                span_of(self.place(event)),
            )

    def alias(self, event: Any) -> Node:
        """What an alias stands for."""
        found = self.anchors.get(event.anchor)
        if found is None:
            raise Unreadable(f"found undefined alias {event.anchor!r}", span_of(self.place(event)))
        self.grow(found[1], event)
        return found[0]

    def scalar(self, event: Any) -> Literal:
        """A single value, by its tag or by how it looks."""
        # This runs for every value of a template; so it counts by itself, and spares calls.
        value, tag = event.value, event.tag
        if tag is None:
            if event.implicit[0]:
                known = self.known
                if value in known:
                    value = known[value]
                else:
                    known[value] = value = _implicit(value)
        elif tag != "!":
            value = self.tagged(event)
        start, end = event.start_mark, event.end_mark
        node = Literal(value, (self.name, start.line, start.column, end.line, end.column))
        self.count += 1
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, 1)
        return node

    def tagged(self, event: Any) -> Any:
        make = _EXPLICIT.get(event.tag)
        if make is None:
            raise _no_constructor(event, self.place(event))
        if make in _NUMBERS and len(event.value) > LONGEST_NUMBER:
            wrong = f"a number of {len(event.value)} characters"
            raise Unreadable(wrong, span_of(self.place(event)))
        try:
            return make(event.value)
        except (ValueError, OverflowError, yaml.YAMLError) as wrong:
            raise Unreadable(_flat(str(wrong)), span_of(self.place(event))) from None

    def mapping(self, items: list[Node], place: Place) -> Mapping:
        """A map of alternating keys and values; `<<` merges, the first and own ones win."""
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        odd: dict[str, Any] = {}
        merged: list[Mapping] = []
        for key, value in zip(items[::2], items[1::2], strict=True):
            if type(key) is not Literal:
                raise Unreadable("found unhashable key", span_of(key.place))
            name = key.value
            if _plain_merge(key):
                merged.extend(self.sources(value))
                continue
            if not isinstance(name, str):
                odd[_key(name)] = name
                name = _key(name)
            if name in entries:
                self.twice(name, key, keys[name])
            entries[name] = value
            keys[name] = key.place
        for source in merged:
            for name, value in source.entries.items():
                if name not in entries:
                    entries[name] = value
                    keys[name] = source.keys.get(name, source.place)
        if items:
            # A block map ends where the next thing begins; its last value says it better.
            last = items[-1].place
            if last[3:] > place[1:3]:
                place = (*place[:3], *last[3:])
        return Mapping(entries, place, keys, odd)

    def sources(self, value: Node) -> list[Mapping]:
        """The maps that a merge key names."""
        found = value.items if isinstance(value, Sequence) else (value,)
        if not all(isinstance(one, Mapping) for one in found):
            raise Unreadable(
                "expected a mapping or list of mappings for merging", span_of(value.place)
            )
        self.grow(sum(len(one.entries) for one in found if isinstance(one, Mapping)), None)
        return [one for one in found if isinstance(one, Mapping)]

    def twice(self, name: str, key: Literal, before: Place) -> None:
        self.report.add(
            Problem(
                code="duplicate-key",
                sentence=f'"{name}" is given twice; the last one counts',
                span=key.span,
                severity=Severity.WARNING,
                hint=f"first given in line {before[1] + 1}",
            )
        )

    def place(self, event: Any) -> Place:
        if event is None:
            return (self.name, 0, 0, 0, 0)
        start, end = event.start_mark, event.end_mark
        return (self.name, start.line, start.column, end.line, end.column)


def _no_constructor(event: Any, place: Place) -> Unreadable:
    """The error for a tag that nobody knows."""
    sentence = f"could not determine a constructor for the tag {event.tag!r}"
    return Unreadable(sentence, span_of(place))


def _first_line(text: str) -> str:
    """The line that a text begins with."""
    return text.lstrip().partition("\n")[0].strip()[:200]


def _plain_merge(key: Literal) -> bool:
    """Whether a key is `<<`, unquoted."""
    return key.value == "<<" and key.place[4] - key.place[2] == len("<<")


class _Open:
    """A map or list whose end has not come."""

    __slots__ = ("before", "event", "items", "mapping")

    def __init__(self, event: Any, mapping: bool, before: int) -> None:  # noqa: FBT001 - internal
        self.event = event
        self.mapping = mapping
        self.before = before
        self.items: list[Node] = []


def _events(text: str) -> Callable[[], Any]:
    parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    return parser.get_event


_MAKER = SafeConstructor()


def _number(make: Callable[[ScalarNode], Any]) -> Callable[[str], Any]:
    return lambda text: make(ScalarNode("", text))


_EXPLICIT: dict[str, Callable[[str], Any]] = {
    _TAG + "str": str,
    _TAG + "timestamp": str,
    _TAG + "int": _number(_MAKER.construct_yaml_int),
    _TAG + "float": _number(_MAKER.construct_yaml_float),
    _TAG + "bool": _number(_MAKER.construct_yaml_bool),
    _TAG + "null": lambda _: None,
    _TAG + "binary": lambda text: _MAKER.construct_yaml_binary(ScalarNode("", text)).decode(
        "utf-8", "replace"
    ),
}
_NUMBERS = (_EXPLICIT[_TAG + "int"], _EXPLICIT[_TAG + "float"])
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers


def _implicit(text: str) -> Any:
    """An unquoted value by how it looks; dates stay texts."""
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            make = _EXPLICIT.get(tag)
            if len(text) > LONGEST_NUMBER:
                return text
            try:
                return make(text) if make else text
            except (ValueError, OverflowError):
                return text
    return text


def _key(value: Any) -> str:
    """A key that is no text, as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value)


def _told(wrong: yaml.MarkedYAMLError, name: str) -> tuple[str, Span | None]:
    parts = [part for part in (wrong.context, wrong.problem) if part]
    mark = wrong.problem_mark or wrong.context_mark
    if mark is None:
        return _flat(" ".join(parts)), None
    line, column = mark.line + 1, mark.column + 1
    return _flat(" ".join(parts)), Span(name, line, column, line, column + 1)


def _flat(text: str) -> str:
    return " ".join(text.split())
