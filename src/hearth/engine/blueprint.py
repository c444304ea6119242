"""All that a stack is to be made from, ready to be evaluated; assembled once and shared."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from typing import Any, Protocol

from hearth.base import Problem, Report, Secret, Value, hushed, plain
from hearth.base.errors import Invalid
from hearth.engine.aside import TEXT, Aside
from hearth.engine.asking import Asking
from hearth.engine.checks import Checks
from hearth.engine.needs import Asked, evaluate_all
from hearth.engine.sources import read_template
from hearth.engine.templated import Templated, templated
from hearth.graph import Graph
from hearth.kit import Place, Registry, ResourceType
from hearth.plan import Wanted
from hearth.schema import Against, Field, TypeSchema
from hearth.stack import Inputs, Output, StackRecord
from hearth.store import PutText, Store, resources
from hearth.store import inputs as stored_inputs
from hearth.store.inputs import document_key
from hearth.template import (
    Active,
    Budget,
    Definition,
    Environment,
    Facade,
    Parameters,
    Pseudo,
    Scope,
    Template,
    active,
    bind,
    conditions,
    dependencies,
    evaluate,
    given,
    requires,
    resolved_policy,
    resolved_properties,
)
from hearth.template import Checks as Checked

UNCHECKED = Checked(matches=lambda _pattern, _text: True)
"""Values are checked when a template is validated; here they are only given."""
ENDLESS = "The expressions in the template's conditions build on one another too many times."
LASTING = 10**15
"""The budget of what is evaluated over and over while a stack is worked on."""
ROUNDS = 100
"""So many expressions may stand one inside another."""
KEPT = 256
"""So many parsed templates and file maps are kept at most."""


class View(Protocol):
    """What an evaluation sees of the world. budget: what all that see this may do together."""

    budget: Budget

    def reference(self, name: str) -> Value:
        """What get_resource gives."""
        ...

    def attribute(self, name: str, path: tuple[Value, ...]) -> Value:
        """What get_attr gives."""
        ...

    def expressions(self, expression: str, data: Value) -> Value:
        """The value of a user's expression."""
        ...

    def matches(self, pattern: str, text: str) -> bool:
        """Whether a user's pattern matches a text."""
        ...

    def custom(self, name: str, value: Value) -> Against | str | None:
        """What a custom constraint has against a value."""
        ...

    def ident(self, name: str, value: str) -> str:
        """What the cloud is given for a name."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """What was given, parsed. timeout_s: the time that the stack has, as far as it is known."""

    template: Template
    environment: Environment
    files: Mapping[str, str]
    given: Mapping[str, Value] = field(default_factory=dict)
    facade: Facade | None = None
    timeout_s: float = inf


class Blueprint:
    """A template with its parameters bound: evaluates resources and outputs for a view."""

    def __init__(
        self,
        source: Source,
        pseudo: Pseudo,
        library: "Library",
        asked: Asked,
        inputs: Inputs | None = None,
    ) -> None:
        self.template = source.template
        self.environment = source.environment
        self.files = source.files
        self.library = library
        self.timeout_s = source.timeout_s
        self.report = Report()
        self._inputs = inputs
        self._files: str | None = None
        bound, report = bind(source.template, source.environment, source.given, pseudo, UNCHECKED)
        self.parameters: Parameters = bound
        self.report.extend(report)
        scope = Scope(
            parameters=bound,
            files=source.files,
            facade=source.facade,
            mappings=source.template.mappings,
            expressions=asked.expressions,
            matches=asked.matches,
        )
        known = conditions(source.template, scope, self.report)
        scope = replace(scope, conditions=known)
        self.active = active(source.template, scope, self.report)
        # It serves for long and for small things, which validation has counted once.
        known_ones = frozenset(self.active.resources)
        self.scope = replace(scope, resources=known_ones, budget=Budget(LASTING))
        self._kinds: dict[str, ResourceType] = {}
        self._schemas: dict[str, TypeSchema] = {}
        self._resolved = {
            name: self.environment.registry.resolve(
                one.type, name, lambda kind: library.registry.type(kind) is not None
            )
            for name, one in self.active.resources.items()
        }
        self.graph = requirements(library.registry, self._resolved, self.scope, self.active)
        self.requires = {name: self.graph.requires(name) for name in self.active.resources}
        self.asked_of = Asking(self.active, self.scope)

    @property
    def inputs(self) -> Inputs:
        """The stored inputs that this was assembled from."""
        assert self._inputs is not None, "a blueprint that is carried out is stored"
        return self._inputs

    def resolved(self, name: str) -> str | None:
        """What a resource's type stands for."""
        return self._resolved.get(name)

    def required_by(self, name: str) -> tuple[str, ...]:
        """Who requires the resource."""
        return self.graph.required_by(name) if name in self.requires else ()

    def kind(self, name: str) -> ResourceType:
        """The type of a resource."""
        return self.kind_named(self._resolved[name])

    def kind_named(self, resolved: str) -> ResourceType:
        """The type of that name, or the type that the template of that name is."""
        kind = self._kinds.get(resolved)
        if kind is None:
            defaults = self.environment.parameter_defaults
            kind = found_kind(self.library.registry, self.files, resolved, defaults)
            self._kinds[resolved] = kind
        return kind

    def schema(self, name: str) -> TypeSchema:
        """The schema of a resource's type."""
        resolved = self._resolved[name]
        schema = self._schemas.get(resolved)
        if schema is None:
            schema = self._schemas[resolved] = self.kind(name).schema()
        return schema

    def wanted(self, name: str, view: View) -> tuple[Wanted, Report]:
        """A resource as far as the view makes it known, and what is wrong with it."""
        definition = self.active.resources[name]
        schema = self.schema(name)
        scope = self._seeing(view)
        found = resolved_properties(self.template, definition, schema, scope, view.custom)
        report = found.report
        values = found.values
        if refers(schema):
            values = translated(schema.properties, values, view.ident)
        policy: dict[str, Value] = {}
        if definition.update_policy is not None:
            policy, more = resolved_policy(self.template, definition, schema.update_policy, scope)
            report.extend(more)
        place = Place(self.active.resources, self.timeout_s, name, policy)
        report.extend(together(self.template, definition, self.kind(name), values, place))
        own = replace(scope, report=report)
        metadata = evaluate(definition.metadata, own)
        wanted = Wanted(
            name=name,
            type=definition.type,
            resolved=self._resolved[name],
            properties=values,
            metadata=metadata if isinstance(metadata, dict) else {},
            update_policy=policy,
            requires=self.requires[name],
            deletion_policy=str(evaluate(definition.deletion_policy, own) or "Delete"),
            external_id=evaluate(definition.external_id, own),
            description=definition.description,
            where=_where(definition),
            shown={key: found.values[key] for key in found.values if key in found.given},
            made_of=self._made_of(name, found.given),
            restricted=self.environment.registry.restricted(name),
        )
        return wanted, report

    def _made_of(self, name: str, given: frozenset[str]) -> str:
        """What a resource is made of beside the values of its properties, as a digest."""
        definition = self.active.resources[name]
        policy = evaluate(definition.deletion_policy, self.scope)
        text = repr((sorted(given), sorted(self.requires[name]), policy))
        if self.kind(name).nests:
            below = plain(self.environment_below(name, {}))
            source = [self.files.get(self._resolved[name], ""), below]
            text += self._files_digest() + json.dumps(source, sort_keys=True, default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _files_digest(self) -> str:
        if self._files is None:
            text = json.dumps(dict(self.files), sort_keys=True)
            self._files = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return self._files

    def outputs(self, view: View) -> tuple[Output, ...]:
        """All outputs; what cannot be evaluated says why, what its condition excludes is null."""
        return tuple(
            self._output(name, view)
            if name in self.active.outputs
            else Output(name, None, one.description)
            for name, one in self.template.outputs.items()
        )

    def told_of(self) -> tuple[str, ...]:
        """Resources whose attributes outputs tell of."""
        names = (
            one.resource
            for output in self.active.outputs.values()
            for one in requires(output, self.scope)
            if one.path is not None
        )
        return tuple(dict.fromkeys(names))

    def environment_below(self, name: str, more: Mapping[str, Value]) -> dict[str, Value]:
        """The environment of the stack that a resource is, as a document."""
        below = self.environment.child(name)
        definition = self.active.resources.get(name)
        if definition is not None and isinstance(self.kind(name), Templated):
            below = self.environment.child(name, definition.type)
        if more:
            below = Environment.from_document(more).over(below)
        return below.to_document()

    def _output(self, name: str, view: View) -> Output:
        definition = self.active.outputs[name]
        report = Report()
        value = given(definition.value, replace(self._seeing(view), report=report))
        wrong = next(iter(report.errors), None)
        error = None if wrong is None else wrong.sentence
        return Output(name, None if error else value, definition.description, error)

    def _seeing(self, view: View) -> Scope:
        return replace(
            self.scope,
            references=view.reference,
            attributes=view.attribute,
            expressions=view.expressions,
            matches=view.matches,
            budget=view.budget,
        )


def found_kind(
    registry: Registry, files: Mapping[str, str], resolved: str, defaults: Container[str] = ()
) -> ResourceType:
    """The type of that name, or the type that the template of that name is.

    defaults: parameters that the environment gives a value at every level.
    """
    known = registry.type(resolved)
    if known is not None:
        return known
    if resolved not in files:
        words = f"The Resource Type ({resolved}) could not be found."
        raise Invalid(words)
    template, report = read_template(files[resolved], resolved)
    if template is None:
        first = report.errors[0]
        raise Invalid(first.sentence, kind=first.kind, problems=report.errors)
    return templated(resolved, template, defaults)


def requirements(
    registry: Registry, resolved: Mapping[str, str], scope: Scope, there: Active
) -> Graph[str]:
    """Who requires whom; what types add is left out where it would close a ring."""
    implicit: dict[str, tuple[str, ...]] = {}
    for name, definition in there.resources.items():
        kind = registry.type(resolved[name])
        if kind is not None and type(kind).implicit is not ResourceType.implicit:
            implicit[name] = tuple(kind.implicit(definition, there.resources))
    graph = dependencies(there.resources, scope, implicit)
    if implicit and graph.cycle() is not None:
        return dependencies(there.resources, scope)
    return graph


def together(
    template: Template,
    definition: Definition,
    kind: ResourceType,
    values: Mapping[str, Value],
    place: Place,
) -> list[Problem]:
    """What the type has against the properties together, and where the resource stands."""
    mine, plain = type(kind), ResourceType
    if kind.anything_goes or (mine.problems, mine.misplaced) == (plain.problems, plain.misplaced):
        return []
    path = template.path("resources", definition.name)
    known = {k: v for k, v in values.items() if k in kind.Properties.fields}
    props = kind.Properties.of(opened(known))
    return [
        Problem("properties", hushed(words, dict(known)), definition.span, f"{path}.properties")
        for words in (*kind.problems(props), *kind.misplaced(props, place))
    ]


def refers(schema: TypeSchema) -> bool:
    """Whether any property may hold a name that is to become an id."""
    return any(_refers(one) for one in schema.properties.values())


def _refers(declared: Field) -> bool:
    inner = declared.item
    return (
        declared.ref is not None
        or any(_refers(one) for one in declared.fields.values())
        or (inner is not None and _refers(inner))
    )


Ident = Callable[[str, str], str]


def translated(
    fields: Mapping[str, Field], values: Mapping[str, Value], ident: Ident
) -> dict[str, Value]:
    """The values with names turned into ids, wherever a field refers to something."""
    return {
        key: _translated(fields[key], value, ident) if key in fields else value
        for key, value in values.items()
    }


def _translated(declared: Field, value: Value, ident: Ident) -> Value:
    match value:
        case Secret():
            return Secret(_translated(declared, value.value, ident))
        case str() if declared.ref is not None and value:
            return ident(declared.ref, value)
        case list():
            inner = declared.item if declared.item is not None else declared
            if declared.ref is not None:
                inner = declared
            return [_translated(inner, item, ident) for item in value]
        case dict() if declared.fields:
            return translated(declared.fields, value, ident)
        case _:
            return value


def opened(value: Value) -> Value:
    """The value with its secrets laid open and its unknowns left in place."""
    match value:
        case Secret():
            return opened(value.value)
        case dict():
            return {key: opened(item) for key, item in value.items()}
        case list():
            return [opened(item) for item in value]
        case _:
            return value


def _where(definition: Definition) -> str:
    span = definition.span
    return f"{span.file}:{span.line}"


class Library:
    """Parsed templates and files by content; assembles blueprints from stored inputs."""

    def __init__(self, registry: Registry, checks: Checks, aside: Aside) -> None:
        self.registry = registry
        self._checks = checks
        self._aside = aside
        self._kept: OrderedDict[str, Any] = OrderedDict()

    async def blueprint(self, store: Store, inputs: Inputs, stack: StackRecord) -> Blueprint:
        """What a stored stack is made from."""
        template = await self.template(store, inputs.template_hash)
        files = await self.files(store, inputs.files_hash)
        environment = Environment.from_document(inputs.environment)
        pseudo = Pseudo(stack.name, stack.id, stack.project_id)
        facade = None
        if stack.parent_id is not None:
            row = await store.read(resources.nesting, stack.id)
            if row is not None:
                facade = Facade(row.metadata, row.deletion_policy, row.update_policy)
        given = inputs.parameters
        source = Source(template, environment, files, given, facade, inputs.timeout_s)
        return await self.assembled(source, pseudo, inputs)

    async def assembled(
        self, source: Source, pseudo: Pseudo, inputs: Inputs | None = None
    ) -> Blueprint:
        """A blueprint, once the expressions in its conditions are evaluated."""
        for _ in range(ROUNDS):
            asked = Asked(self._checks)
            make = partial(Blueprint, source, pseudo, self, asked, inputs)
            made = await self._aside.think(len(source.template.resources), make)
            if not asked.needs:
                return made
            await evaluate_all(self._checks, asked.needs)
        raise Invalid(ENDLESS)

    async def template(self, store: Store, digest: str) -> Template:
        """A kept template, parsed."""
        found = self._get(f"t{digest}")
        if found is None:
            text = await store.read(stored_inputs.text, digest)
            read = partial(read_template, text or "")
            found, report = await self._aside.think(len(text or "") // TEXT, read)
            if found is None:
                first: Problem = report.errors[0]
                raise Invalid(first.sentence, kind=first.kind, problems=report.errors)
            self._keep(f"t{digest}", found)
        template: Template = found
        return template

    async def files(self, store: Store, digest: str) -> Mapping[str, str]:
        """Kept files, by name."""
        if not digest:
            return {}
        found = self._get(f"f{digest}")
        if found is None:
            text = await store.read(stored_inputs.text, digest)
            found = json.loads(text) if text else {}
            self._keep(f"f{digest}", found)
        files: Mapping[str, str] = found
        return files

    def shown(self, digest: str, text: str) -> tuple[PutText, ...]:
        """What is kept beside a template's text in YAML: the document that it stands for."""
        if text.startswith("{"):
            return ()
        found = self._get(f"d{digest}")
        if found is None:
            template = self._get(f"t{digest}") or read_template(text)[0]
            if template is None:
                return ()
            self.note(digest, template)
            found = PutText(document_key(digest), json.dumps(template.document, default=str))
            self._keep(f"d{digest}", found)
        return (found,)

    def note(self, digest: str, template: Template) -> None:
        """Keep a template that has just been parsed."""
        self._keep(f"t{digest}", template)

    def _get(self, key: str) -> Any:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def _keep(self, key: str, value: Any) -> None:
        self._kept[key] = value
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
