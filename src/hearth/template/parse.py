"""From text or a JSON object to a Template, with all that is wrong with its form."""

import gc
import hashlib
import json
from collections.abc import Container, Iterator
from collections.abc import Mapping as MappingOf
from contextlib import contextmanager
from typing import Any

from hearth.base import DEEPEST, Problem, Report, Span, too_deep
from hearth.schema import did_you_mean, near_names
from hearth.template.dialects import VERSION_KEYS, Dialect, accepted, dialect
from hearth.template.groups import groups
from hearth.template.meaning import unreadable_hint
from hearth.template.model import OutputDef, ParameterDef, Template
from hearth.template.nodes import (
    Call,
    Function,
    Literal,
    Mapping,
    Node,
    Sequence,
    kind_of,
    node_of,
    plain_of,
)
from hearth.template.parameters import declared
from hearth.template.reader import Unreadable, read
from hearth.template.resources import definitions

MAX_SIZE = 524_288


def parse(text: str | bytes, name: str = "template") -> tuple[Template | None, Report]:
    """The template that a text is, in YAML or JSON, and all problems of its form."""
    with uncollected():
        return _parsed(text, name)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of circles: a template has none, and looking took half the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _parsed(text: str | bytes, name: str) -> tuple[Template | None, Report]:
    report = Report()
    try:
        root = read(text, name, report)
    except Unreadable as wrong:
        report.add(
            Problem(
                code="unreadable",
                sentence=f"the template cannot be read: {wrong.sentence}",
                span=wrong.span,
                kind="HTTPBadRequest",
                hint=unreadable_hint(wrong.sentence, _character(text, wrong.span)),
                upstream=f"Template not in valid format: Error parsing template [{name}] "
                f"{wrong.upstream or wrong.sentence + _excerpt(text, wrong.span)}",
            )
        )
        return None, report
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return _template(root, name, hashlib.sha256(data).hexdigest(), report)


def parse_document(
    document: MappingOf[str, Any], name: str = "template"
) -> tuple[Template | None, Report]:
    """The template that a JSON object is; without places, for it has no text."""
    if too_deep(document):
        report = Report()
        _malformed(report, f"it is nested more than {DEEPEST} levels deep", Span(name, 1, 1, 1, 1))
        return None, report
    text = json.dumps(document, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return _template(node_of(document, (name, 0, 0, 0, 1)), name, digest, Report())


def _excerpt(text: str | bytes, span: Span | None) -> str:
    """Where it went wrong, with the line, as YAML's own messages have it."""
    if span is None or isinstance(text, bytes):
        return ""
    lines = text.splitlines() or [""]
    line = lines[min(span.line, len(lines)) - 1].strip()[:200]
    return f' in "<unicode string>", line {span.line}, column {span.column}: {line}'


def _character(text: str | bytes, span: Span | None) -> str:
    """The character at which it went wrong."""
    lines = text.splitlines() if isinstance(text, str) else []
    if span is None or span.line > len(lines):
        return ""
    return lines[span.line - 1][span.column - 1 : span.column]


def _template(
    root: Node | None, name: str, digest: str, report: Report
) -> tuple[Template | None, Report]:
    if root is None:
        root = Mapping({}, (name, 0, 0, 0, 1))
    if not isinstance(root, Mapping):
        _malformed(report, "The template is not a JSON object or YAML mapping.", root.span)
        return None, report
    known = _dialect(root, report)
    if known is None:
        return None, report
    return _Reader(root, known, name, digest, report).template(), report


def _malformed(report: Report, sentence: str, span: Span) -> None:
    report.add(
        Problem(
            code="unreadable",
            sentence=sentence,
            span=span,
            kind="HTTPBadRequest",
            upstream=f"Template not in valid format: {sentence}",
        )
    )


def _dialect(root: Mapping, report: Report) -> Dialect | None:
    """Which dialect and version it is, by its version key."""
    keys = [key for key in VERSION_KEYS if key in root.entries]
    if not keys:
        _malformed(report, "Template format version not found.", root.span)
        return None
    named = [key for key in keys if _is_text(root.entries[key])]
    if len(named) == 1:
        keys = named  # what is no text names no version: it is told as a section
    if len(keys) > 1:
        _version(report, f"Ambiguous versions ({', '.join(keys)})", root.key_span(keys[1]))
        return None
    node = root.entries[keys[0]]
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        _version(report, "Template version was not provided", node.span)
        return None
    found = dialect(keys[0], node.value)
    if found is None:
        values = accepted(keys[0])
        near = near_names(node.value, values, 1)
        _version(
            report,
            f'"{keys[0]}: {node.value}". "{keys[0]}" should be one of: {", ".join(values)}',
            node.span,
            did_you_mean(near),
        )
    return found


def _is_text(node: Node) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, str)


def _version(report: Report, detail: str, span: Span, hint: str | None = None) -> None:
    report.add(
        Problem(
            code="template-version",
            sentence=f"The template version is invalid: {detail}",
            span=span,
            kind="InvalidTemplateVersion",
            hint=hint,
        )
    )


class _Reader:
    """Reads the sections of one template."""

    def __init__(
        self, root: Mapping, known: Dialect, name: str, digest: str, report: Report
    ) -> None:
        self.root = root
        self.dialect = known
        self.name = name
        self.digest = digest
        self.report = report

    def template(self) -> Template:
        self.unknown_sections()
        resources = definitions(self.built("resources"), self.dialect, self.report)
        parameters = self.parameters()
        conditions = self.conditions()
        return Template(
            name=self.name,
            dialect=self.dialect,
            root=self.root,
            hash=self.digest,
            description=self.description(),
            parameters=parameters,
            groups=groups(
                self.section("parameter_groups"), _named(self.section("parameters")), self.report
            ),
            conditions=conditions,
            mappings=self.mappings(),
            resources=resources,
            outputs=self.outputs(),
        )

    def section(self, name: str) -> Node | None:
        """A section as written; None where it is absent or null."""
        node = self.root.entries.get(self.dialect.sections.get(name, ""))
        if isinstance(node, Literal) and node.value is None:
            return None
        return node

    def built(self, name: str) -> Node | None:
        """A section with the calls in it recognised, two levels down: names and keys are data."""
        node = self.section(name)
        if not isinstance(node, Mapping):
            return node if node is not None and plain_of(node) else None
        return Mapping(
            {key: self.body(item) for key, item in node.entries.items()},
            node.place,
            node.keys,
            node.odd,
        )

    def body(self, node: Node) -> Node:
        """A resource or an output: its keys are data, its values may be calls."""
        if not isinstance(node, Mapping):
            return node
        functions = self.dialect.functions
        conditional = (self.dialect.resource.get("condition"),)
        entries = {
            key: build(
                item,
                functions.conditions if key in conditional else functions.values,
                functions.conditions,
            )
            for key, item in node.entries.items()
        }
        return Mapping(entries, node.place, node.keys, node.odd)

    def unknown_sections(self) -> None:
        known = {*self.dialect.sections.values(), self.dialect.key}
        for key in self.root.entries:
            if key not in known:
                near = near_names(key, known, 1)
                self.report.add(
                    Problem(
                        code="unknown-section",
                        sentence=f"The template section is invalid: {key}",
                        span=self.root.key_span(key),
                        path=key,
                        hint=did_you_mean(near),
                    )
                )

    def map_of(self, name: str, kind: str = "StackValidationFailed") -> Mapping | None:
        """A section that must be a map."""
        node = self.section(name)
        if node is None or isinstance(node, Mapping):
            return node
        if not plain_of(node):
            return None
        word = self.dialect.sections[name]
        self.report.add(
            Problem(
                code="section-shape",
                sentence=f'"{word}" must contain a map. Found {kind_of(node)} instead',
                span=node.span,
                path=word,
                kind=kind,
                upstream=f'"{word}" must contain a map. Found {_kind(node)} instead',
            )
        )
        return None

    def description(self) -> Any:
        node = self.section("description")
        return "No description" if node is None else plain_of(node)

    def parameters(self) -> dict[str, ParameterDef]:
        node = self.map_of("parameters", kind="AttributeError")
        if node is None:
            return {}
        self.names_are_texts(node, "parameters")
        return declared(node, self.dialect, self.report)

    def conditions(self) -> dict[str, Node]:
        node = self.section("conditions")
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            told = "Condition definitions must be a map. Found"
            self.report.add(
                Problem(
                    code="section-shape",
                    sentence=f"{told} {kind_of(node)} instead",
                    span=node.span,
                    path=self.dialect.sections["conditions"],
                    upstream=f"Conditions validation error: : {told} {_kind(node)} instead",
                )
            )
            return {}
        self.names_are_texts(node, "conditions")
        table = self.dialect.functions.conditions
        return {key: build(item, table, table) for key, item in node.entries.items()}

    def names_are_texts(self, node: Mapping, section: str) -> None:
        for key in node.odd:
            self.report.add(
                Problem(
                    code="name-not-text",
                    sentence=f"The name of one of the {section} must be a string, not {key}",
                    span=node.key_span(key),
                    path=self.dialect.sections[section],
                    kind="HTTPBadRequest",
                    hint="put it in quotes",
                )
            )

    def mappings(self) -> dict[str, Any]:
        node = self.map_of("mappings")
        return plain_of(node) if node else {}

    def outputs(self) -> dict[str, OutputDef]:
        if self.map_of("outputs", kind="AttributeError") is None:
            return {}
        node = self.built("outputs")
        found = {}
        assert isinstance(node, Mapping)
        self.names_are_texts(node, "outputs")
        for name, item in node.entries.items():
            output = self.output(name, item, node)
            if output is not None:
                found[name] = output
        return found

    def output(self, name: str, node: Node, section: Mapping) -> OutputDef | None:
        keys = self.dialect.output
        if not isinstance(node, Mapping):
            told = "Output definitions must be a map. Found"
            own, theirs = f"{told} {kind_of(node)} instead", f"{told} {_kind(node)} instead"
            self.output_problem(name, own, section.key_span(name), upstream=theirs)
            return None
        value = node.entries.get(keys["value"])
        if value is None:
            sentence = f"Each output definition must contain a {keys['value']} key."
            call = (
                len(node.entries) == 1 and next(iter(node.entries)) in self.dialect.functions.values
            )
            hint = f'put it under "{keys["value"]}"' if call else None
            self.output_problem(name, sentence, section.key_span(name), hint)
            return None
        description = node.entries.get(keys["description"])
        return OutputDef(
            name=name,
            value=value,
            description=_text(plain_of(description)) if description else "",
            condition=_given(node.entries.get(keys.get("condition", ""))),
            place=section.keys.get(name, node.place),
        )

    def output_problem(
        self,
        name: str,
        sentence: str,
        span: Span,
        hint: str | None = None,
        upstream: str | None = None,
    ) -> None:
        path = f"{self.dialect.sections['outputs']}.{name}"
        self.report.add(
            Problem(
                code="output-shape",
                sentence=sentence,
                span=span,
                path=path,
                upstream=f"Output validation error: : {path}: : {upstream or sentence}",
                hint=hint,
            )
        )


def _named(section: Node | None) -> Container[str]:
    """The names that a section has, of what cannot be read too: that has been told of."""
    return section.entries.keys() if isinstance(section, Mapping) else ()


def build(
    node: Node, table: MappingOf[str, Function], conditions: MappingOf[str, Function]
) -> Node:
    """The node with the maps that are calls made calls. What holds none is left as it is."""
    kind = type(node)
    if kind is Mapping:
        assert isinstance(node, Mapping)
        return _build_map(node, table, conditions)
    if kind is Sequence:
        assert isinstance(node, Sequence)
        return _build_list(node, table, conditions)
    return node


def _build_list(
    node: Sequence, table: MappingOf[str, Function], conditions: MappingOf[str, Function]
) -> Node:
    items: list[Node] = []
    changed = False
    for item in node.items:
        built = item if type(item) is Literal else build(item, table, conditions)
        changed = changed or built is not item
        items.append(built)
    return Sequence(tuple(items), node.place) if changed else node


def _build_map(
    node: Mapping, table: MappingOf[str, Function], conditions: MappingOf[str, Function]
) -> Node:
    entries = node.entries
    if len(entries) == 1:
        [(key, argument)] = entries.items()
        function = table.get(key)
        if function is not None:
            if function.choose is not None and isinstance(argument, Sequence) and argument.items:
                first = build(argument.items[0], conditions, conditions)
                rest = tuple(build(item, table, conditions) for item in argument.items[1:])
                argument = Sequence((first, *rest), argument.place)
            else:
                argument = build(argument, table, conditions)
            return Call(function, argument, node.keys.get(key, node.place))
    built: dict[str, Node] = {}
    for key, item in entries.items():
        if type(item) is not Literal:
            after = build(item, table, conditions)
            if after is not item:
                built[key] = after
    return Mapping({**entries, **built}, node.place, node.keys, node.odd) if built else node


def _kind(node: Node) -> str:
    value = plain_of(node)
    name = "NoneType" if value is None else type(value).__name__
    return f"a {name}"


def _given(node: Node | None) -> Node | None:
    """What is given; null is as good as nothing."""
    return None if isinstance(node, Literal) and node.value is None else node


def _text(value: Any) -> str:
    return "" if value is None else str(value)
