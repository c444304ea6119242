"""What the document of an abandoned stack means for the one that takes its objects over."""

from dataclasses import replace
from typing import Any

from hearth.base import Report, Secret
from hearth.bus import CreateStack
from hearth.engine.desk import Desk
from hearth.engine.handlers.reading import Before, refusal
from hearth.engine.sources import read_template
from hearth.plan import Aim
from hearth.stack import Inputs, StackRecord
from hearth.store import Change, SetStack, stacks
from hearth.template import parse_environment


def taken_over(command: CreateStack) -> tuple[Before | None, Aim]:
    """What the old stack was made from, over which the request may lay its own; and the aim.

    Upstream takes nothing of the environment but the parameters; with the rest, and the files, a
    document is all that is needed.
    """
    document = command.adopt
    if document is None:
        return None, Aim()
    environment, report = parse_environment(_map(document.get("environment")))
    template, found = read_template(command.source.template or {})
    report.extend(found)
    if template is None or not report.ok:
        raise refusal(Report(list(report)))
    files = {name: str(text) for name, text in _map(document.get("files")).items()}
    before = Inputs("", "", "", environment.to_document())
    return Before(before, template, files), Aim(adopted=Secret(document))


async def settled_users(
    desk: Desk, stack: StackRecord, command: CreateStack
) -> tuple[StackRecord, tuple[Change, ...]]:
    """The stack with the project of the old one's users, if that is the caller's to take over.

    It goes from one to the other: with the changes the old one has it no more.
    """
    document = command.adopt or {}
    old = await desk.store.read(stacks.find, str(document.get("id", "")))
    project = document.get("stack_user_project_id")
    if old is None or old.abandoned_at is None or project is None:
        return stack, ()
    if (old.project_id, old.stack_user_project_id) != (stack.project_id, project):
        return stack, ()
    left = SetStack(old.id, {"stack_user_project_id": None}, old.version)
    return replace(stack, stack_user_project_id=project), (left,)


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
