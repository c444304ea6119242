"""Every command ends with a code and a sentence, never with a traceback."""

import json
import subprocess
import sys

import pytest

from hearth.cli import heat
from hearth.cli.errors import Exit


def test_a_wrong_option_is_a_wrong_command(capsys: pytest.CaptureFixture[str]) -> None:
    code = heat.main(["list", "--nonsense"])

    assert code == Exit.WRONG_COMMAND
    assert "No such option" in capsys.readouterr().out


def test_errors_are_documents_for_programs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OS_CLOUD", "OS_AUTH_URL"):
        monkeypatch.delenv(name, raising=False)

    code = heat.main(["list", "--json"])

    document = json.loads(capsys.readouterr().out)
    assert code == document["exit_code"] == Exit.NOT_ALLOWED
    assert document["kind"] == "error"


@pytest.mark.parametrize("name", ["stack-create", "stack-list", "stack-show", "stack-update"])
def test_the_old_names_are_known(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert heat.main([name, "--help"]) == 0
    assert "Usage: heat" in capsys.readouterr().out


def test_starting_loads_no_heavy_library() -> None:
    code = "import sys, hearth.cli.heat; print([m for m in %r if m in sys.modules])"
    heavy = [
        "keystoneauth1",
        "requests",
        "sqlalchemy",
        "yaql",
        "oslo_config",
        "aiohttp",
        "rich",
        "pygls",
        "hearth.template",
        "hearth.resources",
    ]

    done = subprocess.run(
        [sys.executable, "-c", code % heavy], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["stack-create", "stack-update"])
def test_an_old_name_without_a_template_asks_for_one(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert heat.main([name, "web"]) == Exit.WRONG_COMMAND
    assert capsys.readouterr().out.splitlines() == [
        "error: no template is named", f"Next    heat {name} web -f TEMPLATE",
    ]  # fmt: skip


def test_a_parameter_without_a_value_is_shown_as_it_should_be(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert heat.main(["stack-update", "web", "-x", "-P", "size"]) == Exit.WRONG_COMMAND
    assert capsys.readouterr().out.splitlines() == [
        'error: the parameter "size" has no value', "Next    heat …  -P size=VALUE",
    ]  # fmt: skip
