"""A thing without a home is a noun not yet named; a test stands where its subject stands."""

import re
from pathlib import Path

import pytest

from tests.tidy.code import HEARTH, ROOT, around, module, ours

HOMELESS = {"utils", "util", "common", "misc", "helpers"}
# The brackets keep the rule from finding itself.
LATER = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X)\b(?!\s*\(#\d+\))")
TEXTS = ("*.py", "*.md", "*.yaml", "*.toml", "*.bash", "*.sh", "*.js", "*.ts", "*.tsx", "*.css")


def test_no_module_at_the_top_is_named_for_nothing():
    assert homeless(path.stem for path in HEARTH.iterdir()) == []


def homeless(names):
    return sorted(set(names) & HOMELESS)


def test_a_module_named_for_nothing_is_found():
    assert homeless(["base", "utils", "misc"]) == ["misc", "utils"]


def test_what_is_put_off_has_an_issue():
    folders = ("src", "tests", "docs", "scripts", "bench", "examples")
    paths = (path for name in folders for kind in TEXTS for path in (ROOT / name).rglob(kind))

    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in paths
        if "node_modules" not in path.parts
        for line in put_off(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def put_off(text):
    return [line for line in text.splitlines() if LATER.search(line)]


@pytest.mark.parametrize("letters", ["T ODO", "F IXME", "X XX"])
def test_what_is_put_off_without_an_issue_is_found(letters):
    word = letters.replace(" ", "")

    assert put_off(f"# {word}: later") == [f"# {word}: later"]
    assert put_off(f"# {word} (#12): later") == []


def test_unit_tests_mirror_the_source():
    units = sorted((ROOT / "tests" / "unit").rglob("test_*.py"))

    found = [str(path.relative_to(ROOT)) for path in units if not mirrors(path, HEARTH)]

    assert units
    assert found == []


def mirrors(path: Path, source: Path) -> bool:
    """Whether `unit/a/test_b.py` has `a/b.py` or `a/b/`; `test_b_laws.py` tells more of b."""
    after = path.parts.index("unit") + 1
    folder = source.joinpath(*path.parts[after:-1])
    words = path.stem.removeprefix("test_").split("_")
    names = ["_".join(words[:count]) for count in range(1, len(words) + 1)]
    return folder.is_dir() and any(
        (folder / f"{name}.py").exists() or (folder / name).is_dir() or name == folder.name
        for name in names
    )


def test_a_unit_test_without_a_subject_is_found(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "ids.py").touch()
    unit = Path("tests/unit/base")

    assert mirrors(unit / "test_ids.py", tmp_path)
    assert mirrors(unit / "test_ids_laws.py", tmp_path)
    assert mirrors(unit / "test_base.py", tmp_path)
    assert not mirrors(unit / "test_lids.py", tmp_path)
    assert not mirrors(Path("tests/unit/bass/test_ids.py"), tmp_path)


def test_a_file_is_named_as_it_is_imported():
    names = [one.name for one in (*ours(), *around())]

    assert "hearth.base.ids" in names
    assert "tests.tidy.code" in names
    assert module("", "hearth.a.b").path == "src/hearth/a/b.py"
