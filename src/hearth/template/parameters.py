"""Parameters as they are declared."""

import re
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from hearth.base import Problem, Report, Secret, Span, Value, hushed
from hearth.schema import (
    Allowed,
    Constraint,
    Custom,
    Length,
    Modulo,
    Pattern,
    Range,
    did_you_mean,
    near_names,
)
from hearth.schema.scalars import NotThis, number
from hearth.template.constrain import Inapplicable, check
from hearth.template.dialects import Dialect
from hearth.template.functions import near
from hearth.template.model import ParameterDef
from hearth.template.nodes import Literal, Mapping, Node, Sequence, plain_of
from hearth.template.typed import Untypable, typed

_KEYS = (
    "type",
    "label",
    "description",
    "default",
    "hidden",
    "constraints",
    "immutable",
    "schema",
)
_CFN_KEYS = {
    "Type": "type",
    "Label": "label",
    "Description": "description",
    "Default": "default",
    "NoEcho": "hidden",
    "ConstraintDescription": "words",
    "AllowedValues": "allowed",
    "AllowedPattern": "pattern",
    "MinLength": "min_length",
    "MaxLength": "max_length",
    "MinValue": "min_value",
    "MaxValue": "max_value",
}
_FITS: dict[type, tuple[str, ...]] = {
    Length: ("String", "CommaDelimitedList", "Json"),
    Range: ("Number",),
    Modulo: ("Number",),
    Allowed: ("String", "Number", "Boolean", "CommaDelimitedList"),
    Pattern: ("String",),
    Custom: ("String", "Number", "Boolean", "CommaDelimitedList"),
}
_NAMES: dict[type, str] = {
    Length: "Length",
    Range: "Range",
    Modulo: "Modulo",
    Allowed: "AllowedValues",
    Pattern: "AllowedPattern",
    Custom: "CustomConstraint",
}


class _Bad(Exception):
    """A declaration that cannot be; its kind is upstream's exception class."""

    def __init__(
        self,
        sentence: str,
        node: Node | None = None,
        hint: str | None = None,
        kind: str = "InvalidSchemaError",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.node = node
        self.hint = hint
        self.kind = kind


def declared(section: Mapping, dialect: Dialect, report: Report) -> dict[str, ParameterDef]:
    """The declared parameters; each problem is reported, and what can be kept is kept."""
    found: dict[str, ParameterDef] = {}
    for name, node in section.entries.items():
        work = _Declaration(name, node, section, dialect)
        try:
            made = work.parameter()
        except _Bad as bad:
            work.bad.append(bad)
        for one in work.bad:
            span = one.node.span if one.node else section.key_span(name)
            _report(report, dialect, name, one, span)
        if not work.bad:
            found[name] = made
    return found


def _report(report: Report, dialect: Dialect, name: str, bad: _Bad, span: Span) -> None:
    report.add(
        Problem(
            code="parameter-declaration",
            sentence=bad.sentence,
            span=span,
            path=f"{dialect.sections['parameters']}.{name}",
            kind=bad.kind,
            hint=bad.hint,
        )
    )


class _Declaration:
    """Reads one declaration. bad: what is wrong with it and does not hinder reading on."""

    def __init__(self, name: str, node: Node, section: Mapping, dialect: Dialect) -> None:
        self.name = name
        self.node = node
        self.dialect = dialect
        self.place = section.keys.get(name, node.place)
        self.bad: list[_Bad] = []
        self.meant: set[str] = set()
        self.constraint_nodes: list[Node] = []

    def parameter(self) -> ParameterDef:
        """The parameter."""
        if not isinstance(self.node, Mapping):
            raise _Bad(f"Invalid parameter ({self.name}), expected a mapping", self.node)
        given = self.entries(self.node)
        if "type" not in given and "type" in self.meant:
            raise self.bad.pop()  # it says all; without a type nothing more can be read
        kind = self.type(given)
        constraints = self.constraints(given)
        default = given.get("default")
        made = ParameterDef(
            name=self.name,
            type=kind,
            default=plain_of(default) if default else None,
            description=_description(given),
            label=plain_of(given["label"]) if "label" in given else None,
            hidden=self.hidden(given.get("hidden")),
            immutable=_flag(given.get("immutable")),
            constraints=tuple(constraints),
            tags=self.tags(given),
            place=self.place,
            default_place=default.place if default else self.place,
        )
        self.fits(made)
        self.default(made)
        return made

    def hidden(self, node: Node | None) -> bool:
        """Whether it is hidden; the CFN dialect has one word for it."""
        if self.dialect.name == "cfn" and node is not None:
            return str(plain_of(node)).lower() == "true"
        return _flag(node)

    def entries(self, node: Mapping) -> dict[str, Node]:
        """What is given, by HOT's names of the keys."""
        hot = self.dialect.name == "hot"
        known = {key: key for key in _KEYS} if hot else dict(_CFN_KEYS)
        if hot and self.dialect.version >= "2018-03-02":
            known["tags"] = "tags"
        found: dict[str, Node] = {}
        for key, item in node.entries.items():
            if key not in known:
                meant = near_names(key, known, 1)
                self.meant.update(known[one] for one in meant)
                bad = _Bad(
                    f"Invalid key '{key}' for parameter ({self.name})",
                    Literal(key, node.keys.get(key, item.place)),
                    did_you_mean(meant),
                )
                self.bad.append(bad)
                continue
            found[known[key]] = item
        return found

    def type(self, given: dict[str, Node]) -> str:
        node = given.get("type")
        if node is None:
            raise _Bad(f"Missing parameter type for parameter: {self.name}", self.node)
        value = plain_of(node)
        kind = self.dialect.parameter_types.get(value) if isinstance(value, str) else None
        if kind is None:
            hint = near(str(value), list(self.dialect.parameter_types))
            raise _Bad(f"Invalid type ({value})", node, hint)
        return kind

    def tags(self, given: dict[str, Node]) -> tuple[str, ...]:
        value = plain_of(given["tags"]) if "tags" in given else []
        if not isinstance(value, list):
            raise _Bad(f"Tags property should be a list for parameter: {self.name}", given["tags"])
        return tuple(value)

    def constraints(self, given: dict[str, Node]) -> list[Constraint]:
        if self.dialect.name == "cfn":
            return _cfn_constraints({key: plain_of(node) for key, node in given.items()})
        node = given.get("constraints")
        if node is None or (isinstance(node, Literal) and node.value is None):
            return []
        if not isinstance(node, Sequence):
            raise _Bad(
                f"Invalid parameter constraints for parameter {self.name}, expected a list",
                node,
                'each entry of a list begins with a dash: "- "',
            )
        modulo = self.dialect.version >= "2017-02-24"
        found: list[Constraint] = []
        for item in node.items:
            try:
                found.append(_constraint(plain_of(item), modulo=modulo))
                self.constraint_nodes.append(item)
            except _Bad as bad:
                bad.node = bad.node or item
                self.bad.append(bad)
        return found

    def fits(self, made: ParameterDef) -> None:
        """Whether the constraints are such as its type can have."""
        words = {v: k for k, v in self.dialect.parameter_types.items()}
        for one, node in zip_longest(made.constraints, self.constraint_nodes):
            if made.type not in _FITS[type(one)]:
                bad = _Bad(
                    f"Parameter '{self.name}' is invalid: {_NAMES[type(one)]} constraint "
                    f"invalid for {words[made.type]}",
                    node,
                )
                self.bad.append(bad)

    def default(self, made: ParameterDef) -> None:
        """Whether the default, if its type is right, is allowed."""
        if made.default is None or self.bad:
            return
        wrong = _against_default(made)
        if wrong:
            told = f"Invalid default {made.default} ({wrong})"
            told = hushed(told, Secret(made.default)) if made.hidden else told
            raise _Bad(
                f"Parameter '{self.name}' is invalid: {told}",
                Literal(made.default, made.default_place),
            )


def _against_default(made: ParameterDef) -> str | None:
    """What a parameter's constraints have against its default."""
    value = made.default
    try:
        if made.type == "CommaDelimitedList":
            value = [""] if value == "" else typed(made.type, value)
        elif made.type in ("Number", "Boolean") and set(map(type, made.constraints)) - {Custom}:
            typed(made.type, value)
        # A user's pattern is matched where it can be stopped: when values are bound. Objects are
        # looked for then, too, if nothing else is given.
        found = check(made, value, custom=None, matches=lambda _pattern, _text: True)
    except Untypable as bad:
        return f'{bad}; its type is "{made.type.lower()}"'
    except Inapplicable as bad:
        return str(bad)
    return found.words if found else None


def _flag(node: Node | None) -> bool:
    """A flag, leniently: what is no plain no is a yes."""
    value = plain_of(node) if node else False
    return str(value).lower() not in ("false", "0", "no", "off", "f", "n", "", "none")


def _description(given: dict[str, Node]) -> Value:
    """What is said of it, which is shown as it is written."""
    value = plain_of(given["description"]) if "description" in given else None
    return "" if value is None else value


def _constraint(item: Any, *, modulo: bool) -> Constraint:
    """One entry of `constraints`; of several kinds in it the first in this order counts."""
    if not isinstance(item, dict):
        raise _Bad("Invalid parameter constraints, expected a mapping")
    makers = {key: make for key, make in _MAKERS.items() if modulo or key != "modulo"}
    for key in item:
        if key not in _MAKERS and key != "description":
            raise _Bad(
                f"Invalid key '{key}' for parameter constraints", hint=near(key, list(makers))
            )
    words = _words(item.get("description"))
    for key, make in makers.items():
        if key in item:
            return make(item[key], words)
    raise _Bad("No constraint expressed")


def _words(given: Value) -> str | None:
    """What is said where a constraint does not hold, as a text whatever it is written as."""
    return str(given) if given else None


def _bounds(name: str, value: Any) -> tuple[Any, Any]:
    if not isinstance(value, dict):
        raise _Bad(f"Invalid {name} constraint, expected a mapping")
    for key in value:
        if key not in ("min", "max"):
            raise _Bad(f"Invalid key '{key}' for {name} constraint")
    low, high = value.get("min"), value.get("max")
    if low is None and high is None:
        raise _Bad(f"A {name} constraint must have a min value and/or a max value specified.")
    return _bound(low), _bound(high)


def _bound(value: Value) -> Any:
    try:
        return None if value is None else number(value)
    except NotThis as wrong:
        kind = "ValueError" if isinstance(value, str) else "HTTPBadRequest"
        raise _Bad(str(wrong), kind=kind) from None


def _length(value: Any, words: str | None) -> Constraint:
    low, high = _bounds("length", value)
    if isinstance(low, float) or isinstance(high, float):
        raise _Bad("min/max length must be integral")
    return Length(low, high, words)


def _range(value: Any, words: str | None) -> Constraint:
    return Range(*_bounds("range", value), words)


def _modulo(value: Any, words: str | None) -> Constraint:
    if not isinstance(value, dict):
        raise _Bad("Invalid modulo constraint, expected a mapping")
    for key in value:
        if key not in ("step", "offset"):
            raise _Bad(f"Invalid key '{key}' for modulo constraint")
    if value.get("step") is None or value.get("offset") is None:
        raise _Bad("A modulo constraint must have a step value and an offset value specified.")
    step, offset = _bound(value["step"]), _bound(value["offset"])
    if isinstance(step, float) or isinstance(offset, float):
        raise _Bad("step/offset must be integer")
    if step == 0:
        raise _Bad("step cannot be 0.")
    if abs(offset) >= abs(step):
        raise _Bad("offset must be smaller (by absolute value) than step.")
    if step * offset < 0:
        raise _Bad("step and offset must be both positive or both negative.")
    return Modulo(step, offset, words)


def _allowed(value: Any, words: str | None) -> Constraint:
    if not isinstance(value, list):
        raise _Bad("AllowedValues must be a list")
    return Allowed(tuple(value), words)


SHOWN = 200
"""So many characters of a pattern that is wrong are told."""


def _pattern(value: Any, words: str | None) -> Constraint:
    if not isinstance(value, str):
        raise _Bad("AllowedPattern must be a string")
    try:
        re.compile(value)
    except (RecursionError, OverflowError):
        raise _Bad(
            f'"{_begun(value)}" is nested too deep for a regular expression',
            kind="StackValidationFailed",
        ) from None
    except re.error as wrong:
        sentence = f'"{_begun(value)}" is no regular expression: {wrong}'
        raise _Bad(sentence, kind="RemoteError") from None
    return Pattern(value, words)


def _begun(text: str) -> str:
    """A text as it begins."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _custom(value: Any, words: str | None) -> Constraint:
    return Custom(value if isinstance(value, str) else str(value), words)


_MAKERS: dict[str, Callable[[Any, str | None], Constraint]] = {
    "range": _range,
    "length": _length,
    "modulo": _modulo,
    "allowed_values": _allowed,
    "allowed_pattern": _pattern,
    "custom_constraint": _custom,
}


def _cfn_constraints(given: dict[str, Any]) -> list[Constraint]:
    words = _words(given.get("words"))
    found: list[Constraint] = []
    low, high = given.get("min_length"), given.get("max_length")
    if low is not None or high is not None:
        found.append(Length(_bound(low), _bound(high), words))
    if "allowed" in given:
        found.append(_allowed(given["allowed"], words))
    low, high = given.get("min_value"), given.get("max_value")
    if low is not None or high is not None:
        found.append(Range(_bound(low), _bound(high), words))
    if "pattern" in given:
        found.append(_pattern(given["pattern"], words))
    return found
