"""How a command ends: the exit codes of the user's guide, and the one sentence said before."""

import shlex
from collections.abc import Sequence
from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """What a script can tell from the exit code."""

    DONE = 0
    WRONG_COMMAND = 1
    CHANGES_PENDING = 2
    ROLLED_BACK = 3
    FAILED = 4
    INVALID = 5
    CONFLICT = 6
    NOT_ALLOWED = 7
    STILL_RUNNING = 8


class Stop(Exception):
    """Ends a command: the sentence for people, the code for scripts, what to do next.

    kind: the server's `error.type`, where a server said no; status: its HTTP status.
    problems: the documents of a template's problems, as the API lists them; texts: what they
        are about, by name, for excerpts.
    """

    def __init__(
        self,
        sentence: str,
        code: Exit = Exit.WRONG_COMMAND,
        *,
        next_command: str = "",
        kind: str = "",
        problems: Sequence[dict[str, Any]] = (),
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.next_command = next_command
        self.kind = kind
        self.problems = list(problems)
        self.texts: dict[str, str] = {}
        self.status = 0


class Unanswered(Stop):
    """Nobody answers where the server should be."""


def unreadable(file: str, error: Exception) -> tuple[str, str]:
    """That a file cannot be read, in one line, and the command that shows where."""
    name, mark = shlex.quote(file), getattr(error, "problem_mark", None)
    if mark is not None:
        words = str(getattr(error, "problem", "") or "that is not YAML")
        place = f"line {mark.line + 1}, column {mark.column + 1}"
        said = f"{file} cannot be read as YAML: {place}: {words}"
        return said, f"sed -n {mark.line + 1}p {name}"
    how = "" if isinstance(error, OSError) else " as YAML"
    words = getattr(error, "strerror", None) or " ".join(str(error).split())
    return f"{file} cannot be read{how}: {words}", f"ls -l {name}"
