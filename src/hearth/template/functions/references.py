"""Functions that refer to something: a parameter, a resource, an attribute, a file, the facade."""

from collections.abc import Callable

from hearth.base import Secret, Unknown, Value, plain
from hearth.base.values import MASK
from hearth.schema import nearest
from hearth.template.evaluate import Scope, evaluate, walked
from hearth.template.nodes import Call, Function, Literal, Mapping, Node, Sequence, Wrong


def get_param(argument: Value, scope: Scope) -> Value:
    """A parameter's value, or what stands at a path inside it; '' where there is nothing."""
    steps = argument if isinstance(argument, list) else [argument]
    if not argument:
        raise Wrong('"get_param" must have arguments')
    if isinstance(argument, dict):
        raise Wrong('The argument of "get_param" must be a string or a list')
    name, path = steps[0], steps[1:]
    if isinstance(name, Unknown):
        return name
    if not isinstance(name, str):
        raise Wrong('The parameter\'s name in "get_param" must be a string')
    if name not in scope.parameters:
        raise Wrong(
            f"The Parameter ({name}) was not provided.",
            code="unknown-parameter",
            hint=near(name, list(scope.parameters)),
        )
    return _inside(scope.parameters[name], path)


def _inside(value: Value, path: list[Value]) -> Value:
    for index, step in enumerate(path):
        if isinstance(value, Secret):
            return Secret(_inside(value.value, path[index:]))
        if isinstance(value, Unknown):
            return value
        if isinstance(step, Unknown):
            return step
        if isinstance(value, list | str) and isinstance(step, str):
            try:
                step = int(step)  # noqa: PLW2901 - the text of an index is an index
            except ValueError:
                return ""
        if not isinstance(step, str | int) or not isinstance(value, dict | list | str):
            return ""
        try:
            value = value[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return ""
    return value


def get_resource(argument: Value, scope: Scope) -> Value:
    """What refers to a resource, for most types its id."""
    if isinstance(argument, Unknown):
        return argument
    name = argument
    if not isinstance(name, str) or (scope.resources is not None and name not in scope.resources):
        raise no_such(name, scope)
    return scope.references(name)


def no_such(name: Value, scope: Scope) -> Wrong:
    """The error for a name that is no resource here."""
    name = MASK if isinstance(name, Secret) else name
    return Wrong(
        f'The specified reference "{name}" (in {scope.path or "unknown"}) is incorrect.',
        code="unknown-reference",
        kind="InvalidTemplateReference",
        hint=nearest(str(name), scope.resources or ()),
    )


def near(name: str, names: list[str]) -> str | None:
    """A hint with the name that was perhaps meant."""
    return nearest(name, names)


def get_attr_whole(argument: Value, scope: Scope) -> Value:
    """An attribute: the whole is fetched, the path applied here."""
    name, attribute, *path = _attribute(argument, scope)
    return walked(_attribute_of(scope, name, (attribute,)), tuple(path))


def get_attr(argument: Value, scope: Scope) -> Value:
    """An attribute with its path, or all attributes; the resource finds its own way inside."""
    name, *path = _attribute(argument, scope)
    return _attribute_of(scope, name, () if path == [None] else tuple(path))


class AttributeFailed(Exception):
    """What a scope's `attributes` raises: nothing is meant by it. Its text is for the user."""

    def __init__(self, sentence: str, kind: str) -> None:
        super().__init__(sentence)
        self.kind = kind


def _attribute_of(scope: Scope, name: str, path: tuple[Value, ...]) -> Value:
    try:
        return scope.attributes(name, path)
    except AttributeFailed as failed:
        raise Wrong(str(failed), code="no-such-attribute", kind=failed.kind) from None


def _attribute(argument: Value, scope: Scope) -> list[Value]:
    steps = _steps(argument)
    name = steps[0] if steps else argument
    if not isinstance(name, str) or (scope.resources is not None and name not in scope.resources):
        raise no_such(name, scope)
    return steps


def _steps(argument: Value) -> list[Value]:
    """The resource's name, the attribute's, and the path."""
    if isinstance(argument, str):
        return [argument]
    return argument if isinstance(argument, list) else []


def attr_form(name: str, least: int, most: int | None = None) -> Callable[[Node], None]:
    """The check that an attribute is named as [resource, attribute, path…]."""
    shown = (
        "[resource_name, attribute, (path), ...]"
        if most is None
        else ("[resource_name, attribute]")
    )
    if least == 1:
        shown = f"[resource_name] or {shown}"

    def form(node: Node) -> None:
        if isinstance(node, Mapping | Call):
            raise Wrong(f'The argument of "{name}" must be a list')
        size = len(node.items) if isinstance(node, Sequence) else 0
        if isinstance(node, Literal) and isinstance(node.value, str):
            size = len(node.value) == 1  # a text is taken for the list of its letters
        if size < least or (most is not None and size > most):
            sentence = f'The arguments of "{name}" must be of the form {shown}'
            raise Wrong(sentence, hint=_as_path(node))

    return form


def _as_path(node: Node) -> str | None:
    """A hint, where a path was written as one text: server.first_address."""
    if isinstance(node, Sequence) and len(node.items) == 1:
        node = node.items[0]
    if not isinstance(node, Literal) or not isinstance(node.value, str) or "." not in node.value:
        return None
    return f"write [{', '.join(node.value.split('.'))}]"


def get_file(argument: Value, scope: Scope) -> Value:
    """The content of a file that came with the request."""
    if not isinstance(argument, str):
        raise Wrong('The argument of "get_file" must be a string')
    if argument not in scope.files:
        raise Wrong(
            f'No content found in the "files" section for get_file path: {argument}',
            code="no-such-file",
            hint=near(argument, list(scope.files)),
        )
    return scope.files[argument]


_FACADE = ("metadata", "deletion_policy", "update_policy")


def facade_form(name: str, names: tuple[str, ...]) -> Callable[[Node], None]:
    """The check that the facade is asked for something that it has."""

    def form(node: Node) -> None:
        if isinstance(node, Call) and node.function.choose is not None:
            return  # the branch that is taken tells
        if not isinstance(node, Literal) or node.value not in names:
            raise Wrong(f'The argument of "{name}" must be one of: {", ".join(names)}')

    return form


def resource_facade(argument: Value, scope: Scope) -> Value:
    """What the resource that this nested template stands for was given."""
    if argument not in _FACADES:
        raise Wrong(f'The argument of "resource_facade" is none of: {", ".join(_FACADE)}')
    if scope.facade is None:
        raise Wrong(f'"resource_facade" ({argument}) has a value only in a nested template')
    key = _FACADE[_FACADES.index(argument) % 3]
    return getattr(scope.facade, key)


_FACADES = (*_FACADE, "Metadata", "DeletionPolicy", "UpdatePolicy")


def referred(call: Call, scope: Scope) -> tuple[str | None, tuple[Value, ...]]:
    """The resource that a call refers to and the attribute path, as far as they are known."""
    name, path = named(call, scope)
    return (name, path) if isinstance(name, str) else (None, ())


def named(call: Call, scope: Scope) -> tuple[Value, tuple[Value, ...]]:
    """What a call names as the resource, whatever it is, and the attribute path."""
    argument = evaluate(call.argument, scope)
    if call.function.refers != "attribute":
        return plain(argument), ()
    name, *path = _steps(argument) or [Unknown("a resource")]
    return plain(name), tuple(path)


GET_PARAM = Function("get_param", get_param, opaque=True, refers="parameter")
GET_RESOURCE = Function("get_resource", get_resource, opaque=True, refers="resource")
GET_ATTR_WHOLE = Function("get_attr", get_attr_whole, attr_form("get_attr", 2), refers="attribute")
GET_ATTR_PATH = Function("get_attr", get_attr, attr_form("get_attr", 2), refers="attribute")
GET_ATTR_ALL = Function("get_attr", get_attr, attr_form("get_attr", 1), refers="attribute")
GET_FILE = Function("get_file", get_file)
RESOURCE_FACADE = Function(
    "resource_facade",
    resource_facade,
    facade_form("resource_facade", _FACADE),
)
