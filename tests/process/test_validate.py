"""Every mistake is told with its place, by the REST API and by `heat validate`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hearth.cli.errors import Exit
from tests.support.mistakes import FIVE, FORTY, marked
from tests.support.running import Rest, Running, running
from tests.support.services import ROOT
from tests.support.texts import TOO_MUCH

ENVIRONMENT = """\
# Comments and lines stay what they are on the way.
parameters: {}
resource_registry:
  # A template for a type, found beside this file.
  My::Own: own.yaml
  resources:
    part: {hooks: pre-craete}
"""
OUTER = """\
heat_template_version: 2018-08-31
resources:
  part:
    type: inner.yaml
    properties: {sise: 3}
  own:
    type: My::Own
"""
INNER = """\
heat_template_version: 2018-08-31
parameters:
  size: {type: number, default: 1}
resources:
  word:
    type: OS::Heat::RandomString
    properties: {lenght: {get_param: size}}
"""
OWN = """\
heat_template_version: 2018-08-31
resources:
  word: {type: OS::Heat::RandomStrnig}
"""


@pytest.fixture(scope="module")
def hearth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("state"), "--speed", "fast") as up:
        yield up


def heat(hearth: Running, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    clean["PYTHONPATH"] = str(ROOT / "src")
    return subprocess.run(
        [sys.executable, "-m", "hearth.cli.heat", *arguments],
        env=clean | hearth.environment, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def places(problems: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return sorted((one["line"], one["code"]) for one in problems)


@pytest.mark.parametrize("text", [FIVE, FORTY], ids=["five", "forty"])
def test_the_api_tells_every_mistake(hearth: Running, text: str) -> None:
    user = Rest(hearth).login()

    code, answer = user.call("POST", "/validate", {"template": text})

    assert code == 400
    assert places(answer["error"]["problems"]) == marked(text)
    assert all(one["column"] >= 1 for one in answer["error"]["problems"])


@pytest.mark.parametrize("text", [FIVE, FORTY], ids=["five", "forty"])
def test_the_command_shows_every_mistake(hearth: Running, tmp_path: Path, text: str) -> None:
    (tmp_path / "web.yaml").write_text(text)

    shown = heat(hearth, tmp_path, "validate", "web.yaml")
    told = heat(hearth, tmp_path, "--json", "validate", "web.yaml")

    assert shown.returncode == told.returncode == Exit.INVALID
    [document] = [json.loads(line) for line in told.stdout.splitlines()]
    assert places(document["problems"]) == marked(text)
    lines = text.splitlines()
    for line, code in marked(text):
        assert f"[{code}]: " in shown.stdout
        assert f"--> web.yaml:{line}:" in shown.stdout
        assert f"\n{line} | {lines[line - 1]}\n" in shown.stdout


def test_mistakes_beside_the_template_are_shown_in_their_own_files(
    hearth: Running, tmp_path: Path
) -> None:
    files = {"web.yaml": OUTER, "inner.yaml": INNER, "own.yaml": OWN, "env.yaml": ENVIRONMENT}
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    done = heat(hearth, tmp_path, "validate", "web.yaml", "-e", "env.yaml")

    assert done.returncode == Exit.INVALID
    assert "4 errors, 0 warnings" in done.stdout
    assert _excerpt("env.yaml", 7, 19, "    part: {hooks: pre-craete}", "pre-craete") in done.stdout
    assert _excerpt("web.yaml", 5, 18, "    properties: {sise: 3}", "sise") in done.stdout
    assert _excerpt("inner.yaml", 7, 18, INNER.splitlines()[6], "lenght") in done.stdout
    line = "  word: {type: OS::Heat::RandomStrnig}"
    assert _excerpt("own.yaml", 3, 16, line, "OS::Heat::RandomStrnig") in done.stdout


def _excerpt(file: str, line: int, column: int, text: str, word: str) -> str:
    mark = " " * (column - 1) + "^" * len(word)
    return f" --> {file}:{line}:{column}\n  |\n{line} | {text}\n  | {mark}"


NEVER = """\
heat_template_version: 2018-08-31
resources:
  word: {type: OS::Heat::RandomString, properties: {length: {get_param: size}}}
outputs:
  word: {value: {get_resource: wrod}}
"""


def test_the_command_calls_nothing_valid_that_cannot_be_deployed(
    hearth: Running, tmp_path: Path
) -> None:
    (tmp_path / "web.yaml").write_text(NEVER)
    user = Rest(hearth).login()

    done = heat(hearth, tmp_path, "validate", "web.yaml")
    plain, _ = user.call("POST", "/validate", {"template": NEVER})

    assert done.returncode == Exit.INVALID, done.stdout
    assert "error[unknown-parameter]" in done.stdout
    assert "error[unknown-reference]" in done.stdout
    assert "is valid" not in done.stdout
    assert plain == 200


WRONG_VALUES = """\
heat_template_version: 2018-08-31
parameters:
  needed: {type: string}
  flavor: {type: string, default: m1.smal}
  net: {type: string, default: nonet, constraints: [{custom_constraint: neutron.network}]}
  size: {type: number, default: big}
  map: {type: json, default: "{"}
  flag: {type: boolean, default: maybe}
resources:
  server:
    type: OS::Nova::Server
    properties:
      name: {get_param: needed}
      image: nopic
      flavor: {get_param: flavor}
      networks: [{network: privat}]
      key_name: kk
  sub: {type: OS::Neutron::Subnet, properties: {network: private, cidr: 10.0.0.300/24}}
  port: {type: OS::Neutron::Port, properties: {network: private, mac_address: nomac}}
  vol: {type: OS::Cinder::Volume, properties: {size: {get_param: size}}}
  named: {type: OS::Heat::Value, properties: {value: {get_param: needed}}}
"""
WRONG_WORDS = [
    (5, "nonet"), (6, "big"), (7, '"{"'), (8, "maybe"), (14, "nopic"), (15, "get_param: flavor"),
    (16, "privat"), (17, "kk"), (18, "10.0.0.300/24"), (19, "nomac"),
]  # fmt: skip


def test_the_command_finds_values_that_are_wrong_or_not_in_the_cloud(
    hearth: Running, tmp_path: Path
) -> None:
    (tmp_path / "web.yaml").write_text(WRONG_VALUES)

    told = heat(hearth, tmp_path, "--json", "validate", "web.yaml")

    [document] = [json.loads(line) for line in told.stdout.splitlines()]
    found = [(one["line"], one["column"]) for one in document["problems"]]
    lines = WRONG_VALUES.splitlines()
    assert sorted(found) == [
        (line, lines[line - 1].index(word) + 1) for line, word in WRONG_WORDS
    ], told.stdout
    assert told.returncode == Exit.INVALID


def test_the_command_finds_what_is_wrong_with_given_parameters(
    hearth: Running, tmp_path: Path
) -> None:
    (tmp_path / "web.yaml").write_text(GIVEN)

    wrong = heat(hearth, tmp_path, "validate", "web.yaml", "-P", "size=x", "-P", "flvor=a")
    right = heat(hearth, tmp_path, "validate", "web.yaml", "-P", "size=3")

    assert wrong.returncode == Exit.INVALID, wrong.stdout
    assert "error[invalid-parameter]" in wrong.stdout
    assert " --> web.yaml:3:3" in wrong.stdout
    assert "error[undeclared-parameter]" in wrong.stdout
    assert " --> parameters.flvor" in wrong.stdout
    assert right.returncode == 0, right.stdout


GIVEN = """\
heat_template_version: 2018-08-31
parameters:
  size: {type: number}
  flavor: {type: string}
resources:
  word: {type: OS::Heat::RandomString, properties: {length: {get_param: size}}}
  group:
    type: OS::Heat::ResourceGroup
    properties: {count: {get_param: size}, resource_def: {type: OS::Heat::RandomString}}
outputs:
  word: {value: {get_param: flavor}}
"""


def test_clients_are_answered_as_upstream_answers_where_only_values_are_wrong(
    hearth: Running,
) -> None:
    code, answer = Rest(hearth).login().call("POST", "/validate", {"template": WRONG_VALUES})

    assert code == 200
    assert answer["Parameters"]["size"]["Default"] == "big"
    assert "problems" not in answer


@pytest.mark.parametrize("command", ["validate", "plan"])
@pytest.mark.parametrize("which", TOO_MUCH)
def test_what_would_become_too_much_is_told_with_its_file_and_line(
    hearth: Running, tmp_path: Path, which: str, command: str
) -> None:
    text, line, sentence = TOO_MUCH[which]
    (tmp_path / "web.yaml").write_text(text)
    (tmp_path / "right.yaml").write_text("heat_template_version: 2018-08-31")
    (tmp_path / "env.yaml").write_text(text)

    own = heat(hearth, tmp_path, command, "web.yaml")
    beside = heat(hearth, tmp_path, command, "right.yaml", "-e", "env.yaml")

    for done, name in ((own, "web.yaml"), (beside, "env.yaml")):
        assert done.returncode == Exit.INVALID, done.stdout
        assert sentence in done.stdout
        assert f" --> {name}:{line}:" in done.stdout


def test_names_of_environments_in_a_wrong_form_are_told_in_words(hearth: Running) -> None:
    body = {"template": "heat_template_version: 2018-08-31", "environment_files": 5}

    code, answer = Rest(hearth).login().call("POST", "/validate", body)

    assert code == 400
    assert answer["error"]["message"].startswith('"environment_files" must be a list')
