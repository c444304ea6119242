"""The names that the old `heat` program had for what the new verbs do, with its options."""

from typing import Any

import click

from hearth.cli import looking
from hearth.cli.client import stack_path
from hearth.cli.deploying import ask
from hearth.cli.session import Session, argument, command, option, read


def stack_create(session: Session, name: str, *, enable_rollback: bool, **options: Any) -> int:
    """Create a stack (the new name is `deploy`)."""
    _, body = read(options["template_file"], options["environments"], options["parameters"])
    body |= {"stack_name": name, "disable_rollback": not enable_rollback}
    body |= _given(options)
    session.heat.call("POST", "/stacks", body)
    return looking.list_stacks(session, deleted=False, nested=False, limit=None)


def stack_update(session: Session, name: str, *, existing: bool, rollback: str | None,
                 **options: Any) -> int:  # fmt: skip
    """Update a stack (the new name is `deploy`)."""
    body: dict[str, Any] = _given(options)
    if options["template_file"]:
        body |= read(options["template_file"], options["environments"], options["parameters"])[1]
    else:
        pairs = [pair.split("=", 1) for pair in options["parameters"]]
        body["parameters"] = dict(pairs)
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
)  # fmt: skip
