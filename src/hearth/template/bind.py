"""Giving parameters their values: request over environment over defaults."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hearth.base import (
    DEEPEST,
    Problem,
    Report,
    Secret,
    Unknown,
    Value,
    hushed,
    plain,
    too_deep,
)
from hearth.base.values import MASK
from hearth.schema import Against, Matches, Pattern, did_you_mean, fully_matches
from hearth.schema.constraints import Custom_
from hearth.template.constrain import Inapplicable, check
from hearth.template.environment import Environment
from hearth.template.functions import near
from hearth.template.model import ParameterDef, Template
from hearth.template.nodes import span_of
from hearth.template.typed import Untypable, shown, typed


@dataclass(frozen=True, slots=True)
class Pseudo:
    """What a stack gives its template to know of itself."""

    stack_name: str = ""
    stack_id: str = ""
    project_id: str = ""
    region: str = "ap-southeast-1"

    def values(self, names: Mapping[str, str]) -> dict[str, Value]:
        """The values, by the names that a dialect has for them."""
        return {name: getattr(self, key) for key, name in names.items()}

    @property
    def arn(self) -> str:
        """The stack as Amazon's tools name it."""
        if not self.stack_id:
            return "None"
        path = f"stacks/{self.stack_name}/{self.stack_id}"
        return f"arn:openstack:heat::{self.project_id}:{path}"


@dataclass(frozen=True, slots=True)
class Checks:
    """What is asked outside: custom constraints (gathered beforehand) and users' patterns.

    complete: whether every parameter must have a value; else one without is Unknown.
    """

    custom: Custom_ | None = None
    matches: Matches = fully_matches
    complete: bool = True


@dataclass(frozen=True)
class Parameters(Mapping[str, Value]):
    """The parameters of one stack: name → value; hidden ones are Secret."""

    values_: Mapping[str, Value] = field(default_factory=dict)
    definitions: Mapping[str, ParameterDef] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Value:
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)

    def shown(self) -> dict[str, str]:
        """All as the API shows them: texts, the hidden masked."""
        return {name: self._shown(name, value) for name, value in self.values_.items()}

    def _shown(self, name: str, value: Value) -> str:
        if isinstance(value, Secret):
            return MASK
        if isinstance(value, Unknown):
            return ""
        known = self.definitions.get(name)
        return shown(known.type if known else "String", value)


def bind(
    template: Template,
    environment: Environment,
    given: Mapping[str, Value],
    pseudo: Pseudo,
    checks: Checks | None = None,
    *,
    strict: bool = True,
) -> tuple[Parameters, Report]:
    """The parameters' values, and what is wrong with what was given.

    Not strict: nothing is required and nothing is checked, as when a template alone is
    validated; what is missing or wrong is Unknown.
    """
    work = _Binding(template, checks or Checks(), strict=strict)
    values = pseudo.values(template.dialect.pseudo)
    chosen = _chosen(environment, given)
    if strict:
        strange = list(undeclared(template, {**environment.parameters, **given}, values))
        work.report.extend(strange)
        work.hints |= {one.hint for one in strange}
    for name, definition in template.parameters.items():
        work.default(definition)
        values[name] = work.value(definition, chosen.get(name))
    # What was declared in a wrong form has been told of; who refers to it is not to blame.
    values |= {name: Unknown(f"parameters.{name}") for name in template.unread("parameters")}
    return Parameters(values, template.parameters), work.report


def _chosen(environment: Environment, given: Mapping[str, Value]) -> dict[str, Value]:
    """What was given, by name; null is as good as nothing."""
    layers: list[Mapping[str, Value]] = [
        environment.parameter_defaults,
        environment.parameters,
        given,
    ]
    return {name: value for layer in layers for name, value in layer.items() if value is not None}


def undeclared(
    template: Template, names: Iterable[str], pseudo: Container[str] = ()
) -> Iterator[Problem]:
    """That values are given for what the template does not declare."""
    unread = template.unread("parameters")
    for name in names:
        if name in template.parameters or name in unread or name in pseudo:
            continue
        yield Problem(
            code="undeclared-parameter",
            sentence=f"The Parameter ({name}) was not defined in template.",
            path=f"parameters.{name}",
            kind="UnknownUserParameter",
            hint=near(name, list(template.parameters)),
        )


class _Binding:
    """The parameters of one template."""

    def __init__(self, template: Template, checks: Checks, *, strict: bool) -> None:
        self.template = template
        self.checks = checks
        self.strict = strict
        self.report = Report()
        self.hints: set[str | None] = set()
        self.of_default = False

    def default(self, definition: ParameterDef) -> None:
        """Whether a default matches the patterns; all else about it is known already."""
        if definition.default is None:
            return
        self.of_default = True
        for one in definition.constraints:
            if not isinstance(one, Pattern):
                continue
            wrong = one.problem(definition.default, self.checks.matches)
            if wrong:
                detail = f"Invalid default {definition.default} ({one.description or wrong})"
                detail = hushed(detail, Secret(definition.default)) if definition.hidden else detail
                sentence = f"Parameter '{definition.name}' is invalid: {detail}"
                kind = "InvalidSchemaError"
                self.problem(definition, sentence, "parameter-declaration", kind)

    def value(self, definition: ParameterDef, given: Value) -> Value:
        self.of_default = False
        hidden = definition.hidden or isinstance(given, Secret)
        if too_deep(given):
            self.invalid(definition, f"Value must be valid JSON: more than {DEEPEST} levels deep")
            return Unknown(f"parameters.{definition.name}")
        found = self.typed(definition, plain(given), hidden=hidden)
        return Secret(found) if hidden and not isinstance(found, Unknown) else found

    def typed(self, definition: ParameterDef, given: Value, *, hidden: bool) -> Value:
        absent = Unknown(f"parameters.{definition.name}")
        if isinstance(given, Unknown):
            return given
        if given is None:
            given, self.of_default = definition.default, definition.default is not None
        if given is None:
            # Where it was given under a misspelt name, that has been told of.
            required = self.strict and self.checks.complete
            if required and did_you_mean([definition.name]) not in self.hints:
                self.problem(
                    definition,
                    f"The Parameter ({definition.name}) was not provided.",
                    "missing-parameter",
                    "UserParameterMissing",
                )
            return absent
        try:
            value = typed(definition.type, given)
        except Untypable as wrong:
            said = MASK if hidden else wrong.said
            self.invalid(definition, MASK if hidden else str(wrong), said=said)
            return absent
        if self.strict:
            self.constrained(definition, value, given, hidden=hidden)
        return value

    def constrained(
        self, definition: ParameterDef, value: Value, given: Value, *, hidden: bool
    ) -> None:
        subject = value if definition.type in ("CommaDelimitedList", "Json") else given
        try:
            found = check(definition, subject, self.checks.custom, self.checks.matches)
        except Inapplicable as wrong:
            self.invalid(definition, MASK if hidden else str(wrong), "HTTPBadRequest")
            return
        if found:
            self.against(definition, found, Secret([subject, value, given]) if hidden else None)

    def against(self, definition: ParameterDef, found: Against, secret: Secret | None) -> None:
        """A value that a constraint refuses; a secret is not shown."""
        if secret is not None:
            found = Against(hushed(found.words, secret))
        before = f"Parameter '{definition.name}' is invalid: "
        told = self.told(definition, before + found.words, "invalid-parameter")
        if found.sentence:
            told = replace(told, sentence=before + found.sentence, upstream=told.sentence)
        self.report.add(replace(told, hint=found.hint))

    def invalid(
        self,
        definition: ParameterDef,
        detail: str,
        kind: str = "StackValidationFailed",
        said: str = "",
    ) -> None:
        if self.strict:
            before = f"Parameter '{definition.name}' is invalid: "
            told = self.told(definition, before + detail, "invalid-parameter", kind)
            if said and said != detail:
                told = replace(told, sentence=before + said, upstream=told.sentence)
            self.report.add(told)

    def problem(
        self,
        definition: ParameterDef,
        sentence: str,
        code: str,
        kind: str = "StackValidationFailed",
    ) -> None:
        self.report.add(self.told(definition, sentence, code, kind))

    def told(
        self,
        definition: ParameterDef,
        sentence: str,
        code: str,
        kind: str = "StackValidationFailed",
    ) -> Problem:
        """The problem: where the default stands, if that is what is wrong."""
        return Problem(
            code=code,
            sentence=sentence,
            span=span_of(definition.default_place) if self.of_default else definition.span,
            path=self.template.path("parameters", definition.name),
            kind=kind,
        )


def changed_immutable(
    before: Parameters, after: Parameters, definitions: Mapping[str, ParameterDef]
) -> list[str]:
    """The immutable parameters that an update would change."""
    return [
        name
        for name, definition in definitions.items()
        if definition.immutable
        and name in before
        and name in after
        and plain(before[name]) != plain(after[name])
    ]


def immutable_problem(names: list[str]) -> Problem:
    """That they may not be changed."""
    listed = ", ".join(names)
    return Problem(
        code="immutable-parameter",
        sentence=f"The following parameters are immutable and may not be updated: {listed}",
        path=f"parameters.{names[0]}",
        kind="ImmutableParameterModified",
    )


def parameter_document(definition: ParameterDef, given: Value = None) -> dict[str, Any]:
    """A declared parameter as validation answers it, with the value given for it, if any."""
    found: dict[str, Any] = {
        "Type": definition.type,
        "Description": definition.description,
        "NoEcho": "true" if definition.hidden else "false",
        "Label": definition.label if definition.label is not None else definition.name,
    }
    if definition.default is not None:
        found["Default"] = definition.default
    if given:
        found["Value"] = MASK if definition.hidden else given
    if definition.tags:
        found["Tags"] = list(definition.tags)
    for one in definition.constraints:
        found |= _constraint_document(one.document())
    words = [one.description for one in definition.constraints if one.description]
    return found | ({"ConstraintDescription": " ".join(words)} if words else {})


def _constraint_document(document: Mapping[str, Any]) -> dict[str, Any]:
    [(name, value)] = document.items()
    match name:
        case "length":
            return {f"{key.title()}Length": bound for key, bound in value.items()}
        case "range":
            return {f"{key.title()}Value": bound for key, bound in value.items()}
        case "modulo":
            return {key.title(): number for key, number in value.items()}
        case "allowed_values":
            return {"AllowedValues": value}
        case "allowed_pattern":
            return {"AllowedPattern": value}
        case _:
            return {"CustomConstraint": value}
