"""Commands that only look: list, show, resources, tree, events, outputs, validate."""

import time
from typing import Any

import click

from hearth.cli import why
from hearth.cli.client import stack_path
from hearth.cli.errors import Exit, Stop
from hearth.cli.output import shown
from hearth.cli.problems import show_problems
from hearth.cli.session import Session, argument, command, inputs, option, read
from hearth.cli.watching import Watch

_FOLLOW_S = 0.5
_SHOWN = (
    ("stack_name", "name"), ("id", "id"), ("stack_status", "status"),
    ("stack_status_reason", "reason"), ("template_description", "description"),
    ("creation_time", "created"), ("updated_time", "updated"), ("timeout_mins", "timeout"),
    ("disable_rollback", "no rollback"), ("tags", "tags"),
)  # fmt: skip


def list_stacks(session: Session, *, deleted: bool, nested: bool, limit: int | None) -> int:
    """The stacks of the project."""
    stacks = session.heat.get(
        "/stacks", limit=limit, show_deleted=_flag(deleted), show_nested=_flag(nested)
    )["stacks"]
    for stack in stacks:
        session.out.document("stack", stack=stack)
    session.out.table(
        ("name", "status", "created", "updated", "id"),
        [(s["stack_name"], s["stack_status"], s["creation_time"], s["updated_time"], s["id"])
         for s in stacks],
    )  # fmt: skip
    return 0


def show(session: Session, name: str) -> int:
    """One stack: its state, parameters and outputs."""
    stack = session.heat.get(stack_path(name))["stack"]
    session.out.document("stack", stack=stack)
    for key, label in _SHOWN:
        value = stack.get(key)
        if value not in (None, "", []):
            text = session.out.status(value) if key == "stack_status" else shown(value)
            session.out.line(f"{label:<12} {text}")
    given = {key: value for key, value in stack["parameters"].items() if "::" not in key}
    _section(session, "Parameters", given)
    _section(session, "Outputs", {
        output["output_key"]: output.get("output_error") or output["output_value"]
        for output in stack.get("outputs") or []
    })  # fmt: skip
    why.waits(session.out, why.waited(session.heat, stack))
    if str(stack["stack_status"]).endswith("FAILED") and (causes := why.asked(session.heat, stack)):
        why.told(session.out, causes)
        session.out.line(f"Next    heat why {stack['stack_name']}")
    return 0


def resources(session: Session, name: str, *, depth: int) -> int:
    """What a stack is made of."""
    rows = session.heat.get(session.path(name, "resources"), nested_depth=depth)["resources"]
    for row in rows:
        session.out.document("resource", resource=row)
    session.out.table(
        ("resource", "type", "status", "physical id", "updated"),
        [(_path(row), row["resource_type"], row["resource_status"],
          row["physical_resource_id"], row["updated_time"]) for row in rows],
    )  # fmt: skip
    return 0


def tree(session: Session, name: str) -> int:
    """What a stack is made of, as a tree."""
    stack = session.find(name)
    path = stack_path(stack["stack_name"], stack["id"], "resources")
    rows = session.heat.get(path, nested_depth=5)["resources"]
    for row in rows:
        session.out.document("resource", resource=row)
    session.out.line(f"{stack['stack_name']}  {session.out.status(stack['stack_status'])}")
    by_stack: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_stack.setdefault(_link(row, "stack"), []).append(row)
    top = next((_link(row, "stack") for row in rows if not row.get("parent_resource")), "")
    _branch(session, by_stack, top, "")
    return 0


def events(session: Session, name: str, *, follow: bool, depth: int, limit: int | None) -> int:
    """What has happened to a stack; --follow goes on."""
    stack = session.find(name)
    seen = Watch(session.heat, session.out, stack["id"], stack["stack_name"], depth)
    told = seen.events()
    for event in told[-limit:] if limit else told:
        _event(session, event)
    while follow:
        try:
            time.sleep(_FOLLOW_S)
            for event in seen.events():
                _event(session, event)
        except KeyboardInterrupt:
            return 0
    return 0


def outputs(session: Session, name: str, key: str | None) -> int:
    """A stack's outputs, or the value of one."""
    path = session.path(name, "outputs")
    if key is not None:
        output = session.heat.get(f"{path}/{key}")["output"]
        session.out.document("output", output=output)
        if output.get("output_error"):
            raise Stop(f'the output "{key}" has no value: {output["output_error"]}', Exit.FAILED)
        session.out.line(shown(output["output_value"]))
        return 0
    found = session.heat.get(stack_path(name))["stack"].get("outputs") or []
    for output in found:
        session.out.document("output", output=output)
    _section(session, "", {o["output_key"]: o.get("output_error") or o["output_value"]
                           for o in found})  # fmt: skip
    return 0


def validate(session: Session, template: str, **options: Any) -> int:
    """Find everything that is wrong with TEMPLATE."""
    bundle, body = read(template, options["environments"], options["parameters"], lenient=True)
    if not body["parameters"]:
        del body["parameters"]
    try:
        answered = session.heat.call("POST", "/validate", body, {"with_problems": "true"})
    except Stop as stop:
        stop.texts, stop.problems = bundle.texts(), bundle.told(stop.problems)
        stop.code = Exit.INVALID if stop.problems else stop.code
        stop.next_command = stop.next_command or f"heat validate {bundle.place}"
        raise
    warnings = bundle.told(answered.get("problems") or [])
    session.out.document("validation", **(answered | {"problems": warnings}))
    if warnings:
        show_problems(session.out, warnings, bundle.texts())
    session.out.line(f"{bundle.name} is valid")
    _section(session, "Parameters", {
        name: _parameter(about) for name, about in (answered.get("Parameters") or {}).items()
    })  # fmt: skip
    return 0


def _parameter(about: dict[str, Any]) -> str:
    text = str(about.get("Type", ""))
    if "Default" in about:
        text += f", default {shown(about['Default'])}"
    return f"{text}  {about.get('Description', '')}".rstrip()


def _event(session: Session, event: dict[str, Any]) -> None:
    session.out.document("event", event=event)
    status = session.out.status(event["resource_status"])
    reason = event.get("resource_status_reason") or ""
    session.out.line(
        f"{event['event_time']}  {event['resource_name']}  {status}  {reason}".rstrip()
    )


def _branch(
    session: Session, by_stack: dict[str, list[dict[str, Any]]], stack: str, indent: str
) -> None:
    rows = by_stack.get(stack, [])
    for at, row in enumerate(rows):
        last = at == len(rows) - 1
        status = session.out.status(row["resource_status"])
        joint, below = ("└─ ", "   ") if last else ("├─ ", "│  ")
        session.out.line(f"{indent}{joint}{row['resource_name']}  {row['resource_type']}  {status}")
        if nested := _link(row, "nested"):
            _branch(session, by_stack, nested, indent + below)


def _link(row: dict[str, Any], relation: str) -> str:
    return next((link["href"] for link in row["links"] if link["rel"] == relation), "")


def _path(row: dict[str, Any]) -> str:
    parent = row.get("parent_resource")
    return f"{parent}/{row['resource_name']}" if parent else str(row["resource_name"])


def _section(session: Session, title: str, values: dict[str, Any]) -> None:
    if not values:
        return
    if title:
        session.out.line(title)
    width = max(len(name) for name in values)
    indent = "  " if title else ""
    for name, value in values.items():
        session.out.line(f"{indent}{name.ljust(width)}  {shown(value)}")


def _flag(value: object) -> str | None:
    return "true" if value else None


_DEPTH = option("-d", "--depth", type=click.IntRange(min=0), default=0, metavar="N",
                help="How many levels of nested stacks to show.")  # fmt: skip
_LIMIT = option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")

COMMANDS = (
    command("list", list_stacks, _LIMIT,
            option("--deleted", is_flag=True, help="Deleted ones too."),
            option("--nested", is_flag=True, help="Nested ones too.")),
    command("show", show, argument("name")),
    command("resources", resources, argument("name"), _DEPTH),
    command("tree", tree, argument("name")),
    command("events", events, argument("name"), _DEPTH, _LIMIT,
            option("-f", "--follow", is_flag=True, help="Go on as things happen.")),
    command("outputs", outputs, argument("name"), argument("key", required=False)),
    command("validate", validate, *inputs()),
)  # fmt: skip
