"""Whether there are the types that the members of a nesting resource are to have."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from hearth.base import Problem, Severity
from hearth.schema import MemberType, TypeSource
from hearth.template.facade import is_template
from hearth.template.faults import below, no_such_template, unknown_type
from hearth.template.model import Definition, Template
from hearth.template.nodes import at as node_at
from hearth.template.registry import Registry


@dataclass(frozen=True, slots=True)
class Members:
    """What the types of members are looked up in.

    registry: that of the stack which the resource is. strict: a type that only the nesting type
    names is an error; where a template alone is validated, upstream does not look for it.
    """

    template: Template
    registry: Registry
    types: TypeSource
    files: Collection[str]
    strict: bool

    def wrong(self, definition: Definition, listed: Iterable[MemberType]) -> Iterator[Problem]:
        """Those that are not there, each told where it is named."""
        for member in listed:
            problem = self._missing(_as_member(definition, member), member)
            if problem is None:
                continue
            if not member.at:
                problem = replace(problem, hint=_implied(definition.type, problem.hint, member))
                problem = problem if self.strict else replace(problem, severity=Severity.WARNING)
            path = self.template.path("resources", definition.name)
            yield from below([problem], path, "nested_stack")

    def _missing(self, made: Definition, member: MemberType) -> Problem | None:
        registry, name = self.registry, member.type
        if member.under:
            registry, name = Registry({member.under: member.type}).over(registry), member.under
        found = registry.resolve(name, made.name, lambda one: self.types.find(one) is not None)
        path = f"resources.{made.name}"
        if is_template(found):
            gone = found not in self.files
            return no_such_template(made, found, self.files, path) if gone else None
        if self.types.find(found) is not None:
            return None
        return replace(unknown_type(made, self.template, registry, self.types.names()), path=path)


def _as_member(definition: Definition, member: MemberType) -> Definition:
    """The member as if it were defined where its type is named."""
    place = definition.type_place
    if member.at and definition.properties is not None:
        place = node_at(definition.properties, member.at).place
    return replace(definition, name=member.name, type=member.type, type_place=place)


def _implied(name: str, hint: str | None, member: MemberType) -> str:
    """What to do about a type that nobody wrote."""
    why = f"{name} makes its members of this type"
    return "; ".join(part for part in (why, hint, member.instead) if part)
