"""Functions on texts."""

import hashlib
import json
from collections.abc import Callable

from hearth.base import Value
from hearth.schema import near_names
from hearth.template.budget import PIECE, Budget
from hearth.template.evaluate import Scope
from hearth.template.functions.bounds import bounded, size_of
from hearth.template.nodes import Call, Function, Literal, Mapping, Node, Sequence, Wrong

JSON = 12
"""What a character of JSON costs, to write and to keep."""
WRITER = 3000
"""What it costs to begin writing JSON, however short."""
DIGESTED = 10
"""What a character costs in the slowest of algorithms."""
KEPT = 4
"""What a character of a new text costs, to write and to keep."""


def json_text(value: Value, budget: Budget | None = None, name: str = "a function") -> str:
    """Maps and lists inside a text: JSON with sorted keys."""
    size = size_of(value, name)
    if budget is not None:
        budget.spend(size * JSON + WRITER, name)
    return json.dumps(value, sort_keys=True, default=str)


def join_form(name: str, *, several: bool) -> Callable[[Node], None]:
    """The check for [delimiter, list] or [delimiter, list, list…]."""
    more = " ..." if several else ""

    def form(node: Node) -> None:
        size = len(node.items) if isinstance(node, Sequence) else 0
        if size < 2 or (size > 2 and not several):
            raise Wrong(f'The arguments of "{name}" should be: [ " ", [ "str1", "str2"]{more}]')

    return form


def join(name: str, *, several: bool) -> Callable[[Value, Scope], Value]:
    """list_join and Fn::Join. several: more than one list, and items that are maps or lists."""

    def run(argument: Value, scope: Scope) -> Value:
        if not isinstance(argument, list) or len(argument) < 2:
            raise Wrong(f'The arguments of "{name}" should be a delimiter and a list')
        delimiter, *lists = argument
        if not isinstance(delimiter, str):
            raise Wrong(f'"{name}" delimiter must be a string')
        texts: list[str] = []
        for one in lists:
            if one is None or (several and not one):
                continue
            if not isinstance(one, list):
                raise Wrong(f'"{name}" must operate on a list')
            texts.extend(_joined(item, scope.budget, several=several) for item in one)
        size = bounded(sum(map(len, texts)) + len(delimiter) * len(texts), name)
        scope.budget.spend(size * KEPT, name)
        return delimiter.join(texts)

    return run


def _joined(item: Value, budget: Budget, *, several: bool) -> str:
    if item is None:
        return ""
    if isinstance(item, str):
        return item
    if several and isinstance(item, dict | list):
        return json_text(item, budget, "list_join")
    kinds = "string, map or list" if several else "strings"
    raise Wrong(f"Items to join must be {kinds} not {item}")


def replace_form(name: str) -> Callable[[Node], None]:
    """The check for {template, params}."""

    def form(node: Node) -> None:
        if not isinstance(node, Mapping):
            raise Wrong(f'The arguments of "{name}" must be a map')
        params = node.entries.get("params")
        if params is None or "template" not in node.entries:
            others = [key for key in node.entries if key not in ("template", "params")]
            near = [key for key in others if near_names(key, ("template", "params"), 1)]
            hint = f'"{near[0]}" is neither' if near else None
            raise Wrong(f'"{name}" needs "template" and "params"', hint=hint)
        if not isinstance(params, Mapping | Call):
            raise Wrong(f'"{name}" parameters must be a mapping')

    return form


def replace_run(
    name: str, *, deep: bool, strict: bool = False, filled: bool = False
) -> Callable[[Value, Scope], Value]:
    """str_replace. deep: maps and lists as JSON. strict: each name occurs. filled: none empty."""

    def run(argument: Value, scope: Scope) -> Value:
        if not isinstance(argument, dict):
            raise Wrong(f'The arguments of "{name}" must be a map')
        text, params = argument["template"], argument["params"]
        if not isinstance(text, str):
            raise Wrong(f'"{name}" template must be a string')
        if not isinstance(params, dict):
            raise Wrong(f'"{name}" params must be a map')
        budget = scope.budget
        values = {
            key: json_text(item, budget, name)
            if deep and isinstance(item, dict | list)
            else _replacement(name, key, item)
            for key, item in params.items()
        }
        if filled:
            for key, item in params.items():
                if item is None or (isinstance(item, str | dict | list) and not item):
                    raise Wrong(
                        f"{name} has an undefined or empty value for param {key}, "
                        "must be a defined non-empty value"
                    )
        return replaced(text, values, budget, name if strict else "")

    return run


def _replacement(name: str, key: str, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str | int | float):
        return str(value)
    raise Wrong(f'"{name}" params must be strings or numbers, param {key} is not valid')


def replaced(text: str, values: dict[str, str], budget: Budget, strict: str = "") -> str:
    """Every name for its value, the longest first; what was put in is not looked at again."""
    if "" in values:
        raise Wrong("empty separator: a name to replace is an empty string")
    name = strict or "str_replace"
    budget.spend(len(values) * (len(text) / 2 + PIECE), name)
    there = [key for key in sorted(values, key=lambda one: (-len(one), one)) if key in text]
    # Between two pieces of the text always stands one value that was put in.
    pieces = [text]
    missing = values.keys() - there
    size = len(text)
    for key in there:
        budget.spend(len(text) + len(pieces) * PIECE, name)
        found = sum(piece.count(key) for piece in pieces[::2])
        if not found:
            missing.add(key)
            continue
        size += found * (len(values[key]) - len(key))
        last = key is there[-1]
        budget.spend(bounded(size, name) * KEPT if last else found * PIECE, name)
        pieces = (_filled if last else _parted)(pieces, key, values[key])
    if strict and missing:
        names = ", ".join(sorted(missing))
        raise Wrong(f"The following params were not found in the template of {strict}: {names}")
    budget.spend(bounded(size, name) * KEPT, name)
    return "".join(pieces)


def _filled(pieces: list[str], key: str, value: str) -> list[str]:
    """The pieces of a text, with the last of the values put in where its name stands."""
    return [piece if index % 2 else piece.replace(key, value) for index, piece in enumerate(pieces)]


def _parted(pieces: list[str], key: str, value: str) -> list[str]:
    """The pieces of a text, parted where a name stands, and its value between them."""
    done: list[str] = []
    for index, piece in enumerate(pieces):
        first, *others = [piece] if index % 2 else piece.split(key)
        done.append(first)
        for part in others:
            done += (value, part)
    return done


def split_form(name: str) -> Callable[[Node], None]:
    """The check that the arguments are neither a text nor a map."""

    def form(node: Node) -> None:
        text = isinstance(node, Literal) and isinstance(node.value, str)
        if text or isinstance(node, Mapping):
            raise Wrong(f'The arguments of "{name}" should be: [ ",", "apples,pears", <index>]')

    return form


def str_split(argument: Value, scope: Scope) -> Value:
    """A text in parts, or one of them."""
    if not isinstance(argument, list) or len(argument) < 2:
        raise Wrong('The arguments of "str_split" should be: [ ",", "apples,pears", <index>]')
    delimiter, text = argument[0], argument[1]
    if text is None:
        return None
    if not isinstance(text, str):
        raise Wrong(f"The string to split must be a string, not {type(text).__name__!r}")
    if delimiter is not None and not isinstance(delimiter, str):
        raise Wrong("The delimiter must be a string")
    if delimiter == "":
        raise Wrong("empty separator")
    parts = parted(text, delimiter or None, scope.budget, "str_split")
    return parts if len(argument) == 2 else _part(parts, argument[2])


def parted(text: str, delimiter: str | None, budget: Budget, name: str) -> list[str]:
    """A text in parts; without a delimiter it is split at spaces."""
    most = len(text) // 2 if delimiter is None else text.count(delimiter)
    budget.spend(most * PIECE + len(text) * KEPT, name)
    return text.split(delimiter)


def _part(parts: list[str], index: Value) -> str:
    if not isinstance(index, str | int | float):
        kind = type(index).__name__
        raise Wrong(
            f"int() argument must be a string, a bytes-like object or a real number, not {kind!r}"
        )
    try:
        return parts[int(index)]
    except ValueError:
        raise Wrong(
            f'Incorrect index {index} to "str_split", should be: [ ",", "apples,pears", <index>]'
        ) from None
    except IndexError:
        raise Wrong(
            f'Incorrect index to "str_split" should be between 0 and {len(parts) - 1}'
        ) from None


def digest(argument: Value, scope: Scope) -> Value:
    """The hexadecimal digest of a text."""
    if not isinstance(argument, list) or not all(isinstance(one, str) for one in argument):
        raise Wrong('The arguments of "digest" must be a list of strings')
    if len(argument) != 2:
        raise Wrong('"digest" is used as ["<algorithm>", "<value>"]')
    algorithm, text = argument
    if algorithm.lower() not in hashlib.algorithms_available:
        known = ", ".join(sorted(hashlib.algorithms_available))
        raise Wrong(f"Algorithm must be one of {known}; not {algorithm}")
    scope.budget.spend(len(text) * DIGESTED, "digest")
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError as wrong:
        raise Wrong(str(wrong)) from None
    made = hashlib.new(algorithm.lower(), data, usedforsecurity=False)
    try:
        return made.hexdigest()
    except TypeError as wrong:
        raise Wrong(str(wrong)) from None


LIST_JOIN = Function(
    "list_join", join("list_join", several=False), join_form("list_join", several=False), apart=True
)
LIST_JOIN_SEVERAL = Function(
    "list_join", join("list_join", several=True), join_form("list_join", several=True), apart=True
)


def _replacing(name: str, *, deep: bool, strict: bool = False, filled: bool = False) -> Function:
    run = replace_run(name, deep=deep, strict=strict, filled=filled)
    return Function(name, run, replace_form(name), takes=("template", "params"), apart=True)


STR_REPLACE = _replacing("str_replace", deep=False)
STR_REPLACE_DEEP = _replacing("str_replace", deep=True)
STR_REPLACE_STRICT = _replacing("str_replace_strict", deep=True, strict=True)
STR_REPLACE_VSTRICT = _replacing("str_replace_vstrict", deep=True, strict=True, filled=True)
STR_SPLIT = Function("str_split", str_split, split_form("str_split"))
DIGEST = Function("digest", digest)
