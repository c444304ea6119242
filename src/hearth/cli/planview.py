"""A plan, as people read it."""

from collections.abc import Iterator, Sequence
from typing import Any

from hearth.cli.output import Output, shown

_SIGNS = {
    "create": "+", "update": "~", "replace": "±", "delete": "-", "adopt": ">", "check": "?",
    "suspend": "=", "resume": "=", "snapshot": "*", "restore": "<",
}  # fmt: skip
_PERHAPS = "≈"
_STYLES = {"+": "green", "~": "yellow", "±": "yellow", _PERHAPS: "yellow", "-": "red"}
_WORDS = (
    ("create", "{} to create"), ("update", "{} in place"), ("replace", "{} to replace"),
    ("perhaps", "{} perhaps to replace"), ("delete", "{} to delete"), ("unchanged", "{} unchanged"),
)  # fmt: skip
_WIDEST = 160
_MOST_PARTS = 8


def changes(plan: dict[str, Any]) -> int:
    """How many steps touch something, and what changes of the stack itself."""
    steps: int = sum(count for what, count in plan["counts"].items() if what != "unchanged")
    return steps + len(plan.get("itself") or ())


def named(plan: dict[str, Any], name: str) -> dict[str, Any]:
    """The plan with the template called by its file's name, not by what the server calls it."""
    return {**plan, "steps": [_named(step, name) for step in plan["steps"]]}


def _named(step: dict[str, Any], name: str) -> dict[str, Any]:
    file, _, line = str(step.get("where") or "").partition(":")
    return {**step, "where": f"{name}:{line}"} if file == "template" else step


def show(out: Output, plan: dict[str, Any], name: str, *, new: bool) -> None:
    """Print the plan; as JSON, one document."""
    out.document("plan", stack=name, new=new, **plan)
    counts = [text.format(plan["counts"].get(what, 0)) for what, text in _WORDS
              if plan["counts"].get(what)]  # fmt: skip
    if plan.get("itself"):
        counts.append("the stack itself changes" if counts else "only the stack itself changes")
    out.line(f"Plan for stack {name}{' (new)' if new else ''}: {', '.join(counts) or 'empty'}")
    _steps(out, plan, "  ")
    _itself(out, plan.get("itself") or ())


def _itself(out: Output, changed: Sequence[dict[str, Any]]) -> None:
    """What changes of the stack beside its resources."""
    if not changed:
        return
    out.line("  " + out.paint("~ the stack itself", "yellow"))
    wide = max(len(change["path"]) for change in changed)
    for change in changed:
        only = change["before"] is None and change["after"] is None
        words = "other words, the same resources" if only else _change(change, "~")
        out.line(f"      {change['path'].ljust(wide)}  {words}")


def _steps(out: Output, plan: dict[str, Any], indent: str) -> None:
    steps = [step for step in plan["steps"] if step["do"] in _SIGNS]
    width = max((len(step["resource"]) for step in steps), default=0)
    for step in steps:
        _step(out, step, indent, width)


def _step(out: Output, step: dict[str, Any], indent: str, width: int) -> None:
    sign = _PERHAPS if step.get("maybe") else _SIGNS[step["do"]]
    reason = step.get("reason") or ""
    head = "   ".join(
        part for part in (
            f"{sign} {step['resource'].ljust(width)}", step["type"], step.get("where") or "",
            reason if sign in "~±≈-" else "",
        ) if part
    )  # fmt: skip
    out.line(indent + (out.paint(head, _STYLES[sign]) if sign in _STYLES else head))
    listed = [one for change in step.get("changes") or () for one in _parts(change)]
    listed = listed or _given(step)
    wide = max((len(change["path"]) for change in listed), default=0)
    for change in listed:
        out.line(f"{indent}    {change['path'].ljust(wide)}  {_change(change, sign)}")
    if nested := step.get("nested"):
        _steps(out, nested, f"{indent}  ")


def _parts(change: dict[str, Any]) -> list[dict[str, Any]]:
    """A change as what differs inside: a long list of rules is not shown for one of them."""
    found = list(_inside(change["path"], change.get("before"), change.get("after")))
    return found if 0 < len(found) <= _MOST_PARTS else [change]


def _inside(path: str, before: Any, after: Any) -> Iterator[dict[str, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _inside(f"{path}.{key}", before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _inside(f"{path}[{place}]", old, new)
    elif before != after:
        yield {"path": path, "before": before, "after": after}


def _given(step: dict[str, Any]) -> list[dict[str, Any]]:
    """What a new resource is given, in the form of changes."""
    given = step.get("properties") or {}
    return [{"path": name, "after": value} for name, value in given.items() if value is not None]


def _change(change: dict[str, Any], sign: str) -> str:
    after = _short(change.get("after"))
    if sign == "+":
        return after
    return f"{_short(change.get('before'))} → {after}"


def _short(value: Any) -> str:
    text = shown(value).replace("\n", "⏎")
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"
