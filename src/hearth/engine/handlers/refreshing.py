"""Outputs that something below has made stale: evaluated again, from the deepest stack up."""

from hearth.bus import Done, RefreshOutputs
from hearth.engine.afresh import evaluated
from hearth.engine.desk import Desk
from hearth.engine.handlers.checking import seen_by
from hearth.engine.handlers.finding import found


async def refresh_outputs(desk: Desk, command: RefreshOutputs) -> Done:
    """Evaluate a stack's outputs; if it moves on meanwhile, the command looks anew."""
    stack = await found(desk, command.caller, command.stack)
    await evaluated(desk, seen_by(desk, command.caller), stack)
    return Done()
