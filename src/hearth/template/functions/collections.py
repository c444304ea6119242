"""Functions on lists and maps."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any

from hearth.base import Secret, Unknown, Value, hashable, plain
from hearth.template.budget import ITEM, MADE, Budget, characters, entries
from hearth.template.evaluate import Scope, marks
from hearth.template.functions.bounds import bounded, size_of
from hearth.template.functions.texts import KEPT, json_text
from hearth.template.nodes import Call, Function, Literal, Mapping, Node, Sequence, Wrong

MAX_REPEATED = 100_000
"""How many entries `repeat` may make."""
PUT = 150
"""What it costs to look for one name in a text of the template of `repeat`."""


def map_merge(argument: Value, _scope: Scope) -> Value:
    """Maps laid over one another; the later wins."""
    if not isinstance(argument, list | str):
        raise Wrong('The arguments of "map_merge" should be a list of maps')
    done: dict[str, Value] = {}
    for item in argument:
        if item is None:
            continue
        if not isinstance(item, dict):
            raise Wrong(
                f"Items to merge must be maps. {item!r} is type {type(item)} instead of a dict",
                said=f"Items to merge must be maps, and {json.dumps(item, default=str)} is none",
            )
        done.update(item)
    return done


def map_replace(argument: Value, _scope: Scope) -> Value:
    """A map with keys and values exchanged."""
    shown = "[ {map}, {keys: {old: new}, values: {old: new}} ]"
    if not isinstance(argument, list) or len(argument) != 2:
        raise Wrong(f'The arguments of "map_replace" should be: {shown}')
    source, changes = argument
    source = {} if source is None else source
    changes = {} if changes is None else changes
    if not isinstance(source, dict) or not isinstance(changes, dict):
        raise Wrong(f'The arguments of "map_replace" must be a list of maps: {shown}')
    if set(changes) - {"keys", "values"}:
        raise Wrong(f'The arguments of "map_replace" should be: {shown}')
    keys, values = ({} if one is None else one for one in map(changes.get, ("keys", "values")))
    if not isinstance(keys, dict) or not isinstance(values, dict):
        raise Wrong(f'The arguments of "map_replace" must be a list of maps: {shown}')
    return _exchanged(source, keys, values)


def _exchanged(
    source: dict[str, Value], keys: dict[str, Value], values: dict[str, Value]
) -> dict[str, Value]:
    done: dict[str, Value] = {}
    for key, value in source.items():
        new = keys.get(key)
        if isinstance(new, list | dict):
            raise Wrong(f"key replacement for {key} must be no list or map: {json_text(new)}")
        if new is None or new == key:
            new = key
        elif new in source:
            raise Wrong(f"key replacement {new} collides with a key in the input map")
        elif new in done:
            raise Wrong(f"key replacement {new} collides with a key in the output map")
        new = _text(new)
        # The names of a map are texts, so that they mean no number or boolean.
        done[new] = values.get(value, value) if isinstance(value, str) else value
    return done


def _text(value: Value) -> Value:
    """How a value is written as a key."""
    return value if isinstance(value, str) else json_text(value)


def concat(name: str, *, unique: bool) -> Callable[[Value, Scope], Value]:
    """Lists one after another; unique: each entry once."""

    def run(argument: Value, _scope: Scope) -> Value:
        if not isinstance(argument, list):
            raise Wrong(
                f'The arguments of "{name}" should be: '
                "[ [ <value 1>, <value 2> ], [ <value 3>, <value 4> ] ]"
            )
        done: list[Value] = []
        for item in argument:
            if item is None:
                continue
            if not isinstance(item, list):
                raise Wrong(
                    f"Items to concat must be lists. {json_text(argument)} "
                    f"contains an item that is not a list: {json_text(item)}"
                )
            done.extend(item)
        return _once(done) if unique else done

    return run


def _once(items: list[Value]) -> list[Value]:
    done: dict[Any, Value] = {}
    for item in items:
        done.setdefault(hashable(item), item)
    return list(done.values())


def filter_form(node: Node) -> None:
    """[values, sequence]."""
    size = len(node.items) if isinstance(node, Sequence) else 1
    if size != 2:
        raise Wrong(
            '"filter" expected 2 arguments of the form [values, sequence] '
            f"but got {size} arguments instead"
        )


def filter_run(argument: Value, _scope: Scope) -> Value:
    """A list without what is in another."""
    if not isinstance(argument, list) or len(argument) != 2:
        raise Wrong('"filter" expected 2 arguments of the form [values, sequence]')
    values, sequence = argument
    if not sequence:
        return sequence
    if not isinstance(sequence, list):
        raise Wrong('"filter" only works with lists')
    if not values:
        return sequence
    if not isinstance(values, list):
        raise Wrong('"filter" filters a list of values')
    gone = set(map(hashable, values))
    return [item for item in sequence if hashable(item) not in gone]


def contains_form(node: Node) -> None:
    """[value, sequence]."""
    shown = "[value1, [value1, value2]]"
    if not isinstance(node, Sequence):
        raise Wrong(f'The arguments of "contains" should be: {shown}')
    if len(node.items) != 2:
        raise Wrong(f'The arguments of "contains" must be of the form: {shown}')


def contains(argument: Value, _scope: Scope) -> Value:
    """Whether a value is in a list, or a text in a text."""
    if not isinstance(argument, list) or len(argument) != 2:
        raise Wrong('The arguments of "contains" must be of the form: [value1, [value1, value2]]')
    value, sequence = argument
    if isinstance(sequence, str):
        if not isinstance(value, str):
            raise Wrong(f"A string contains strings only, not {value!r}")
        return value in sequence
    if not isinstance(sequence, list):
        raise Wrong('The second argument of "contains" should be a sequence.')
    return value in sequence


def repeat_form(node: Node) -> None:
    """{for_each: {name: list}, template: …}."""
    if not isinstance(node, Mapping):
        raise Wrong('The arguments of "repeat" must be a map')
    for_each = node.entries.get("for_each")
    if for_each is None or "template" not in node.entries:
        raise Wrong('"repeat" needs "template" and "for_each", a map of names to lists')
    if not isinstance(for_each, Mapping | Call):
        raise Wrong('The "for_each" argument to "repeat" must contain a map')


def repeat_zips_form(node: Node) -> None:
    """The same, and `permutations`, which is true or false as it is written."""
    repeat_form(node)
    given = node.entries.get("permutations") if isinstance(node, Mapping) else None
    if given is not None and not (isinstance(given, Literal) and isinstance(given.value, bool)):
        raise Wrong('"permutations" of "repeat" should be a boolean, true or false')


def repeat(*, maps: bool, zips: bool) -> Callable[[Value, Scope], Value]:
    """A template once for each combination. maps: their keys count; zips: `permutations`."""

    def run(argument: Value, scope: Scope) -> Value:
        if not isinstance(argument, dict):
            raise Wrong('The arguments of "repeat" must be a map')
        for_each = argument["for_each"]
        if isinstance(for_each, Unknown):
            return for_each
        secret = isinstance(for_each, Secret) or marks(for_each)[1]
        for_each = plain(for_each)
        lists = _lists(for_each, maps=maps)
        if any(isinstance(one, Unknown) for one in lists):
            return next(one for one in lists if isinstance(one, Unknown))
        if zips and not argument.get("permutations", True):
            combinations: Iterable[tuple[Value, ...]] = _zipped(for_each, lists)
        else:
            combinations = product(*lists)
        names = list(for_each)
        done = list(_filled(names, combinations, argument["template"], scope.budget))
        return Secret(plain(done)) if secret else done

    return run


def _lists(for_each: Value, *, maps: bool) -> list[Value]:
    if not isinstance(for_each, dict):
        raise Wrong('The "for_each" argument to "repeat" must contain a map')
    if not for_each:
        raise Wrong('The "for_each" argument to "repeat" is empty: there is nothing to repeat for')
    found: list[Value] = []
    kinds = "lists or maps" if maps else "lists"
    for value in for_each.values():
        if value is None:
            found.append([])
        elif isinstance(value, list | Unknown):
            found.append(value)
        elif isinstance(value, dict) and maps:
            found.append(list(value))
        else:
            raise Wrong(f'The values of the "for_each" argument to "repeat" must be {kinds}')
    return found


def _zipped(for_each: dict[str, Value], lists: list[Value]) -> Iterator[tuple[Value, ...]]:
    if any(isinstance(one, dict) for one in for_each.values()):
        raise Wrong('The values of "for_each" in "repeat" must be lists for "permutations" false')
    if len({len(one) for one in lists}) > 1:
        raise Wrong(
            'The lists of "for_each" in "repeat" must have one length: "permutations" is false'
        )
    return zip(*lists, strict=True)


def _filled(
    names: list[str], combinations: Iterable[tuple[Value, ...]], template: Value, budget: Budget
) -> Iterator[Value]:
    size = 0
    each = (entries(template) + 1) * (MADE + PUT * len(names)) + characters(template) * len(names)
    for count, values in enumerate(combinations):
        if count >= MAX_REPEATED:
            raise Wrong(f'"repeat" may make at most {MAX_REPEATED} entries')
        budget.spend(each, "repeat")
        entry = _put(list(zip(names, values, strict=True)), template)
        before, size = size, size_of(entry, "repeat", size)
        budget.spend((size - before) * KEPT, "repeat")
        yield entry


def _put(pairs: list[tuple[str, Value]], template: Value) -> Value:
    if isinstance(template, str):
        for name, value in pairs:
            if isinstance(value, Unknown):
                if name in template:
                    return value
                continue
            if not isinstance(value, str):
                kind = "None" if value is None else type(value).__name__
                raise Wrong(f"replace() argument 2 must be str, not {kind}")
            bounded(len(template) + template.count(name) * len(value), "repeat")
            template = template.replace(name, value)
        return template
    if isinstance(template, list):
        return [_put(pairs, item) for item in template]
    if isinstance(template, dict):
        return {_name(_put(pairs, key)): _put(pairs, item) for key, item in template.items()}
    if isinstance(template, Secret):
        return Secret(plain(_put(pairs, template.value)))
    return template


def _name(key: Value) -> str:
    return key.source if isinstance(key, Unknown) else key


def literal_true(node: Node) -> bool:
    """Whether it is the word true itself."""
    return isinstance(node, Literal) and node.value is True


MAP_MERGE = Function("map_merge", map_merge, weight=MADE)
MAP_REPLACE = Function("map_replace", map_replace, weight=2 * MADE)
LIST_CONCAT = Function("list_concat", concat("list_concat", unique=False), weight=ITEM)
LIST_CONCAT_UNIQUE = Function(
    "list_concat_unique", concat("list_concat_unique", unique=True), weight=2 * MADE
)
FILTER = Function("filter", filter_run, filter_form, weight=2 * MADE, apart=True)
CONTAINS = Function("contains", contains, contains_form, apart=True)
_TAKES = ("for_each", "template", "permutations")
REPEAT_LISTS = Function(
    "repeat", repeat(maps=False, zips=False), repeat_form, opaque=True, takes=_TAKES, apart=True
)
REPEAT_MAPS = Function(
    "repeat", repeat(maps=True, zips=False), repeat_form, opaque=True, takes=_TAKES, apart=True
)
REPEAT_ZIPS = Function(
    "repeat", repeat(maps=True, zips=True), repeat_zips_form, opaque=True, takes=_TAKES, apart=True
)
