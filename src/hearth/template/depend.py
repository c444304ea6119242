"""What refers to what, and the graph that follows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hearth.base import Problem, Report, Span, Value
from hearth.graph import Graph
from hearth.template.evaluate import Scope
from hearth.template.functions import no_such, referred
from hearth.template.model import Definition, OutputDef, Template
from hearth.template.nodes import Literal, Node, Place, Sequence, span_of
from hearth.template.nodes import Mapping as Mapping_
from hearth.template.notation import written
from hearth.template.walk import calls, wrong_form


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource that is referred to. path: of the attribute; None for the resource itself."""

    resource: str
    path: tuple[Value, ...] | None
    span: Span


def references(node: Node | None, scope: Scope) -> list[Reference]:
    """The references of a node, as far as its branches matter. The scope's report is not used."""
    found: list[Reference] = []
    for call, _ in calls(node, scope):
        if call.function.refers not in ("resource", "attribute") or wrong_form(call):
            continue
        name, path = referred(call, _quiet(scope))
        if name is None or (scope.resources is not None and name not in scope.resources):
            continue
        attribute = call.function.refers == "attribute"
        found.append(Reference(name, path if attribute else None, call.span))
    return found


def _quiet(scope: Scope) -> Scope:
    return Scope(
        parameters=scope.parameters,
        conditions=scope.conditions,
        files=scope.files,
        resources=scope.resources,
        mappings=scope.mappings,
        budget=scope.budget,
    )


def requires(item: Definition | OutputDef, scope: Scope) -> list[Reference]:
    """All references of a resource or an output."""
    if isinstance(item, OutputDef):
        return references(item.value, scope)
    nodes = (item.properties, item.metadata, item.update_policy, item.deletion_policy)
    return [one for node in nodes if node is not None for one in references(node, scope)]


def dependencies(
    resources: Mapping[str, Definition],
    scope: Scope,
    implicit: Mapping[str, Iterable[str]] | None = None,
) -> Graph[str]:
    """The graph of the active resources: references, depends_on, and the caller's own edges.

    An adopted object (external_id) depends on nothing.
    """
    edges: dict[str, list[str]] = {}
    for name, definition in resources.items():
        if definition.external_id is not None:
            edges[name] = []
            continue
        needs = [one for one in definition.depends_on if one in resources]
        needs += [one.resource for one in requires(definition, scope)]
        needs += [one for one in (implicit or {}).get(name, ()) if one in resources]
        edges[name] = [need for need in dict.fromkeys(needs) if need in resources]
    return Graph(edges)


def cycle_problem(
    template: Template, resources: Mapping[str, Definition], graph: Graph[str]
) -> Problem | None:
    """The cycle that forbids an order, with its path."""
    cycle = graph.cycle()
    if cycle is None:
        return None
    first = resources[cycle[0]]
    path = " → ".join((*cycle, cycle[0]))
    return Problem(
        code="cycle",
        sentence=f"the resources require one another: {path}",
        span=first.span,
        path=template.path("resources", cycle[0]),
        kind="CircularDependencyException",
        upstream=f"Circular Dependency Found: {_circle(resources, graph)}",
    )


def _circle(resources: Mapping[str, Definition], graph: Graph[str]) -> str:
    """All that cannot be ordered, in upstream's notation."""
    ordered = set(graph.order())
    left = {node: graph.requires(node) for node in graph.nodes() if node not in ordered}

    def named(name: str) -> str:
        return written(resources[name].type, name)

    parts = []
    for node, needs in left.items():
        inside = ", ".join(named(need) for need in needs if need in left)
        parts.append(f"{named(node)}: {{{inside}}}")
    return "{" + ", ".join(parts) + "}"


def unknown_dependencies(
    template: Template, resources: Mapping[str, Definition], report: Report
) -> None:
    """That depends_on names what is nowhere defined. What a condition switched off is ignored."""
    unread = template.unread("resources")
    for name, definition in resources.items():
        for need in definition.depends_on:
            if need not in template.resources and need not in unread:
                report.add(unknown_reference(template, need, name, definition))


def unknown_reference(template: Template, need: str, name: str, definition: Definition) -> Problem:
    """That there is no resource of this name."""
    from_ = Scope(resources=frozenset(template.resources), path=name)
    wrong = no_such(need, from_)
    place = _place_of(template, need, name) or definition.depends_place
    return Problem(
        code="unknown-reference",
        sentence=wrong.sentence,
        span=span_of(place),
        path=template.path("resources", name),
        kind="InvalidTemplateReference",
        hint=wrong.hint,
    )


def _place_of(template: Template, need: str, name: str) -> Place | None:
    """Where a resource's depends_on has a name in a list."""
    node: Node | None = template.root
    words = template.dialect
    for key in (words.sections["resources"], name, words.resource["depends_on"]):
        node = node.entries.get(key) if isinstance(node, Mapping_) else None
    items = node.items if isinstance(node, Sequence) else ()
    places = (one.place for one in items if isinstance(one, Literal) and one.value == need)
    return next(places, None)
