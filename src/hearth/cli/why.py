"""Why a stack failed, or waits: the one root cause, and what to do next."""

from typing import Any

from hearth.cli.client import Heat, stack_path
from hearth.cli.errors import Stop
from hearth.cli.output import Output
from hearth.cli.session import Session, argument, command

TEMPLATE = "template"
"""What a stack's own template is called where its file is not known."""

_ALSO = 5
_INDENT = " " * 8


def why(session: Session, name: str) -> int:
    """Why a stack failed: the root cause, where it is, and what helps."""
    stack = session.find(name)
    status = str(stack["stack_status"])
    answer = _answered(session.heat, stack) or {}
    causes, waiting = answer.get("causes", []), answer.get("waiting", [])
    session.out.document("why", name=stack["stack_name"], id=stack["id"], status=status,
                         causes=causes, waiting=waiting)  # fmt: skip
    rolled = ", after a failure" if causes and status == "ROLLBACK_COMPLETE" else ""
    session.out.line(f"{stack['stack_name']}  {session.out.status(status)}{rolled}")
    waits(session.out, waiting)
    if causes:
        told(session.out, causes)
    if causes or waiting:
        session.out.line(f"Next    heat events {stack['stack_name']} --depth 5")
    else:
        session.out.line("Nothing has failed in what was done last.")
    return 0


def asked(heat: Heat, stack: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The causes, the root cause first; None where the server is one that does not tell them."""
    answer = _answered(heat, stack)
    if answer is None:
        return None
    found: list[dict[str, Any]] = answer["causes"]
    return found


def waited(heat: Heat, stack: dict[str, Any]) -> list[dict[str, Any]]:
    """What of the stack waits for its credentials."""
    found: list[dict[str, Any]] = (_answered(heat, stack) or {}).get("waiting", [])
    return found


def waits(out: Output, waiting: list[dict[str, Any]]) -> None:
    """What waits: since when, until when, for what, and who must act."""
    for one in waiting[:_ALSO]:
        place = "/".join(one["path"]) or one["stack_name"]
        out.line(f"Waits   {place}: {one['action']}, since {one['since']}, until {one['until']}")
        out.line(_INDENT + one["message"])
    if len(waiting) > _ALSO:
        out.line(f"{_INDENT}and {len(waiting) - _ALSO} more")


def _answered(heat: Heat, stack: dict[str, Any]) -> dict[str, Any] | None:
    """All that the server tells; None where it is one that tells nothing of this."""
    path = stack_path(str(stack["stack_name"]), str(stack["id"]), "causes")
    try:
        found: dict[str, Any] = heat.get(path)
    except Stop as stop:
        if stop.status == 404:
            return None
        raise
    return found


def summary(cause: dict[str, Any]) -> str:
    """A cause in a line: where, and what was said."""
    place = "/".join(cause["path"])
    return f"{place}: {cause['message']}" if place else str(cause["message"])


def told(out: Output, causes: list[dict[str, Any]], template: str = TEMPLATE) -> None:
    """The root cause with all that is known of it, and how much else failed."""
    root, *others = causes
    out.line(f"Cause   {summary(root)}")
    for line in (_where(root, template), _call(root), root["hint"]):
        if line:
            out.line(_INDENT + line)
    for label, some in (
        ("Also", [one for one in others if not one["follows"]]),
        ("Stopped", [one for one in others if one["follows"] and one["resource_type"]]),
    ):
        if some:
            out.line(f"{label.ljust(len(_INDENT))}{_named(some)}")


def _where(cause: dict[str, Any], template: str) -> str:
    places = " → ".join(_short(place, template) for place in cause["template"])
    return "  ".join(part for part in (cause["resource_type"], places) if part)


def _named(causes: list[dict[str, Any]]) -> str:
    """What else failed, or was stopped."""
    names = ", ".join("/".join(one["path"]) or "the stack" for one in causes[:_ALSO])
    return names + (f" and {len(causes) - _ALSO} more" if len(causes) > _ALSO else "")


def _short(place: str, template: str) -> str:
    file, _, line = place.rpartition(":")
    return f"{template if file == TEMPLATE else file.rpartition('/')[2]}:{line}"


def _call(cause: dict[str, Any]) -> str:
    call = cause["call"]
    if not call or not call["method"]:
        return ""
    answered = f" answered {call['status']}" if call["status"] else " gave no answer"
    request = f", request {call['request_id']}" if call["request_id"] else ""
    return f"{call['method']} {call['path']} of {call['service']}{answered}{request}"


COMMANDS = (command("why", why, argument("name")),)
