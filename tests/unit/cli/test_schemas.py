"""`heat schema` prints a schema that programs can read, or says which versions there are."""

import json

import pytest

from hearth.cli import heat
from hearth.cli.errors import Exit


def test_the_schema_of_a_named_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert heat.main(["schema", "rocky"]) == Exit.DONE

    schema = json.loads(capsys.readouterr().out)
    assert schema["title"] == "HOT 2018-08-31"
    assert "OS::Nova::Server" in schema["definitions"]


def test_a_version_that_there_is_not_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert heat.main(["schema", "2018-08-32"]) == Exit.WRONG_COMMAND
    assert "2018-08-31" in capsys.readouterr().out
