"""What goes with a template is found, read and bounded."""

from pathlib import Path

import pytest
import yaml

from hearth.cli import bounds
from hearth.cli.errors import Stop
from hearth.cli.files import bundle
from hearth.cli.session import pairs
from hearth.template import reader
from tests.support.texts import TOO_MUCH

ROOT = """
heat_template_version: 2018-08-31
resources:
  one: {type: part.yaml, properties: {script: {get_file: run.sh}}}
"""


def test_files_are_uploaded_under_the_names_that_the_template_uses(tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_text(ROOT)
    (tmp_path / "part.yaml").write_text("resources: {x: {type: deep/er.yaml}}")
    (tmp_path / "run.sh").write_text("#!/bin/sh")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "er.yaml").write_text("resources: {}")

    found = bundle(str(tmp_path / "root.yaml"))

    assert found.template == ROOT
    assert set(found.files) == {"part.yaml", "run.sh", "deep/er.yaml"}
    assert found.files["run.sh"] == "#!/bin/sh"


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_text(ROOT)

    with pytest.raises(Stop, match=r"part\.yaml cannot be read: No such file"):
        bundle(str(tmp_path / "root.yaml"))


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_text(
        "resources: {a: {type: sub/a.yaml}, s: {p: {get_file: s.sh}}}"
    )
    (tmp_path / "s.sh").write_text("one")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "s.sh").write_text("two")
    (tmp_path / "sub" / "a.yaml").write_text("resources: {s: {p: {get_file: s.sh}}}")

    with pytest.raises(Stop, match=r'two different files are both called "s\.sh"'):
        bundle(str(tmp_path / "root.yaml"))


def test_a_registry_points_to_uploaded_templates(tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_text("resources: {}")
    (tmp_path / "mine.yaml").write_text("resources: {}")
    (tmp_path / "env.yaml").write_text(
        yaml.safe_dump({"parameters": {"a": 1}, "resource_registry": {"My::Type": "mine.yaml"}})
    )

    found = bundle(str(tmp_path / "root.yaml"), (str(tmp_path / "env.yaml"),))

    url = (tmp_path / "mine.yaml").as_uri()
    assert found.environment["resource_registry"] == {"My::Type": url}
    assert found.files[url] == "resources: {}"
    assert found.environment_files == [(tmp_path / "env.yaml").as_uri()]


def test_later_environments_win(tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_text("resources: {}")
    (tmp_path / "a.yaml").write_text("parameters: {x: 1, y: 1}")
    (tmp_path / "b.yaml").write_text("parameters: {y: 2}")

    found = bundle(
        str(tmp_path / "root.yaml"), (str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"))
    )

    assert found.environment == {"parameters": {"x": 1, "y": 2}}


def test_dates_stay_text(tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_text("resources: {}")
    (tmp_path / "env.yaml").write_text("parameters: {day: 2018-08-31}")

    found = bundle(str(tmp_path / "root.yaml"), (str(tmp_path / "env.yaml"),))

    assert found.environment == {"parameters": {"day": "2018-08-31"}}


def test_a_template_is_called_what_its_user_called_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "root.yaml").write_text("resources: {}")
    monkeypatch.chdir(tmp_path)

    found = bundle("deep/root.yaml")

    assert set(found.texts()) == {"deep/root.yaml"}
    assert found.told([{"file": "template"}]) == [{"file": "deep/root.yaml"}]


def test_a_template_that_is_missing_comes_with_where_to_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(Stop) as stop:
        bundle("deep/er/root.yaml")

    assert stop.value.sentence == "deep/er/root.yaml cannot be read: No such file or directory"
    assert stop.value.next_command == "ls deep"


def test_the_bounds_are_those_of_the_server() -> None:
    assert (bounds.MAX_NODES, bounds.MAX_DEPTH) == (reader.MAX_NODES, reader.MAX_DEPTH)


@pytest.mark.parametrize("which", TOO_MUCH)
def test_what_would_become_too_much_is_left_for_the_server_to_explain(
    tmp_path: Path, which: str
) -> None:
    text, _line, _sentence = TOO_MUCH[which]
    (tmp_path / "root.yaml").write_text(text)
    (tmp_path / "env.yaml").write_text(text)

    found = bundle(str(tmp_path / "root.yaml"), (str(tmp_path / "env.yaml"),))

    assert found.template == text
    assert list(found.files.values()) == [text]


@pytest.mark.parametrize("which", TOO_MUCH)
def test_an_environment_of_another_name_is_refused_with_it(tmp_path: Path, which: str) -> None:
    text, line, sentence = TOO_MUCH[which]
    (tmp_path / "root.yaml").write_text(ROOT.partition("resources")[0])
    (tmp_path / "my.env").write_text(text)

    with pytest.raises(Stop) as told:
        bundle(str(tmp_path / "root.yaml"), (str(tmp_path / "my.env"),))

    assert "my.env cannot be read as YAML" in told.value.sentence
    assert f"{sentence} (line {line})" in told.value.sentence


@pytest.mark.parametrize("name", [".", "sub"])
def test_a_directory_is_called_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()

    with pytest.raises(Stop) as told:
        bundle(name)

    assert told.value.sentence == f"{name} is a directory"
    assert told.value.next_command == f"ls {name}"


def test_an_environment_that_is_a_list_is_left_for_the_server_to_explain(tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_text("resources: {}")
    (tmp_path / "env.yaml").write_text("- parameters")

    found = bundle(str(tmp_path / "root.yaml"), (str(tmp_path / "env.yaml"),))

    assert list(found.files.values()) == ["- parameters"]


def test_a_value_that_is_no_text_is_refused_with_its_name() -> None:
    with pytest.raises(Stop, match='the value of the parameter "name" is not text in UTF-8'):
        pairs(("name=\udcff",))


FACE = '"description": "\\ud83d\\ude00 \x7f"'


def test_json_is_tried_before_yaml_as_the_server_does(tmp_path: Path) -> None:
    (tmp_path / "root.json").write_text(
        f'{{{FACE}, "resources": {{"a": {{"p": {{"get_file": "run.sh"}}}}}}}}'
    )
    (tmp_path / "run.sh").write_text("#!/bin/sh")
    (tmp_path / "mine.yaml").write_text("resources: {}")
    (tmp_path / "env.json").write_text(
        '{"parameters": {"x": "\\ud83d\\ude00", "y": "mine.yaml"},\n'
        ' "resource_registry": {"My::Type": "mine.yaml"}}'
    )

    found = bundle(str(tmp_path / "root.json"), (str(tmp_path / "env.json"),))

    assert found.files["run.sh"] == "#!/bin/sh"
    url = (tmp_path / "mine.yaml").as_uri()
    assert found.files[found.environment_files[0]] == (
        '{"parameters": {"x": "\\ud83d\\ude00", "y": "mine.yaml"},\n'
        f' "resource_registry": {{"My::Type": "{url}"}}}}'
    )


def test_a_template_that_cannot_be_read_is_for_the_server_to_explain(tmp_path: Path) -> None:
    (tmp_path / "root.json").write_text('{"a": ')

    assert bundle(str(tmp_path / "root.json")).template == '{"a": '
