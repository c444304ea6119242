"""What an evaluation sees of the world: references, attributes, answers; and what it lacked."""

from collections.abc import Callable, Container, Mapping
from typing import Any

from hearth.base import Secret, Unknown, Value, plain
from hearth.engine.checks import Checks
from hearth.engine.work import Need, Work
from hearth.kit import REFS, NotThere, ResourceType, inside
from hearth.plan import Fates
from hearth.plan.values import Do
from hearth.stack import ResourceRecord


class Answers:
    """Checks of names, noting what must be asked first. ids: texts that are ours and right."""

    def __init__(self, checks: Checks, scope: str, ids: Container[str]) -> None:
        self._checks = checks
        self._scope = scope
        self._ids = ids
        self.needs: set[Need] = set()

    def custom(self, name: str, value: Value) -> str | None:
        """What a custom constraint has against a value."""
        wanted = plain(value)
        if name not in REFS or not isinstance(wanted, str) or not wanted or wanted in self._ids:
            return None
        match self._checks.answer(self._scope, name, wanted):
            case None:
                self.needs.add(Need("ref", name, wanted))
                return None
            case NotThere() as missing:
                return str(missing)
            case _:
                return None

    def ident(self, name: str, value: str) -> str:
        """What the cloud is given for a name or id."""
        if value in self._ids:
            return value
        answer = self._checks.answer(self._scope, name, value)
        return answer if isinstance(answer, str) else value


class WorkView(Answers):
    """A run's view: what has been made is known, what has not is not."""

    def __init__(
        self,
        work: Work,
        checks: Checks,
        kind_of: Callable[[Work, ResourceRecord], ResourceType],
    ) -> None:
        super().__init__(checks, work.scope, work.ids)
        self._work = work
        self._kind_of = kind_of

    def reference(self, name: str) -> Value:
        """What get_resource gives."""
        return self._work.reference(name)

    def attribute(self, name: str, path: tuple[Value, ...]) -> Value:
        """What get_attr gives."""
        row = self._work.row_of(name)
        if row is None or isinstance(self._work.reference(name), Unknown):
            return Unknown(".".join(str(step) for step in (name, *path)))
        return read_attribute(self._work, self._kind_of(self._work, row), row, path, self.needs)


class PlanView(Answers):
    """A plan's view: what stays as it is is known; what is touched may change."""

    def __init__(
        self, work: Work, checks: Checks, kind_of: Callable[[Work, ResourceRecord], ResourceType]
    ) -> None:
        super().__init__(checks, work.scope, work.ids)
        self._work = work
        self._kind_of = kind_of
        self.fates: Fates = {}

    def reference(self, name: str) -> Value:
        """What get_resource will give."""
        step = self.fates.get(name)
        row = self._work.rows.get(step.row) if step is not None else None
        if step is None or row is None or step.do in (Do.CREATE, Do.REPLACE) or step.either:
            return Unknown(name)
        return row.reference if row.reference is not None else row.physical_id or row.name

    def attribute(self, name: str, path: tuple[Value, ...]) -> Value:
        """What get_attr will give."""
        step = self.fates.get(name)
        row = self._work.rows.get(step.row) if step is not None else None
        if step is None or row is None or step.do is not Do.NONE:
            return Unknown(".".join(str(one) for one in (name, *path)))
        return read_attribute(self._work, self._kind_of(self._work, row), row, path, self.needs)


def read_attribute(
    work: Work,
    kind: ResourceType,
    row: ResourceRecord,
    path: tuple[Value, ...],
    needs: set[Need],
) -> Value:
    """An attribute of a resource that is there, as far in as the path leads."""
    if not path:
        return dict(row.attributes)
    name, *inner = (str(path[0]), *path[1:])
    if kind.nests and row.nested_id is not None and name not in row.attributes:
        if row.id not in work.views:
            needs.add(Need("view", row.id))
            return Unknown(f"{row.name}.{name}")
        props = kind.Properties.of(_known(kind, row.properties))
        return kind.nested_attribute(work.views[row.id], props, name, tuple(inner))
    declared = kind.Attributes.fields.get(name)
    live = name == "show" or (declared is not None and declared.live)
    if live and name not in row.attributes and not kind.touches_nothing and row.physical_id:
        if (row.id, name) not in work.live:
            needs.add(Need("live", row.id, name))
            return Unknown(f"{row.name}.{name}")
        return inside(work.live[row.id, name], inner)
    value = inside(row.attributes.get(name), inner)
    return Secret(value) if declared is not None and declared.secret and value else value


def _known(kind: ResourceType, properties: Mapping[str, Value]) -> dict[str, Any]:
    known = kind.Properties.fields
    return {key: value for key, value in plain(dict(properties)).items() if key in known}
