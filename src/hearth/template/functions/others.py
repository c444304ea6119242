"""make_url and yaql."""

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from urllib.parse import quote, urlencode, urlunsplit

from hearth.base import Secret, Unknown, Value, plain
from hearth.base.values import MASK
from hearth.template.budget import characters
from hearth.template.evaluate import UNQUOTED, Scope, marks
from hearth.template.nodes import Call, Function, Literal, Mapping, Node, Sequence, Wrong, plain_of

_PARTS = ("scheme", "username", "password", "host", "port", "path", "query", "fragment")


def url_form(node: Node) -> None:
    """A map of a URL's parts."""
    if not isinstance(node, Mapping):
        raise Wrong('The arguments of "make_url" must be a map')
    unknown = [key for key in node.entries if key not in _PARTS]
    if unknown:
        raise Wrong(f'Invalid arguments to "make_url": {", ".join(unknown)}')
    for key in _PARTS:
        part = node.entries.get(key)
        if key in ("query", "port") or isinstance(part, Call | None):
            continue
        if not isinstance(part, Literal) or not isinstance(part.value, str):
            raise Wrong(f'The "{key}" argument to "make_url" must be a string')
    query = node.entries.get("query")
    if query is not None and not isinstance(query, Mapping | Call):
        raise Wrong('The "query" argument to "make_url" must be a map')
    port = node.entries.get("port")
    if isinstance(port, Literal):
        _port(port.value, _shown({key: plain_of(part) for key, part in node.entries.items()}))
    elif isinstance(port, Mapping | Sequence):
        raise Wrong("Invalid URL port, must be an integer")


def _shown(given: MappingOf[str, Value]) -> str:
    """The parts as they are given, and of a password only that there is one."""
    parts = {key: MASK if key == "password" else part for key, part in given.items()}
    return f"; make_url was called with {parts}"


def _port(value: Value, called: str = "") -> str:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise Wrong(f'Invalid URL port "{value}", must be an integer{called}') from None
    if not 1 <= number <= 65535:
        raise Wrong(f"Invalid URL port {number}, must be in range 1-65535")
    return str(value)


QUOTED = 100
"""What a character of a URL costs."""


def make_url(argument: Value, scope: Scope) -> Value:
    """A URL from its parts."""
    scope.budget.spend(characters(argument) * QUOTED, "make_url")
    for key in _PARTS:
        if key not in ("query", "port") and not isinstance(argument.get(key, ""), str):
            raise Wrong(f'The "{key}" argument to "make_url" must be a string')
    scheme = argument.get("scheme", "")
    if ":" in scheme:
        raise Wrong("URL \"scheme\" should not contain ':'")
    query = argument.get("query") or {}
    if not isinstance(query, dict):
        raise Wrong('The "query" argument to "make_url" must be a map')
    return urlunsplit(
        (
            scheme,
            _authority(argument),
            quote(argument.get("path", "")),
            urlencode(query).replace("%2F", "/"),
            quote(argument.get("fragment", "")),
        )
    )


def _authority(parts: dict[str, Value]) -> str:
    user, password = parts.get("username", ""), parts.get("password", "")
    host, port = parts.get("host", ""), parts.get("port")
    text = quote(user, "")
    if password:
        text += ":" + quote(password, "")
    if text:
        text += "@"
    text += _host(host)
    return text if port is None else f"{text}:{_port(port, _shown(parts))}"


def _host(host: str) -> str:
    if ":" not in host:
        return quote(host, "")
    address = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    return f"[{quote(address, ':')}]"


def yaql_form(node: Node) -> None:
    """{expression, data}."""
    if not isinstance(node, Mapping):
        raise Wrong('The arguments of "yaql" must be a map.')
    unknown = sorted(set(node.entries) - {"expression", "data"})
    expression = node.entries.get("expression")
    if unknown or expression is None:
        raise Wrong(
            '"yaql" takes "expression" and "data" only'
            + (f", not {', '.join(unknown)}" if unknown else "")
        )
    if isinstance(expression, Call):
        return
    if not isinstance(expression, Literal) or not isinstance(expression.value, str):
        raise Wrong('The "expression" argument to yaql must contain a string.')


def yaql(argument: Value, scope: Scope) -> Value:
    """The result of an expression, evaluated outside, where it can be stopped."""
    expression = argument.get("expression")
    if isinstance(expression, Unknown):
        return expression
    data = argument.get("data", {})
    unknown, secret = marks([expression, data])
    if unknown is not None:
        return unknown
    expression = plain(expression)
    if not isinstance(expression, str):
        raise Wrong('The "expression" argument to yaql must contain a string.')
    try:
        found = scope.expressions(expression, plain(data))
    except ExpressionFailed as wrong:
        raise Wrong(UNQUOTED if secret else _bad(str(wrong)), code="expression") from None
    return Secret(found) if secret and not isinstance(found, Unknown) else found


def _bad(words: str) -> str:
    """What is wrong with an expression that could only be read when it was known."""
    unread = words.startswith(("Parse error", "Lexical error"))
    return f"Bad expression {words}" if unread else words


class ExpressionFailed(Exception):
    """What the evaluator of expressions raises; its text is for the user."""


Expressions = Callable[[str, Value], Value]

MAKE_URL = Function("make_url", make_url, url_form)
YAQL = Function("yaql", yaql, yaql_form, opaque=True, apart=True)
