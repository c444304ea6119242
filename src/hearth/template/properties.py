"""A resource's properties: evaluated, then checked and converted by its type's schema."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hearth.base import Problem, Report, Span, Unknown, Value
from hearth.schema import Field, Kind, TypeSchema, Where, coerce
from hearth.schema.coerce import Path
from hearth.schema.constraints import Custom_
from hearth.template.budget import MADE, entries
from hearth.template.dialects import Dialect
from hearth.template.evaluate import Scope, evaluate, problem
from hearth.template.meaning import listed, meant
from hearth.template.model import Definition, Template
from hearth.template.nodes import Mapping as MappingNode
from hearth.template.nodes import Node, Sequence, Wrong
from hearth.template.walk import calls, form_problems


@dataclass(frozen=True, slots=True)
class Resolved:
    """A resource's properties. given: those that the template named, by name."""

    values: dict[str, Value]
    given: frozenset[str]
    report: Report


def resolved_properties(
    template: Template,
    definition: Definition,
    schema: TypeSchema,
    scope: Scope,
    custom: Custom_ | None = None,
) -> Resolved:
    """The properties of a resource, evaluated in a scope and coerced.

    A description of the resource serves as the property of that name, where that may be
    updated in place and is not given.
    """
    path = template.path("resources", definition.name)
    prefix = f"{path}.{template.dialect.resource['properties']}"
    own = replace(scope, report=Report())
    raw = evaluated(definition.properties, own, prefix, f"{definition.name}.Properties")
    described = schema.properties.get("description")
    if described is not None and described.update and definition.description:
        raw.setdefault("description", definition.description)
    given = frozenset(key for key, value in raw.items() if value is not None)
    if schema.anything_goes:
        return Resolved(raw, given, own.report)
    found = finder(definition.properties, definition.span, template.dialect)
    where = Where(prefix, definition.type, found, found.meant)
    values, report = coerce(schema.properties, raw, where, custom, scope.matches)
    own.report.extend(report)
    return Resolved(values, given, own.report)


def resolved_policy(
    template: Template,
    definition: Definition,
    fields: Mapping[str, Field],
    scope: Scope,
) -> tuple[dict[str, Value], Report]:
    """The update policy of a resource, evaluated in a scope and coerced."""
    path = template.path("resources", definition.name)
    prefix = f"{path}.{template.dialect.resource['update_policy']}"
    own = replace(scope, report=Report())
    raw = evaluated(definition.update_policy, own, prefix, f"{definition.name}.UpdatePolicy")
    found = finder(definition.update_policy, definition.span, template.dialect)
    where = Where(prefix, f"{definition.name}'s update policy", found, found.meant)
    values, report = coerce(fields, raw, where)
    own.report.extend(report)
    return values, own.report


def evaluated(node: Node | None, scope: Scope, prefix: str, short: str) -> dict[str, Value]:
    """A map of values, each evaluated on its own, so that problems name the one they are in."""
    if node is None:
        return {}
    if not isinstance(node, MappingNode):
        return _whole(node, scope, prefix, short)
    done: dict[str, Value] = {}
    for key, item in node.entries.items():
        found = one(item, scope, f"{prefix}.{key}", f"{short}.{key}")
        if found is not VANISHED:
            done[key] = found
    return done


def _affordable(found: Value, item: Node, scope: Scope) -> Value:
    """A list or map that functions made for a property, which is copied as it is checked."""
    try:
        scope.budget.spend(entries(found) * COERCED, "value")
    except Wrong as wrong:
        scope.report.add(problem(wrong, item, scope))
        return Unknown("too much")
    return found


COERCED = 2 * MADE
"""What an entry costs to be checked and copied."""
VANISHED = object()
"""A property that an `if` without a third item took away."""


def one(item: Node, scope: Scope, path: str, short: str) -> Value:
    """One value; what fails is reported, and Unknown."""
    if not _calls(item):
        return evaluate(item, scope)
    wrong = form_problems(item, scope, path)
    scope.report.extend(wrong)
    own = replace(scope, report=Report(), path=short)
    found = evaluate(item, own)
    if type(found) is list or type(found) is dict:
        found = _affordable(found, item, own)
    before = {problem.span for problem in wrong}
    fresh = [problem for problem in own.report if problem.span not in before]
    scope.report.extend(told(problem, path) for problem in fresh)
    return Unknown(path) if wrong else found


def told(problem: Problem, path: str) -> Problem:
    """A problem of evaluation as one of a property."""
    if problem.kind == "InvalidTemplateReference":
        return replace(problem, path=path)
    upstream = f"Property error: : {path}: : {problem.upstream or problem.sentence}"
    return replace(problem, path=path, upstream=upstream)


def _whole(node: Node, scope: Scope, prefix: str, short: str) -> dict[str, Value]:
    """All properties from one function."""
    found = one(node, scope, prefix, short)
    if isinstance(found, dict):
        return found
    if not isinstance(found, Unknown):
        scope.report.add(
            Problem(
                code="properties-shape",
                sentence=f"the function for {prefix} must give a map",
                span=node.span,
                path=prefix,
            )
        )
    return {}


def _calls(node: Node) -> bool:
    return next(calls(node, _EMPTY), None) is not None


_EMPTY = Scope()


def finder(node: Node | None, otherwise: Span, dialect: Dialect | None = None) -> "Finder":
    """Where values stand inside a node."""
    return Finder(node, otherwise, dialect)


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds the span of a path inside a node, or of its key."""

    node: Node | None
    otherwise: Span
    dialect: Dialect | None = None

    def meant(self, path: Path, kind: Kind) -> str | None:
        """What was perhaps meant by the value at a path, which is not of its kind."""
        node = self.node
        for step in path:
            if isinstance(node, MappingNode) and step in node.entries:
                node = node.entries[str(step)]
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            else:
                return None
        hint = meant(node, self.dialect) if self.dialect is not None else None
        return hint or (listed(node) if kind is Kind.LIST else None)

    def __call__(self, path: Path, key: bool = False) -> Span:  # noqa: FBT001, FBT002 - SpanOf
        """The span of the nearest thing there is on the way."""
        node, span = self.node, self.otherwise
        if not path and isinstance(node, MappingNode):
            return self.otherwise
        for index, step in enumerate(path):
            last = key and index == len(path) - 1
            if isinstance(node, MappingNode) and step in node.entries:
                span = node.key_span(str(step)) if last else node.entries[str(step)].span
                node = node.entries[str(step)]
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
                span = node.span
            else:
                return node.span if node is not None and index else span
        return span
