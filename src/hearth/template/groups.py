"""Parameter groups: how the parameters are shown together."""

from collections.abc import Container
from typing import Any

from hearth.base import Problem, Report, Span
from hearth.template.nodes import Node, Sequence, at, plain_of


def groups(
    node: Node | None, parameters: Container[str], report: Report
) -> tuple[dict[str, Any], ...]:
    """The groups as they are written; each names parameters that no other does."""
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        if not plain_of(node):
            return ()
        _problem(report, "", "The parameter_groups should be a list.", node.span)
        return ()
    taken: set[str] = set()
    for group in node.items:
        _group(group, parameters, taken, report)
    return tuple(plain_of(group) for group in node.items)


def _group(node: Node, parameters: Container[str], taken: set[str], report: Report) -> None:
    data = plain_of(node)
    if not isinstance(data, dict):
        sentence = "Each parameter group must be a map."
        _problem(report, "", sentence, node.span, kind="AttributeError")
        return
    label = str(data.get("label", ""))
    names = data.get("parameters")
    if names is None:
        sentence = "The parameters must be provided for each parameter group."
        _problem(report, label, sentence, node.span)
    elif not isinstance(names, list):
        sentence = "The parameters of parameter group should be a list."
        _problem(report, label, sentence, node.span)
    else:
        for index, name in enumerate(map(str, names)):
            wrong = _wrong(name, parameters, taken)
            if wrong:
                _problem(report, label, wrong, at(node, ("parameters", index)).span)
            taken.add(name)


def _wrong(name: str, parameters: Container[str], taken: set[str]) -> str | None:
    if name in taken:
        return f"The {name} parameter must be assigned to one parameter group only."
    if name not in parameters:
        return f"The grouped parameter {name} does not reference a valid parameter."
    return None


def _problem(
    report: Report,
    label: str,
    sentence: str,
    span: Span,
    kind: str = "StackValidationFailed",
) -> None:
    path = f"parameter_groups.{label}" if label else "parameter_groups"
    report.add(
        Problem(
            code="parameter-group",
            sentence=sentence,
            span=span,
            path=path,
            kind=kind,
            upstream=f"Parameter Groups error: : {path}: : {sentence}",
        )
    )
