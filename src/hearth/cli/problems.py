"""How a command fails in front of a person: the problems of a template, the cause, what next."""

from typing import Any

from hearth.cli.errors import Stop
from hearth.cli.output import Output

_WIDEST = 300
"""So much of a line is shown; a document in JSON is often one line."""


def show_stop(out: Output, stop: Stop, texts: dict[str, str]) -> None:
    """Say why a command ends, and what to do next."""
    out.document(
        "error", message=stop.sentence, type=stop.kind, exit_code=int(stop.code),
        problems=stop.problems, next=stop.next_command,
    )  # fmt: skip
    if stop.problems:
        show_problems(out, stop.problems, texts)
    else:
        out.line(f"{out.paint('error', 'red')}: {stop.sentence}")
    if stop.next_command:
        out.line(f"Next    {stop.next_command}")


def show_problems(out: Output, problems: list[dict[str, Any]], texts: dict[str, str]) -> None:
    """Each problem with the excerpt it is about, in the order of the text; then the count."""
    files = list(dict.fromkeys(str(one.get("file") or "template") for one in problems))

    def position(one: dict[str, Any]) -> tuple[int, int, int]:
        file = str(one.get("file") or "template")
        return files.index(file), one.get("line") or 0, one.get("column") or 0

    for problem in sorted(problems, key=position):
        out.line(excerpt(out, problem, texts))
    named = list(dict.fromkeys(str(one["file"]) for one in problems if one.get("file")))
    within = named[0] if len(named) == 1 else f"{len(named)} files"
    out.line(summary(problems) + (f" in {within}" if named else ""))


def summary(problems: list[dict[str, Any]]) -> str:
    """How many there are of each kind."""
    kinds = [str(problem.get("severity", "error")) for problem in problems]
    counted = [_count(kinds.count("error"), "error"), _count(kinds.count("warning"), "warning")]
    if "advice" in kinds:
        counted.append(f"{_count(kinds.count('advice'), 'piece')} of advice")
    return ", ".join(counted)


def excerpt(out: Output, problem: dict[str, Any], texts: dict[str, str]) -> str:
    """One problem: the sentence, where it is, and the line with a caret under it."""
    severity = problem.get("severity", "error")
    style = {"error": "red", "warning": "yellow"}.get(severity, "cyan")
    label = out.paint(f"{severity}[{problem.get('code')}]", style)
    said = f"{label}: {problem.get('message')}"
    line, column = problem.get("line"), problem.get("column") or 1
    hint = problem.get("hint") or ""
    if not line:
        where = f"\n  --> {problem['path']}" if problem.get("path") else ""
        return f"{said}{where}" + (f"\n  = {hint}" if hint else "")
    name = str(problem.get("file") or "template")
    lines = texts.get(name, "").splitlines()
    gutter = " " * len(str(line))
    parts = [said, f"{gutter}--> {name}:{line}:{column}"]
    if line <= len(lines):
        parts += _pointed(lines[line - 1], problem, gutter, hint)
    elif hint:
        parts.append(f"{gutter} = {hint}")
    return "\n".join(parts)


def _pointed(text: str, problem: dict[str, Any], gutter: str, hint: str) -> list[str]:
    line, column = problem["line"], problem.get("column") or 1
    end = problem.get("end_column") or 0
    same_line = problem.get("end_line") in {None, line}
    length = max(1, (end if same_line and end > column else len(text) + 1) - column)
    text, column = _clipped(text, column)
    caret = f"{' ' * (column - 1)}{'^' * min(length, max(1, len(text) - column + 1))}"
    return [f"{gutter} |", f"{line} | {text}", f"{gutter} | {caret} {hint}".rstrip(), f"{gutter} |"]


def _clipped(text: str, column: int) -> tuple[str, int]:
    """What stands around a column of a line that no terminal has room for, and its new column."""
    if len(text) <= _WIDEST:
        return text, column
    first = max(0, column - 1 - _WIDEST // 2)
    shown = text[first : first + _WIDEST]
    before = "…" if first else ""
    after = "…" if first + _WIDEST < len(text) else ""
    return f"{before}{shown}{after}", column - first + len(before)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
