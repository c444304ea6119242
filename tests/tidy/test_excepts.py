"""Everything is caught only at the top of a process or of a step."""

import ast
from collections.abc import Iterator

import pytest

from tests.tidy.code import Module, dotted, excused, module, ours, own_nodes, scopes
from tests.tidy.exceptions import BROAD_EXCEPTS

BROAD = {"Exception", "BaseException"}


def test_nothing_catches_everything_without_a_reason():
    found = [each for one in ours() for each in broad(one) if not excused(each, BROAD_EXCEPTS)]

    assert found == []


def test_every_excuse_is_in_use():
    places = [place for one in ours() for place in broad(one)]

    unused = [each for each in BROAD_EXCEPTS if not any(excused(p, [each]) for p in places)]

    assert unused == []


def broad(one: Module) -> Iterator[str]:
    """The places, as `module:function`, where everything is caught."""
    for name, scope in scopes(one.tree):
        if any(_broad(node) for node in own_nodes(scope)):
            yield f"{one.name}:{name}"


def _broad(node: ast.AST) -> bool:
    match node:
        case ast.ExceptHandler(type=None):
            return True
        case ast.ExceptHandler(type=ast.Tuple(elts=types)):
            return any(dotted(each) in BROAD for each in types)
        case ast.ExceptHandler(type=ast.expr() as caught):
            return dotted(caught) in BROAD
        case ast.Call(func=func, args=types) if dotted(func).endswith("suppress"):
            return any(dotted(each) in BROAD for each in types)
        case _:
            return False


@pytest.mark.parametrize(
    "handler", ["except:", "except Exception:", "except (OSError, BaseException) as error:"]
)
def test_a_broad_except_is_found(handler):
    body = f"try:\n            g()\n        {handler}\n            pass\n"
    text = f"class A:\n    def f(self):\n        {body}"

    assert list(broad(module(text))) == ["hearth.base.sample:A.f"]


def test_suppressing_everything_is_found():
    text = "import contextlib\ndef f():\n    with contextlib.suppress(Exception):\n        g()\n"

    assert list(broad(module(text))) == ["hearth.base.sample:f"]


def test_catching_what_is_meant_is_let_be():
    assert list(broad(module("try:\n    f()\nexcept (OSError, ValueError):\n    pass\n"))) == []
