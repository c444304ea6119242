"""Checking and converting a map of properties against declared fields.

Everything wrong is reported at once. What is Unknown passes and stays; a Secret is opened,
checked without showing it, and closed again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hearth.base import Problem, Report, Secret, Span, Unknown, Value, hushed
from hearth.base.values import MASK
from hearth.schema.constraints import (
    Allowed,
    Constraint,
    Custom,
    Custom_,
    Matches,
    Pattern,
    fully_matches,
)
from hearth.schema.fields import Field
from hearth.schema.kinds import Kind
from hearth.schema.near import did_you_mean, near_names, nearest
from hearth.schema.scalars import NotThis, converted

Path = tuple[str | int, ...]
SpanOf = Callable[[Path, bool], Span | None]
"""Where the value at a path stands; with True, where its key does."""


def nowhere(*_: Path | bool) -> Span | None:
    """The span finder of values that stand in no text."""
    return None


def nothing_else(_path: Path, _kind: Kind) -> str | None:
    """Where nobody knows what a value of another kind was meant to be."""
    return None


@dataclass(frozen=True, slots=True)
class Where:
    """What is checked: `prefix` as its path in the template, `subject` as people call it.

    meant: what was perhaps meant by a value that is not of the kind it should be.
    """

    prefix: str = "properties"
    subject: str = "this"
    span: SpanOf = nowhere
    meant: Callable[[Path, Kind], str | None] = nothing_else


def coerce(
    fields: Mapping[str, Field],
    value: Mapping[str, Value],
    where: Where | None = None,
    custom: Custom_ | None = None,
    matches: Matches = fully_matches,
) -> tuple[dict[str, Value], Report]:
    """The values as declared, defaults filled in, and all that is wrong with them.

    custom: what a named constraint has against a value, as answered beforehand.
    matches: whether a user's pattern matches; those that types declare are harmless.
    """
    work = _Coercion(where or Where(), custom, matches)
    return work.map_of(fields, value), work.report


def default_of(declared: Field) -> Value:
    """A field's default, safe to be changed by who gets it."""
    return copied(declared.default)


def copied(value: Value) -> Value:
    """A value of which nothing is shared that could be changed."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value


def respelled(fields: Mapping[str, Field], given: Mapping[str, Value]) -> Mapping[str, Value]:
    """The values with those under a property's older name moved to its newer one."""
    moved: dict[str, Value] = {}
    for key, value in given.items():
        target = fields[key].becomes if key in fields else None
        if target is None or value is None or given.get(target) is not None:
            moved.setdefault(key, value)
        elif fields[target].kind is Kind.LIST and fields[key].kind is not Kind.LIST:
            moved[target] = [value]
        else:
            moved[target] = value
    return moved


class _Names:
    """Which values stand in the text under an older name: that is the one their writer knows."""

    def __init__(self) -> None:
        self.older: dict[Path, str | None] = {}

    def note(
        self, path: Path, written: Mapping[str, Value], fields: Mapping[str, Field]
    ) -> Mapping[str, Value]:
        """The values at a path by their newer names; which those are is kept."""
        given = respelled(fields, written)
        for key in written:
            if key in given or key not in fields:
                continue
            newer = str(fields[key].becomes)
            self.older[*path, newer] = key
            if isinstance(given[newer], list) and not isinstance(written[key], list):
                self.older[*path, newer, 0] = None
        return given

    def written(self, path: Path) -> Path:
        """A path with the names that are used in the text; an index that is not is left out."""
        if not self.older:
            return path
        steps = (self.older.get(path[: end + 1], step) for end, step in enumerate(path))
        return tuple(step for step in steps if step is not None)


class _Coercion:
    """One walk over a map of properties; keeps the path and the report."""

    def __init__(self, where: Where, custom: Custom_ | None, matches: Matches) -> None:
        self.where = where
        self.custom = custom
        self.matches = matches
        self.report = Report()
        self.path: list[str | int] = []
        self.names = _Names()
        self.hidden = 0

    def map_of(self, fields: Mapping[str, Field], given: Mapping[str, Value]) -> dict[str, Value]:
        given = self.names.note(tuple(self.path), given, fields)
        meant = {one for key in given if key not in fields for one in self.unknown(key, fields)}
        done: dict[str, Value] = {}
        for key, declared in fields.items():
            if key in given:
                if not declared.implemented and given[key] is not None:
                    self.problem(f"Property {key} not implemented yet", "not-implemented", key)
                self.path.append(key)
                found = self.one(declared, given[key])
                self.path.pop()
                if found is not None or (given[key] is None and declared.required):
                    done[key] = found
            elif declared.defaulted:
                if declared.default is not None:
                    done[key] = self.default(key, declared)
            elif declared.required and key not in meant:
                self.problem(f"Property {key} not assigned", "missing-property")
        return done

    def default(self, key: str, declared: Field) -> Value:
        """A default as it is once checked: mostly it is checked once for ever."""
        if _CHECKED in declared.settled:
            return copied(declared.settled[_CHECKED])
        before = len(self.report)
        self.path.append(key)
        found = self.value(declared, default_of(declared))
        self.path.pop()
        if len(self.report) == before and not _asks_outside(declared):
            declared.settled[_CHECKED] = copied(found)
        return found

    def one(self, declared: Field, given: Value) -> Value:
        """A value that was given, null included: null is as good as absent.

        Not to a template that stands for a type: it is given what its kind is when empty.
        """
        if isinstance(given, Unknown):
            return given
        if isinstance(given, Secret):
            self.hidden += 1
            try:
                inner = self.one(declared, given.value)
            finally:
                self.hidden -= 1
            return inner if isinstance(inner, Unknown) else Secret(inner)
        if given is None:
            if declared.defaulted:
                given = default_of(declared)
            elif declared.required or declared.lenient:
                given = copied(_EMPTY[declared.kind])
            if given is None:
                return None
        return self.value(declared, given)

    def value(self, declared: Field, given: Value) -> Value:
        """A value that is there, by its kind, and its constraints."""
        before = len(self.report)
        kind = declared.kind
        if kind is Kind.LIST:
            found = self.list_value(declared, given)
        elif kind is Kind.MAP:
            found = self.map_value(declared, given)
        else:
            found = self.scalar(kind, given)
        if declared.constraints and len(self.report) == before:
            for constraint in declared.constraints:
                self.check(constraint, declared, found)
        return found

    def scalar(self, kind: Kind, given: Value) -> Value:
        try:
            return converted(kind, given)
        except NotThis as wrong:
            plainly = isinstance(given, str | bool | int) and kind is not Kind.NUMBER
            said = "" if plainly else f"{quoted(given)} is not {_KINDS[kind]}"
            self.wrong_kind(_quoting(wrong, kind, given), kind, said)
            return None

    def list_value(self, declared: Field, given: Value) -> Value:
        if isinstance(given, str) and declared.lenient:
            given = given.split(",") if given else []
        if not isinstance(given, list | tuple):
            self.wrong_kind(
                f'"{shown(given)!r}" is not a list', Kind.LIST, f"{quoted(given)} is not a list"
            )
            return None
        item = declared.item
        if item is None:
            return list(given)
        done = []
        for index, entry in enumerate(given):
            self.path.append(index)
            done.append(self.entry(item, entry))
            self.path.pop()
        return done

    def entry(self, item: Field, given: Value) -> Value:
        """An entry of a list; null is what its kind is when empty."""
        if given is None:
            return copied(_EMPTY[item.kind])
        return self.one(item, given)

    def map_value(self, declared: Field, given: Value) -> Value:
        if declared.lenient and isinstance(given, str | list):
            return given
        if not isinstance(given, Mapping):
            self.wrong_kind(
                f'"{shown(given)}" is not a map', Kind.MAP, f"{quoted(given)} is not a map"
            )
            return None
        if declared.fields:
            return self.map_of(declared.fields, given)
        return dict(given)

    def wrong_kind(self, detail: str, kind: Kind, said: str = "") -> None:
        hint = self.where.meant(self.names.written(tuple(self.path)), kind)
        detail, said = (MASKED, "") if self.hidden else (detail, said)
        self.problem(detail, "wrong-kind", hint=hint, said=said)

    def check(self, constraint: Constraint, declared: Field, found: Value) -> None:
        if isinstance(found, list) and any(isinstance(one, Unknown | Secret) for one in found):
            return
        if isinstance(constraint, Custom):
            self.outside(constraint, found)
            return
        if isinstance(constraint, Pattern) and declared.lenient:
            wrong = constraint.problem(found, self.matches)
        elif isinstance(constraint, Allowed) and declared.kind is Kind.STRING:
            texts = tuple(str(one) for one in constraint.values)
            wrong = None if str(found) in texts else constraint.problem(found)
        else:
            wrong = constraint.problem(found)
        if wrong is None:
            return
        if self.hidden:
            wrong = hushed(wrong, Secret(found))
        near = _near(found, constraint) if not self.hidden else None
        self.problem(constraint.description or wrong, "constraint", hint=near)

    def outside(self, constraint: Custom, found: Value) -> None:
        """What is answered from outside, with our own words and near names where it has them."""
        wrong = constraint.against(found, self.custom)
        if wrong is None:
            return
        words, said, hint = wrong.words, wrong.sentence, wrong.hint
        if self.hidden:
            words, said, hint = hushed(words, Secret(found)), "", None
        words, said = constraint.description or words, constraint.description or said
        self.problem(words, "constraint", hint=hint, said=said)

    def unknown(self, key: str, fields: Mapping[str, Field]) -> list[str]:
        """Tell of a property that there is not; the one that was perhaps meant, if any."""
        visible = [name for name, one in fields.items() if not one.support.hidden]
        near = near_names(str(key), visible, 1)
        here = self.names.written(tuple(self.path))
        owner = f'"{_here(here)}"' if here else self.where.subject
        named = MASK if self.hidden else key
        path = self.full()
        self.report.add(
            Problem(
                code="unknown-property",
                sentence=f'{owner} has no property "{named}"',
                span=self.where.span((*here, key), True),
                path=f"{self.where.prefix}{dotted((*here, named))}",
                upstream=f"Property error: : {path}: : Unknown Property {named}",
                hint=None if self.hidden else did_you_mean(near),
            )
        )
        return near

    def problem(
        self,
        detail: str,
        code: str,
        key: str | None = None,
        hint: str | None = None,
        said: str = "",
    ) -> None:
        path = self.full()
        here = self.names.written(tuple(self.path))
        at = self.names.written((*self.path, key)) if key else here
        named = f"{_here(here) if here else self.where.subject}: {said or detail}"
        self.report.add(
            Problem(
                code=code,
                sentence=named,
                span=self.where.span(at, key is not None),
                path=f"{self.where.prefix}{dotted(here)}",
                upstream=f"Property error: : {path}: : {detail}",
                hint=hint,
            )
        )

    def full(self) -> str:
        return self.where.prefix + dotted(self.path)


def _here(path: Sequence[str | int]) -> str:
    return dotted(path).lstrip(".")


def dotted(path: Sequence[str | int]) -> str:
    """A path as it is written: `.key` and `[index]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


_KINDS = {
    Kind.STRING: "a text",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
}


def _quoting(wrong: NotThis, kind: Kind, given: Value) -> str:
    """What is wrong with a value, which is quoted as people know it."""
    try:
        converted(kind, shown(given))
    except NotThis as told:
        return str(told)
    return str(wrong)


def shown(value: Value) -> Value:
    """A value as a sentence quotes it: what is known only later is said to be so."""
    if isinstance(value, Unknown):
        return "(known after apply)"
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return value


def quoted(value: Value) -> str:
    """A value as a sentence for people quotes it: as it is written in JSON."""
    try:
        return json.dumps(shown(value), ensure_ascii=False)
    except (TypeError, ValueError):
        return f'"{shown(value)}"'


def _asks_outside(declared: Field) -> bool:
    """Whether what is wrong with a value is for others to say, now so and then otherwise."""
    inside = (*declared.fields.values(), *((declared.item,) if declared.item else ()))
    own = any(isinstance(one, Custom) for one in declared.constraints)
    # A pattern of a user's is matched elsewhere, and not before it is asked for.
    patterns = declared.lenient and any(isinstance(one, Pattern) for one in declared.constraints)
    return own or patterns or any(map(_asks_outside, inside))


_CHECKED = "checked default"


def _near(found: Value, constraint: Constraint) -> str | None:
    if not isinstance(constraint, Allowed) or not isinstance(found, str):
        return None
    return nearest(found, [one for one in constraint.values if isinstance(one, str)])


MASKED = "the value is of the wrong kind"
"""What is said of a secret of the wrong kind."""

_EMPTY: Mapping[Kind, Value] = {
    Kind.STRING: "",
    Kind.INTEGER: 0,
    Kind.NUMBER: 0,
    Kind.BOOLEAN: False,
    Kind.MAP: {},
    Kind.LIST: [],
    Kind.ANY: None,
}
