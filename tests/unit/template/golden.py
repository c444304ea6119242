"""Recorded answers, carried out in process: what validating and creating a template comes to.

The cases lie beside the checkout, in ../shared/golden, or where HEARTH_GOLDEN says; where they are
absent, the tests say so. Here no engine runs: resources of OS::Heat's simplest types are "created"
in the order of their graph.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaql
from yaql.language.exceptions import YaqlException

from hearth.base import Problem, Report, Unknown, plain, unknown_in
from hearth.schema import GENERIC, Field, Kind, TypeSchema, generic
from hearth.schema.constraints import Allowed, Custom, Length, Pattern, Range
from hearth.template import (
    Active,
    Around,
    Checks,
    Environment,
    ExpressionFailed,
    Facade,
    Parameters,
    Pseudo,
    Scope,
    Template,
    active,
    bind,
    conditions,
    cycle_problem,
    dependencies,
    evaluate,
    first_met,
    merged,
    parameter_document,
    parse,
    parse_document,
    parse_environment,
    resolved_properties,
    validate,
    walked,
)

_BESIDE = (above / "shared" / "golden" for above in Path(__file__).parents[4:7])
GOLDEN = (
    Path(os.environ["HEARTH_GOLDEN"])
    if "HEARTH_GOLDEN" in os.environ
    else next((path for path in _BESIDE if path.is_dir()), Path("no-golden"))
)
CASES = GOLDEN / "open"
TYPES = GOLDEN.parent / "reference" / "resource_types.json"

_WORDS = """the a an and or not is are was be of for in to with on at by from as it its this that
has have must can cannot could heat_template_version description parameters resources outputs
conditions properties constraints type value default string number json boolean label hidden
template environment resource parameter property output condition section error invalid unknown
missing required name key map list true false null none"""
_COMMON = frozenset(_WORDS.split())


def cases(family: str) -> list[dict[str, Any]]:
    """The cases of one family."""
    found: list[dict[str, Any]] = json.loads((CASES / f"{family}.json").read_text())["cases"]
    return found


def custom(name: str, value: Any) -> str | None:
    """Named constraints: those of no service; those of services are taken to hold."""
    if name in GENERIC:
        return generic(name, value, 1_800_000_000)
    return None if "." in name and name != "no.such" else f'"{value}" does not validate {name}'


CHECKS = Checks(custom)
_ENGINE = yaql.YaqlFactory().create({"yaql.limitIterators": 200, "yaql.memoryQuota": 10_000})


def syntax(expression: str) -> str | None:
    """What is wrong with an expression as it is written."""
    try:
        _ENGINE(expression)
    except YaqlException as wrong:
        return str(wrong)
    return None


def expressions(expression: str, data: Any) -> Any:
    """The result of an expression."""
    context = yaql.create_context()
    try:
        return _ENGINE(expression).evaluate({"data": data}, context)
    except (YaqlException, KeyError, ValueError, TypeError) as wrong:
        raise ExpressionFailed(str(wrong)) from None


class Types:
    """The schemas of the reference, as a TypeSource."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = json.loads(TYPES.read_text())["resource_types"]

    def find(self, name: str) -> TypeSchema | None:
        """The schema of a type."""
        facts = self.known.get(name)
        if facts is None:
            return None
        return TypeSchema(
            name=name,
            properties={k: field_of(k, v) for k, v in facts["properties"].items()},
            attributes={k: Field(name=k, key=k) for k in facts["attributes"]},
            update_policy={k: field_of(k, v) for k, v in facts.get("update_policy", {}).items()},
            anything_goes=name == "OS::Heat::None",
            nesting=facts["nested_stack"],
            any_attribute="get_attribute" in facts["overrides"],
            snapshots="handle_snapshot_delete" in facts["handlers"],
        )

    def names(self) -> list[str]:
        """All names."""
        return list(self.known)


def field_of(key: str, facts: Mapping[str, Any]) -> Field:
    """A property of the reference as a Field."""
    items = facts.get("items")
    made = Field(
        name=key,
        key=key,
        kind=Kind(facts["type"]),
        required=facts["required"],
        update=facts["update_allowed"],
        implemented=facts.get("implemented", True),
        constraints=tuple(_constraint(one) for one in facts.get("constraints", ())),
        item=field_of("", items) if items else None,
        fields={k: field_of(k, v) for k, v in facts.get("schema", {}).items()},
    )
    return replace(made, default=facts["default"]) if "default" in facts else made


def _constraint(facts: Mapping[str, Any]) -> Any:
    match facts:
        case {"range": bounds}:
            return Range(**bounds)
        case {"length": bounds}:
            return Length(**bounds)
        case {"allowed_values": values}:
            return Allowed(tuple(values))
        case {"allowed_pattern": regex}:
            return Pattern(regex)
        case _:
            return Custom(facts["custom_constraint"])


class Stack:
    """One step of a case, as far as templates decide it."""

    def __init__(self, step: Mapping[str, Any], name: str, types: Types) -> None:
        self.step = step
        self.name = name
        self.types = types
        self.strict = step["op"] != "validate"
        self.problems: list[Problem] = []

    def answer(self) -> dict[str, Any]:
        """What the service would answer."""
        template, environment = self.read()
        if template is None or self.errors():
            return self.refused()
        pseudo = Pseudo(self.name, "11111111-1111-4111-8111-111111111111", "f" * 32)
        # With environment_files, what the request gives beside them does not count.
        given = {} if self.step.get("environment_files") else self.step.get("parameters") or {}
        parameters, report = bind(template, environment, given, pseudo, CHECKS, strict=self.strict)
        self.problems.extend(report)
        if self.errors():
            return self.refused()
        around = Around(
            files=self.files(),
            custom=CHECKS.custom,
            expressions=expressions,
            syntax=syntax,
            pseudo=pseudo,
            strict=self.strict,
        )
        self.problems.extend(validate(template, environment, parameters, self.types, around))
        if self.errors():
            return self.refused()
        return self.accepted(template, environment, parameters)

    def given(self, environment: Environment, name: str) -> Any:
        given = self.step.get("parameters") or {}
        return given.get(name, environment.parameters.get(name))

    def files(self) -> dict[str, str]:
        return dict(self.step.get("files") or {})

    def read(self) -> tuple[Template | None, Environment]:
        """The template and the environment."""
        body = {**self.step, **self.step.get("raw_body", {})}
        source = body.get("template") or ""
        if isinstance(source, dict):
            template, report = parse_document(source, "root stack")
        else:
            template, report = parse(source, "root stack")
        self.problems.extend(report)
        names = body.get("environment_files")
        if names:
            types = {} if template is None else template.parameters
            kinds = {name: one.type for name, one in types.items()}
            environment, report = merged(names, self.files(), kinds)
        else:
            environment, report = parse_environment(body.get("environment"))
        self.problems.extend(report)
        return template, environment

    def errors(self) -> list[Problem]:
        return Report(list(self.problems)).errors

    def refused(self) -> dict[str, Any]:
        first = first_met(self.errors())
        kind = first.kind
        if not self.strict and kind == "StackValidationFailed":
            kind = "HTTPBadRequest"
        return {"type": kind, "message": f"{first.upstream or ''} {first.sentence}"}

    def accepted(
        self, template: Template, environment: Environment, parameters: Parameters
    ) -> dict[str, Any]:
        """The parts of a successful answer that are looked at."""
        if self.step["op"] == "validate":
            return {
                "parameters": {
                    name: parameter_document(one, self.given(environment, name))
                    for name, one in template.parameters.items()
                }
            }
        shown = {
            name: text for name, text in parameters.shown().items() if name in template.parameters
        }
        run = Run(template, environment, parameters, self)
        outputs = run.outputs()
        return {"outputs": outputs, "parameters": shown, "required_by": run.required_by()}


class Run:
    """The resources of a template, "created"."""

    def __init__(
        self,
        template: Template,
        environment: Environment,
        parameters: Parameters,
        stack: Stack,
        facade: Facade | None = None,
    ) -> None:
        self.template = template
        self.environment = environment
        self.stack = stack
        self.attributes: dict[str, dict[str, Any]] = {}
        self.scope = Scope(
            parameters=parameters,
            files=stack.files(),
            expressions=expressions,
            mappings=template.mappings,
            references=self.reference,
            attributes=self.attribute,
            facade=facade,
        )
        self.scope = replace(self.scope, conditions=conditions(template, self.scope))
        self.active: Active = active(template, self.scope)
        self.scope = replace(self.scope, resources=frozenset(self.active.resources))
        self.graph = dependencies(self.active.resources, self.scope)
        assert cycle_problem(template, self.active.resources, self.graph) is None
        for name in self.graph.order():
            self.create(name)

    def create(self, name: str) -> None:
        definition = self.active.resources[name]
        schema = self.stack.types.find(definition.type)
        if schema is None:
            return
        found = resolved_properties(self.template, definition, schema, self.scope)
        values = plain(found.values)
        known = {"OS::Heat::TestResource": "output", "OS::Heat::Value": "value"}
        key = known.get(definition.type)
        if key and not unknown_in(values):
            self.attributes[name] = {key: values.get("value")}

    def reference(self, name: str) -> Any:
        return f"{self.stack.name}-{name}-abcdefghijkl"

    def attribute(self, name: str, path: tuple[Any, ...]) -> Any:
        if name not in self.attributes:
            return Unknown(name)
        if path[:1] == ("show",):
            return None
        return walked(self.attributes[name], path)

    def required_by(self) -> dict[str, list[str]]:
        return {name: sorted(self.graph.required_by(name)) for name in self.graph.nodes()}

    def outputs(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, output in self.template.outputs.items():
            entry: dict[str, Any] = {"value": None}
            if output.description:
                entry["description"] = output.description
            if name in self.active.outputs:
                own = replace(self.scope, report=Report())
                value = plain(evaluate(output.value, own))
                if own.report.errors:
                    entry["error"] = own.report.errors[0].sentence
                else:
                    entry["value"] = value
            found[name] = entry
        return found


def differences(case: Mapping[str, Any], step: Mapping[str, Any], types: Types) -> list[str]:
    """Where our answer differs from the recorded one; [] if nowhere; ["left out: …"] apart."""
    expected = step["expected"]
    name = case.get("stack_name") or "gc00000000"
    got = Stack(step, name, types).answer()
    words = _words(case)
    if "error" in expected:
        return _errors(expected["error"], got, words)
    if "type" in got:
        return [f"refused: {got['type']}: {got['message']}"]
    if step["op"] == "validate":
        wanted = expected["body"].get("Parameters", {})
        return [] if wanted == got["parameters"] else [f"{wanted} != {got['parameters']}"]
    return list(_state(expected, got, words))


def _state(expected: Mapping[str, Any], got: Mapping[str, Any], words: set[str]) -> Iterator[str]:
    for key, wanted in expected.get("outputs", {}).items():
        mine = got["outputs"].get(key, {})
        if unknown_in(mine.get("value")):
            yield f"left out: {key} is known only to an engine"
        elif "error" in wanted:
            yield from _lacking(wanted["error"], mine.get("error"), words)
        elif _normal(wanted) != _normal(mine):
            yield f"{key}: {wanted} != {mine}"
    if "parameters" in expected and expected["parameters"] != got["parameters"]:
        yield f"parameters: {expected['parameters']} != {got['parameters']}"
    for key, wanted in (
        expected.get("resources", {}).items() if isinstance(expected.get("resources"), dict) else ()
    ):
        mine = got["required_by"].get(key)
        if wanted["required_by"] != mine:
            yield f"{key}: required by {wanted['required_by']} != {mine}"
    if isinstance(expected.get("resources"), list):
        yield from _previewed(expected["resources"], got["required_by"])


def _previewed(wanted: list[Any], got: Mapping[str, list[str]]) -> Iterator[str]:
    for one in wanted:
        if isinstance(one, dict) and one["required_by"] != got.get(one["name"]):
            yield f"{one['name']}: {one['required_by']} != {got.get(one['name'])}"


def _normal(value: Any) -> Any:
    text = json.dumps(value, sort_keys=True)
    text = re.sub(r"gc[0-9a-f]{8}", "gc", text)
    text = re.sub(r"-[a-z0-9]{12}\b", "-<rand>", text).replace("NaN", '"<NaN>"')
    text = text.replace("Infinity", '"<Infinity>"').replace('"<"<Infinity>">"', '"<Infinity>"')
    text = text.replace('"<"<NaN>">"', '"<NaN>"')
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<uuid>", text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "<time>", text)


def _errors(wanted: Mapping[str, Any], got: Mapping[str, Any], words: set[str]) -> list[str]:
    if "type" not in got:
        return [f"accepted, but {wanted['type']}: {wanted['message']}"]
    if got["type"] != wanted["type"]:
        return [f"{wanted['type']} != {got['type']}: {wanted['message']} | {got['message']}"]
    return list(_lacking(wanted["message"], got["message"], words))


def _lacking(wanted: Any, mine: str | None, words: set[str]) -> Iterator[str]:
    if not isinstance(wanted, str) or wanted.startswith("The server could not comply"):
        return
    if not mine:
        yield f"no error, but {wanted}"
        return
    quoted = set(re.findall(r"""["'`(]([\w.:-]+)["'`)]""", wanted)) & words
    free = {word.strip(".:-") for word in re.findall(r"[\w.:-]+", wanted)} & words
    free = {w for w in free if len(w) > 1 and w.lower() not in _COMMON and not w.isdigit()}
    lacks = sorted(word for word in quoted | free if word not in mine)
    if lacks:
        yield f"does not name {lacks}: {wanted} | {mine}"


def _words(case: Mapping[str, Any]) -> set[str]:
    meta = {"expected", "family", "requires", "op", "check", "unstable", "rest", "name"}
    words: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                if key not in meta:
                    words.update(re.findall(r"[\w.:-]+", str(key)))
                    walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        else:
            words.update(re.findall(r"[\w.:-]+", str(value)))

    walk(dict(case))
    return words | {word.strip(".:-") for word in words}
