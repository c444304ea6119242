"""An update's plan as people read it: what changes of the stack itself, and in the user's words.

A plan compares ids, as they are recorded, with ids; a person wrote names. So what was wanted before
is evaluated once more from what the stack was made from, and both sides are told in their words.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hearth.base import Secret, Unknown, Value, masked, plain, unknown_in
from hearth.base.errors import HearthError
from hearth.engine.blueprint import Blueprint
from hearth.engine.desk import Desk
from hearth.engine.handlers.reading import Before, Read
from hearth.engine.needs import Answers
from hearth.engine.planning import Planned
from hearth.engine.view import read_attribute
from hearth.engine.work import Work
from hearth.plan import Change, Plan, Step
from hearth.stack import Inputs, ResourceRecord, StackRecord
from hearth.template import Template

OUTPUTS = ("outputs", "Outputs")


async def in_words(
    desk: Desk, work: Work, stack: StackRecord, inputs: Inputs, made: Planned
) -> Plan:
    """The plan, with what was there before as its user wrote it."""
    try:
        before = await desk.library.blueprint(desk.store, inputs, stack)
    except HearthError:
        return made.plan  # it cannot be read any more; ids are better than nothing
    view = Recorded(work, desk)
    steps = tuple(
        _worded(step, before, view, made) if step.changes else step for step in made.plan.steps
    )
    return replace(made.plan, steps=steps)


def _worded(step: Step, before: Blueprint, view: "Recorded", made: Planned) -> Step:
    if step.resource not in before.active.resources or step.resource not in made.wanted:
        return step
    old, _report = before.wanted(step.resource, view)
    new = made.wanted[step.resource]
    changes = tuple(
        _change(one, old.shown, new.shown, new.properties.get(one.path)) for one in step.changes
    )
    return replace(step, changes=changes)


def _change(
    one: Change, old: Mapping[str, Value], new: Mapping[str, Value], after: Value
) -> Change:
    if one.path not in old or unknown_in(old[one.path]):
        return one
    if plain(old[one.path]) == plain(new.get(one.path)) and not unknown_in(after):
        # The same words, and they mean another thing by now.
        return replace(one, after=masked(after))
    return replace(one, before=masked(old[one.path]))


class Recorded(Answers):
    """A view of what there is, as it is recorded."""

    def __init__(self, work: Work, desk: Desk) -> None:
        super().__init__(desk.checks, work.scope, work.ids, work.missing)
        self._work, self._desk = work, desk
        self._rows: dict[str, ResourceRecord] = {
            row.name: row for row in work.rows.values() if row.replaced_by is None
        }

    def reference(self, name: str) -> Value:
        """What get_resource gives."""
        row = self._rows.get(name)
        if row is None:
            return Unknown(name)
        return row.reference if row.reference is not None else row.physical_id or row.name

    def attribute(self, name: str, path: tuple[Value, ...]) -> Value:
        """What get_attr gives."""
        row = self._rows.get(name)
        if row is None:
            return Unknown(name)
        kind = self._desk.kind_of(self._work, row)
        return read_attribute(self._work, kind, row, path, self.needs)


def aside(
    stack: StackRecord, settled: StackRecord, before: Before, given: Read, made: Blueprint
) -> list[dict[str, Any]]:
    """What changes of the stack itself, beside its resources: documents of changes.

    settled: the stack with what the request says of it.
    """
    source, template = given.source, given.source.template
    found = [
        *_compared("description", stack.description, str(template.description or "")),
        *_parameters(stack, before, {**source.environment.parameters, **source.given}, made),
        *_outputs(before.template, template),
        *_compared("tags", list(stack.tags), list(settled.tags)),
        *_compared("timeout_mins", stack.timeout_mins, settled.timeout_mins),
        *_compared("disable_rollback", stack.disable_rollback, settled.disable_rollback),
    ]
    texts = {
        "template": (before.template.document, template.document),
        "files": (dict(before.files), dict(source.files)),
        "environment": (_without(before.inputs.environment), _without(
            source.environment.to_document()
        )),
    }  # fmt: skip
    for path, (old, new) in texts.items():
        if not found and _text(old) != _text(new):
            found.append({"path": path, "before": None, "after": None})
    return found


def _parameters(
    stack: StackRecord, before: Before, given: Mapping[str, Value], made: Blueprint
) -> Iterator[dict[str, Any]]:
    """Parameters that get another value; of a hidden one it is only told that it does."""
    old, new = stack.shown_parameters, made.parameters.shown()
    known = {**_environment(before.inputs), **before.inputs.parameters}
    for name in dict.fromkeys((*old, *new)):
        hidden = isinstance(made.parameters.get(name), Secret)
        if hidden and name in old:
            moved = plain(known.get(name)) != plain(given.get(name))
        else:
            moved = old.get(name) != new.get(name)
        if moved:
            yield {
                "path": f"parameters.{name}",
                "before": old.get(name),
                "after": new.get(name),
            }


def _environment(inputs: Inputs) -> dict[str, Value]:
    found = inputs.environment.get("parameters")
    return dict(found) if isinstance(found, dict) else {}


def _outputs(before: Template, after: Template) -> Iterator[dict[str, Any]]:
    """Outputs whose definition is another, as they are written."""
    old, new = _section(before.document), _section(after.document)
    for name in dict.fromkeys((*old, *new)):
        yield from _compared(f"outputs.{name}", _written(old.get(name)), _written(new.get(name)))


def _section(document: Mapping[str, Any]) -> dict[str, Any]:
    for key in OUTPUTS:
        if isinstance(document.get(key), dict):
            return dict(document[key])
    return {}


def _written(output: Any) -> Any:
    """What is written of an output: its value alone, where nothing else is."""
    if isinstance(output, dict) and len(output) == 1:
        return next(iter(output.values()))
    return output


def _without(environment: Mapping[str, Any]) -> dict[str, Any]:
    """An environment document less the parameters, whose values are compared."""
    return {key: value for key, value in environment.items() if key != "parameters"}


def _compared(path: str, before: Any, after: Any) -> Iterator[dict[str, Any]]:
    if before != after:
        yield {"path": path, "before": before, "after": after}


def _text(value: Any) -> str:
    return json.dumps(masked(value), sort_keys=True, default=str)
