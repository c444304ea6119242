"""All that can be said of a template without a cloud: what is wrong with it, and advice."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from hearth.base import Problem, Report, Severity
from hearth.schema import TypeSchema, TypeSource
from hearth.schema.constraints import Custom_
from hearth.template.advice import Advice, Edit, Subject, advise, edited
from hearth.template.bind import Checks, Pseudo, bind
from hearth.template.environment import Environment
from hearth.template.evaluate import no_syntax
from hearth.template.facade import is_template, template_schema
from hearth.template.model import Template
from hearth.template.parse import parse
from hearth.template.validate import Around, validate

MAX_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a template is looked at with.

    custom: constraints that can be checked anywhere. constraints: the names of all. syntax:
    what is wrong with an expression.
    """

    types: TypeSource
    environment: Environment = field(default_factory=Environment)
    files: Mapping[str, str] = field(default_factory=dict)
    custom: Custom_ | None = None
    constraints: Collection[str] = ()
    syntax: Callable[[str], str | None] = no_syntax


@dataclass(frozen=True, slots=True)
class Linted:
    """A template, if it could be read at all, and everything found."""

    template: Template | None
    found: tuple[Advice, ...]

    @property
    def problems(self) -> list[Problem]:
        """What was found, in the order of the text, each file for itself, its own first."""
        problems = [one.problem for one in self.found]
        own = self.template.name if self.template else ""
        return sorted(problems, key=lambda one: _order(one, own))

    @property
    def edits(self) -> list[Edit]:
        """All that would put something right."""
        return [edit for one in self.found for edit in one.edits]


def lint(text: str, name: str, around: Surroundings) -> Linted:
    """What is wrong, and where nothing forbids reading it, what could be better."""
    template, report = parse(text, name)
    if template is None:
        return Linted(None, tuple(Advice(one) for one in report))
    checks = Checks(custom=around.custom, complete=False)
    parameters, more = bind(template, around.environment, {}, Pseudo(), checks)
    validated = validate(
        template,
        around.environment,
        parameters,
        around.types,
        Around(
            files=around.files,
            custom=around.custom,
            constraints=around.constraints,
            syntax=around.syntax,
        ),
    )
    wrong = Report([*report, *more, *validated])
    subject = Subject(template, text, schemas(template, around))
    return Linted(template, (*map(Advice, wrong), *advise(subject)))


def fixed(text: str, name: str, around: Surroundings) -> str:
    """The text with everything put right that can be put right safely."""
    for _ in range(MAX_ROUNDS):
        found = lint(text, name, around)
        after = edited(text, found.edits)
        if after == text or _worse(found, lint(after, name, around)):
            return text
        text = after
    return text


def schemas(template: Template, around: Surroundings) -> dict[str, TypeSchema]:
    """The types of a template's resources, those that are known."""
    known: dict[str, TypeSchema] = {}
    for name, definition in template.resources.items():
        kind = around.environment.registry.resolve(
            definition.type, name, lambda one: around.types.find(one) is not None
        )
        if not is_template(kind):
            schema = around.types.find(kind)
        elif kind in around.files:
            nested, _ = parse(around.files[kind], kind)
            schema = (
                template_schema(nested, definition.type, around.environment.parameter_defaults)
                if nested
                else None
            )
        else:
            schema = None
        if schema is not None:
            known[name] = replace(schema, name=definition.type)
    return known


def _worse(before: Linted, after: Linted) -> bool:
    """Whether a change has brought errors."""
    return _errors(after) > _errors(before)


def _errors(linted: Linted) -> int:
    return sum(one.severity is Severity.ERROR for one in linted.problems)


def _order(problem: Problem, own: str) -> tuple[bool, str, int, int]:
    span = problem.span
    if span is None:
        return (False, "", 0, 0)
    return (span.file != own, span.file, span.line, span.column)
