"""What can go wrong, as one tree. Each carries the sentence that the user reads.

    HearthError
    ├── Refused              the request was wrong
    │   ├── Invalid          the template or its input has problems (carries them)
    │   ├── Missing          what was named does not exist (EntityNotFound)
    │   ├── Clash            it is in the way of something (StackExists, ActionInProgress)
    │   ├── Denied           not allowed (Forbidden)
    │   ├── Unauthenticated  not logged in
    │   └── OverLimit        larger than a configured limit (RequestLimitExceeded)
    ├── Late                 a deadline has passed
    └── Unavailable          a part that is needed does not answer

`kind` is upstream's exception class name, which the REST API answers as `error.type`. Which HTTP
status a kind has is known by `api` alone.
"""

from collections.abc import Iterable
from typing import ClassVar

from hearth.base.diagnostics import Problem


class HearthError(Exception):
    """Any error that has a sentence for its user."""

    default_kind: ClassVar[str] = "HearthError"

    def __init__(
        self, sentence: str, *, kind: str | None = None, problems: Iterable[Problem] = ()
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind = kind or self.default_kind
        self.problems = tuple(problems)


class Refused(HearthError):
    """The request was wrong."""

    default_kind = "Invalid"


class Invalid(Refused):
    """The template or its input has problems."""

    default_kind = "StackValidationFailed"


class Missing(Refused):
    """What was named does not exist, or not for this caller."""

    default_kind = "EntityNotFound"


class Clash(Refused):
    """Something is in the way."""

    default_kind = "ActionInProgress"


class Denied(Refused):
    """The caller may not do this."""

    default_kind = "Forbidden"


class Unauthenticated(Refused):
    """Nobody is logged in."""

    default_kind = "NotAuthenticated"


class OverLimit(Refused):
    """Larger than a configured limit."""

    default_kind = "RequestLimitExceeded"


class Late(HearthError):
    """A deadline has passed before the work was done."""

    default_kind = "Timeout"


class Unavailable(HearthError):
    """A part that is needed does not answer."""

    default_kind = "ServiceUnavailable"
