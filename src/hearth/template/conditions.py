"""Which conditions hold, and what is active because of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from hearth.base import Problem, Report, Secret, Severity, Unknown, Value
from hearth.template.evaluate import Scope, evaluate
from hearth.template.functions.logic import truth
from hearth.template.model import Definition, OutputDef, Template
from hearth.template.nodes import Call, Literal, Node, Sequence, Wrong, children, plain_of
from hearth.template.walk import form_problems

DEEP = 30
"""So many conditions may build on one another, each on the next."""


@dataclass(frozen=True, slots=True)
class Active:
    """What exists: the resources and outputs whose condition holds, or is not known."""

    resources: Mapping[str, Definition] = field(default_factory=dict)
    outputs: Mapping[str, OutputDef] = field(default_factory=dict)


class _Conditions(Mapping[str, "bool | Unknown"]):
    """The conditions by name, each worked out when it is first asked for."""

    def __init__(self, template: Template, scope: Scope) -> None:
        self.template = template
        self.scope = replace(scope, conditions=self)
        self.done: dict[str, bool | Unknown] = {}
        self.open: list[str] = []

    def __getitem__(self, name: str) -> bool | Unknown:
        if name not in self.done:
            self.done[name] = self.work(name)
        return self.done[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.template.conditions)

    def __len__(self) -> int:
        return len(self.template.conditions)

    def __contains__(self, name: object) -> bool:
        return name in self.template.conditions

    def work(self, name: str) -> bool | Unknown:
        node = self.template.conditions[name]
        path = self.template.path("conditions", name)
        failed = Unknown(path)
        if name in self.open:
            circle = " → ".join((*self.open[self.open.index(name) :], name))
            first = self.open[0]
            self.problem(node, path, f'Circular definition for condition "{first}"', circle)
            return failed
        if self.wrong_form(node, path):
            return failed
        if len(self.open) >= DEEP:
            self.problem(node, path, f"Conditions build on one another more than {DEEP} times")
            return failed
        self.open.append(name)
        try:
            return self.value(name, node, path, failed)
        finally:
            self.open.pop()

    def wrong_form(self, node: Node, path: str) -> bool:
        found = form_problems(node, self.scope, path)
        self.scope.report.extend(found)
        return bool(found)

    def value(self, name: str, node: Node, path: str, failed: Unknown) -> bool | Unknown:
        literal = isinstance(node, Literal) and isinstance(node.value, bool)
        if not literal and not isinstance(node, Call):
            self.invalid(name, node, path, plain_of(node))
            return failed
        before = len(self.scope.report)
        found: Value = evaluate(node, replace(self.scope, path=path))
        found = found.value if isinstance(found, Secret) else found
        if isinstance(found, bool | Unknown):
            return found
        if len(self.scope.report) == before:
            self.invalid(name, node, path, found)
        return failed

    def invalid(self, name: str, node: Node, path: str, value: Value) -> None:
        self.problem(node, path, f'The definition of condition "{name}" is invalid: {value}')

    def problem(self, node: Node, path: str, sentence: str, hint: str | None = None) -> None:
        self.scope.report.add(
            Problem(
                code="condition",
                sentence=sentence,
                span=node.span,
                path=path,
                upstream=f"Condition validation error: : {sentence}",
                hint=hint,
            )
        )


def conditions(
    template: Template, scope: Scope, report: Report | None = None
) -> dict[str, bool | Unknown]:
    """Which conditions hold; problems go to the report.

    scope: only its parameters, expressions and mappings matter: a condition may refer to
    nothing else.
    """
    own = Report()
    found = _Conditions(template, replace(scope, report=own))
    done = {name: found[name] for name in template.conditions}
    if report is not None:
        used = set(_used(template))
        report.extend(one if _matters(one, template, used) else _warned(one) for one in own)
    return done


def _used(template: Template) -> Iterator[str]:
    """The conditions that anything is made to depend on, directly or by others."""
    roots = [one.condition for one in template.resources.values()]
    roots += [one.condition for one in template.outputs.values()]
    for one in template.resources.values():
        for node in (one.properties, one.metadata, one.update_policy, one.deletion_policy):
            roots += _asked(node)
    for output in template.outputs.values():
        roots += _asked(output.value)
    seen: set[str] = set()
    open_ = [word for root in roots for word in _words(root)]
    while open_:
        name = open_.pop()
        if name in template.conditions and name not in seen:
            seen.add(name)
            open_ += _words(template.conditions[name])
    yield from seen


def _asked(node: Node | None) -> Iterator[Node]:
    """The conditions of all choices in a node."""
    if node is None:
        return
    if isinstance(node, Call) and node.function.choose and isinstance(node.argument, Sequence):
        yield from node.argument.items[:1]
    for inner in children(node):
        yield from _asked(inner)


def _words(node: Node | None) -> Iterator[str]:
    """All texts in a condition: names, and perhaps others, which does no harm."""
    if node is None:
        return
    if isinstance(node, Literal) and isinstance(node.value, str):
        yield node.value
    for inner in children(node):
        yield from _words(inner)


def _matters(problem: Problem, template: Template, used: set[str]) -> bool:
    """Whether it is an error: what a condition would come to is, only where it is used.

    What is written where a condition must stand is looked at everywhere.
    """
    name = problem.path.partition(".")[2].partition(".")[0]
    written = template.conditions.get(name)
    return name in used or written is None or not isinstance(written, Call) or _formal(problem)


def _formal(problem: Problem) -> bool:
    """Whether it is about the form of a call, which is looked at before anything is worked out."""
    return problem.code in ("function", "misplaced-function", "unsupported-function") and bool(
        problem.upstream
    )


def _warned(problem: Problem) -> Problem:
    return replace(problem, severity=Severity.WARNING, hint=problem.hint or "nothing uses it yet")


def active(template: Template, scope: Scope, report: Report | None = None) -> Active:
    """What exists under these conditions (of the scope); problems go to the report."""
    own = replace(scope, report=report if report is not None else Report())
    return Active(
        resources={
            name: one
            for name, one in template.resources.items()
            if holds(one.condition, own, template.path("resources", name), own.report)
        },
        outputs={
            name: one
            for name, one in template.outputs.items()
            if holds(one.condition, own, template.path("outputs", name), own.report)
        },
    )


def holds(node: Node | None, scope: Scope, path: str, report: Report) -> bool:
    """Whether a resource or output is there; while that is not known, it is."""
    if node is None:
        return True
    path = f"{path}.condition"
    wrong = form_problems(node, scope, path)
    report.extend(wrong)
    if wrong:
        return True
    try:
        return truth(node, scope) is not False
    except Wrong as bad:
        report.add(
            Problem(
                code=bad.code,
                sentence=bad.sentence,
                span=node.span,
                path=path,
                upstream=f"{path}: : {bad.sentence}",
                hint=bad.hint,
            )
        )
        return True
