"""A driver that fails when a seed says so: the seam below the store, not an imitation of it."""

import random
import sqlite3
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class Faults:
    """How probably a statement fails, a COMMIT fails, and a COMMIT's answer gets lost."""

    seed: int = 0
    statement: float = 0.0
    commit: float = 0.0
    answer: float = 0.0
    happened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def strike(self, kind: str) -> bool:
        """Whether it fails this time."""
        probability: float = getattr(self, kind)
        struck = self.random.random() < probability
        if struck:
            self.happened.append(kind)
        return struck

    def connect_args(self) -> dict[str, Any]:
        """What makes the driver's connections fail so."""
        faults = self

        class Cursor(sqlite3.Cursor):
            def execute(self, sql: str, parameters: Any = (), /) -> Self:
                faults.fail("statement")
                super().execute(sql, parameters)
                return self

            def executemany(self, sql: str, parameters: Any, /) -> Self:
                faults.fail("statement")
                super().executemany(sql, parameters)
                return self

        class Connection(sqlite3.Connection):
            def cursor(self, *_args: Any) -> Any:
                return super().cursor(Cursor)

            def commit(self) -> None:
                faults.fail("commit")
                super().commit()
                faults.fail("answer")

        return {"factory": Connection}

    def fail(self, kind: str) -> None:
        """Fail, if it is to be."""
        if self.strike(kind):
            raise sqlite3.OperationalError(f"injected: {kind}")
