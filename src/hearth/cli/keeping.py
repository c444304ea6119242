"""Commands that keep what a stack is: snapshots, and documents by which others take it over."""

import json
from pathlib import Path
from typing import Any

import click

from hearth.cli.client import stack_path
from hearth.cli.deploying import ask, finish
from hearth.cli.errors import Stop
from hearth.cli.session import Session, argument, command, option, pairs
from hearth.cli.watching import Watch


def snapshot(session: Session, name: str, label: str | None, *, wait: bool) -> int:
    """Keep a snapshot of a stack, to go back to."""
    watch = _watch(session, name)
    path = stack_path(watch.name, watch.stack_id, "snapshots")
    made = session.heat.call("POST", path, {"name": label} if label else {})
    session.out.document("snapshot", snapshot=made)
    session.out.line(f"snapshot {made['id']} of {name}")
    return finish(session, watch, None, deleting=True) if wait else 0


def snapshots(session: Session, name: str, snapshot_id: str | None) -> int:
    """The snapshots of a stack, or what one of them keeps."""
    path = session.path(name, "snapshots")
    if snapshot_id is not None:
        found = session.heat.get(f"{path}/{snapshot_id}")["snapshot"]
        session.out.document("snapshot", snapshot=found)
        session.out.line(json.dumps(found, indent=2))
        return 0
    rows = session.heat.get(path)["snapshots"]
    for row in rows:
        session.out.document("snapshot", snapshot=row)
    session.out.table(
        ("id", "label", "status", "reason", "created"),
        [(row["id"], row["name"], row["status"], row["status_reason"], row["creation_time"])
         for row in rows],
    )  # fmt: skip
    return 0


def forget(session: Session, name: str, snapshot_id: str, *, yes: bool) -> int:
    """Delete a snapshot, and what was copied for it."""
    ask(session, f"Delete the snapshot {snapshot_id}?", yes=yes)
    session.heat.call("DELETE", session.path(name, "snapshots", snapshot_id))
    session.out.line(f"{snapshot_id}  deletion has begun; `heat snapshots {name}` to look")
    return 0


def restore(session: Session, name: str, snapshot_id: str, *, yes: bool, wait: bool) -> int:
    """Make a stack be what it was when SNAPSHOT_ID was made; what came since goes."""
    ask(session, f"Make {name} be what it was then?", yes=yes)
    watch = _watch(session, name)
    path = stack_path(watch.name, watch.stack_id, "snapshots", snapshot_id, "restore")
    session.heat.call("POST", path)
    if wait:
        return finish(session, watch, None)
    session.out.line(f"{name}  restoring; `heat watch {name}` to look")
    return 0


def export(session: Session, name: str, file: str | None) -> int:
    """Write the document by which another stack can take this one's objects over.

    It tells hidden parameters too: keep it safe.
    """
    return _told(session, session.heat.get(session.path(name, "export")), file)


def abandon(session: Session, name: str, file: str | None, *, yes: bool) -> int:
    """Let go of a stack: hearth forgets it, and all that it made stays."""
    path = session.path(name, "abandon")
    ask(session, f"Let go of {name}? What it made stays, and nobody looks after it.", yes=yes)
    return _told(session, session.heat.call("DELETE", path), file)


def adopt(session: Session, file: str, name: str | None, **options: Any) -> int:
    """Make a stack of what FILE, which `heat abandon` or `heat export` has written, tells of."""
    document = _read(file)
    name = name or str(document.get("name", ""))
    body: dict[str, Any] = {
        "stack_name": name,
        "adopt_stack_data": json.dumps(document),
        "parameters": pairs(options["parameters"]),
        "disable_rollback": not options["enable_rollback"],
    }
    if options["timeout"]:
        body["timeout_mins"] = options["timeout"]
    made = session.heat.call("POST", "/stacks", body)["stack"]
    watch = Watch(session.heat, session.out, str(made["id"]), name)
    return finish(session, watch, options["timeout"])


def _watch(session: Session, name: str) -> Watch:
    stack = session.find(name)
    watch = Watch(session.heat, session.out, stack["id"], stack["stack_name"])
    watch.skip_events()
    return watch


def _told(session: Session, document: dict[str, Any], file: str | None) -> int:
    session.out.document("export", export=document)
    text = json.dumps(document, indent=2)
    if file is None:
        session.out.line(text)
        return 0
    place = Path(file)
    place.touch(mode=0o600)
    place.write_text(f"{text}\n")
    session.out.line(f"written to {file}; it tells hidden parameters too")
    return 0


def _read(file: str) -> dict[str, Any]:
    try:
        document = json.loads(Path(file).read_text())
    except (OSError, ValueError) as error:
        raise Stop(f"{file} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise Stop(f"{file} is not the document of a stack")
    return document


_YES = option("-y", "--yes", is_flag=True, help="Do not ask.")
_WAIT = option("--wait/--no-wait", default=True, help="Wait for the end (the default).")
_FILE = option("-o", "--output-file", "file", metavar="FILE", help="Where to write it.")
_ID = argument("snapshot_id")

COMMANDS = (
    command("snapshot", snapshot, argument("name"),
            option("--label", metavar="LABEL", help="A name for the snapshot."), _WAIT),
    command("snapshots", snapshots, argument("name"), argument("snapshot_id", required=False)),
    command("forget", forget, argument("name"), _ID, _YES),
    command("restore", restore, argument("name"), _ID, _YES, _WAIT),
    command("export", export, argument("name"), _FILE),
    command("abandon", abandon, argument("name"), _FILE, _YES),
    command("adopt", adopt, argument("file"),
            option("-n", "--name", metavar="STACK", help="The stack's name; else the old one's."),
            option("-P", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE",
                   help="A parameter's value; may be repeated."),
            option("-t", "--timeout", type=click.IntRange(min=1), metavar="MINUTES",
                   help="How long the work may take, in minutes."),
            option("--enable-rollback", is_flag=True,
                   help="Let go of everything again if something cannot be taken over.")),
)  # fmt: skip
