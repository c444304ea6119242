"""The functions of the CFN dialect, some of which the first HOT version takes as well."""

import json
from collections.abc import Callable

from hearth.base import DEEPEST, Secret, Unknown, Value, plain, too_deep
from hearth.template.budget import MADE
from hearth.template.evaluate import Scope, evaluate
from hearth.template.functions.references import (
    attr_form,
    facade_form,
    get_attr,
    get_resource,
    no_such,
    resource_facade,
)
from hearth.template.functions.texts import join, join_form, parted, replaced
from hearth.template.nodes import Call, Function, Literal, Mapping, Node, Sequence, Wrong


def ref_form(node: Node) -> None:
    """A name, as it is written."""
    if not isinstance(node, Literal):
        raise Wrong('The argument of "Ref" must be a string')


def ref(argument: Value, scope: Scope) -> Value:
    """A resource's reference, or else a parameter's value."""
    if isinstance(argument, Unknown):
        return argument
    if scope.resources is not None and argument in scope.resources:
        return get_resource(argument, scope)
    if argument in scope.parameters:
        return scope.parameters[argument]
    # In a property this is a wrong value like any other, not a reference of the graph.
    wrong = no_such(argument, scope)
    raise Wrong(wrong.sentence, code=wrong.code, hint=wrong.hint)


def param_ref(argument: Value, scope: Scope) -> Value:
    """A parameter's value, in a condition."""
    if isinstance(argument, str) and argument in scope.parameters:
        return scope.parameters[argument]
    raise no_such(argument, scope)


def map_form(node: Node) -> None:
    """[map, key, value]."""
    match node:
        case Sequence():
            size = len(node.items)
        case Mapping():
            size = len(node.entries)
        case Literal(value=str() as word):
            size = len(word)  # a text is taken for the list of its letters
        case _:
            size = 0
    if size != 3:
        raise Wrong('The arguments of "Fn::FindInMap" must be: [map, key, value]')


def find_in_map(argument: Value, scope: Scope) -> Value:
    """An entry of the section Mappings."""
    if not isinstance(argument, list | str) or len(argument) != 3:
        raise Wrong('The arguments of "Fn::FindInMap" must be: [map, key, value]')
    found: Value = scope.mappings
    for step in argument:
        if not isinstance(found, dict) or not isinstance(step, str) or step not in found:
            raise Wrong(f"{step!r} is not in the mapping", code="no-such-mapping")
        found = found[step]
    return found


def select_form(node: Node) -> None:
    """[index, collection]."""
    pair = isinstance(node, Mapping) and len(node.entries) == 2  # its keys are taken for a list
    if not pair and (not isinstance(node, Sequence) or len(node.items) != 2):
        raise Wrong('The arguments of "Fn::Select" must be of the form [index, collection]')


READ = 200
"""What a character of JSON costs to read, where every second one is a list."""


def select(argument: Value, scope: Scope) -> Value:
    """An entry of a list or a map; '' where there is none."""
    index, collection = argument
    if collection is None or collection == "":
        return ""
    if not isinstance(index, int | float | str):
        raise Wrong('The index of "Fn::Select" must be a string or an integer')
    if isinstance(collection, str):
        scope.budget.spend(len(collection) * READ, "Fn::Select")
        try:
            collection = json.loads(collection)
        except (ValueError, RecursionError) as wrong:
            raise Wrong(f'"Fn::Select": {wrong}') from None
        if too_deep(collection):
            raise Wrong(f'"Fn::Select": more than {DEEPEST} levels deep')
    if isinstance(collection, dict):
        if not isinstance(index, str):
            raise Wrong('The index of "Fn::Select" into a map must be a string')
        return collection.get(index, "")
    return _entry(index, collection)


def _entry(index: float | str, collection: Value) -> Value:
    try:
        number = int(index)
    except (ValueError, OverflowError):
        raise Wrong('The index of "Fn::Select" must be an integer') from None
    if not isinstance(collection, list):
        raise Wrong('The arguments of "Fn::Select" must be a list or a map')
    return collection[number] if -len(collection) <= number < len(collection) else ""


def split_form(node: Node) -> None:
    """[delimiter, string]."""
    if not isinstance(node, Sequence) or len(node.items) != 2:
        raise Wrong('The arguments of "Fn::Split" should be: [ ",", "str1,str2"]')


def split(argument: Node, scope: Scope) -> Value:
    """A text in parts. The delimiter is a text as it is written."""
    assert isinstance(argument, Sequence)
    delimiter, node = argument.items
    if not isinstance(delimiter, Literal) or not isinstance(delimiter.value, str):
        raise Wrong('The delimiter of "Fn::Split" must be a string')
    text = evaluate(node, scope)
    if isinstance(text, Unknown):
        return text
    if not isinstance(plain(text), str):
        raise Wrong(f"The string to split must be a string; got {type(text)}")
    if not delimiter.value:
        raise Wrong("empty separator")
    parts: Value = parted(plain(text), delimiter.value, scope.budget, "Fn::Split")
    return Secret(parts) if isinstance(text, Secret) else parts


def replace_form(node: Node) -> None:
    """[map, string]."""
    if not isinstance(node, Sequence) or len(node.items) != 2:
        raise Wrong('The arguments of "Fn::Replace" should be: [ {"$var": "value"}, "$var is" ]')
    if not isinstance(node.items[0], Mapping | Call):
        raise Wrong('"Fn::Replace" parameters must be a mapping')


def replace(argument: Value, scope: Scope) -> Value:
    """Names in a text for their values."""
    params, text = argument
    if not isinstance(params, dict):
        raise Wrong('"Fn::Replace" parameters must be a mapping')
    if not isinstance(text, str):
        raise Wrong('"Fn::Replace" template must be a string')
    values: dict[str, str] = {}
    for key, value in params.items():
        if value is not None and not isinstance(value, str | int | float):
            raise Wrong(
                f'"Fn::Replace" params must be strings or numbers, param {key} is not valid'
            )
        values[key] = "" if value is None else str(value)
    return replaced(text, values, scope.budget)


def base64(argument: Value, _scope: Scope) -> Value:
    """The text itself: it is encoded where it is used."""
    if not isinstance(argument, str):
        raise Wrong('The argument of "Fn::Base64" must be a string')
    return argument


def members_form(node: Node) -> None:
    """[name of keys, name of values, list]."""
    if not isinstance(node, Sequence) or len(node.items) != 3:
        raise Wrong(
            'The arguments of "Fn::MemberListToMap" should be like: '
            "['Name', 'Value', ['.member.0.Name=key', '.member.0.Value=door']]"
        )
    for word, item in zip(("Key", "Value"), node.items, strict=False):
        if not isinstance(item, Literal) or not isinstance(item.value, str):
            raise Wrong(f'The {word} Name of "Fn::MemberListToMap" must be a string')


def members(argument: Value, _scope: Scope) -> Value:
    """The map that a list of `.member.N.name=value` means."""
    key_name, value_name, items = argument
    if not isinstance(items, list):
        raise Wrong('"Fn::MemberListToMap" works on a list')
    found: dict[str, dict[str, str]] = {}
    for item in items:
        if not isinstance(item, str):
            raise Wrong("Member list items must be strings")
        left, equal, right = item.partition("=")
        if not equal:
            raise Wrong(f'"Fn::MemberListToMap": {item} is not of the form name=value')
        parts = left.strip(".").split(".")
        if len(parts) != 3 or parts[0] != "member" or not parts[1].isdigit():
            continue
        found.setdefault(parts[1], {})[parts[2]] = right
    return {one[key_name]: one.get(value_name, "") for one in found.values() if key_name in one}


def get_azs(_argument: Value, scope: Scope) -> Value:
    """The compute zones."""
    return list(scope.zones)


_FACADE = ("Metadata", "DeletionPolicy", "UpdatePolicy")
_Run = Callable[[Value, Scope], Value]

REF = Function("Ref", ref, ref_form, opaque=True, refers="resource")
PARAM_REF = Function("Ref", param_ref, ref_form, opaque=True, refers="parameter")
GET_ATT = Function("Fn::GetAtt", get_attr, attr_form("Fn::GetAtt", 2, 2), refers="attribute")
FIND_IN_MAP = Function("Fn::FindInMap", find_in_map, map_form)
SELECT = Function("Fn::Select", select, select_form)
JOIN = Function("Fn::Join", join("Fn::Join", several=False), join_form("Fn::Join", several=False))
SPLIT = Function("Fn::Split", split, split_form, lazy=True)
REPLACE = Function("Fn::Replace", replace, replace_form)
BASE64 = Function("Fn::Base64", base64)
MEMBER_LIST_TO_MAP = Function("Fn::MemberListToMap", members, members_form, weight=2 * MADE)
GET_AZS = Function("Fn::GetAZs", get_azs)
FN_FACADE = Function(
    "Fn::ResourceFacade", resource_facade, facade_form("Fn::ResourceFacade", _FACADE)
)
