"""The section of resources: each checked for its form and made a Definition."""

from hearth.base import Problem, Report, Span
from hearth.schema import did_you_mean, near_names
from hearth.template.dialects import Dialect
from hearth.template.model import Definition
from hearth.template.nodes import Call, Literal, Mapping, Node, Place, Sequence, kind_of, plain_of

_NO_TYPE = "Each resource must contain a {} key."
_CFN_WORDS = (
    "Type",
    "Properties",
    "Metadata",
    "DependsOn",
    "DeletionPolicy",
    "UpdatePolicy",
    "Description",
)


def definitions(node: Node | None, dialect: Dialect, report: Report) -> dict[str, Definition]:
    """The resources of a template; those of a wrong form are reported and left out."""
    if node is None:
        return {}
    word = dialect.sections["resources"]
    if not isinstance(node, Mapping):
        sentence = f'"{word}" must contain a map'
        report.add(Problem("section-shape", sentence, node.span, word))
        return {}
    found: dict[str, Definition] = {}
    for name, body in node.entries.items():
        one = _Resource(name, body, node, dialect, report).definition()
        if one is not None:
            found[name] = one
    return found


class _Resource:
    """Reads one resource."""

    def __init__(
        self, name: str, body: Node, section: Mapping, dialect: Dialect, report: Report
    ) -> None:
        self.name = name
        self.body = body
        self.section = section
        self.dialect = dialect
        self.report = report
        self.fine = True
        self.parts: dict[str, Node] = {}

    def definition(self) -> Definition | None:
        """The definition, if its form is right."""
        if self.name in self.section.odd:
            sentence = f"The name of a resource must be a string, not {self.name}"
            self.wrong(sentence, self.section.key_span(self.name))
        body = self.map_of_keys()
        if body is not None:
            self.unknown_keys(body)
        if "/" in self.name:
            sentence = f'Resource name may not contain "/": {self.name}'
            self.wrong(sentence, self.section.key_span(self.name))
        if body is None:
            return None
        words = self.dialect.resource_keys
        self.parts = {words[key]: node for key, node in body.entries.items() if key in words}
        kind = self.type_name(body)
        depends = self.depends_on()
        for key in ("properties", "metadata", "update_policy"):
            self.shape(key)
        self.text("deletion_policy")
        self.text("external_id")
        self.text("description")
        self.condition()
        if kind is None or not self.fine:
            return None
        return self.made(body, kind, depends)

    def made(self, body: Mapping, kind: str, depends: tuple[str, ...]) -> Definition:
        description = self.parts.get("description")
        place = self.section.keys.get(self.name, body.place)
        return Definition(
            name=self.name,
            type=kind,
            properties=self.parts.get("properties"),
            metadata=self.parts.get("metadata"),
            update_policy=self.parts.get("update_policy"),
            deletion_policy=self.parts.get("deletion_policy"),
            depends_on=depends,
            condition=self.parts.get("condition"),
            external_id=self.parts.get("external_id"),
            description=str(plain_of(description)) if description else "",
            place=place,
            type_place=self.place("type", place),
            depends_place=self.place("depends_on", place),
        )

    def map_of_keys(self) -> Mapping | None:
        """The body as a map; null is one without keys."""
        body = self.body
        if isinstance(body, Literal) and body.value is None:
            body = Mapping({}, self.body.place)
        if isinstance(body, Mapping):
            return body
        word = self.dialect.sections["resources"]
        told = f'"{word}" must contain a map of resource maps. Found '
        self.wrong(
            f"{told}{kind_of(body)} instead",
            self.section.key_span(self.name),
            upstream=f"{told}a [{type(plain_of(body))}] instead",
        )
        return None

    def place(self, key: str, otherwise: Place) -> Place:
        node = self.parts.get(key)
        return node.place if node is not None else otherwise

    def type_name(self, body: Mapping) -> str | None:
        word = self.dialect.resource["type"]
        node = self.parts.get("type")
        foreign = self.dialect.name == "hot" and "Type" in body.entries
        if node is None and foreign:
            return None
        if node is None or (isinstance(node, Literal) and node.value in (None, "")):
            if node is not None or word not in self.misspelt(body).values():
                span = node.span if node else self.section.key_span(self.name)
                self.wrong(_NO_TYPE.format(word), span, "missing-type")
            return None
        if not isinstance(node, Literal) or not isinstance(node.value, str):
            self.wrong(f"Resource {self.name} {word} type must be string", node.span)
            return None
        return node.value

    def unknown_keys(self, body: Mapping) -> None:
        for key, near in self.misspelt(body).items():
            if key in _CFN_WORDS:
                sentence = f'"{key}" is not a valid keyword inside a resource definition'
            else:
                sentence = f"Invalid keyword(s) inside a resource definition: {key}"
            hint = did_you_mean([near] if near else [])
            self.wrong(sentence, body.key_span(key), "unknown-key", hint)

    def misspelt(self, body: Mapping) -> dict[str, str | None]:
        """The keys that mean nothing, each with the one that was perhaps meant."""
        if self.dialect.lenient_keys:
            return {}
        known = list(self.dialect.resource.values())
        strange = [key for key in body.entries if key not in known]
        return {key: next(iter(near_names(key, known, 1)), None) for key in strange}

    def depends_on(self) -> tuple[str, ...]:
        word = self.dialect.resource["depends_on"]
        node = self.parts.get("depends_on")
        if node is None:
            return ()
        if isinstance(node, Literal) and isinstance(node.value, str):
            return (node.value,)
        if not isinstance(node, Sequence):
            self.wrong(f"Resource {self.name} {word} type must be list or string", node.span)
            return ()
        names = [item.value for item in node.items if isinstance(item, Literal)]
        texts = [name for name in names if isinstance(name, str)]
        if len(texts) != len(node.items):
            self.wrong(f"Resource {self.name} {word} must be a list of strings", node.span)
        return tuple(dict.fromkeys(texts))

    def shape(self, key: str) -> None:
        node = self.parts.get(key)
        if node is not None and not isinstance(node, Mapping | Call):
            word = self.dialect.resource[key]
            self.wrong(f"Resource {self.name} {word} type must be object", node.span)

    def text(self, key: str) -> None:
        node = self.parts.get(key)
        if node is None or (isinstance(node, Call) and key != "description"):
            return
        if not isinstance(node, Literal) or not isinstance(node.value, str):
            word = self.dialect.resource[key]
            self.wrong(f"Resource {self.name} {word} type must be string", node.span)

    def condition(self) -> None:
        node = self.parts.get("condition")
        if node is None or isinstance(node, Call):
            return
        if not isinstance(node, Literal) or not isinstance(node.value, str | bool):
            if isinstance(node, Mapping):
                return
            word = self.dialect.resource["condition"]
            self.wrong(f"Resource {self.name} {word} type must be string_or_boolean", node.span)

    def wrong(
        self,
        sentence: str,
        span: Span,
        code: str = "resource-shape",
        hint: str | None = None,
        upstream: str | None = None,
    ) -> None:
        self.fine = False
        path = f"{self.dialect.sections['resources']}.{self.name}"
        self.report.add(Problem(code, sentence, span, path, hint=hint, upstream=upstream))
