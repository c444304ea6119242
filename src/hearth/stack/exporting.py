"""A stack as a document by which another can take its objects over: Heat's format. Pure.

Secrets keep their marks; who shows the document decides about them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.base import Secret, Value
from hearth.stack.records import Inputs, ResourceRecord, StackRecord

OURS = "hearth:"
"""With this begins what the engine keeps among a resource's data for itself."""

ROW = "hearth_row"
"""Where the document tells the id of a resource's row, by which its object is marked."""

HIDDEN = "hearth_hidden"
"""Where it tells which of a resource's data were secrets, so that they are kept as such again."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A stack with all that it was made from and consists of.

    template: the document. below: the stacks that resources are, by the resource's name.
    """

    stack: StackRecord
    inputs: Inputs
    template: dict[str, Any]
    files: dict[str, str]
    rows: Mapping[str, ResourceRecord]
    below: Mapping[str, "Tree"] = field(default_factory=dict)


def exported(tree: Tree) -> dict[str, Value]:
    """The whole document."""
    own = _contents(tree, below=exported)
    return own | origins(tree.inputs, tree.template, tree.files)


def origins(inputs: Inputs, template: dict[str, Any], files: Mapping[str, str]) -> dict[str, Value]:
    """What a stack was made from."""
    empty: dict[str, Value] = {
        "parameters": {},
        "parameter_defaults": {},
        "resource_registry": {"resources": {}},
        "event_sinks": [],
        "encrypted_param_names": [],
    }
    environment = empty | inputs.environment
    parameters = {**environment["parameters"], **inputs.parameters}
    return {
        "environment": environment | {"parameters": parameters},
        "files": dict(files),
        "template": template,
    }


def kept(tree: Tree, copies: Mapping[str, Mapping[str, Value]]) -> dict[str, Value]:
    """What a snapshot keeps: what the stack consists of, and what was copied, by name."""
    return _contents(tree, copies, below=lambda inner: kept(inner, {}))


def _contents(
    tree: Tree,
    copies: Mapping[str, Mapping[str, Value]] | None = None,
    *,
    below: Callable[[Tree], dict[str, Value]],
) -> dict[str, Value]:
    """What a stack is and consists of, without what it was made from.

    copies: what is to be told beside of resources, by name. below: how inner stacks are told of.
    """
    stack, more = tree.stack, copies or {}
    inner = {name: below(one) for name, one in tree.below.items()}
    return {
        "name": stack.name,
        "id": stack.id,
        "action": stack.state.action.value,
        "status": stack.state.status.value,
        "project_id": stack.project_id,
        "stack_user_project_id": stack.stack_user_project_id,
        "tags": list(stack.tags),
        "resources": {
            name: _resource(row, more.get(name, {})) | inner.get(name, {})
            for name, row in tree.rows.items()
        },
    }


def _resource(row: ResourceRecord, more: Mapping[str, Value]) -> dict[str, Value]:
    own = {key: value for key, value in row.data.items() if not key.startswith(OURS)}
    hidden: list[Value] = sorted(key for key, value in own.items() if isinstance(value, Secret))
    return {
        "name": row.name,
        "resource_id": row.physical_id,
        "type": row.type,
        "action": row.state.action.value,
        "status": row.state.status.value,
        "metadata": row.metadata,
        "resource_data": own | dict(more),
        ROW: row.id,
        **({HIDDEN: hidden} if hidden else {}),
    }
