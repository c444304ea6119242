"""What the store answers instead of "durable".

    HearthError
    ├── Clash
    │   ├── Moved        the stack's row has changed since it was read
    │   └── Answered     the command has an answer already; read that one
    ├── Spoilt           the database's file is none of ours, or is damaged
    ├── Stale            the run is held by another, or a batch before this one failed
    └── Unavailable
        └── Away         the database does not answer, or has no room; nothing was written
            └── Unsettled    whether the batch became durable cannot be found out

A name that is taken is a plain `Clash` of kind `StackExists`. What the database refuses for any
other reason is raised as `Rejected`, a fault of ours.
"""

from hearth.base.errors import Clash, HearthError, Unavailable


class Moved(Clash):
    """The stack's row has changed since it was read."""


class Answered(Clash):
    """The command has an answer already."""


class Stale(HearthError):
    """The run is held by another worker, or a batch before this one failed: drop the run."""

    default_kind = "Stale"


class Away(Unavailable):
    """The database does not answer, or has no room; it is nobody's fault, and it may pass."""


class Unsettled(Away):
    """Whether the batch became durable cannot be found out."""


class Spoilt(HearthError):
    """The database's file is none of ours, or is damaged: it does not pass by waiting."""

    default_kind = "Spoilt"


class Rejected(HearthError):
    """The database refused the statement, for a reason that is ours to mend."""

    default_kind = "InternalError"
