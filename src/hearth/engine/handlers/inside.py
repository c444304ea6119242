"""What is wrong inside the stacks that resources are, before any of them is made."""

from dataclasses import dataclass, field, replace

from hearth.base import Problem, Report, Unknown, Value, unknown_in
from hearth.base.errors import HearthError, OverLimit
from hearth.engine.blueprint import Blueprint, Source
from hearth.engine.contexts import context
from hearth.engine.desk import Desk
from hearth.engine.needs import Answers, Need
from hearth.engine.nested import stored
from hearth.engine.sources import read_template
from hearth.engine.templated import Templated
from hearth.engine.work import Work
from hearth.kit import Expansion, Lacking, ResourceType
from hearth.plan import Wanted
from hearth.schema import TypeSource
from hearth.stack import Action, ResourceRecord, State, Status
from hearth.template import Around, Environment, Pseudo, nested_parameters, validate


class Unmade(Answers):
    """A view before anything is there."""

    def reference(self, name: str) -> Value:
        """What get_resource will give."""
        return Unknown(name)

    def attribute(self, name: str, path: tuple[Value, ...]) -> Value:
        """What get_attr will give."""
        return Unknown(".".join(str(one) for one in (name, *path)))


@dataclass(slots=True)
class Inside:
    """One walk through all stacks below one.

    count: resources met so far. found: the stacks, by the names that lead to them.
    """

    desk: Desk
    work: Work
    view: Unmade
    around: Around
    types: TypeSource
    report: Report
    count: int = 0
    found: dict[tuple[str, ...], Blueprint] = field(default_factory=dict)

    def look(self, blueprint: Blueprint, path: str = "", names: tuple[str, ...] = ()) -> None:
        """Look into every resource that is a stack."""
        self.count += len(blueprint.active.resources)
        limit = self.desk.settings.max_resources_per_stack
        if limit != -1 and self.count > limit:
            words = f"Maximum resources per stack exceeded, {limit}."
            raise OverLimit(f"Request limit exceeded: {words}")
        for name in blueprint.active.resources:
            if blueprint.kind(name).nests:
                self._into(blueprint, name, path, names)

    def _into(self, blueprint: Blueprint, name: str, path: str, names: tuple[str, ...]) -> None:
        kind = blueprint.kind(name)
        wanted, report = blueprint.wanted(name, self.view)
        if not report.ok:
            return
        if len(names) >= self.around.max_depth:
            words = f"Recursion depth exceeds {self.around.max_depth}."
            raise OverLimit(f"Request limit exceeded: {words}")
        try:
            expansion = self._expansion(blueprint, kind, wanted)
        except Lacking as lack:
            self.view.needs.add(Need("ask", kind.name, str(lack)))
            return
        except HearthError as error:
            # What upstream finds out at run time is named by a class of its code.
            kind_of = _WRONG if error.kind == "ValueError" else error.kind
            where, words = f"resources.{name}", error.sentence
            self._take(Report([Problem("expansion", words, path=where, kind=kind_of)]), path)
            return
        if expansion is None:
            return
        template, report = read_template(expansion.template, "nested_stack")
        inner = f"{path}resources.{name}<nested_stack>."
        if template is None:
            self._take(report, inner)
            return
        environment = Environment.from_document(
            blueprint.environment_below(name, expansion.environment)
        )
        source = Source(
            template, environment, {**blueprint.files, **expansion.files}, expansion.parameters
        )
        child = Blueprint(source, Pseudo(name), self.desk.library, self.view)
        if not isinstance(kind, Templated):
            around = replace(self.around, files=source.files)
            found = validate(template, environment, child.parameters, self.types, around)
            self._take(found, inner)
            if not found.ok:
                return
        below = (*names, name)
        self.found[below] = child
        self.look(child, inner, below)

    def _expansion(
        self, blueprint: Blueprint, kind: ResourceType, wanted: Wanted
    ) -> Expansion | None:
        """The stack that a resource is; None as long as it cannot be known."""
        if any(unknown_in(wanted.properties.get(key)) for key in kind.shaped_by):
            return None
        if isinstance(kind, Templated):
            text = blueprint.files[wanted.resolved]
            return Expansion(text, nested_parameters(wanted.properties))
        row = ResourceRecord(
            self.desk.ids.uuid(),
            self.work.stack.id,
            wanted.name,
            wanted.type,
            State(Action.INIT, Status.COMPLETE),
            self.desk.clock.now(),
            properties=dict(wanted.properties),
            update_policy=dict(wanted.update_policy),
        )
        ctx = context(self.desk, self.work, row, kind)
        ctx.referenced = blueprint.asked_of.paths(wanted.name)
        ctx.files = blueprint.files
        return stored(kind.expand(ctx, self.desk.record(kind, wanted.properties)))

    def _take(self, found: Report, path: str) -> None:
        """The problems, with the path that leads to them."""
        for problem in found:
            self.report.add(_below(problem, path))


_WRONG = "StackValidationFailed"


def _below(problem: Problem, path: str) -> Problem:
    inner = f"{path}{problem.path}"
    words = problem.upstream or problem.sentence
    if problem.path and problem.path in words:
        words = words.replace(problem.path, inner)
    return replace(problem, path=inner, upstream=words, span=None)
