"""Why a stack failed: the one root cause, and what to do next."""

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
    causes = asked(session.heat, stack) or []
    session.out.document("why", name=stack["stack_name"], id=stack["id"], status=status,
                         causes=causes)  # fmt: skip
    rolled = ", after a failure" if causes and status == "ROLLBACK_COMPLETE" else ""
    session.out.line(f"{stack['stack_name']}  {session.out.status(status)}{rolled}")
    if not causes:
        session.out.line("Nothing has failed in what was done last.")
        return 0
    told(session.out, causes)
    session.out.line(f"Next    heat events {stack['stack_name']} --depth 5")
    return 0


def asked(heat: Heat, stack: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The causes, the root cause first; None where the server is one that does not tell them."""
    path = stack_path(str(stack["stack_name"]), str(stack["id"]), "causes")
    try:
        found: list[dict[str, Any]] = heat.get(path)["causes"]
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
