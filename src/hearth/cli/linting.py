"""`heat lint`: everything that can be said of a template without a server."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from hearth.base import Severity, Value
from hearth.cli.errors import Exit, Stop
from hearth.cli.files import Bundle, bundle
from hearth.cli.output import Output
from hearth.cli.problems import show_problems, summary
from hearth.engine import Ask
from hearth.kit import CONSTRAINTS
from hearth.schema import TypeSource, generic
from hearth.serve.expressions.process import Process
from hearth.serve.registry import registry
from hearth.template import Environment, merged, parse, problem_document
from hearth.template.advice import RULES
from hearth.template.lint import Surroundings, fixed
from hearth.template.lint import lint as linted

LEVELS = tuple(one.value for one in Severity)


def lint(out: Output, templates: tuple[str, ...], *, rules: bool, **options: Any) -> int:
    """Lint templates, the worst of them decides on the exit code."""
    if rules:
        return _list_rules(out)
    if not templates:
        raise Stop("no template is named", next_command="heat lint TEMPLATE…")
    types = registry()
    told: list[dict[str, Any]] = []
    with expressions() as syntax:
        for template in templates:
            told += _one(out, types, template, syntax=syntax, **options)
    if len(templates) > 1:
        out.line(f"{summary(told)} in {len(templates)} templates")
    bad = {"error", "warning"} if options["strict"] else {"error"}
    return int(Exit.INVALID if any(one["severity"] in bad for one in told) else Exit.DONE)


def _one(
    out: Output,
    types: TypeSource,
    template: str,
    *,
    environments: tuple[str, ...],
    fix: bool,
    syntax: Callable[[str], str | None],
    **options: Any,
) -> list[dict[str, Any]]:
    found = bundle(template, environments, lenient=True)
    around, problems = surroundings(types, found)
    around = replace(around, syntax=syntax)
    changed = fix and _fix(found, template, around)
    problems += linted(found.template, found.name, around).problems
    levels = LEVELS[: LEVELS.index(options["level"]) + 1]
    documents = found.told([problem_document(one) for one in problems])
    told = [
        one
        for one in documents
        if one["severity"] in levels and one["code"] not in options["ignored"]
    ]
    out.document("lint", template=template, problems=told, fixed=changed)
    if changed:
        out.line(f"{template}: put right what could be")
    if told:
        show_problems(out, told, found.texts())
    else:
        out.line(f"{template}: nothing to say")
    return told


def surroundings(types: TypeSource, found: Bundle) -> tuple[Surroundings, list[Any]]:
    """What goes with a template, and what is wrong with its environments."""
    template, _ = parse(found.template, found.name)
    declared = template.parameters if template else {}
    kinds = {name: one.type for name, one in declared.items()}
    environment, report = Environment(), []
    if found.environment_files:
        environment, problems = merged(found.environment_files, found.files, kinds)
        report = list(problems)
    return Surroundings(types, environment, found.files, anywhere, CONSTRAINTS), report


@contextmanager
def expressions() -> Iterator[Callable[[str], str | None]]:
    """What is wrong with an expression as it is written, from a process that can be stopped."""
    process = Process()

    def syntax(expression: str) -> str | None:
        found = process.answer(Ask("syntax", expression)).value
        return found if isinstance(found, str) else None

    try:
        yield lru_cache(maxsize=1024)(syntax)
    finally:
        process.close()


def anywhere(name: str, value: Value) -> str | None:
    """What a constraint that needs no cloud has against a value."""
    return generic(name, value, time.time())


def _fix(found: Bundle, template: str, around: Surroundings) -> bool:
    """Put right what can be; whether there was anything."""
    path = Path(template)
    after = fixed(found.template, found.name, around)
    if after == found.template:
        return False
    if not path.is_file():
        raise Stop(f"{template} is no file here, so it cannot be put right")
    path.write_text(after, encoding="utf-8")
    found.template = after
    return True


def _list_rules(out: Output) -> int:
    for rule in RULES:
        out.document("rule", id=rule.id, severity=rule.severity.value, about=rule.about)
    out.table(
        ("rule", "severity", "why"), [(one.id, one.severity.value, one.about) for one in RULES]
    )
    return 0
