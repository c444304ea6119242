"""What can be looked up is complete: generated pages are fresh, written ones name everything."""

import pkgutil
import re
import subprocess
import sys
import tomllib

from hearth.api.heat.routes import ROUTES
from hearth.cli.errors import Exit
from hearth.config import options
from hearth.resources import TYPES
from tests.tidy.code import ROOT

PAGES = ROOT / "docs" / "reference"


def reference(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/reference.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_reference_is_what_the_code_declares():
    done = reference("--check")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_stale_page_is_found(tmp_path):
    reference(str(tmp_path))
    settings = tmp_path / "settings.md"
    settings.write_text(settings.read_text().replace("stack_action_timeout", "stack_timeout"))
    (tmp_path / "types-os-gone.md").write_text("A type that is no more.")

    done = reference("--check", str(tmp_path))

    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        str(settings), str(tmp_path / "types-os-gone.md"),
    ]  # fmt: skip


def test_every_setting_route_and_type_is_in_the_reference():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES.glob("*.md"))
    names = [
        *(name for declared in options().values() for name in declared),
        *(route.path for route in ROUTES),
        *(kind.name for kind in TYPES),
    ]

    assert names
    assert [name for name in names if name not in text] == []


def test_every_responder_says_what_it_does():
    rows = re.findall(
        r"^\| (\w+) \| (\S+) \| .*? \| (.*) \|$", read("docs/reference/routes.md"), re.MULTILINE
    )

    assert len(rows) >= len(ROUTES)
    assert [row for row in rows if len(row[2].split()) < 2] == []


def test_every_document_of_the_command_line_is_told_of():
    text = "\n".join(path.read_text() for path in (ROOT / "src/hearth/cli").glob("*.py"))
    kinds = set(re.findall(r"\.document\(\s*\"(\w+)\"", text))

    assert kinds
    assert sorted(kind for kind in kinds if f"| `{kind}` |" not in read("docs/cli.md")) == []


def test_every_exit_code_is_told_of():
    told = [int(code) for code in re.findall(r"^\| (\d) \|", read("docs/cli.md"), re.MULTILINE)]

    assert told == [int(code) for code in Exit]


def test_every_program_that_is_installed_is_there():
    scripts = tomllib.loads(read("pyproject.toml"))["project"]["scripts"]

    assert scripts
    assert all(callable(pkgutil.resolve_name(place)) for place in scripts.values())


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
