"""Desired × recorded → changes → Plan. A preview is a Plan that nobody runs.

Rule: pure. A plan says everything, in order; carrying it out adds nothing.
"""

from hearth.plan.adopting import adopting
from hearth.plan.copying import copying, forgetting, snapshots
from hearth.plan.decide import (
    ATTEMPTED,
    BEGAN,
    BELOW,
    DRIFT,
    GONE,
    LINGERS,
    MADE_OF,
    RELEASED,
    SCALING,
    Decision,
    Kind,
    Verdict,
    Wanted,
    changes,
    decide,
    differences,
    lingers,
)
from hearth.plan.hooks import hooked
from hearth.plan.make import NOTHING, Desired, Fates, act, make
from hearth.plan.show import plan_document
from hearth.plan.values import (
    REPLACED,
    Aim,
    Change,
    Do,
    Plan,
    Step,
    Wave,
    Waves,
    from_document,
    later,
    to_document,
)
from hearth.plan.waves import waved

__all__ = [
    "ATTEMPTED",
    "BEGAN",
    "BELOW",
    "DRIFT",
    "GONE",
    "LINGERS",
    "MADE_OF",
    "NOTHING",
    "RELEASED",
    "REPLACED",
    "SCALING",
    "Aim",
    "Change",
    "Decision",
    "Desired",
    "Do",
    "Fates",
    "Kind",
    "Plan",
    "Step",
    "Verdict",
    "Wanted",
    "Wave",
    "Waves",
    "act",
    "adopting",
    "changes",
    "copying",
    "decide",
    "differences",
    "forgetting",
    "from_document",
    "hooked",
    "later",
    "lingers",
    "make",
    "plan_document",
    "snapshots",
    "to_document",
    "waved",
]
