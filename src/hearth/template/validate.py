"""All that is wrong with a template in its surroundings, at once, in the order upstream meets it.

What `parse` and `bind` found is not repeated here. Nested templates are validated with their
own places and a path that leads to them: `resources.db<db.yaml>.resources.server`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hearth.base import Problem, Report, Severity, Value
from hearth.schema import Matches, TypeSchema, TypeSource, fully_matches
from hearth.schema.constraints import Custom_
from hearth.template.bind import Checks, Parameters, Pseudo, bind
from hearth.template.budget import SPENT, Budget
from hearth.template.conditions import Active, active, conditions
from hearth.template.depend import (
    Reference,
    cycle_problem,
    dependencies,
    unknown_dependencies,
)
from hearth.template.environment import Environment
from hearth.template.evaluate import Facade, Scope, evaluate, given, no_expressions, no_syntax
from hearth.template.facade import (
    facade_problems,
    is_template,
    nested_parameters,
    template_schema,
)
from hearth.template.faults import (
    Known,
    below,
    duplicate_names,
    no_such_template,
    unknown_constraints,
    unknown_references,
    unknown_type,
    wrong_attributes,
    wrong_deletion,
)
from hearth.template.members import Members
from hearth.template.model import Definition, OutputDef, Template
from hearth.template.nodes import Literal, Node, span_of
from hearth.template.parse import parse, parse_document
from hearth.template.properties import one, resolved_policy, resolved_properties
from hearth.template.walk import form_problems

MAX_DEPTH = 5
MAX_CHARACTERS = 32 * 1024 * 1024
"""Of all nested templates, each counted as often as it is used."""
MAX_RESOURCES = 10_000
"""In a tree; so many are looked at even where there is no limit."""
Parser = Callable[[str, str], tuple[Template | None, Report]]


def parse_named(text: str, name: str) -> tuple[Template | None, Report]:
    """`parse`, as a Parser."""
    return parse(text, name)


@dataclass(frozen=True, slots=True)
class Around:
    """What was gathered before a validation.

    files: name → content. custom: what a named constraint has against a value. constraints: the
    names of all there are, if they are known. parser: `parse`,
    or one that remembers. implicit: further edges between resources, by their types.
    max_resources: how many the whole tree may have. sure_outputs: an output that names what is
    not there is an error; a stack can be made with it, and tells it as failed.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    custom: Custom_ | None = None
    constraints: Collection[str] = ()
    expressions: Callable[[str, Value], Value] = no_expressions
    syntax: Callable[[str], str | None] = no_syntax
    matches: Matches = fully_matches
    parser: Parser = parse_named
    pseudo: Pseudo = field(default_factory=Pseudo)
    zones: tuple[str, ...] = ("nova",)
    implicit: Callable[[Mapping[str, Definition]], Mapping[str, list[str]]] | None = None
    strict: bool = True
    max_depth: int = MAX_DEPTH
    max_resources: int = MAX_RESOURCES
    sure_outputs: bool = False


def validate(
    template: Template,
    environment: Environment,
    parameters: Parameters,
    types: TypeSource,
    around: Around | None = None,
) -> Report:
    """Everything that is wrong."""
    surroundings = around or Around()
    shared = _Shared()
    work = _Validation(template, environment, parameters, types, surroundings, shared)
    found = work.report_of(0)
    return _once_spent(found, template) if shared.budget.spent else found


def _once_spent(report: Report, template: Template) -> Report:
    """That the functions have too much to do, told once, where it was met first."""
    told = [problem for problem in report if problem.code == SPENT]
    others = [problem for problem in report if problem.code != SPENT]
    if told:
        first = replace(told[0], severity=Severity.ERROR)
        return Report([replace(first, upstream=f"{first.path}: : {first.sentence}"), *others])
    sentence = "the functions of this template have more to do than one template may ask for"
    return Report([Problem(code=SPENT, sentence=sentence, span=template.root.span), *others])


@dataclass(slots=True)
class _Shared:
    """What the validations of a tree share: files parsed, and what is counted."""

    parsed: dict[str, tuple[Template | None, Report]] = field(default_factory=dict)
    schemas: dict[tuple[str, str], TypeSchema] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    characters: int = 0
    resources: int = 0


class _Validation:
    """The validation of one template."""

    def __init__(
        self,
        template: Template,
        environment: Environment,
        parameters: Parameters,
        types: TypeSource,
        around: Around,
        shared: "_Shared",
    ) -> None:
        self.shared = shared
        self.template = template
        self.environment = environment
        self.types = types
        self.around = around
        self.report = Report()
        self.facade: Facade | None = None
        self.schemas: dict[str, TypeSchema | None] = {}
        self.parsed: dict[str, Template] = {}
        self.scope = Scope(
            parameters=parameters,
            files=around.files,
            expressions=around.expressions,
            syntax=around.syntax,
            matches=around.matches,
            zones=around.zones,
            mappings=template.mappings,
            budget=shared.budget,
        )

    def report_of(self, depth: int, facade: Facade | None = None) -> Report:
        """All problems, in order."""
        self.depth = depth
        self.scope = replace(self.scope, facade=facade)
        found = conditions(self.template, self.scope, self.report)
        self.scope = replace(self.scope, conditions=found)
        there = active(self.template, self.scope, self.report)
        self.scope = replace(self.scope, resources=_referable(self.template, there))
        self.report.extend(duplicate_names(self.template))
        if self.around.constraints:
            self.report.extend(unknown_constraints(self.template, self.around.constraints))
        self.shared.resources += len(there.resources)
        limit = self.around.max_resources
        if depth and self.shared.resources > limit:
            self.report.add(_too_many(limit))
            return self.report
        self.load(there)
        self.graph(there)
        for definition in there.resources.values():
            if self.shared.budget.spent:
                break
            self.resource(definition)
        for output in there.outputs.values():
            self.output(output)
        return self.report

    def graph(self, there: Active) -> None:
        unknown_dependencies(self.template, there.resources, self.report)
        for definition in there.resources.values():
            nodes = {
                "Properties": definition.properties,
                "Metadata": definition.metadata,
                "UpdatePolicy": definition.update_policy,
            }
            for key, node in nodes.items():
                at = f"{definition.name}.{key}"
                self.report.extend(unknown_references(node, self.scope, at))
        implicit = self.around.implicit(there.resources) if self.around.implicit else None
        graph = dependencies(there.resources, self.scope, implicit)
        problem = cycle_problem(self.template, there.resources, graph)
        if problem:
            self.report.add(problem)

    def load(self, there: Active) -> None:
        """Find the type of every resource; a template is parsed."""
        for definition in there.resources.values():
            self.schemas[definition.name] = self.schema(definition)

    def schema(self, definition: Definition) -> TypeSchema | None:
        registry = self.environment.registry
        name = registry.resolve(
            definition.type, definition.name, lambda kind: self.types.find(kind) is not None
        )
        if is_template(name):
            return self.nested_schema(definition, name)
        found = self.types.find(name)
        if found is None:
            self.report.add(unknown_type(definition, self.template, registry, self.types.names()))
        return found

    def nested_schema(self, definition: Definition, name: str) -> TypeSchema | None:
        path = self.template.path("resources", definition.name)
        if name not in self.around.files:
            self.report.add(no_such_template(definition, name, self.around.files, path))
            return None
        if self.depth >= self.around.max_depth:
            sentence = f"Request limit exceeded: Recursion depth exceeds {self.around.max_depth}."
            inner = f"{path}<{name}>"
            self.report.add(
                Problem(
                    code="too-deep",
                    sentence=sentence,
                    span=span_of(definition.type_place),
                    path=inner,
                    upstream=f"RequestLimitExceeded: : {inner}: : {sentence}",
                )
            )
            return None
        template, report = self.parse(name)
        self.report.extend(below(report, path, name))
        if template is None:
            return None
        self.parsed[definition.name] = template
        schema = self.shared.schemas.get((name, definition.type))
        if schema is None:
            defaults = self.environment.parameter_defaults
            schema = template_schema(template, definition.type, defaults)
            self.shared.schemas[name, definition.type] = schema
        real = self.types.find(definition.type)
        if real is not None and not real.anything_goes:
            span = span_of(definition.type_place)
            self.report.extend(facade_problems(schema, real, span, path))
        return schema

    def parse(self, name: str) -> tuple[Template | None, Report]:
        """A file as a template, parsed once for all resources that it is."""
        if name not in self.shared.parsed:
            self.shared.parsed[name] = self.around.parser(self.around.files[name], name)
        return self.shared.parsed[name]

    def resource(self, definition: Definition) -> None:
        """One resource: its properties, its other parts, and the template that it is."""
        schema = self.schemas[definition.name]
        path = self.template.path("resources", definition.name)
        keys = self.template.dialect.resource
        self.part(definition.metadata, f"{path}.{keys['metadata']}")
        known = Known(self.scope, self.schemas)
        self.report.extend(wrong_deletion(definition, self.template, known, path))
        at = f"{path}.{keys['properties']}"
        self.report.extend(wrong_attributes(definition.properties, known, at))
        if schema is None:
            schema = TypeSchema(definition.type, anything_goes=True)
        resolved = resolved_properties(
            self.template, definition, schema, self.scope, self.around.custom
        )
        self.report.extend(self.fresh(resolved.report))
        if resolved.report.ok and schema.check is not None:
            self.together(definition, schema.check(resolved.values), path)
        if definition.update_policy is not None:
            _, report = resolved_policy(self.template, definition, schema.update_policy, self.scope)
            self.report.extend(self.fresh(report))
        listed = schema.member_types(resolved.values) if schema.member_types else ()
        wrong = list(_members_of(self, definition).wrong(definition, listed))
        self.report.extend(wrong)
        if self.shared.resources > self.around.max_resources:
            return  # that has been told; nothing more is built
        if definition.name in self.parsed:
            self.nested(definition, resolved.values)
        elif schema.inside is not None and resolved.report.ok:
            self.inner(definition, schema.inside(resolved.values), wrong)

    def together(self, definition: Definition, wrong: Iterable[str], path: str) -> None:
        """What a type has against properties that do not go together."""
        for sentence in wrong:
            self.report.add(
                Problem(
                    code="properties",
                    sentence=sentence,
                    span=definition.span,
                    path=path,
                    severity=Severity.ERROR if self.around.strict else Severity.WARNING,
                )
            )

    def inner(
        self, definition: Definition, document: Mapping[str, Any] | None, told: list[Problem]
    ) -> None:
        """The template that a nesting type makes; without what has been told of its types."""
        if document is None or self.depth >= self.around.max_depth:
            return
        template, report = parse_document(document, "nested_stack")
        path = self.template.path("resources", definition.name)
        found = Report(list(report))
        if template is not None:
            found.extend(self.below(definition, template, {}))
        # What is made has no text; the resource that makes it has.
        types = {one.sentence for one in told}
        others = [one for one in found if one.sentence not in types]
        placed = Report([replace(one, span=definition.span) for one in others])
        self.report.extend(below(placed, path, "nested_stack"))

    def fresh(self, report: Report) -> list[Problem]:
        """Without the references that the graph has told of.

        Where a template alone is validated, values are not: what they would fail at is a warning.
        """
        found = [one for one in report if one.kind != "InvalidTemplateReference"]
        return found if self.around.strict else [_lenient(one) for one in found]

    def part(self, node: Node | None, path: str) -> None:
        if node is None:
            return
        self.report.extend(wrong_attributes(node, Known(self.scope, self.schemas), path))
        own = replace(self.scope, report=Report())
        one(node, own, path, path)
        self.report.extend(self.fresh(own.report))

    def nested(self, definition: Definition, values: Mapping[str, Value]) -> None:
        """The template that a resource is, with what it is given."""
        template = self.parsed[definition.name]
        self.shared.characters += len(self.around.files[template.name])
        if self.shared.characters > MAX_CHARACTERS:
            self.shared.resources = self.around.max_resources + 1
            self.report.add(_too_large(definition))
            return
        path = self.template.path("resources", definition.name)
        found = self.below(definition, template, values)
        self.report.extend(below(found, path, template.name))

    def below(
        self, definition: Definition, template: Template, values: Mapping[str, Value]
    ) -> Report:
        """All that is wrong with the stack that a resource is."""
        # A template is not itself inside itself; a group may have groups by its name for them.
        hidden = definition.type if definition.name in self.parsed else ""
        environment = self.environment.child(definition.name, hidden)
        given = nested_parameters(values)
        pseudo = replace(self.around.pseudo, stack_name=definition.name)
        checks = Checks(matches=self.around.matches)
        strict = self.around.strict
        parameters, report = bind(template, environment, given, pseudo, checks, strict=strict)
        work = _Validation(template, environment, parameters, self.types, self.around, self.shared)
        found = work.report_of(self.depth + 1, _facade_of(definition, self.scope))
        # A missing or wrong property has been told in the parent's words.
        return found if self.report.errors else Report([*report, *found])

    def output(self, output: OutputDef) -> None:
        """One output: what it can never be is an error, what it may fail at a warning."""
        path = self.template.path("outputs", output.name)
        path = f"{path}.{self.template.dialect.output['value']}"
        if isinstance(output.value, Literal):
            return
        wrong = form_problems(output.value, self.scope, path)
        known = Known(self.scope, self.schemas)
        wrong += wrong_attributes(output.value, known, path, missing=True)
        self.report.extend(wrong)
        if wrong:
            return
        own = replace(self.scope, report=Report(), path="", severity=Severity.WARNING)
        given(output.value, own)
        sure = self.around.sure_outputs
        self.report.extend(replace(_sure(one) if sure else one, path=path) for one in own.report)


def _sure(problem: Problem) -> Problem:
    """A problem of an output: an error where the output names what is not there."""
    if problem.code in ("unknown-reference", "unknown-parameter"):
        return replace(problem, severity=Severity.ERROR)
    return problem


def _too_many(limit: int) -> Problem:
    """That a tree is larger than it may be."""
    return Problem(
        code="too-many-resources",
        sentence=f"Request limit exceeded: Maximum resources per stack exceeded, {limit}.",
        kind="RequestLimitExceeded",
    )


def _too_large(definition: Definition) -> Problem:
    """That nested templates, each counted as often as it is used, are too much to look at."""
    return Problem(
        code="too-large",
        sentence="Request limit exceeded: the nested templates have more than "
        f"{MAX_CHARACTERS} characters together.",
        span=definition.span,
        kind="RequestLimitExceeded",
    )


def _facade_of(definition: Definition, scope: Scope) -> Facade:
    """What the template that a resource is may know of it."""
    own = replace(scope, report=Report())
    return Facade(
        metadata=evaluate(definition.metadata, own),
        deletion_policy=evaluate(definition.deletion_policy, own),
        update_policy=evaluate(definition.update_policy, own),
    )


def _members_of(work: _Validation, definition: Definition) -> Members:
    """What the types of a resource's members are looked up in."""
    registry, around = work.environment.child(definition.name).registry, work.around
    return Members(work.template, registry, work.types, around.files, around.strict)


def _referable(template: Template, there: Active) -> frozenset[str]:
    """What may be referred to; of what could not be read it is not known whether it exists."""
    return frozenset(there.resources) | template.unread("resources")


def _lenient(problem: Problem) -> Problem:
    """A wrong value as a warning; unknown properties and malformed calls stay errors."""
    value = (problem.upstream or "").startswith("Property error")
    if value and problem.code != "unknown-property":
        return replace(problem, severity=Severity.WARNING)
    return problem


__all__ = ["Around", "Reference", "parse_named", "validate"]
