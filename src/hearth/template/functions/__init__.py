"""The intrinsic functions, and which version of which dialect has which.

A function is a frozen object; a version is a table of them. What stands in a table as `None` in
upstream's sense ("recognised but refused") is here a function that refuses.
"""

from hearth.template.functions.logic import INSTEAD
from hearth.template.functions.others import ExpressionFailed
from hearth.template.functions.references import AttributeFailed, named, near, no_such, referred
from hearth.template.functions.tables import (
    ALIASES,
    CFN_VERSIONS,
    HOT_VERSIONS,
    Functions,
    cfn_functions,
    hot_functions,
    usable,
)

__all__ = [
    "ALIASES",
    "CFN_VERSIONS",
    "HOT_VERSIONS",
    "INSTEAD",
    "AttributeFailed",
    "ExpressionFailed",
    "Functions",
    "cfn_functions",
    "hot_functions",
    "named",
    "near",
    "no_such",
    "referred",
    "usable",
]
