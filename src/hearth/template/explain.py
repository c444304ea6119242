"""A problem as people read it: where, the line, and what to do."""

from collections.abc import Iterable

from hearth.base import Problem, Severity


def explain(problem: Problem, text: str = "") -> str:
    """The problem with its line of the text and a mark under what is meant."""
    head = f"{problem.severity.value}[{problem.code}]: {problem.sentence}"
    span = problem.span
    if span is None:
        return head + (f"\n  = {problem.hint}" if problem.hint else "")
    lines = text.splitlines()
    if not 0 < span.line <= len(lines):
        tail = f"\n  = {problem.hint}" if problem.hint else ""
        return f"{head}\n  --> {span}{tail}"
    line = lines[span.line - 1]
    number = str(span.line)
    margin = " " * len(number)
    last = span.end_column if span.end_line == span.line else len(line) + 1
    width = max(1, min(last, len(line) + 1) - span.column)
    mark = " " * _columns(line[: span.column - 1]) + "^" * width
    hint = f" {problem.hint}" if problem.hint else ""
    return "\n".join(
        (
            head,
            f"{margin}--> {span}",
            f"{margin} |",
            f"{number} | {line.expandtabs(4)}",
            f"{margin} | {mark}{hint}",
            f"{margin} |",
        )
    )


def _columns(text: str) -> int:
    return len(text.expandtabs(4))


def summary(problems: Iterable[Problem], name: str) -> str:
    """How many there are."""
    found = list(problems)
    errors = sum(one.severity is Severity.ERROR for one in found)
    warnings = len(found) - errors
    plural = ("error" if errors == 1 else "errors", "warning" if warnings == 1 else "warnings")
    return f"{errors} {plural[0]}, {warnings} {plural[1]} in {name}"


def problem_document(problem: Problem) -> dict[str, object]:
    """The problem as the API answers it."""
    span = problem.span
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.sentence,
        "path": problem.path,
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "hint": problem.hint,
    }
