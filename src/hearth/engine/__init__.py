"""Carrying plans out: machine (pure) · runner · perform · poll · worker · handlers by noun.

Rule: the machine decides what comes next and does no I/O; the runner feeds it events, records,
and performs its commands. Nothing goes on before it is durable, and no request that changes
something leaves without a durable intent and a lease that outlasts it.
"""

from hearth.engine.engine import Engine, Mode, Seams
from hearth.engine.expressions import Ask, Evaluator, Outcome

__all__ = ["Ask", "Engine", "Evaluator", "Mode", "Outcome", "Seams"]
