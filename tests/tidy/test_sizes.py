"""A function fits on a screen, a file in a head."""

import ast
from collections.abc import Iterator

from tests.tidy.code import FUNCTION, Module, around, module, ours

FILE_LINES = 500
FUNCTION_LINES = 60
CLASS_METHODS = 15
PARAMETERS = 6
COLUMNS = 100


def test_no_file_function_class_or_signature_is_too_large():
    found = [each for one in (*ours(), *around()) for each in too_large(one)]

    assert found == []


def too_large(one: Module) -> Iterator[str]:
    lines = one.text.splitlines()
    if len(lines) > FILE_LINES:
        yield f"{one.path}: {len(lines)} lines, more than {FILE_LINES}"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            yield f"{one.path}:{number}: {len(line)} columns, more than {COLUMNS}"
    for node in ast.walk(one.tree):
        if isinstance(node, FUNCTION):
            yield from _function(one, node)
        elif isinstance(node, ast.ClassDef):
            methods = sum(isinstance(each, FUNCTION) for each in node.body)
            if methods > CLASS_METHODS:
                yield f"{one.path}:{node.lineno}: {node.name} has {methods} methods"


def _function(one: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if lines > FUNCTION_LINES:
        yield f"{one.path}:{node.lineno}: {node.name} has {lines} lines"
    arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    named = [each.arg for each in arguments if each.arg not in ("self", "cls")]
    # The arguments of a test are fixtures.
    if len(named) > PARAMETERS and not node.name.startswith("test_"):
        yield f"{one.path}:{node.lineno}: {node.name} has {len(named)} parameters"


def test_a_long_file_is_found():
    assert list(too_large(module("x = 1\n" * 500))) == []
    assert "501 lines" in next(too_large(module("x = 1\n" * 501)))


def test_a_wide_line_is_found():
    assert list(too_large(module("#" * 100))) == []
    assert "101 columns" in next(too_large(module("#" * 101)))


def test_a_long_function_is_found():
    assert list(too_large(module("def f():\n" + "    x = 1\n" * 59))) == []
    assert "f has 61 lines" in next(too_large(module("async def f():\n" + "    x = 1\n" * 60)))


def test_a_class_with_many_methods_is_found():
    method = "    def m(self): ...\n"

    assert list(too_large(module("class C:\n" + method * 15))) == []
    assert "C has 16 methods" in next(too_large(module("class C:\n" + method * 16)))


def test_a_long_signature_is_found():
    assert list(too_large(module("def f(self, a, b, c, d, e, f): ..."))) == []
    assert "f has 7 parameters" in next(too_large(module("def f(a, b, c, d, /, e, *, g, h): ...")))
