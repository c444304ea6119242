"""The words around the code are complete, and point at what exists."""

import re
from pathlib import Path

import pytest

from tests.tidy.code import HEARTH, ROOT

COMMANDS = ["make demo", "make test"]
NOUNS = (
    "Template", "Definition", "Stack", "Resource", "ResourceType", "Plan", "Step", "Run", "Event",
    "Caller",
)  # fmt: skip
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_readme_begins_with_two_commands():
    assert commands(read("README.md")) == COMMANDS


def commands(text):
    """The commands in the first section of a README, after its title."""
    section = re.split(r"^## ", text, flags=re.MULTILINE)[1]
    blocks = re.findall(r"^```\w*\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    lines = (line.split("#")[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line]


def test_a_third_command_is_found():
    text = "# T\n## A\n```sh\nmake demo   # it\nmake test\nmake more\n```\n## B\n```\nls\n```\n"

    assert commands(text) == [*COMMANDS, "make more"]


def test_every_decision_is_listed():
    folder = ROOT / "docs" / "decisions"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))

    assert records
    assert unlisted(records, (folder / "README.md").read_text()) == []


def unlisted(records, index):
    """What is wrong between the records and their index."""
    linked = re.findall(r"\((\d{4}-[a-z0-9-]+\.md)\)", index)
    numbers = [int(name[:4]) for name in records]
    twice = [f"two records are number {each}" for each in set(numbers) if numbers.count(each) > 1]
    return sorted(set(records) ^ set(linked)) + twice


@pytest.mark.parametrize(
    ("records", "index", "wrong"),
    [
        (["0000-a.md", "0001-b.md"], "[a](0000-a.md)", ["0001-b.md"]),
        (["0000-a.md"], "[a](0000-a.md) [b](0001-b.md)", ["0001-b.md"]),
        (["0000-a.md", "0000-b.md"], "(0000-a.md) (0000-b.md)", ["two records are number 0"]),
        (["0000-a.md"], "[a](0000-a.md)", []),
    ],
)
def test_a_decision_that_is_not_listed_is_found(records, index, wrong):
    assert unlisted(records, index) == wrong


def test_the_architecture_shows_every_package():
    names = [path.stem for path in HEARTH.iterdir() if not path.name.startswith(("_", "py."))]

    assert unmentioned(names, read("ARCHITECTURE.md")) == []


def test_the_glossary_fixes_every_noun():
    assert unmentioned(NOUNS, read("docs/glossary.md")) == []


def unmentioned(names, text):
    return [name for name in names if not re.search(rf"\b{re.escape(name)}\b", text)]


def test_a_missing_word_is_found():
    assert unmentioned(["base", "engine"], "the bases of an engine") == ["base"]


def test_every_link_leads_somewhere():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")]

    assert [each for page in pages for each in dead_links(page)] == []


def dead_links(page: Path) -> list[str]:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    return [f"{page.name}: {to}" for to in targets if not (page.parent / to).exists()]


def test_a_dead_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("[a](page.md#top) [b](gone.md) [c](https://example.org/x)")

    assert dead_links(page) == ["page.md: gone.md"]
