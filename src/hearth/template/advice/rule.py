"""What a rule is, what it finds, and how it would put that right."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hearth.base import Problem, Severity, Span
from hearth.template.advice.subject import Subject


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to a text: what stands at a place is replaced."""

    at: Span
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found. edits: a change after which nothing means anything else."""

    sentence: str
    span: Span
    path: str = ""
    hint: str | None = None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `id` is what comments and settings call it, `about` says why it is one."""

    id: str
    severity: Severity
    about: str
    look: Callable[[Subject], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Advice:
    """What a rule found, as a problem with the rule's id as its code."""

    problem: Problem
    edits: tuple[Edit, ...] = ()


def advised(rule: Rule, subject: Subject) -> Iterator[Advice]:
    """All that one rule finds."""
    for found in rule.look(subject):
        problem = Problem(
            code=rule.id,
            sentence=found.sentence,
            span=found.span,
            path=found.path,
            severity=rule.severity,
            hint=found.hint,
        )
        yield Advice(problem, found.edits)
