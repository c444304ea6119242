"""Environments: parameters, defaults for all levels, the registry, and where events go."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hearth.base import DEEPEST, Problem, Report, Span, Value, too_deep
from hearth.template.functions import near
from hearth.template.nodes import Mapping as MappingNode
from hearth.template.nodes import Node, node_of, plain_of
from hearth.template.reader import Unreadable, read
from hearth.template.registry import HOOKS, RESTRICTED, Registry, words

SECTIONS = (
    "parameters",
    "parameter_defaults",
    "encrypted_param_names",
    "resource_registry",
    "event_sinks",
    "parameter_merge_strategies",
)
_ENTRIES: Mapping[str, type] = {"event_sinks": dict, "encrypted_param_names": str}
"""What the sections that are lists are lists of."""
_MAPS = ("parameters", "parameter_defaults", "resource_registry", "parameter_merge_strategies")
_LENIENT = ("parameter_merge_strategies",)
"""Where nothing is merged, nobody looks at it."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What an environment says. Values of parameters may be Secret."""

    parameters: Mapping[str, Value] = field(default_factory=dict)
    parameter_defaults: Mapping[str, Value] = field(default_factory=dict)
    registry: Registry = field(default_factory=Registry)
    event_sinks: tuple[Mapping[str, Any], ...] = ()
    encrypted_param_names: tuple[str, ...] = ()
    strategies: Mapping[str, str] = field(default_factory=dict)

    def over(self, below: "Environment") -> "Environment":
        """This one laid over another: a user's over the operator's."""
        return Environment(
            parameters={**below.parameters, **self.parameters},
            parameter_defaults={**below.parameter_defaults, **self.parameter_defaults},
            registry=self.registry.over(below.registry),
            event_sinks=(*below.event_sinks, *self.event_sinks),
            encrypted_param_names=tuple(
                dict.fromkeys((*below.encrypted_param_names, *self.encrypted_param_names))
            ),
        )

    def child(self, resource_name: str, type_name: str = "") -> "Environment":
        """The environment of the stack that a resource is: the defaults hold at every level."""
        registry = self.registry.child(resource_name)
        return replace(
            self,
            parameters={},
            registry=registry.without(type_name) if type_name else registry,
            encrypted_param_names=(),
        )

    def to_document(self) -> dict[str, Any]:
        """As it is stored and answered."""
        return {
            "parameters": dict(self.parameters),
            "parameter_defaults": dict(self.parameter_defaults),
            "resource_registry": self.registry.document(),
            "event_sinks": [dict(sink) for sink in self.event_sinks],
            "encrypted_param_names": list(self.encrypted_param_names),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Environment":
        """From what `to_document` gave."""
        return _environment(document)


def parse_environment(
    source: str | bytes | Mapping[str, Any] | None, name: str = "environment", *, flat: bool = False
) -> tuple[Environment, Report]:
    """An environment from a text or a JSON object, and what is wrong with it.

    flat: a map without sections is one of parameters, as the CFN API sends it.
    """
    report = Report()
    if isinstance(source, str | bytes):
        try:
            node = read(source, name, report)
        except Unreadable as wrong:
            _problem(report, f"it cannot be read: {wrong.sentence}", wrong.span)
            return Environment(), report
    elif too_deep(source):
        _problem(report, f"it is nested more than {DEEPEST} levels deep", None)
        return Environment(), report
    else:
        node = None if source is None else node_of(source, (name, 0, 0, 0, 1))
    if node is None:
        return Environment(), report
    if not isinstance(node, MappingNode):
        sentence = "The environment is not a valid YAML mapping data type."
        _problem(report, sentence, node.span)
        return Environment(), report
    if flat and not any(section in node.entries for section in SECTIONS):
        return Environment(parameters=plain_of(node)), report
    _check(node, report)
    return _environment(_sound(plain_of(node))), report


def _sound(document: dict[str, Any]) -> dict[str, Any]:
    """The sections that are of the right shape, so that one wrong section takes no other away."""
    registry = document.get("resource_registry")
    if isinstance(registry, dict) and "resources" in registry:
        found = registry["resources"]
        own = found if isinstance(found, dict) else {}
        registry["resources"] = {k: v for k, v in own.items() if isinstance(v, dict)}
    for name, kind in _ENTRIES.items():
        if isinstance(document.get(name), list):
            document[name] = [one for one in document[name] if isinstance(one, kind)]
    return {
        key: value
        for key, value in document.items()
        if isinstance(value, dict if key in _MAPS else list)
    }


def _problem(
    report: Report,
    sentence: str,
    span: Span | None,
    hint: str | None = None,
    kind: str = "HTTPBadRequest",
) -> None:
    report.add(
        Problem(
            code="environment",
            sentence=f"Environment not in valid format: {sentence}",
            span=span,
            kind=kind,
            hint=hint,
        )
    )


def _check(node: MappingNode, report: Report) -> None:
    # In the order of the sections, as they have always been looked at; then what is none.
    order = [key for key in SECTIONS if key in node.entries]
    for key in (*order, *(key for key in node.entries if key not in SECTIONS)):
        item = node.entries[key]
        span = node.key_span(key)
        value = plain_of(item)
        if key not in SECTIONS:
            sentence = f'environment has wrong section "{key}"'
            _problem(report, sentence, span, near(key, list(SECTIONS)))
        elif value is None:
            _problem(report, f'environment has empty section "{key}"', span)
        elif key in _MAPS and key not in _LENIENT and not isinstance(value, dict):
            _problem(report, f'"{key}" must be a map', item.span, kind="AttributeError")
        elif key == "event_sinks" and not isinstance(value, list):
            _problem(report, f'"{key}" must be a list', item.span, kind="AttributeError")
        elif key == "event_sinks" and not all(isinstance(one, dict) for one in value):
            _problem(report, f'every entry of "{key}" must be a map', item.span)
        elif key == "event_sinks":
            _check_sinks(value, item.span, report)
    registry = node.entries.get("resource_registry")
    if isinstance(registry, MappingNode):
        own = registry.entries.get("resources")
        _check_types(registry, report)
        _check_own(own, report)
        _check_hooks(own, report)


SINKS = ("zaqar-queue",)


def _check_sinks(sinks: list[Any], span: Span, report: Report) -> None:
    """Whether events are to go where they can."""
    for sink in sinks:
        kind = sink.get("type")
        if kind not in SINKS:
            sentence = f'"event_sinks" has the type {kind!r}; there is {", ".join(SINKS)} only'
            _problem(report, sentence, span, near(str(kind), list(SINKS)), kind="KeyError")


def _check_types(registry: MappingNode, report: Report) -> None:
    """Whether types are mapped to names, or to nothing."""
    for name, item in registry.entries.items():
        value = plain_of(item)
        if name != "resources" and not isinstance(value, str | dict | None):
            sentence = f'"{name}" in "resource_registry" must be mapped to a name'
            _problem(report, sentence, item.span, kind="AttributeError")


def _check_own(node: Node | None, report: Report) -> None:
    """Whether what is said of single resources are maps."""
    if node is None or plain_of(node) is None:
        return
    if not isinstance(node, MappingNode):
        sentence = '"resources" in "resource_registry" must be a map'
        _problem(report, sentence, node.span, kind="AttributeError")
        return
    for name, item in node.entries.items():
        if not isinstance(item, MappingNode) and plain_of(item) is not None:
            sentence = f'"{name}" under "resources" in "resource_registry" must be a map'
            _problem(report, sentence, item.span)


_WRONG_WORD = {"hooks": "InvalidBreakPointHook", "restricted_actions": "InvalidRestrictedAction"}


def _check_hooks(node: Node | None, report: Report) -> None:
    """Whether hooks and restricted actions are such as there are."""
    if not isinstance(node, MappingNode):
        return
    for key, item in node.entries.items():
        allowed = {"hooks": HOOKS, "restricted_actions": RESTRICTED}.get(key)
        if allowed is None:
            _check_hooks(item, report)
            continue
        value = plain_of(item)
        odd = value is not None and not isinstance(value, str | list | tuple)
        for word in [str(value)] if odd else words(value):
            if word not in allowed:
                report.add(
                    Problem(
                        code="environment",
                        sentence=f'Invalid {key[:-1].replace("_", " ")} type "{word}", acceptable '
                        f"types are {', '.join(allowed)}",
                        span=item.span,
                        kind=_WRONG_WORD[key],
                        hint=near(word, list(allowed)),
                    )
                )


def _environment(document: Mapping[str, Any]) -> Environment:
    registry = dict(document.get("resource_registry") or {})
    resources = registry.pop("resources", None) or {}
    base = registry.pop("base_url", None)
    types = {key: _joined(base, value) for key, value in registry.items()}
    return Environment(
        parameters=dict(document.get("parameters") or {}),
        parameter_defaults=dict(document.get("parameter_defaults") or {}),
        registry=Registry(types, resources),
        event_sinks=tuple(document.get("event_sinks") or ()),
        encrypted_param_names=tuple(document.get("encrypted_param_names") or ()),
        strategies=dict(document.get("parameter_merge_strategies") or {}),
    )


def _joined(base: str | None, value: Any) -> Any:
    """A template's name under the base URL, where a client left it to us."""
    relative = isinstance(value, str) and value.endswith((".yaml", ".template"))
    if base and relative and "://" not in value:
        return f"{base.rstrip('/')}/{value}"
    return value


def merged(
    names: list[str], files: Mapping[str, str], types: Mapping[str, str]
) -> tuple[Environment, Report]:
    """The environment files laid over one another, as their merge strategies say.

    types: the declared parameters' types by name; what is not declared is overwritten.
    """
    work = _Merge(types)
    for name in names:
        if name not in files:
            work.problem(f'the environment file "{name}" is not among the files', "KeyError")
            continue
        environment, report = parse_environment(files[name], name)
        work.report.extend(replace(one, kind="ValueError") for one in report)
        work.add(environment, name)
    return work.environment, work.report


class _Merge:
    """Environments laid over one another, one file after the other."""

    def __init__(self, types: Mapping[str, str]) -> None:
        self.types = types
        self.environment = Environment()
        self.strategies: dict[str, str] = {}
        self.report = Report()

    def problem(self, sentence: str, kind: str) -> None:
        self.report.add(Problem(code="environment", sentence=sentence, kind=kind))

    def add(self, new: Environment, name: str) -> None:
        """One more file."""
        before = self.environment
        done = new.over(before)
        self.environment = replace(
            done,
            parameters=self.laid(before.parameters, new.parameters, new.strategies, name),
            parameter_defaults=self.laid(
                before.parameter_defaults, new.parameter_defaults, new.strategies, name
            ),
        )

    def laid(
        self,
        before: Mapping[str, Value],
        new: Mapping[str, Value],
        strategies: Mapping[str, str],
        name: str,
    ) -> dict[str, Value]:
        done = dict(before)
        for key, value in new.items():
            if value is None:
                continue
            # The first file that has a parameter decides; later ones may only say the same.
            general = strategies.get("default", "overwrite")
            strategy = strategies.get(key, self.strategies.get(key, general))
            known = self.strategies.setdefault(key, strategy)
            if known != strategy:
                self.problem(
                    f"Conflicting merge strategy '{strategy}' for parameter '{key}' "
                    f"in file '{name}'.",
                    "ConflictingMergeStrategyForParam",
                )
            done[key] = self.one(key, done.get(key), value, strategy)
        return done

    def one(self, key: str, before: Value, value: Value, strategy: str) -> Value:
        kind = self.types.get(key)
        if strategy == "overwrite" or kind is None:
            return value
        if kind in ("Number", "Boolean"):
            self.problem(
                f"Invalid merge strategy '{strategy}' for parameter '{key}' of type {kind}",
                "ValueError",
            )
            return value
        if before is None:
            return value
        if kind == "Json":
            return _maps(_loaded(before), _loaded(value), deep=strategy == "deep_merge")
        if kind == "CommaDelimitedList":
            return _items(before) + _items(value)
        return f"{before}{value}"


def _loaded(value: Value) -> Value:
    return json.loads(value) if isinstance(value, str) and value else value


def _items(value: Value) -> list[Value]:
    return value.split(",") if isinstance(value, str) else list(value)


def _maps(before: Value, new: Value, *, deep: bool) -> Value:
    if not isinstance(before, dict) or not isinstance(new, dict):
        return new
    done = dict(before)
    for key, value in new.items():
        done[key] = _deep(done.get(key), value) if deep else value
    return done


def _deep(before: Value, new: Value) -> Value:
    if isinstance(before, dict) and isinstance(new, dict):
        return _maps(before, new, deep=True)
    if isinstance(before, list) and isinstance(new, list):
        return before + new
    if isinstance(before, str) and isinstance(new, str):
        return before + new
    return new
