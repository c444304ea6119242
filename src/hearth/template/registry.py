"""The resource registry: which type stands for which, in general and for single resources."""

import re
from collections.abc import Iterator, Mapping
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


@dataclass(frozen=True, slots=True)
class Registry:
    """types: type or prefix with `*` → type, prefix with `*`, template name, or None.

    resources: name or glob of a resource → its own types, hooks, restricted_actions, and maps
    for the resources of the stack that it is.
    """

    types: Mapping[str, str | None] = field(default_factory=dict)
    resources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def resolve(self, type_name: str, resource_name: str = "") -> str:
        """The type or template that a type means for this resource; itself if nothing maps it."""
        return self._steps(type_name, resource_name)[-1]

    def circles(self, type_name: str, resource_name: str = "") -> tuple[str, ...]:
        """The names on the way where they lead back to one of them; () where they do not."""
        steps = self._steps(type_name, resource_name)
        following = self._once(steps[-1], resource_name)
        return () if following is None or following == steps[-1] else (*steps, following)

    def _steps(self, type_name: str, resource_name: str) -> list[str]:
        steps = [type_name]
        for _ in range(MAX_STEPS):
            found = self._once(steps[-1], resource_name)
            if found is None or found in steps:
                break
            steps.append(found)
        return steps

    def _once(self, name: str, resource_name: str) -> str | None:
        own = [
            types for pattern, types in self.resources.items() if matches(resource_name, pattern)
        ]
        for types in (*own, self.types):
            found = _mapped(types, name)
            if found is not None:
                return found
        return None

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


def _mapped(types: Mapping[str, Any], name: str) -> str | None:
    """What one map makes of a type: the exact entry, or the longest prefix."""
    exact = types.get(name)
    if isinstance(exact, str):
        return exact
    if name in types:
        return None
    best: tuple[str, str] | None = None
    for pattern, target in types.items():
        if not pattern.endswith("*") or not isinstance(target, str):
            continue
        prefix = pattern[:-1]
        if name.startswith(prefix) and (best is None or len(prefix) > len(best[0])):
            best = (prefix, target)
    if best is None:
        return None
    prefix, target = best
    return target[:-1] + name[len(prefix) :] if target.endswith("*") else target


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
