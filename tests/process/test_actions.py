"""What can be done to a stack, done by the commands of `heat`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hearth.cli import heat as program
from hearth.cli.errors import Exit
from tests.support.running import Running, running

pytestmark = pytest.mark.process

TEMPLATE = """\
heat_template_version: 2018-08-31
resources:
  net: {type: OS::Neutron::Net}
  word: {type: OS::Heat::RandomString, depends_on: net}
  pair: {type: inner.yaml}
"""
INNER = """\
heat_template_version: 2018-08-31
resources:
  word: {type: OS::Heat::RandomString}
"""
HOOKS = """\
resource_registry:
  resources:
    word: {hooks: [pre-create, post-create]}
    pair: {word: {hooks: pre-create}}
"""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("state")
    allowed = "enable_stack_abandon = true\nenable_stack_adopt = true\n"
    (folder / "heat.conf").write_text(f"[DEFAULT]\n{allowed}")
    with running(folder, "--speed", "fast") as started:
        yield started


@pytest.fixture(autouse=True)
def user(up: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user's folder, with templates in it and the login in the environment."""
    for name, value in up.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.yaml").write_text(TEMPLATE)
    (tmp_path / "inner.yaml").write_text(INNER)
    (tmp_path / "hooks.yaml").write_text(HOOKS)


class Heat:
    """`heat`, and what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> list[str]:
        code = program.main(list(arguments))
        lines = self._capsys.readouterr().out.splitlines()
        assert code == 0, lines
        return lines

    def told(self, *arguments: str) -> list[dict[str, Any]]:
        """The documents of a command."""
        return [json.loads(line) for line in self("--json", *arguments)]

    def status(self, name: str) -> str:
        return str(self.told("show", name)[0]["stack"]["stack_status"])


@pytest.fixture
def heat(capsys: pytest.CaptureFixture[str]) -> Heat:
    return Heat(capsys)


def test_a_stack_sleeps_wakes_and_is_looked_after(heat: Heat) -> None:
    heat("deploy", "main.yaml", "--name", "sleepy", "--yes")
    states = []
    for action in ("suspend", "resume", "check"):
        heat(action, "sleepy")
        states.append(heat.status("sleepy"))
    heat("mark", "sleepy", "net", "it smells")
    sick = heat.told("resources", "sleepy")
    heat("resource-mark-unhealthy", "--reset", "sleepy", "net")
    well = heat.told("resources", "sleepy")
    heat("delete", "sleepy", "--yes")

    assert states == ["SUSPEND_COMPLETE", "RESUME_COMPLETE", "CHECK_COMPLETE"]
    for rows, status in ((sick, "CHECK_FAILED"), (well, "CHECK_COMPLETE")):
        net = next(one["resource"] for one in rows if one["resource"]["resource_name"] == "net")
        assert net["resource_status"] == status


def test_a_stack_goes_on_past_its_hooks(heat: Heat) -> None:
    heat("stack-create", "-f", "main.yaml", "-e", "hooks.yaml", "hooked")
    waiting = heat.told("hooks", "hooked")
    while len(waiting) < 2:
        waiting = heat.told("hooks", "hooked")
    nothing = program.main(["proceed", "hooked", "net"])
    heat("proceed", "hooked", "word")
    heat("hook-clear", "hooked", "*/word")
    while [one["hook"] for one in heat.told("hook-poll", "hooked")] != ["post-create"]:
        pass
    heat("proceed", "hooked")
    heat("watch", "hooked")
    status = heat.status("hooked")
    heat("delete", "hooked", "--yes")

    assert {one["hook"] for one in waiting} == {"pre-create"}
    assert {one["resource"].rpartition("/")[2] for one in waiting} == {"word"}
    assert nothing == Exit.WRONG_COMMAND
    assert status == "CREATE_COMPLETE"


def test_a_snapshot_is_kept_gone_back_to_and_forgotten(heat: Heat) -> None:
    heat("deploy", "main.yaml", "--name", "kept", "--yes")
    heat("snapshot", "kept", "--label", "good")
    (ident,) = [one["snapshot"]["id"] for one in heat.told("snapshots", "kept")]
    shown = heat.told("snapshot-show", "kept", ident)[0]["snapshot"]
    Path("main.yaml").write_text(TEMPLATE + "  more: {type: OS::Neutron::Net}\n")
    heat("deploy", "main.yaml", "--name", "kept", "--yes")
    heat("restore", "kept", ident, "--yes")
    status, rows = heat.status("kept"), heat.told("resources", "kept")
    heat("forget", "kept", ident, "--yes")
    while heat.told("snapshot-list", "kept"):
        pass
    heat("delete", "kept", "--yes")

    assert shown["name"] == "good"
    assert status == "RESTORE_COMPLETE"
    assert {one["resource"]["resource_name"] for one in rows} == {"net", "word", "pair"}


def test_a_stack_is_let_go_of_and_taken_over(heat: Heat) -> None:
    heat("deploy", "main.yaml", "--name", "moved", "--yes")
    exported = heat.told("export", "moved")[0]["export"]
    heat("abandon", "moved", "--output-file", "moved.json", "--yes")
    while program.main(["show", "moved"]) == 0:
        pass
    heat("list")
    heat("adopt", "moved.json")
    status, rows = heat.status("moved"), heat.told("resources", "moved")
    heat("delete", "moved", "--yes")

    assert json.loads(Path("moved.json").read_text()) == exported
    assert Path("moved.json").stat().st_mode & 0o077 == 0
    assert status == "ADOPT_COMPLETE"
    assert {one["resource"]["resource_status"] for one in rows} == {"ADOPT_COMPLETE"}
