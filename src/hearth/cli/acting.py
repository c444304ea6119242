"""Commands that do something to a stack or to a resource of it, and change no definition."""

from fnmatch import fnmatchcase
from typing import Any

import click

from hearth.cli.client import stack_path
from hearth.cli.deploying import finish
from hearth.cli.errors import Stop
from hearth.cli.hooks import Standing, standing
from hearth.cli.session import Session, argument, command, option
from hearth.cli.watching import Watch


def suspend(session: Session, names: tuple[str, ...], *, wait: bool, timeout: int | None) -> int:
    """Suspend stacks: what can sleep sleeps, and keeps its state."""
    return _act(session, names, "suspend", timeout if wait else None, wait=wait)


def resume(session: Session, names: tuple[str, ...], *, wait: bool, timeout: int | None) -> int:
    """Resume stacks that were suspended."""
    return _act(session, names, "resume", timeout if wait else None, wait=wait)


def check(session: Session, names: tuple[str, ...], *, wait: bool, timeout: int | None) -> int:
    """See whether all that stacks made is still there and well."""
    return _act(session, names, "check", timeout if wait else None, wait=wait)


def _act(
    session: Session, names: tuple[str, ...], action: str, timeout: int | None, *, wait: bool
) -> int:
    worst = 0
    for name in names:
        stack = session.find(name)
        watch = Watch(session.heat, session.out, stack["id"], stack["stack_name"])
        watch.skip_events()
        path = stack_path(stack["stack_name"], stack["id"], "actions")
        session.heat.call("POST", path, {action: None})
        if wait:
            worst = max(worst, finish(session, watch, timeout, deleting=True))
        else:
            session.out.line(f"{name}  {action} has begun; `heat watch {name}` to look")
    return worst


def mark(session: Session, name: str, resource: str, reason: str | None, *, reset: bool) -> int:
    """Mark RESOURCE unhealthy, so that the next update replaces it."""
    body: dict[str, Any] = {"mark_unhealthy": not reset}
    if reason:
        body["resource_status_reason"] = reason
    session.heat.call("PATCH", session.path(name, "resources", resource), body)
    told = "marked well" if reset else "marked unhealthy; the next update replaces it"
    session.out.line(f"{name}/{resource}  {told}")
    return 0


def hooks(session: Session, name: str) -> int:
    """Where a stack stands and waits to be told to go on."""
    found = standing(session, name)
    for one in found:
        session.out.document("hook", resource=one.place, hook=one.hook, since=one.since)
    session.out.table(
        ("resource", "hook", "since"), [(one.place, one.hook, one.since) for one in found]
    )
    return 0


def proceed(session: Session, name: str, patterns: tuple[str, ...], *, hook: str | None) -> int:
    """Let a stack go on past the hooks where it stands, or past those of some resources."""
    wanted = [one for one in standing(session, name) if _wanted(one, patterns, hook)]
    if not wanted:
        raise Stop(f"{name} stands at no such hook", next_command=f"heat hooks {name}")
    for one in wanted:
        session.heat.call("POST", f"{one.path}/signal", {"unset_hook": one.hook})
        session.out.document("hook", resource=one.place, hook=one.hook, since=one.since)
        session.out.line(f"{one.place}  goes on past {one.hook}")
    return 0


def _wanted(one: Standing, patterns: tuple[str, ...], hook: str | None) -> bool:
    named = not patterns or any(fnmatchcase(one.place, pattern) for pattern in patterns)
    return named and hook in (None, one.hook)


_TIMEOUT = option("-t", "--timeout", type=click.IntRange(min=1), metavar="MINUTES",
                  help="How long to wait, in minutes.")  # fmt: skip
_WAIT = option("--wait/--no-wait", default=True, help="Wait for the end (the default).")
_NAMES = argument("names", nargs=-1, required=True)

COMMANDS = (
    command("suspend", suspend, _NAMES, _WAIT, _TIMEOUT),
    command("resume", resume, _NAMES, _WAIT, _TIMEOUT),
    command("check", check, _NAMES, _WAIT, _TIMEOUT),
    command("mark", mark, argument("name"), argument("resource"),
            argument("reason", required=False),
            option("--reset", is_flag=True, help="Take the mark away.")),
    command("hooks", hooks, argument("name")),
    command("proceed", proceed, argument("name"), argument("patterns", nargs=-1),
            option("--hook", metavar="HOOK", help="Only this one, such as pre-create.")),
)  # fmt: skip
