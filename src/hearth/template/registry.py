"""The resource registry: which type stands for which, in general and for single resources."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

MAX_STEPS = 20
"""How many mappings may follow one another."""

HOOKS = (
    "pre-create",
    "pre-update",
    "pre-delete",
    "post-create",
    "post-update",
    "post-delete",
)
RESTRICTED = ("update", "replace")


def anything(_name: str) -> bool:
    """Where it is not known which types there are, any may be."""
    return True


@dataclass(frozen=True, slots=True)
class Registry:
    """types: type or prefix with `*` → type, prefix with `*`, template name, or None.

    resources: name or glob of a resource → its own types, hooks, restricted_actions, and maps
    for the resources of the stack that it is.
    """

    types: Mapping[str, str | None] = field(default_factory=dict)
    resources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def resolve(
        self, type_name: str, resource_name: str = "", known: Callable[[str], bool] = anything
    ) -> str:
        """The type or template that a type means for this resource; itself if nothing maps it.

        known: whether there is a type of a name. A mapping that leads to none is passed over.
        """
        found = self._resolved(type_name, resource_name, known, (type_name,))
        return found or self._steps(type_name, resource_name)[-1]

    def _resolved(
        self,
        name: str,
        resource_name: str,
        known: Callable[[str], bool],
        before: tuple[str, ...],
    ) -> str | None:
        """What a type means, by the first mapping that leads to something that is."""
        for target in self._once(name, resource_name) if len(before) <= MAX_STEPS else ():
            if target.endswith((".yaml", ".template")):
                return target
            if target not in before:
                steps = (*before, target)
                found = self._resolved(target, resource_name, known, steps)
                if found is not None:
                    return found
        return name if known(name) else None

    def circles(self, type_name: str, resource_name: str = "") -> tuple[str, ...]:
        """The names on the way where they lead back to one of them; () where they do not."""
        steps = self._steps(type_name, resource_name)
        following = next(self._once(steps[-1], resource_name), None)
        return () if following is None or following == steps[-1] else (*steps, following)

    def _steps(self, type_name: str, resource_name: str) -> list[str]:
        steps = [type_name]
        for _ in range(MAX_STEPS):
            found = next(self._once(steps[-1], resource_name), None)
            if found is None or found in steps:
                break
            steps.append(found)
        return steps

    def _once(self, name: str, resource_name: str) -> Iterator[str]:
        """What a type is mapped to: by the resource's own entries first, then by all others'."""
        for pattern, types in self.resources.items():
            if matches(resource_name, pattern):
                yield from _mapped(types, name)
        yield from _mapped(self.types, name)

    def hooks(self, resource_name: str) -> frozenset[str]:
        """The hooks set for a resource."""
        return self._words(resource_name, "hooks")

    def restricted(self, resource_name: str) -> frozenset[str]:
        """The actions that are restricted for a resource."""
        return self._words(resource_name, "restricted_actions")

    def _words(self, resource_name: str, key: str) -> frozenset[str]:
        return frozenset(
            word
            for pattern, entry in self.resources.items()
            if matches(resource_name, pattern)
            for word in words(entry.get(key))
        )

    def child(self, resource_name: str) -> "Registry":
        """The registry inside the stack that a resource is: what is below its name."""
        below: dict[str, Mapping[str, Any]] = {}
        for pattern, entry in self.resources.items():
            if matches(resource_name, pattern):
                below |= {key: value for key, value in entry.items() if isinstance(value, Mapping)}
        return Registry(self.types, below)

    def without(self, type_name: str) -> "Registry":
        """The registry with one mapping taken away: a type is not itself inside itself."""
        return Registry({k: v for k, v in self.types.items() if k != type_name}, self.resources)

    def over(self, below: "Registry") -> "Registry":
        """This one laid over another; null takes a mapping away."""
        types = {**below.types, **self.types}
        return Registry(types, _merged(below.resources, self.resources))

    def document(self) -> dict[str, Any]:
        """As an environment writes it."""
        return {**self.types, "resources": {k: dict(v) for k, v in self.resources.items()}}


def _mapped(types: Mapping[str, Any], name: str) -> Iterator[str]:
    """What one map makes of a type, in the order of what is written: `A::*` before `A::B`."""
    for pattern in sorted(types):
        target = types[pattern]
        if not isinstance(target, str):
            continue
        if pattern == name:
            yield target
        elif pattern.endswith("*") and name != target and name.startswith(pattern[:-1]):
            rest = name[len(pattern) - 1 :]
            yield target[:-1] + rest if target.endswith("*") else target


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    done = dict(below)
    for key, value in above.items():
        before = done.get(key)
        both = isinstance(value, Mapping) and isinstance(before, Mapping)
        done[key] = _merged(before, value) if both else value  # type: ignore[arg-type]
    return done


def words(value: Any) -> Iterator[str]:
    """A word, or a list of them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        yield from map(str, value)


def matches(name: str, glob: str) -> bool:
    """Whether a name matches a glob with `*`, `?` and `[…]`, case-sensitive."""
    if name == glob:
        return True
    if not any(sign in glob for sign in "*?["):
        return False
    return _compiled(glob).fullmatch(name) is not None


@lru_cache(maxsize=256)
def _compiled(glob: str) -> re.Pattern[str]:
    # `fnmatch` would do it, but it imports `os`. What stands between two stars is taken where it
    # is first found, and never given back: many `.*` in a row would try every way there is.
    first, *others = re.sub(r"\\\[(!?)(.+?)\\\]", _class, re.escape(glob)).split(r"\*")
    *middle, last = others or [""]
    inner = "".join(f"(?>.*?{part})" for part in middle if part)
    text = f"{first}{inner}.*{last}" if others else first
    try:
        return re.compile(text.replace(r"\?", "."), re.DOTALL)
    except re.error:  # a class such as [z-a], which nothing is in
        return re.compile(re.escape(glob))


def _class(match: re.Match[str]) -> str:
    inside = match.group(2).replace(r"\-", "-").replace(r"\*", "*").replace(r"\?", "?")
    return f"[{'^' if match.group(1) else ''}{inside}]"
