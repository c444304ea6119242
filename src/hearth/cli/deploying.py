"""Commands that change something: deploy, delete, cancel; plan says what would change."""

import re
import sys
from pathlib import Path
from typing import Any

import click

from hearth.cli import planview, why
from hearth.cli.client import stack_path
from hearth.cli.errors import Exit, Stop
from hearth.cli.files import Bundle
from hearth.cli.output import seconds, shown
from hearth.cli.session import Session, argument, command, inputs, option, read
from hearth.cli.watching import Watch

_HOUR_S = 3600.0
_GRACE_S = 60.0
_LONGEST = 255
_NAME_IS = re.compile(r"([a-zA-Z][\w.-]{0,254})?", re.ASCII)


def deploy(session: Session, template: str, name: str | None, **options: Any) -> int:
    """Make a stack be what TEMPLATE says, whether it is new or not."""
    bundle, body = read(template, options["environments"], options["parameters"])
    name = name or _stem(template)
    stack = session.look_for(name)
    body |= _settings(options, stack)
    plan = _plan(session, bundle, body, name, stack)
    planview.show(session.out, plan, name, new=stack is None)
    if stack is not None and not planview.changes(plan) and _settled(stack):
        session.out.line("Nothing to do.")
        return _outputs(session, name)
    ask(session, "Apply?", yes=options["yes"])
    watch = _watch(session, name, stack)
    stack_id = _send(session, bundle, body, name, stack)
    watch.stack_id, watch.template = stack_id, bundle.name
    return finish(session, watch, options["timeout"])


def plan(session: Session, template: str, name: str | None, *, exit_code: bool,
         **options: Any) -> int:  # fmt: skip
    """Say what `heat deploy` would do, and do nothing."""
    bundle, body = read(template, options["environments"], options["parameters"])
    name = name or _stem(template)
    stack = session.look_for(name)
    found = _plan(session, bundle, body, name, stack)
    planview.show(session.out, found, name, new=stack is None)
    pending = stack is None or planview.changes(found) > 0
    return int(Exit.CHANGES_PENDING) if exit_code and pending else 0


def delete(session: Session, names: tuple[str, ...], *, yes: bool, wait: bool, timeout: int | None
           ) -> int:  # fmt: skip
    """Delete stacks and all that they made."""
    stacks = [session.find(name) for name in names]
    ask(session, f"Delete {', '.join(names)}?", yes=yes)
    worst = 0
    for name, stack in zip(names, stacks, strict=True):
        watch = Watch(session.heat, session.out, stack["id"], stack["stack_name"])
        watch.skip_events()
        session.heat.call("DELETE", stack_path(stack["stack_name"], stack["id"]))
        if wait:
            worst = max(worst, finish(session, watch, timeout, deleting=True))
        else:
            session.out.line(f"{name}  deletion has begun; `heat watch {name}` to look")
    return worst


def watch(session: Session, name: str, timeout: int | None) -> int:
    """Look at a stack's work until it rests."""
    stack = session.find(name)
    seen = Watch(session.heat, session.out, stack["id"], stack["stack_name"])
    seen.over = not stack["stack_status"].endswith("IN_PROGRESS")
    deleting = stack["stack_status"].startswith("DELETE")
    return finish(session, seen, timeout, deleting=deleting)


def cancel(session: Session, name: str, *, no_rollback: bool) -> int:
    """Stop the update under way and go back to what was before."""
    stack = session.find(name)
    action = "cancel_without_rollback" if no_rollback else "cancel_update"
    path = stack_path(stack["stack_name"], stack["id"], "actions")
    session.heat.call("POST", path, {action: None})
    session.out.line(f"{name}  cancelling; `heat watch {name}` to look")
    return 0


def _stem(template: str) -> str:
    return Path(template).stem


def _settled(stack: dict[str, Any]) -> bool:
    return str(stack["stack_status"]).endswith("_COMPLETE")


def _settings(options: dict[str, Any], stack: dict[str, Any] | None) -> dict[str, Any]:
    """What is said of the stack itself. The tags that it has stay, unless others are given."""
    settings: dict[str, Any] = {"disable_rollback": bool(options["no_rollback"])}
    if options["timeout"]:
        settings["timeout_mins"] = options["timeout"]
    has = ",".join((stack or {}).get("tags") or ())
    tags = options["tags"] if options["tags"] is not None else has
    if tags:
        settings["tags"] = tags
    return settings


def _plan(
    session: Session, bundle: Bundle, body: dict[str, Any], name: str, stack: dict[str, Any] | None
) -> dict[str, Any]:
    path = stack_path(stack["stack_name"], stack["id"], "plan") if stack else "/stacks/plan"
    method = "PUT" if stack else "POST"
    answered = _explained(session, bundle, method, path, {**body, "stack_name": name})
    found: dict[str, Any] = answered["plan"]
    return planview.named(found, bundle.name)


def _send(
    session: Session, bundle: Bundle, body: dict[str, Any], name: str, stack: dict[str, Any] | None
) -> str:
    if stack is None:
        made = _explained(session, bundle, "POST", "/stacks", {**body, "stack_name": name})
        return str(made["stack"]["id"])
    _explained(session, bundle, "PUT", stack_path(stack["stack_name"], stack["id"]), body)
    return str(stack["id"])


def _explained(
    session: Session, bundle: Bundle, method: str, path: str, body: dict[str, Any]
) -> Any:
    """Send; a template's problems are then shown with the lines they are about."""
    try:
        return session.heat.call(method, path, body)
    except Stop as stop:
        stop.texts, stop.problems = bundle.texts(), bundle.told(stop.problems)
        stop.next_command = stop.next_command or _given_next(stop, bundle, body)
        raise


def _given_next(stop: Stop, bundle: Bundle, body: dict[str, Any]) -> str:
    """How to give the parameters, where nothing but those is missing; else what tells more."""
    name = str(body.get("stack_name") or "")
    if stop.code is Exit.INVALID and not _NAME_IS.fullmatch(name):
        plain = re.sub(r"^[^a-zA-Z]+", "", re.sub(r"[^\w.-]", "-", name, flags=re.ASCII))[:_LONGEST]
        return f"heat deploy {bundle.place} --name {plain or 'NAME'}"
    if {one.get("code") for one in stop.problems} != {"missing-parameter"}:
        return f"heat validate {bundle.place}" if stop.code is Exit.INVALID else ""
    names = [re.search(r"\((.+?)\)", str(one["message"])) for one in stop.problems]
    given = " ".join(f"-P {found.group(1)}=…" for found in names if found)
    named = f" --name {name}" if name else ""
    return f"heat deploy {bundle.place}{named} {given}"


def ask(session: Session, question: str, *, yes: bool) -> None:
    """Ask whether to go ahead, unless that was said; ends the command where it is not wanted."""
    if yes:
        return
    if session.out.as_json or not sys.stdin.isatty():
        again = f"{click.get_current_context().command_path} … --yes"
        raise Stop("nobody is there to be asked; add --yes to go ahead", next_command=again)
    if not click.confirm(question, default=False):
        raise click.Abort


def _watch(session: Session, name: str, stack: dict[str, Any] | None) -> Watch:
    seen = Watch(session.heat, session.out, stack["id"] if stack else "", name)
    if stack:
        seen.skip_events()
    return seen


def finish(
    session: Session, seen: Watch, timeout_mins: int | None, *, deleting: bool = False
) -> int:
    """Follow the work to its end, then say what came of it."""
    limit = (timeout_mins * 60.0 if timeout_mins else _HOUR_S) + _GRACE_S
    try:
        stack = seen.follow(limit)
    except KeyboardInterrupt:
        session.out.line(f"\nstill running on the server; `heat watch {seen.name}` to look again")
        return int(Exit.STILL_RUNNING)
    took = "" if seen.over else f"  {seconds(seen.elapsed())}"
    if stack is None:
        _result(session, seen, "DELETE_COMPLETE")
        session.out.line(f"{seen.name}  deleted{took}")
        return 0
    if stack["stack_status"].endswith("COMPLETE") and not stack["stack_status"].startswith("ROLL"):
        _result(session, seen, stack["stack_status"])
        session.out.line(f"{seen.name}  {session.out.status(stack['stack_status'])}{took}")
        return 0 if deleting else _outputs(session, seen.name)
    return _failed(session, seen, stack, took)


def _failed(session: Session, seen: Watch, stack: dict[str, Any], took: str) -> int:
    rolled = stack["stack_status"] == "ROLLBACK_COMPLETE"
    told = "failed and rolled back" if rolled else stack["stack_status_reason"]
    session.out.line(f"{seen.name}  {session.out.status(stack['stack_status'])}{took}  {told}")
    causes = why.asked(session.heat, stack)
    cause = why.summary(causes[0]) if causes else _from_events(seen, stack)
    _result(session, seen, stack["stack_status"], cause)
    if causes:
        why.told(session.out, causes, seen.template)
    else:
        session.out.line(f"Cause   {cause}")
    session.out.line(f"Next    heat events {seen.name}")
    return int(Exit.ROLLED_BACK if rolled else Exit.FAILED)


def _from_events(seen: Watch, stack: dict[str, Any]) -> str:
    """The cause as events tell it: what a server that keeps no causes has."""
    first = seen.first_failure()
    if first is None:
        return str(stack["stack_status_reason"])
    return f"{_place(first, seen)}: {first['resource_status_reason']}"


def _result(session: Session, seen: Watch, status: str, cause: str = "") -> None:
    """How the work ended, for programs."""
    session.out.document("result", name=seen.name, id=seen.stack_id, status=status, cause=cause)


def _place(event: dict[str, Any], seen: Watch) -> str:
    """What an event is about; in a nested stack, with that stack's name."""
    name = str(event["resource_name"])
    hrefs = [link["href"] for link in event.get("links", ()) if link["rel"] == "stack"]
    stack = hrefs[0].split("/")[-2] if hrefs else seen.name
    return name if stack in (seen.name, name) else f"{stack}/{name}"


def _outputs(session: Session, name: str) -> int:
    stack = session.heat.get(stack_path(name))["stack"]
    found = stack.get("outputs") or []
    session.out.document("outputs", stack=name, outputs=found)
    if found:
        session.out.line("Outputs")
        width = max(len(output["output_key"]) for output in found)
        for output in found:
            value = output.get("output_error") or shown(output.get("output_value"))
            session.out.line(f"  {output['output_key'].ljust(width)}  {value}")
    return 0


_TIMEOUT = option("-t", "--timeout", type=click.IntRange(min=1), metavar="MINUTES",
                  help="How long the work may take, in minutes.")  # fmt: skip
_NAME = option("-n", "--name", metavar="STACK", help="The stack's name; else the file's.")
_YES = option("-y", "--yes", is_flag=True, help="Do not ask.")

COMMANDS = (
    command("deploy", deploy, *inputs(), _NAME, _YES, _TIMEOUT,
            option("--no-rollback", is_flag=True, help="Keep what a failure leaves behind."),
            option("--tags", metavar="A,B", help="Tags of the stack, separated by commas.")),
    command("plan", plan, *inputs(), _NAME,
            option("--exit-code", is_flag=True, help="Exit with 2 when changes are pending.")),
    command("delete", delete, argument("names", nargs=-1, required=True), _YES, _TIMEOUT,
            option("--wait/--no-wait", default=True, help="Wait for the end (the default).")),
    command("watch", watch, argument("name"), _TIMEOUT),
    command("cancel", cancel, argument("name"),
            option("--no-rollback", is_flag=True, help="Stop, and leave things as they are.")),
)  # fmt: skip
