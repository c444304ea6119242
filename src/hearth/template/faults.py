"""What can be wrong with single parts of a template: one function for each, no order."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from hearth.base import Problem, Report, Secret, Severity, Span, Unknown, Value
from hearth.schema import Custom, TypeSchema, did_you_mean
from hearth.template.evaluate import Scope, evaluate, marks
from hearth.template.functions import named, near, no_such
from hearth.template.functions.references import GET_ATTR_ALL, GET_ATTR_WHOLE
from hearth.template.model import Definition, Template
from hearth.template.near_types import near_type
from hearth.template.nodes import Call, Literal, Node, Sequence, Wrong, span_of
from hearth.template.nodes import at as node_at
from hearth.template.registry import Registry
from hearth.template.types_of_heat import TYPES_OF_HEAT
from hearth.template.walk import calls, form_problems, located, wrong_form

NOT_YET = "it is a type of Heat's that is not available yet"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known where a fault is looked for: the scope, and the types of the resources."""

    scope: Scope
    schemas: Mapping[str, TypeSchema | None] = field(default_factory=dict)


def unknown_constraints(template: Template, names: Collection[str]) -> Iterator[Problem]:
    """Custom constraints that nobody knows: a stack can be made unless they are asked."""
    for name, one in template.parameters.items():
        asked = {each.name for each in one.constraints if isinstance(each, Custom)}
        for strange in sorted(asked.difference(names)):
            yield Problem(
                code="unknown-constraint",
                sentence=f'there is no constraint "{strange}", so every value will be refused',
                span=_constraint_span(template, name, strange),
                path=template.path("parameters", name),
                severity=Severity.WARNING,
                hint=near(strange, list(names)),
            )


def _constraint_span(template: Template, parameter: str, custom: str) -> Span:
    """Where a parameter names a custom constraint."""
    steps = (template.dialect.sections["parameters"], parameter, "constraints")
    listed = node_at(template.root, steps)
    for one in listed.items if isinstance(listed, Sequence) else ():
        named = node_at(one, ("custom_constraint",))
        if isinstance(named, Literal) and named.value == custom:
            return named.span
    return template.parameters[parameter].span


def duplicate_names(template: Template) -> Iterator[Problem]:
    """Names that are both a parameter's and a resource's."""
    taken = (*template.parameters, *template.dialect.pseudo.values())
    both = [name for name in taken if name in template.resources]
    if both:
        yield Problem(
            code="duplicate-name",
            sentence=f"Duplicate names {', '.join(both)}: a parameter and a resource",
            span=template.resources[both[0]].span,
            path=template.path("resources", both[0]),
        )


def unknown_type(
    definition: Definition, template: Template, registry: Registry, names: list[str]
) -> Problem:
    """That there is no such type, and where the environment has led to, if it has."""
    name = registry.resolve(definition.type, definition.name, names.__contains__)
    circle = registry.circles(definition.type, definition.name)
    hint = NOT_YET if name in TYPES_OF_HEAT else did_you_mean(_near_type(name, names))
    if circle:
        hint = f"the environment maps it in a circle: {' → '.join(circle)}"
    elif name != definition.type:
        hint = f"the environment maps it to {name}" + (f"; {hint}" if hint else "")
    return Problem(
        code="unknown-type",
        sentence=f"The Resource Type ({definition.type}) could not be found.",
        span=span_of(definition.type_place),
        path=template.path("resources", definition.name),
        kind="RecursionError" if circle else "StackValidationFailed",
        hint=hint,
    )


def no_such_template(definition: Definition, name: str, files: Iterable[str], path: str) -> Problem:
    """That the template that is a type is not among the files."""
    return Problem(
        code="no-such-template",
        sentence=f'Could not fetch remote template "{name}": it is not among the files',
        span=span_of(definition.type_place),
        path=path,
        hint=near(name, list(files)),
    )


def _near_type(name: str, names: list[str]) -> list[str]:
    found = near_type(name, names)
    return [found] if found else []


def unknown_references(node: Node | None, scope: Scope, prefix: str) -> Iterator[Problem]:
    """References of a resource to what is not there."""
    for call, path in calls(node, scope, prefix):
        if call.function.refers not in ("resource", "attribute") or wrong_form(call):
            continue
        if call.function.name == "Ref":
            continue  # it may mean a parameter: evaluation tells
        name, _ = named(call, replace(scope, report=Report()))
        if isinstance(name, list | dict):
            yield located(_no_name(call), call, path)
            continue
        if isinstance(name, Unknown):
            if not _from_attribute(call, scope):
                continue
            name = None  # what only a resource that is made can tell names none
        if scope.resources is None or name in scope.resources:
            continue
        wrong = _unnamed(call, name, replace(scope, path=path.rpartition(".")[0]))
        yield Problem(
            code=wrong.code,
            sentence=wrong.sentence,
            span=call.span,
            path=path,
            kind="InvalidTemplateReference",
            hint=wrong.hint,
        )


def _unnamed(call: Call, name: Value, scope: Scope) -> Wrong:
    """That there is no resource of a name, which is not shown if it is a secret."""
    _, secret = marks(evaluate(call.argument, replace(scope, report=Report())))
    return no_such(Secret(name) if secret else name, scope)


def wrong_deletion(
    definition: Definition, template: Template, known: Known, path: str
) -> Iterator[Problem]:
    """A deletion policy that there is not, or that the type does not have."""
    node = definition.deletion_policy
    if node is None:
        return
    at = f"{path}.{template.dialect.resource['deletion_policy']}"
    malformed = form_problems(node, known.scope, at)
    yield from malformed
    own = replace(known.scope, report=Report())
    value = evaluate(node, own)
    if not malformed:
        yield from (_unworkable(one, at) for one in own.report.errors)
    if value is None or isinstance(value, Unknown):
        return
    policies = template.dialect.deletion_policies
    schema = known.schemas.get(definition.name)
    if value not in policies:
        yield Problem(
            code="deletion-policy",
            sentence=f'Invalid deletion policy "{value}"',
            span=node.span,
            path=at,
            hint=near(str(value), list(policies)),
        )
    elif value.lower() == "snapshot" and schema is not None and not schema.snapshots:
        sentence = '"Snapshot" deletion policy not supported'
        yield Problem(
            code="deletion-policy",
            sentence=f"{sentence} by {definition.type}",
            span=node.span,
            path=at,
            upstream=f"{at}: : {sentence}",
        )


def _unworkable(problem: Problem, path: str) -> Problem:
    """That a deletion policy cannot be worked out."""
    kind = "UserParameterMissing" if problem.code == "unknown-parameter" else problem.kind
    return replace(problem, path=path, kind=kind)


def _from_attribute(call: Call, scope: Scope) -> bool:
    """Whether the name of a resource is to come from an attribute of one."""
    where = call.argument
    if call.function.refers == "attribute":
        where = where.items[0] if isinstance(where, Sequence) else where
    return any(one.function.refers == "attribute" for one, _ in calls(where, scope))


def _no_name(call: Call) -> Wrong:
    """The error for a list or map where a name is due."""
    return Wrong(
        f'A resource or an attribute is named in "{call.function.name}" by a text, and what is '
        "inside by texts and numbers, not by lists or maps",
        code="unknown-reference",
        kind="HTTPBadRequest",
    )


def wrong_attributes(
    node: Node | None, known: Known, path: str, *, missing: bool = False
) -> list[Problem]:
    """Attributes that their resource's type does not have.

    missing: also those of resources that are not there, and what can be no name of a resource.
    """
    found: list[Problem] = []
    for call, at in calls(node, known.scope, path):
        if wrong_form(call):
            continue
        problem = None
        if call.function.refers == "attribute":
            problem = _attribute(call, known, at, missing=missing)
        elif call.function.name == "get_resource" and missing:
            name, _ = named(call, replace(known.scope, report=Report()))
            if isinstance(name, list | dict):
                problem = located(_no_name(call), call, at)
        if problem:
            found.append(problem)
    return found


def _attribute(call: Call, known: Known, path: str, *, missing: bool) -> Problem | None:
    scope = known.scope
    own = Report()
    name, steps = named(call, replace(scope, report=own))
    if own.errors and missing:
        first = own.errors[0]
        return replace(first, path=path, upstream=f"{path}: : {first.sentence}")
    if isinstance(name, Unknown):
        return None
    if isinstance(name, list | dict):
        return located(_no_name(call), call, path) if missing else None
    if scope.resources is not None and name not in scope.resources:
        wrong = _unnamed(call, name, replace(scope, path=""))
        return located(wrong, call, path) if missing else None
    schema = known.schemas.get(name)
    if schema is None or not steps:
        return None
    if not _names(call, steps):
        return located(_no_name(call), call, path)
    if _has(schema, steps[0]):
        return None
    sentence = f"The Referenced Attribute ({name} {steps[0]}) is incorrect."
    return Problem(
        code="unknown-attribute",
        sentence=sentence,
        span=call.span,
        path=path,
        upstream=f"{path}: : {sentence}",
        hint=near(str(steps[0]), [*schema.attributes, "show"]),
    )


def _names(call: Call, steps: tuple[Value, ...]) -> bool:
    """Whether the steps can be those of an attribute and what is inside it."""
    if not isinstance(steps[0], str | Unknown | Secret):
        return steps[0] is None and call.function is GET_ATTR_ALL
    local = call.function is GET_ATTR_WHOLE  # such a path leads nowhere, and that is no error
    return local or not any(isinstance(step, list | dict) for step in steps[1:])


def _has(schema: TypeSchema, attribute: Value) -> bool:
    """Whether a type has an attribute; nesting types find more inside themselves."""
    free = schema.anything_goes or schema.nesting or schema.any_attribute
    if free or not isinstance(attribute, str):
        return True
    return attribute == "show" or attribute in schema.attributes


def below(report: Iterable[Problem], path: str, name: str) -> Iterator[Problem]:
    """The problems of a nested template, with the path that leads there."""
    for problem in report:
        inner = f"{path}<{name}>.{problem.path}" if problem.path else f"{path}<{name}>"
        upstream = problem.upstream or f"{inner}: : {problem.sentence}"
        if problem.path and problem.upstream:
            upstream = _deeper(problem.upstream, problem.path, f"{path}<{name}>.")
        if problem.code == "template-version":
            yield replace(problem, path=inner)
            continue
        if problem.upstream and f"{path}<{name}>" not in upstream and ": : " in upstream:
            head, _, rest = upstream.partition(": : ")
            upstream = f"{head}: : {path}<{name}>: : {rest}"
        keep = problem.kind in {"StackValidationFailed", "HTTPBadRequest"}
        where = f"{path}<{name}>" if problem.code == "cycle" else inner
        at = "" if f"{path}<{name}>" in upstream else f"{where}: : "
        yield replace(
            problem,
            path=inner,
            kind="StackValidationFailed",
            upstream=upstream if keep else f"{problem.kind}: : {at}{upstream}",
        )


def _deeper(upstream: str, inner: str, before: str) -> str:
    """Upstream's words with the path that leads to them; it may name a thing above our own path."""
    at = inner if inner in upstream else inner.rpartition(".")[0]
    return upstream.replace(at, before + at, 1) if at else upstream
