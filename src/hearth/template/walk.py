"""Walking the calls of a node that matter, and what is wrong with their form."""

from collections.abc import Iterator

from hearth.base import Problem
from hearth.template.evaluate import Scope
from hearth.template.nodes import Call, Literal, Mapping, Node, Sequence, Wrong


def calls(node: Node | None, scope: Scope, path: str = "") -> Iterator[tuple[Call, str]]:
    """Every call whose result may matter, with its dotted path; not those of branches unchosen."""
    if node is None or type(node) is Literal:
        return
    if isinstance(node, Mapping):
        for key, item in node.entries.items():
            if type(item) is not Literal:
                yield from calls(item, scope, f"{path}.{key}")
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            if type(item) is not Literal:
                yield from calls(item, scope, f"{path}[{index}]")
    elif isinstance(node, Call):
        path = f"{path}.{node.function.name}"
        yield node, path
        yield from _inside(node, scope, path)


def _inside(call: Call, scope: Scope, path: str) -> Iterator[tuple[Call, str]]:
    choose = call.function.choose
    if choose is None:
        yield from calls(call.argument, scope, path)
        return
    if wrong_form(call) is not None or not isinstance(call.argument, Sequence):
        return
    condition = call.argument.items[0]
    yield from calls(condition, scope, f"{path}[0]")
    try:
        branches = choose(call.argument, scope)
    except Wrong:
        return
    for index, item in enumerate(call.argument.items[1:], 1):
        if any(item is branch for branch in branches):
            yield from calls(item, scope, f"{path}[{index}]")


def wrong_form(call: Call) -> Wrong | None:
    """What is wrong with the form of a call."""
    if call.function.form is None:
        return None
    try:
        call.function.form(call.argument)
    except Wrong as wrong:
        return wrong
    return None


def form_problems(node: Node | None, scope: Scope, path: str) -> list[Problem]:
    """What is wrong with the form of all calls that matter."""
    found: list[Problem] = []
    for call, at in calls(node, scope, path):
        wrong = wrong_form(call) or _choice(call, scope) or _syntax(call, scope)
        if wrong is not None:
            found.append(located(wrong, call, at))
    return found


def _choice(call: Call, scope: Scope) -> Wrong | None:
    """What is wrong with the condition of an `if`."""
    if call.function.choose is None:
        return None
    try:
        call.function.choose(call.argument, scope)
    except Wrong as wrong:
        return wrong
    return None


def _syntax(call: Call, scope: Scope) -> Wrong | None:
    """What is wrong with an expression as it is written."""
    if call.function.name != "yaql" or not isinstance(call.argument, Mapping):
        return None
    expression = call.argument.entries.get("expression")
    if not isinstance(expression, Literal):
        return None
    wrong = scope.syntax(expression.value)
    return Wrong(f"Bad expression {wrong}", code="expression") if wrong else None


def located(wrong: Wrong, call: Call, path: str) -> Problem:
    """A problem with a call, at its place."""
    sentence = wrong.sentence
    if wrong.kind == "InvalidTemplateVersion":
        sentence = f"The template version is invalid: {sentence}"
    return Problem(
        code=wrong.code,
        sentence=sentence,
        span=call.span,
        path=path,
        kind="HTTPBadRequest" if wrong.kind == "HTTPBadRequest" else "StackValidationFailed",
        upstream=f"{path}: : {sentence}",
        hint=wrong.hint,
    )
