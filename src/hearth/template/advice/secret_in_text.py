"""A password, token or key that stands in the template for all to read."""

import re
from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject, branches
from hearth.template.nodes import Literal, Mapping, Node

NAME = re.compile(
    r"(^|_|\b)(admin_pass|passw(or)?d|passphrase|secret|secret_key|private_key|api_key|"
    r"auth_token|access_key)$",
    re.IGNORECASE,
)
"""What names of secrets look like."""
PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def is_secret_name(name: str) -> bool:
    """Whether what is called so is meant to be known to few."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return NAME.search(spaced) is not None


def look(subject: Subject) -> Iterator[Found]:
    """Texts under such names, and private keys wherever they stand."""
    template = subject.template
    for definition in template.resources.values():
        for node in (definition.properties, definition.metadata):
            path = template.path("resources", definition.name)
            yield from _texts(node, "", path)
    for name, parameter in template.parameters.items():
        if parameter.hidden and isinstance(parameter.default, str) and parameter.default:
            yield Found(
                f'the hidden parameter "{name}" has a default that everybody can read',
                parameter.span,
                template.path("parameters", name),
                "give it no default, or make one with OS::Heat::RandomString",
            )


def _texts(node: Node | None, key: str, path: str) -> Iterator[Found]:
    if isinstance(node, Mapping):
        for name, item in node.entries.items():
            for branch in branches(item):
                yield from _texts(branch, name, f"{path}.{name}")
    elif isinstance(node, Literal):
        text = node.value if isinstance(node.value, str) else ""
        if text and (is_secret_name(key) or PEM.search(text)):
            yield Found(
                f'"{key}" is a secret, written in plain text',
                node.span,
                path,
                "take it from a hidden parameter",
            )


RULE = Rule(
    "secret-in-text",
    Severity.WARNING,
    "A template is stored, shown and shared; who reads it knows the secret.",
    look,
)
