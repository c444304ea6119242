"""Problems as data: what is wrong, where, and what to do. All are collected, none is raised."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class Span:
    """Where a piece of text stands. Lines and columns count from 1; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(Enum):
    """How bad a problem is. Advice is no problem at all, only a better way."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    code: kebab-case, stable, e.g. `unknown-property`.
    sentence: what is wrong, in the user's terms.
    path: dotted path in the template, e.g. `resources.server.properties.flavor`.
    kind: upstream's exception class for it, which the API answers as `error.type`.
    upstream: what upstream's message would be, where that is known to be matched upon.
    hint: what to do, e.g. `did you mean "flavor"?`.
    """

    code: str
    sentence: str
    span: Span | None = None
    path: str = ""
    severity: Severity = Severity.ERROR
    kind: str = "StackValidationFailed"
    upstream: str | None = None
    hint: str | None = None


@dataclass(slots=True)
class Report:
    """All problems found, in the order upstream would meet them."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Note one more problem."""
        self.problems.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note several."""
        self.problems.extend(problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    @property
    def errors(self) -> list[Problem]:
        """Those that forbid going on."""
        return [p for p in self.problems if p.severity is Severity.ERROR]

    @property
    def ok(self) -> bool:
        """Whether nothing forbids going on."""
        return not self.errors
