"""What an evaluation sees of the world: references, attributes, answers; and what it lacked."""

from collections.abc import Callable, Mapping
from typing import Any

from hearth.base import Secret, Unknown, Value, closed, hidden_in, plain
from hearth.engine.checks import Checks
from hearth.engine.needs import Answers, Need
from hearth.engine.work import Work
from hearth.kit import Nested, NoAttribute, NoMember, ResourceType, inside
from hearth.plan import Fates
from hearth.plan.values import Do
from hearth.stack import ResourceRecord
from hearth.template import AttributeFailed, Definition, OutputDef, requires


class WorkView(Answers):
    """A run's view: what has been made is known, what has not is not."""

    def __init__(
        self,
        work: Work,
        checks: Checks,
        kind_of: Callable[[Work, ResourceRecord], ResourceType],
    ) -> None:
        super().__init__(checks, work.scope, work.ids, work.missing)
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
        super().__init__(checks, work.scope, work.ids, work.missing)
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
        return _all_of(work, kind, row)
    name, *inner = (str(path[0]), *path[1:])
    if kind.nests and row.nested_id is not None and name not in row.attributes:
        if row.id not in work.views:
            needs.add(Need("view", row.id))
            return Unknown(f"{row.name}.{name}")
        return _nested(kind, row, work.views[row.id], (name, *inner))
    declared = kind.Attributes.fields.get(name)
    live = name == "show" or (declared is not None and declared.live)
    if live and name not in row.attributes and not kind.touches_nothing and row.physical_id:
        if (row.id, name) not in work.live:
            needs.add(Need("live", row.id, name))
            return Unknown(f"{row.name}.{name}")
        return closed(inside(work.live[row.id, name], inner), hidden_in(dict(row.properties)))
    value = inside(row.attributes.get(name), inner)
    return Secret(value) if declared is not None and declared.secret and value else value


def _all_of(work: Work, kind: ResourceType, row: ResourceRecord) -> Value:
    """All attributes: of a type that has any, those that its template asks for by name."""
    if kind.anything_goes and work.blueprint is not None:
        there, scope = work.blueprint.active, work.blueprint.scope
        items: list[Definition | OutputDef] = [*there.resources.values(), *there.outputs.values()]
        asked = (one for item in items for one in requires(item, scope) if one.resource == row.name)
        return dict.fromkeys(str(one.path[0]) for one in asked if one.path and len(one.path) == 1)
    return dict(row.attributes)


def _nested(
    kind: ResourceType, row: ResourceRecord, view: Nested, path: tuple[Value, ...]
) -> Value:
    """What the type of a nesting resource makes of an attribute."""
    name, *inner = (str(path[0]), *path[1:])
    props = kind.Properties.of(_known(kind, row.properties))
    try:
        return kind.nested_attribute(view, props, name, tuple(inner))
    except NoMember as missing:
        words = f"Member '{missing}' not found in group resource '{row.name}'."
        raise AttributeFailed(words, "NotFound") from None
    except NoAttribute:
        words = f"The Referenced Attribute ({row.name} {name}) is incorrect."
        raise AttributeFailed(words, "InvalidTemplateAttribute") from None


def _known(kind: ResourceType, properties: Mapping[str, Value]) -> dict[str, Any]:
    known = kind.Properties.fields
    return {key: value for key, value in plain(dict(properties)).items() if key in known}
