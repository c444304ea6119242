"""What the end of a run means for the snapshots of its stack."""

from dataclasses import replace
from typing import Any

from hearth.engine.copies import copied
from hearth.engine.desk import Desk
from hearth.engine.ledger import Draft
from hearth.engine.loading import beside
from hearth.engine.work import Work
from hearth.stack import Action, Status, Tree, kept
from hearth.store import DropSnapshot, SetSnapshot, snapshots, trees


async def settle_snapshots(desk: Desk, work: Work, draft: Draft, reason: str, *, ok: bool) -> None:
    """Draft what becomes of a snapshot that was made or taken away, or of those of a whole stack.

    reason: how the run ended, in words.
    """
    if work.aim.snapshot is None:
        if ok and work.run.action is Action.DELETE:
            for one in await desk.store.read(snapshots.of, work.stack.id):
                draft.add(DropSnapshot(one.id))
        return
    if await desk.store.read(snapshots.find, work.aim.snapshot) is None:
        return
    if ok and beside(work.run):
        draft.add(DropSnapshot(work.aim.snapshot))
        return
    values: dict[str, Any] = {"status": Status.COMPLETE if ok else Status.FAILED, "reason": reason}
    if ok:
        tree = await desk.store.read(trees.whole, work.stack.id)
        values["data"] = kept(_as_it_ends(work, tree), copied(desk, work)) if tree else {}
    draft.add(SetSnapshot(work.aim.snapshot, values))


def _as_it_ends(work: Work, tree: Tree) -> Tree:
    """The stack's document as it is when the run has ended, which is about to be written."""
    return replace(tree, stack=work.stack)
