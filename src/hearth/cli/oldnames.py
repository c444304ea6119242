"""The names that the old `heat` program had for what the new verbs do, with its options."""

from typing import Any

import click

from hearth.cli import acting, keeping, looking
from hearth.cli.client import stack_path
from hearth.cli.deploying import ask, cancel
from hearth.cli.errors import Stop
from hearth.cli.files import Bundle
from hearth.cli.session import Session, argument, command, option, pairs, read


def stack_create(session: Session, name: str, *, enable_rollback: bool, **options: Any) -> int:
    """Create a stack (the new name is `deploy`)."""
    if not options["template_file"]:
        raise Stop("no template is named", next_command=f"heat stack-create {name} -f TEMPLATE")
    _, body = _read(options)
    body |= {"stack_name": name, "disable_rollback": not enable_rollback}
    body |= _given(options)
    session.heat.call("POST", "/stacks", body)
    return looking.list_stacks(session, deleted=False, nested=False, limit=None)


def stack_update(session: Session, name: str, *, existing: bool, rollback: str | None,
                 **options: Any) -> int:  # fmt: skip
    """Update a stack (the new name is `deploy`)."""
    body: dict[str, Any] = _given(options)
    if not options["template_file"] and not existing:
        raise Stop("no template is named", next_command=f"heat stack-update {name} -f TEMPLATE")
    if options["template_file"]:
        body |= _read(options)[1]
    else:
        body["parameters"] = pairs(options["parameters"])
    if options["clear_parameters"]:
        body["clear_parameters"] = list(options["clear_parameters"])
    if rollback is not None:
        body["disable_rollback"] = rollback.lower() in {"false", "0", "no", "off", "disabled"}
    method = "PATCH" if existing else "PUT"
    session.heat.call(method, session.path(name), body)
    return looking.list_stacks(session, deleted=False, nested=False, limit=None)


def stack_delete(session: Session, names: tuple[str, ...], *, yes: bool) -> int:
    """Delete stacks (the new name is `delete`)."""
    ask(session, f"Delete {', '.join(names)}?", yes=yes)
    for name in names:
        stack = session.find(name)
        session.heat.call("DELETE", stack_path(stack["stack_name"], stack["id"]))
    return looking.list_stacks(session, deleted=False, nested=False, limit=None)


def stack_list(session: Session, *, show_deleted: bool, show_nested: bool,
               limit: int | None) -> int:  # fmt: skip
    """List stacks (the new name is `list`)."""
    return looking.list_stacks(session, deleted=show_deleted, nested=show_nested, limit=limit)


def stack_show(session: Session, name: str) -> int:
    """Show a stack (the new name is `show`)."""
    return looking.show(session, name)


def stack_preview(session: Session, name: str, **options: Any) -> int:
    """Say what a stack would be (the new name is `plan`)."""
    _, body = _read(options)
    body |= {"stack_name": name} | _given(options)
    found = session.heat.call("POST", "/stacks/preview", body)["stack"]
    session.out.document("stack", stack=found)
    rows = [one for one in found["resources"] if isinstance(one, dict)]
    session.out.table(
        ("resource", "type"), [(one["resource_name"], one["resource_type"]) for one in rows]
    )
    return 0


def stack_adopt(session: Session, name: str, *, adopt_file: str, parameters: tuple[str, ...],
                timeout: int | None, enable_rollback: bool) -> int:  # fmt: skip
    """Adopt a stack (the new name is `adopt`)."""
    given: dict[str, Any] = {"parameters": parameters, "timeout": timeout}
    return keeping.adopt(session, adopt_file, name, enable_rollback=enable_rollback, **given)


def stack_abandon(session: Session, name: str, file: str | None) -> int:
    """Abandon a stack (the new name is `abandon`)."""
    return keeping.abandon(session, name, file, yes=True)


def action_suspend(session: Session, name: str) -> int:
    """Suspend a stack (the new name is `suspend`)."""
    return acting.suspend(session, (name,), wait=False, timeout=None)


def action_resume(session: Session, name: str) -> int:
    """Resume a stack (the new name is `resume`)."""
    return acting.resume(session, (name,), wait=False, timeout=None)


def action_check(session: Session, name: str) -> int:
    """Check a stack (the new name is `check`)."""
    return acting.check(session, (name,), wait=False, timeout=None)


def stack_cancel_update(session: Session, name: str) -> int:
    """Cancel an update (the new name is `cancel`)."""
    return cancel(session, name, no_rollback=False)


def stack_snapshot(session: Session, name: str, label: str | None) -> int:
    """Keep a snapshot of a stack (the new name is `snapshot`)."""
    return keeping.snapshot(session, name, label, wait=False)


def snapshot_list(session: Session, name: str) -> int:
    """List the snapshots of a stack (the new name is `snapshots`)."""
    return keeping.snapshots(session, name, None)


def snapshot_show(session: Session, name: str, snapshot_id: str) -> int:
    """Show a snapshot (the new name is `snapshots`)."""
    return keeping.snapshots(session, name, snapshot_id)


def snapshot_delete(session: Session, name: str, snapshot_id: str, *, yes: bool) -> int:
    """Delete a snapshot (the new name is `forget`)."""
    return keeping.forget(session, name, snapshot_id, yes=yes)


def stack_restore(session: Session, name: str, snapshot_id: str) -> int:
    """Go back to a snapshot (the new name is `restore`)."""
    return keeping.restore(session, name, snapshot_id, yes=True, wait=False)


def resource_mark_unhealthy(session: Session, name: str, resource: str, reason: str | None, *,
                            reset: bool) -> int:  # fmt: skip
    """Mark a resource unhealthy (the new name is `mark`)."""
    return acting.mark(session, name, resource, reason, reset=reset)


def hook_poll(session: Session, name: str, depth: int | None) -> int:
    """List where a stack stands (the new name is `hooks`)."""
    del depth  # all of it is told
    return acting.hooks(session, name)


def hook_clear(session: Session, name: str, patterns: tuple[str, ...], **hooks: bool) -> int:
    """Clear hooks (the new name is `proceed`)."""
    wished = [hook.replace("_", "-") for hook, said in hooks.items() if said] or ["pre-create"]
    return max(acting.proceed(session, name, patterns, hook=hook) for hook in wished)


def _read(options: dict[str, Any]) -> tuple[Bundle, dict[str, Any]]:
    """The template with all that goes with it, as the old program sent it."""
    given = options["environments"], options["parameters"]
    return read(options["template_file"], *given, old=True)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    wanted = {"timeout": "timeout_mins", "tags": "tags"}
    return {key: options[name] for name, key in wanted.items() if options.get(name)}


_INPUTS = (
    option("-f", "--template-file", metavar="FILE"),
    option("-u", "--template-url", "template_file", metavar="URL"),
    option("-e", "--environment-file", "environments", multiple=True, metavar="FILE"),
    option("-P", "--parameters", "parameters", multiple=True, metavar="NAME=VALUE;…"),
    option("-t", "--timeout", type=click.IntRange(min=1), metavar="MINUTES"),
    option("--tags", metavar="A,B"),
)

COMMANDS = (
    command("stack-create", stack_create, argument("name"), *_INPUTS,
            option("-r", "--enable-rollback", is_flag=True), hidden=True),
    command("stack-update", stack_update, argument("name"), *_INPUTS,
            option("-x", "--existing", is_flag=True),
            option("--rollback", metavar="VALUE"),
            option("-c", "--clear-parameter", "clear_parameters", multiple=True), hidden=True),
    command("stack-delete", stack_delete, argument("names", nargs=-1, required=True),
            option("-y", "--yes", is_flag=True), hidden=True),
    command("stack-list", stack_list,
            option("-s", "--show-deleted", is_flag=True),
            option("-n", "--show-nested", is_flag=True),
            option("-l", "--limit", type=click.IntRange(min=1)), hidden=True),
    command("stack-show", stack_show, argument("name"), hidden=True),
    command("stack-preview", stack_preview, argument("name"), *_INPUTS,
            option("-r", "--enable-rollback", is_flag=True, expose_value=False), hidden=True),
    command("stack-adopt", stack_adopt, argument("name"),
            option("-a", "--adopt-file", required=True, metavar="FILE"),
            option("-P", "--parameters", "parameters", multiple=True, metavar="NAME=VALUE;…"),
            option("-t", "--timeout", type=click.IntRange(min=1), metavar="MINUTES"),
            option("-r", "--enable-rollback", is_flag=True), hidden=True),
    command("stack-abandon", stack_abandon, argument("name"),
            option("-O", "--output-file", "file", metavar="FILE"), hidden=True),
    command("action-suspend", action_suspend, argument("name"), hidden=True),
    command("action-resume", action_resume, argument("name"), hidden=True),
    command("action-check", action_check, argument("name"), hidden=True),
    command("stack-cancel-update", stack_cancel_update, argument("name"), hidden=True),
    command("stack-snapshot", stack_snapshot, argument("name"),
            option("-n", "--name", "label", metavar="NAME"), hidden=True),
    command("snapshot-list", snapshot_list, argument("name"), hidden=True),
    command("snapshot-show", snapshot_show, argument("name"), argument("snapshot_id"),
            hidden=True),
    command("snapshot-delete", snapshot_delete, argument("name"), argument("snapshot_id"),
            option("-y", "--yes", is_flag=True), hidden=True),
    command("stack-restore", stack_restore, argument("name"), argument("snapshot_id"),
            hidden=True),
    command("resource-mark-unhealthy", resource_mark_unhealthy, argument("name"),
            argument("resource"), argument("reason", required=False),
            option("--reset", is_flag=True), hidden=True),
    command("hook-poll", hook_poll, argument("name"),
            option("-n", "--nested-depth", "depth", type=click.IntRange(min=0)), hidden=True),
    command("hook-clear", hook_clear, argument("name"),
            argument("patterns", nargs=-1, required=True),
            option("--pre-create", is_flag=True), option("--pre-update", is_flag=True),
            option("--pre-delete", is_flag=True), hidden=True),
)  # fmt: skip
