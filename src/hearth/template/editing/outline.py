"""What a text declares, told from its lines: it need not be one that can be parsed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hearth.template.dialects import HOT_KEY, VERSION_KEYS, Dialect, dialect
from hearth.template.editing.cursor import line_of, unquoted
from hearth.template.functions import ALIASES, HOT_VERSIONS

_TYPE = re.compile(r"""["']?[tT]ype["']?\s*:\s*["']?(?P<type>[\w:./-]+)""")
_DESCRIPTION = re.compile(r"""["']?[dD]escription["']?\s*:\s*["']?(?P<words>[^,}\n"']+)""")


@dataclass(slots=True)
class Declared:
    """A parameter, resource, condition or output. line and column count from 0."""

    name: str
    line: int
    column: int
    type: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """The dialect, and what each section (by our name of it) declares."""

    dialect: Dialect
    sections: Mapping[str, Mapping[str, Declared]] = field(default_factory=dict)

    def of(self, section: str) -> Mapping[str, Declared]:
        """What a section declares."""
        return self.sections.get(section, {})


def outline(lines: Sequence[str]) -> Outline:
    """The outline of a text."""
    known = _dialect(lines)
    names = {word: name for name, word in known.sections.items()}
    sections: dict[str, dict[str, Declared]] = {}
    current: dict[str, Declared] | None = None
    last: Declared | None = None
    inner = 0
    for number, text in enumerate(lines):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        line = line_of(text)
        if line.key is None:
            continue
        if line.column == 0 and not line.dashes:
            current, last, inner = sections.setdefault(names.get(line.key, line.key), {}), None, 0
        elif current is not None and not line.dashes:
            inner = inner or line.column
            if line.column == inner:
                last = Declared(line.key, number, line.column)
                current[line.key] = last
            if last is not None:
                _learn(last, text, inner)
    return Outline(known, sections)


def _learn(declared: Declared, text: str, inner: int) -> None:
    """Take a type and a description from a line of a declaration."""
    line = line_of(text)
    own = line.column == inner and line.rest.startswith("{")
    below = line.column > inner and line.key is not None and line.key.lower() in _WORDS
    if not own and not below:
        return
    kind, words = _TYPE.search(text), _DESCRIPTION.search(text)
    if kind and not declared.type:
        declared.type = kind["type"]
    if words and not declared.description:
        declared.description = words["words"].strip()


_WORDS = frozenset({"type", "description"})


def _dialect(lines: Sequence[str]) -> Dialect:
    """The dialect that the text names, or the newest HOT."""
    newest = dialect(HOT_KEY, HOT_VERSIONS[-1])
    assert newest is not None
    for text in lines:
        line = line_of(text.strip().rstrip(","))
        if line.key in VERSION_KEYS:
            version = unquoted(line.rest.partition(" #")[0].strip())
            return dialect(line.key, ALIASES.get(version, version)) or newest
    return newest
