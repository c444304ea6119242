"""From text to nodes: YAML by its parser's events, and JSON, which is tried first, by its tokens.

Every node knows its place. Size, depth and the number of nodes are bounded, aliases counted as
often as they are used, so that a small text cannot grow into a large tree.
"""

import json
from collections.abc import Callable
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import ScalarNode
from yaml.reader import ReaderError

from hearth.base import DEEPEST, Problem, Report, Severity, Span
from hearth.base.jsontext import Token, line_starts, loaded, tokens
from hearth.template.nodes import Literal, Mapping, Node, Place, Sequence, span_of

MAX_NODES = 500_000
MAX_DEPTH = DEEPEST
LONGEST_NUMBER = 128
"""What is longer stays a text: `1:59:59:…` takes a time that grows with the square."""
_TAG = "tag:yaml.org,2002:"
_OF_MANY = (None, "!", _TAG + "map", _TAG + "seq", _TAG + "omap", _TAG + "set")
_NOWHERE: Place = ("", 0, 0, 0, 0)


class Unreadable(Exception):
    """The text is not what it should be. upstream: its words, if they say no line."""

    def __init__(self, sentence: str, span: Span | None, upstream: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.span = span
        self.upstream = upstream


def read(text: str | bytes, name: str, report: Report) -> Node | None:
    """The nodes of a YAML or JSON text; None for an empty one. Raises Unreadable."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as wrong:
            raise Unreadable(f"it is not UTF-8: {wrong}", Span(name, 1, 1, 1, 1)) from None
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] == "{" and loaded(text) is not None:
        return _Laid(text, name, report).document()
    return _Composer(text, name, report).document()


class _Laid:
    """Tokens of JSON in, nodes out, without recursion."""

    def __init__(self, text: str, name: str, report: Report) -> None:
        self.text = text
        self.name = name
        self.report = report
        self.starts = line_starts(text)
        self.line = 0

    def document(self) -> Node:
        """The one value of the text."""
        outer: list[_Brackets] = []
        count = 0
        for token in tokens(self.text):
            count += token.kind not in "}]"
            if count > MAX_NODES:
                raise Unreadable(f"it has more than {MAX_NODES} values", span_of(self.place(token)))
            if token.kind == "key":
                outer[-1].key, outer[-1].key_place = token.value, self.place(token)
                continue
            if token.kind in "{[":
                outer.append(_Brackets(self.place(token)))
                continue
            done = self.closed(outer.pop(), token) if token.kind in "}]" else self.literal(token)
            if not outer:
                return done
            self.put(outer[-1], done)
        raise AssertionError("JSON ends with its value")  # pragma: no cover

    def put(self, top: "_Brackets", done: Node) -> None:
        if top.key is None:
            top.items.append(done)
            return
        if top.key in top.entries:
            self.report.add(twice(top.key, top.key_place, top.keys[top.key]))
        top.entries[top.key] = done
        top.keys[top.key] = top.key_place

    def closed(self, opened: "_Brackets", token: Token) -> Node:
        _file, _line, _column, end_line, end_column = self.place(token)
        place = (*opened.place[:3], end_line, end_column)
        if token.kind == "}":
            return Mapping(opened.entries, place, opened.keys)
        return Sequence(tuple(opened.items), place)

    def literal(self, token: Token) -> Node:
        return Literal(token.value, self.place(token))

    def place(self, token: Token) -> Place:
        """Where a token stands: none goes over a line's end, and they come in their order."""
        starts = self.starts
        while self.line + 1 < len(starts) and starts[self.line + 1] <= token.start:
            self.line += 1
        start = starts[self.line]
        return (self.name, self.line, token.start - start, self.line, token.end - start)


class _Brackets:
    """A map or list of JSON whose end has not come. key: of a map, the last one."""

    __slots__ = ("entries", "items", "key", "key_place", "keys", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.items: list[Node] = []
        self.key: str | None = None
        self.key_place: Place = _NOWHERE
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Place] = {}


class _Composer:
    """Events in, nodes out, without recursion."""

    def __init__(self, text: str, name: str, report: Report) -> None:
        self.name = name
        self.report = report
        self.text = text
        self.events = _events(text, name)
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.known = _Looks()
        self.count = 0

    def document(self) -> Node | None:
        """The one document of the text."""
        try:
            return self._document()
        except yaml.MarkedYAMLError as wrong:
            raise Unreadable(*_told(wrong, self.name)) from None
        except ReaderError as wrong:
            raise _unacceptable(wrong, self.text, self.name) from None
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
        # This runs for every value of a template, so it spares calls: what is common is done here.
        get, known, name, kind_of = self.events, self.known, self.name, type
        outer: list[_Open] = []
        top: _Open | None = None
        while True:
            event = get()
            kind = kind_of(event)
            if kind is yaml.ScalarEvent:
                value, tag = event.value, event.tag
                if tag is None:
                    if event.implicit[0]:
                        value = known[value]
                elif tag != "!":
                    value = self.tagged(event)
                start, end = event.start_mark, event.end_mark
                place = (name, start.line, start.column, end.line, end.column)
                self.count += 1
                if top is not None and top.awaits_key and event.anchor is None:
                    top.awaits_key, top.key, top.key_place = False, value, place
                    continue
                done: Node = Literal(value, place)
                if event.anchor is not None:
                    self.anchors[event.anchor] = (done, 1)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if top is not None:
                    outer.append(top)
                top = self.begin(event, len(outer))
                continue
            elif kind is yaml.AliasEvent:
                done = self.alias(event)
            else:
                assert top is not None
                done = self.end(top, event)
                top = outer.pop() if outer else None
            if top is None:
                return done
            self.put(top, done)

    def put(self, top: "_Open", done: Node) -> None:
        """Something is complete: the next of a list, or a key or a value of a map."""
        if not top.mapping:
            top.items.append(done)
            return
        if top.awaits_key:
            if type(done) is not Literal:
                raise Unreadable("found unhashable key", span_of(done.place))
            top.awaits_key, top.key, top.key_place = False, done.value, done.place
            return
        top.awaits_key = True
        top.last = done
        name = top.key
        if name == "<<" and _plain_merge(top.key_place):
            top.merged.extend(self.sources(done))
            return
        if type(name) is not str:
            top.odd[_key(name)] = name
            name = _key(name)
        if name in top.entries:
            self.report.add(twice(name, top.key_place, top.keys[name]))
        top.entries[name] = done
        top.keys[name] = top.key_place

    def begin(self, event: Any, depth: int) -> "_Open":
        """A map or list opens."""
        if event.tag not in _OF_MANY:
            raise _no_constructor(event, self.place(event))
        if depth >= MAX_DEPTH:
            raise Unreadable(
                f"it is nested more than {MAX_DEPTH} levels deep", span_of(self.place(event))
            )
        return _Open(event, type(event) is yaml.MappingStartEvent, self.count)

    def end(self, opened: "_Open", event: Any) -> Node:
        """A map or list is complete."""
        start, stop = opened.event.start_mark, event.end_mark
        line, column = stop.line, stop.column
        last = opened.last if opened.mapping else opened.items[-1] if opened.items else None
        if last is not None:
            # A block ends where the next thing begins: what is last in it says it better, unless
            # it is an alias of what stands elsewhere.
            _file, _line, _column, end_line, end_column = last.place
            if (end_line, end_column) > (start.line, start.column):
                line, column = end_line, end_column
        place = (self.name, start.line, start.column, line, column)
        node: Node
        if opened.mapping:
            for source in opened.merged:
                for name, value in source.entries.items():
                    if name not in opened.entries:
                        opened.entries[name] = value
                        opened.keys[name] = source.keys.get(name, source.place)
            node = Mapping(opened.entries, place, opened.keys, opened.odd)
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

    def tagged(self, event: Any) -> Any:
        make = _EXPLICIT.get(event.tag)
        if make is None:
            raise _no_constructor(event, self.place(event))
        if make in _NUMBERS and len(event.value) > LONGEST_NUMBER:
            wrong = f"a number of {len(event.value)} characters"
            raise Unreadable(wrong, span_of(self.place(event)))
        try:
            return make(event.value)
        except KeyError:
            wrong_word = f"{event.value!r} is none of the words of {event.tag}"
            raise Unreadable(wrong_word, span_of(self.place(event))) from None
        except (ValueError, OverflowError, yaml.YAMLError) as wrong:
            raise Unreadable(_flat(str(wrong)), span_of(self.place(event))) from None

    def sources(self, value: Node) -> list[Mapping]:
        """The maps that a merge key names."""
        found = value.items if isinstance(value, Sequence) else (value,)
        if not all(isinstance(one, Mapping) for one in found):
            raise Unreadable(
                "expected a mapping or list of mappings for merging", span_of(value.place)
            )
        self.grow(sum(len(one.entries) for one in found if isinstance(one, Mapping)), None)
        return [one for one in found if isinstance(one, Mapping)]

    def place(self, event: Any) -> Place:
        if event is None:
            return (self.name, 0, 0, 0, 0)
        start, end = event.start_mark, event.end_mark
        return (self.name, start.line, start.column, end.line, end.column)


def twice(name: str, key: Place, before: Place) -> Problem:
    """That a map has a key a second time."""
    return Problem(
        code="duplicate-key",
        sentence=f'"{name}" is given twice; the last one counts',
        span=span_of(key),
        severity=Severity.WARNING,
        hint=f"first given in line {before[1] + 1}",
    )


def _no_constructor(event: Any, place: Place) -> Unreadable:
    """The error for a tag that nobody knows."""
    sentence = f"could not determine a constructor for the tag {event.tag!r}"
    return Unreadable(sentence, span_of(place))


def _first_line(text: str) -> str:
    """The line that a text begins with."""
    return text.lstrip().partition("\n")[0].strip()[:200]


def _plain_merge(place: Place) -> bool:
    """Whether a key that is `<<` is unquoted there."""
    return place[4] - place[2] == len("<<")


class _Looks(dict[str, Any]):
    """What unquoted texts are by how they look, each looked at once."""

    def __missing__(self, text: str) -> Any:
        self[text] = found = _implicit(text)
        return found


class _Open:
    """A map or list whose end has not come. awaits_key: of a map, whether a key is next."""

    __slots__ = (
        "awaits_key",
        "before",
        "entries",
        "event",
        "items",
        "key",
        "key_place",
        "keys",
        "last",
        "mapping",
        "merged",
        "odd",
    )

    def __init__(self, event: Any, mapping: bool, before: int) -> None:  # noqa: FBT001 - internal
        self.event = event
        self.mapping = mapping
        self.before = before
        self.items: list[Node] = []
        self.awaits_key = mapping
        self.key: Any = None
        self.key_place: Place = _NOWHERE
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Place] = {}
        self.odd: dict[str, Any] = {}
        self.merged: list[Mapping] = []
        self.last: Node | None = None


def _unacceptable(wrong: ReaderError, text: str, name: str) -> Unreadable:
    """The error for a control character; the parser counts bytes."""
    index = len(text.encode()[: wrong.position].decode(errors="ignore"))
    sign = f"unacceptable character #x{ord(text[index]):04x}"
    return Unreadable(
        f"{sign}: control characters are not allowed",
        _character(text, index, name),
        f'{sign}: special characters are not allowed in "<unicode string>", position {index}',
    )


def _character(text: str, index: int, name: str) -> Span:
    """Where a character stands."""
    line, column = text.count("\n", 0, index), index - text.rfind("\n", 0, index) - 1
    return span_of((name, line, column, line, column + 1))


def _events(text: str, name: str) -> Callable[[], Any]:
    try:
        parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    except UnicodeEncodeError as wrong:
        sentence = f"it has half of a character (#x{ord(text[wrong.start]):04x})"
        raise Unreadable(sentence, _character(text, wrong.start, name)) from None
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
