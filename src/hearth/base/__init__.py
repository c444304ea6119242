"""What everything stands on: values, diagnostics, errors, clock, ids.

Rule: imports nothing of ours, does no input or output, and fetches neither time nor chance;
those come in as arguments through the protocols declared here.
"""

from hearth.base.clock import Clock
from hearth.base.diagnostics import Problem, Report, Severity, Span
from hearth.base.hiding import closed, covered, hidden_in, hushed
from hearth.base.ids import Ids, short_id
from hearth.base.values import (
    DEEPEST,
    Secret,
    Unknown,
    Value,
    hashable,
    masked,
    plain,
    secret_in,
    too_deep,
    unknown_in,
)

__all__ = [
    "DEEPEST",
    "Clock",
    "Ids",
    "Problem",
    "Report",
    "Secret",
    "Severity",
    "Span",
    "Unknown",
    "Value",
    "closed",
    "covered",
    "hashable",
    "hidden_in",
    "hushed",
    "masked",
    "plain",
    "secret_in",
    "short_id",
    "too_deep",
    "unknown_in",
]
