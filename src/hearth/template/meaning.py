"""What somebody meant who wrote a map where a call was due: people's mistakes, by kind.

A map of one key is a call only if the key names a function of the template's version; else it is
data, and nobody says so. `meant` finds what it looks like, as a hint.
"""

from functools import cache

from hearth.schema import near_names
from hearth.template.dialects import Dialect
from hearth.template.functions import HOT_VERSIONS, INSTEAD, hot_functions, usable
from hearth.template.nodes import Literal, Mapping, Node

_OF_HOT = {
    "get_param": "Ref",
    "get_resource": "Ref",
    "get_attr": "Fn::GetAtt",
    "list_join": "Fn::Join",
    "str_split": "Fn::Split",
    "str_replace": "Fn::Replace",
    "if": "Fn::If",
}
_ALIKE = 0.75
"""Data is data: only what is nearly a function's name is taken for one."""


def meant(node: Node | None, dialect: Dialect) -> str | None:
    """A hint, if the node looks like a call that is none."""
    if not isinstance(node, Mapping):
        return None
    names = dialect.functions.values
    if len(node.entries) > 1:
        called = [key for key in node.entries if key in names and "_" in key]
        return f'"{called[0]}" is a call only where it stands alone in its map' if called else None
    for key, argument in node.entries.items():
        return misspelt(key, argument, dialect)
    return None


def misspelt(key: str, argument: Node, dialect: Dialect) -> str | None:
    """What a key of the only entry of a map is instead of a function's name."""
    names = dialect.functions.values
    word = key.split(" ", 1)[0].rstrip(":")
    if word != key and word in names and isinstance(argument, Literal) and argument.value is None:
        return f'a colon and a space belong after "{word}"'
    if dialect.name == "cfn":
        other = _OF_HOT.get(key)
        return f'in this dialect it is "{other}"' if other else _near(key, dialect)
    if key in INSTEAD:
        return f"in HOT it is {INSTEAD[key]}"
    since = _since().get(key)
    if since is not None and since > dialect.version:
        return f'"{key}" is a function from version {since} on; this template is {dialect.version}'
    if key in dialect.functions.conditions:
        return f'"{key}" is a function of conditions; as a value, choose with "if"'
    return _near(key, dialect)


def _near(key: str, dialect: Dialect) -> str | None:
    near = near_names(key, list(usable(dialect.functions.values)), 1, _ALIKE)
    return f'did you mean "{near[0]}"?' if near and near[0] != key else None


@cache
def _since() -> dict[str, str]:
    """Every function of HOT, and the version that first has it."""
    found: dict[str, str] = {}
    for version in HOT_VERSIONS:
        for name in hot_functions(version).values:
            found.setdefault(name, version)
    return found


def listed(node: Node | None) -> str | None:
    """A hint, where a list is due and one entry of it stands alone."""
    if isinstance(node, Mapping):
        return 'each entry of a list begins with a dash: "- "'
    return None


_UNREADABLE = (
    ("tab character", "YAML is indented with spaces"),
    ("mapping values are not allowed", 'it is indented too deep, or a text with ": " needs quotes'),
    ("could not find expected ':'", "a colon is missing, or the line above is not finished"),
    ("cannot start any token", "a text that begins so needs quotes"),
    ("did not find expected ',' or", "a bracket is not closed, or a comma is missing"),
    ("did not find expected", "it is indented otherwise than its neighbours"),
    ("found unexpected end of stream", "a quotation mark is not closed"),
    ("undefined alias", "a text that begins with * needs quotes"),
    ("constructor for the tag", "short forms such as !Ref are not known here: write {Ref: …}"),
)


def unreadable_hint(sentence: str, character: str = "") -> str | None:
    """What mostly is behind a YAML parser's complaint, and the character at which it came."""
    if character == "\t":
        return "YAML is indented with spaces"
    return next((hint for words, hint in _UNREADABLE if words in sentence), None)
