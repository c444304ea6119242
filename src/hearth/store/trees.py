"""A stack with everything below it, read at once: for documents that tell all of it."""

from typing import Any

import msgspec

from hearth.stack import Tree
from hearth.store import inputs, resources, stacks
from hearth.store.database import Connection


def whole(db: Connection, stack_id: str) -> Tree | None:
    """The stack, what it was made from, and the stacks that its resources are."""
    stack = stacks.find(db, stack_id)
    given = inputs.find(db, stack.inputs_id) if stack is not None else None
    if stack is None or given is None:
        return None
    rows = resources.shown(resources.of(db, stack_id))
    below: dict[str, Tree] = {}
    for name, row in rows.items():
        inner = whole(db, row.nested_id) if row.nested_id is not None else None
        if inner is not None:
            below[name] = inner
    template: dict[str, Any] = _document(inputs.document(db, given.template_hash))
    files = _document(inputs.text(db, given.files_hash)) if given.files_hash else {}
    return Tree(stack, given, template, files, rows, below)


def _document(text: str | None) -> Any:
    return msgspec.json.decode(text or "{}")
