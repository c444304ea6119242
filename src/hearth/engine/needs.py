"""What an evaluation lacks, and where it looks for what came from outside."""

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from hearth.base import Unknown, Value, plain
from hearth.engine.checks import Checks
from hearth.engine.expressions import Ask, Outcome
from hearth.kit import CONSTRAINTS, REFS
from hearth.schema import GENERIC, Against, Unmatched, generic, nearest
from hearth.template import Budget, ExpressionFailed


@dataclass(frozen=True, slots=True)
class Need:
    """What must be asked from outside before an evaluation can be complete.

    what: `ref` (key: the row of kit.refs, value: the name), `view` (key: a nesting row),
    `members` (the same, read anew though it is known), `ask` (key: a nesting type, value: what
    it asks), `live` (key: a row, value: the
    attribute); `yaql`, `syntax` and `match` (key: what the user wrote, value: the data as JSON).
    """

    what: str
    key: str
    value: str = ""

    @property
    def ask(self) -> Ask | None:
        """The question for the evaluator, where it is one."""
        if self.what not in ("yaql", "syntax", "match"):
            return None
        return Ask(self.what, self.key, json.loads(self.value))


class Asked:
    """What users wrote, evaluated as far as that is known; notes what is not."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks
        self.budget = Budget()
        self.needs: set[Need] = set()

    def expressions(self, expression: str, data: Value) -> Value:
        """The value of an expression; raises ExpressionFailed."""
        found = self._known("yaql", expression, data)
        if found is None:
            return Unknown("an expression")
        if found.failed is not None:
            raise ExpressionFailed(found.failed)
        return found.value

    def syntax(self, expression: str) -> str | None:
        """What is wrong with an expression as it is written."""
        found = self._known("syntax", expression, None)
        if found is None:
            return None
        if found.value is None:
            # Not to have read it in time says nothing about it: evaluating it will tell.
            return None if found.passing else found.failed
        return str(found.value)

    def matches(self, pattern: str, text: str) -> bool:
        """Whether a pattern matches a whole text; raises Unmatched."""
        found = self._known("match", pattern, text)
        if found is not None and found.failed is not None:
            raise Unmatched(found.failed)
        return found is None or found.value is True

    def _known(self, what: str, source: str, data: Value) -> Outcome | None:
        ask = Ask(what, source, data)
        found = self._checks.expressions.known(ask)
        if found is None:
            self.needs.add(Need(what, source, json.dumps(data)))
        return found


class Answers(Asked):
    """Checks of names as well. ids: texts that are ours and right; missing: what is not there."""

    def __init__(
        self,
        checks: Checks,
        scope: str,
        ids: Container[str] = (),
        missing: Mapping[Need, Against] | None = None,
    ) -> None:
        super().__init__(checks)
        self._scope = scope
        self._ids = ids
        self._missing = missing if missing is not None else {}

    def custom(self, name: str, value: Value) -> Against | str | None:
        """What a custom constraint has against a value."""
        wanted = plain(value)
        if isinstance(wanted, Unknown) or wanted is None:
            return None
        if name in GENERIC:
            return generic(name, wanted, self._checks.now())
        if name not in REFS:
            words = f'"{wanted}" does not validate {name} (constraint not found)'
            return Against(words, hint=nearest(name, CONSTRAINTS))
        if not isinstance(wanted, str) or not wanted or wanted in self._ids:
            return None
        if self._checks.answer(self._scope, name, wanted) is not None:
            return None
        need = Need("ref", name, wanted)
        wrong = self._missing.get(need)
        if wrong is None:
            self.needs.add(need)
        return wrong

    def ident(self, name: str, value: str) -> str:
        """What the cloud is given for a name or id."""
        if value in self._ids:
            return value
        return self._checks.answer(self._scope, name, value) or value


async def evaluate_all(checks: Checks, needs: Iterable[Need]) -> None:
    """Learn what the users' expressions among the needs come to."""
    asks = [need.ask for need in sorted(needs, key=lambda one: (one.what, one.key, one.value))]
    await checks.expressions.learn(ask for ask in asks if ask is not None)
