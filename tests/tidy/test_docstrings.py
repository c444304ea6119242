"""Start reading anywhere and you know where you are."""

import ast
from collections.abc import Iterator

import pytest

from tests.tidy.code import FUNCTION, HEARTH, ROOT, Module, module, ours


def test_every_public_name_is_explained():
    found = [each for one in ours() for each in unexplained(one)]

    assert found == []


def test_every_folder_with_code_is_a_package():
    folders = {path.parent for path in HEARTH.rglob("*.py") if "versions" not in path.parts}

    bare = sorted(str(each.relative_to(ROOT)) for each in folders if no_init(each))

    assert bare == []


def no_init(folder):
    return not (folder / "__init__.py").exists()


def unexplained(one: Module) -> Iterator[str]:
    if not ast.get_docstring(one.tree):
        yield f"{one.path}: the module has no docstring"
    for node in one.tree.body:
        if (
            isinstance(node, FUNCTION | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ):
            yield f"{one.path}:{node.lineno}: {node.name} has no docstring"


@pytest.mark.parametrize(
    "text",
    ["x = 1", '"""M."""\ndef f(): ...', '"""M."""\nclass C: ...', '"""M."""\nasync def f(): ...'],
)
def test_what_is_unexplained_is_found(text):
    assert len(list(unexplained(module(text)))) == 1


def test_private_names_and_explained_ones_are_let_be():
    text = '"""M."""\ndef _f(): ...\nclass C:\n    """C."""\n    def m(self): ...\n'

    assert list(unexplained(module(text))) == []


def test_a_folder_without_init_is_found(tmp_path):
    assert no_init(tmp_path)
