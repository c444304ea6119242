"""Stacks that are let go of: the document by which another takes their objects over."""

from collections.abc import Iterator
from typing import Any

from hearth.api.heat.asking import Ask
from hearth.api.heat.parts import Parts, Reply, ref, stack_at
from hearth.base import plain
from hearth.base.errors import Missing, Refused
from hearth.bus import AbandonStack
from hearth.stack import Tree, exported
from hearth.store import trees


async def export(parts: Parts, ask: Ask) -> Reply:
    """GET …/export: the document, secrets and all; nothing is changed."""
    return Reply(_document(await _whole(parts, ask)))


async def abandon(parts: Parts, ask: Ask) -> Reply:
    """DELETE …/abandon: the document; the stack goes, and what it made stays."""
    tree = await _whole(parts, ask)
    versions = dict(_versions(tree))
    await parts.call(AbandonStack(**parts.to_engine(ask), stack=ref(ask), versions=versions))
    return Reply(_document(tree))


async def _whole(parts: Parts, ask: Ask) -> Tree:
    stack = await stack_at(parts, ask)
    if not parts.settings.enable_stack_abandon:
        raise Refused("Stack Abandon is not supported.", kind="NotSupported")
    tree = await parts.store.read(trees.whole, stack.id)
    if tree is None or stack.deleted_at is not None:
        raise Missing(f"The Stack ({stack.name}) could not be found.")
    return tree


def _versions(tree: Tree) -> Iterator[tuple[str, int]]:
    yield tree.stack.id, tree.stack.version
    for inner in tree.below.values():
        yield from _versions(inner)


def _document(tree: Tree) -> dict[str, Any]:
    document: dict[str, Any] = plain(exported(tree))
    return document
