"""Which of several problems upstream would meet first: it tells of one alone, and clients match it.

A table of ranks, lowest first. Problems of one rank keep their order, which is the template's.
"""

from collections.abc import Sequence

from hearth.base import Problem

_DECLARED = 1
_FORM = 3
_VALUES = 5
_OUTPUTS = 10
_REST = 15
_RANKS = {
    "unreadable": 0,
    "template-version": 0,
    "environment": 0,
    "parameter-declaration": _DECLARED,
    "unknown-section": 2,
    "section-shape": 2,
    "resource-shape": 2,
    "missing-type": 2,
    "unknown-key": 2,
    "deletion-policy": _FORM,
    "invalid-condition": _FORM,
    "function": _FORM,
    "expression": _FORM,
    "misplaced-function": _FORM,
    "undeclared-parameter": _VALUES,
    "missing-parameter": _VALUES,
    "invalid-parameter": _VALUES,
    "parameter-group": 6,
    "condition": 7,
    "unknown-type": 8,
    "no-such-template": 8,
    "duplicate-name": 9,
    "unknown-reference": 9,
    "output-shape": _OUTPUTS,
    "cycle": 13,
}


def first_met(problems: Sequence[Problem]) -> Problem:
    """The one of several that upstream would tell of."""
    return min(problems, key=_rank)


def _rank(problem: Problem) -> int:
    rank = _RANKS.get(problem.code, _REST)
    if problem.code == "parameter-declaration" and "is invalid:" in problem.sentence:
        return _VALUES  # what a default is is looked at with the values
    if rank == _FORM:
        return _rank_of_form(problem)
    if problem.path.lower().startswith("outputs"):
        return {"unknown-reference": _REST, "section-shape": _OUTPUTS}.get(problem.code, rank)
    return rank


def _rank_of_form(problem: Problem) -> int:
    """Calls are made when their section is read, and carried out when all is known."""
    if "<" in problem.path or (problem.upstream or "").startswith("Property error"):
        return _REST
    if problem.path.lower().startswith("outputs"):
        return 12 if problem.code == "invalid-condition" else 11
    return _FORM
