"""What is said of sections, keys, types, properties, attributes and functions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hearth.schema import Field, TypeSchema
from hearth.template.nodes import Function
from hearth.template.shapes import RESOURCE_WORDS, SECTION_WORDS, sentence


@dataclass(frozen=True, slots=True)
class Note:
    """detail: a few words for a list. text: sentences, in Markdown. hidden: never offered."""

    detail: str = ""
    text: str = ""
    hidden: bool = False


SECTIONS: Mapping[str, Note] = {
    **{name: Note("section", words) for name, words in SECTION_WORDS.items()},
    "mappings": Note("section", "Tables to look values up in."),
}
RESOURCE_KEYS: Mapping[str, Note] = {
    name: Note("key", words) for name, words in RESOURCE_WORDS.items()
}
OUTPUT_KEYS: Mapping[str, Note] = {
    "value": Note("key", "What is shown."),
    "description": Note("key", "What it is."),
    "condition": Note("key", "It is there only where this holds."),
}
PARAMETER_KEYS: Mapping[str, Note] = {
    "type": Note("key", "The kind of value."),
    "label": Note("key", "What forms call it."),
    "description": Note("key", "What it is for."),
    "default": Note("key", "Its value where none is given."),
    "hidden": Note("key", "Whether its value is shown to nobody."),
    "immutable": Note("key", "Whether no update may change it."),
    "constraints": Note("key", "What its value may be."),
    "tags": Note("key", "Words for whoever lists parameters."),
}
CONSTRAINT_KEYS: Mapping[str, Note] = {
    "length": Note("constraint", "How long it may be: `{min: 1, max: 8}`."),
    "range": Note("constraint", "How large it may be: `{min: 1, max: 8}`."),
    "modulo": Note("constraint", "An offset plus a multiple: `{step: 2, offset: 0}`."),
    "allowed_values": Note("constraint", "It is one of these."),
    "allowed_pattern": Note("constraint", "The regular expression that it matches as a whole."),
    "custom_constraint": Note("constraint", "Something that the cloud has, or a known form."),
    "description": Note("key", "What is said where it does not hold."),
}
GROUP_KEYS: Mapping[str, Note] = {
    "label": Note("key", "What forms call the group."),
    "description": Note("key", "What the group is about."),
    "parameters": Note("key", "The names of its parameters."),
}


def type_note(schema: TypeSchema) -> Note:
    """A type, with what it needs and gives."""
    needs = [f"`{key}`" for key, one in schema.properties.items() if one.required]
    gives = [f"`{key}`" for key, one in schema.attributes.items() if not one.support.hidden]
    parts = [schema.description]
    if needs:
        parts.append(f"Needs {', '.join(needs)}.")
    if gives:
        parts.append(f"Gives {', '.join(gives)}.")
    text = "\n\n".join(part for part in [*parts, *_support(schema)] if part)
    return Note("type", text, schema.support.hidden)


def field_note(declared: Field) -> Note:
    """A property: what it is, what it may be, what changing it costs."""
    kind = declared.kind.value.lower()
    words = [declared.doc, ", ".join(_facts(declared)) + ".", *_support(declared)]
    for one in declared.constraints:
        [(name, value)] = one.document().items()
        words.append(f"{name.replace('_', ' ').capitalize()}: `{value}`")
    detail = f"{kind}, required" if declared.required else kind
    return Note(detail, "\n\n".join(words), declared.support.hidden)


def _facts(declared: Field) -> Iterator[str]:
    yield f"{declared.kind.value}{', required' if declared.required else ''}"
    if declared.defaulted and declared.default is not None:
        yield f"`{declared.default}` if it is not given"
    if declared.immutable:
        yield "never changed"
    else:
        yield "changed in place" if declared.update else "replaced when it changes"


def attribute_note(declared: Field) -> Note:
    """An attribute."""
    words = [declared.doc, *_support(declared)]
    if declared.secret:
        words.append("It is a secret.")
    return Note(declared.kind.value.lower(), "\n\n".join(words), declared.support.hidden)


def function_note(function: Function) -> Note:
    """A function."""
    return Note("function", sentence(function))


def _support(what: Field | TypeSchema) -> Iterator[str]:
    support = what.support
    if support.status != "SUPPORTED":
        since = f" since {support.version}" if support.version else ""
        yield f"**{support.status.capitalize()}{since}.** {support.message or ''}".rstrip()
