"""Settings come from one place."""

import pytest

from hearth.config import Settings, WrongConfiguration, load


def written(tmp_path, text):
    path = tmp_path / "heat.conf"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_files_everything_is_the_default():
    assert load([]) == Settings()


def test_an_empty_file_changes_nothing(tmp_path):
    assert load([written(tmp_path, "")]) == Settings()


def test_a_file_sets_options_of_every_kind(tmp_path):
    text = """
    [DEFAULT]
    max_json_body_size = 17
    enable_stack_adopt = yes
    hidden_stack_tags = a, b
    template_fetch_timeout = 2.5
    [trustee]
    auth_url = http://keystone:5000
    [heat_api]
    bind_port = 1234
    [keystone_authtoken]
    memcached_servers = what:1
    """

    settings = load([written(tmp_path, text.replace("\n    ", "\n"))])

    assert settings.max_json_body_size == 17
    assert settings.enable_stack_adopt is True
    assert settings.hidden_stack_tags == ("a", "b")
    assert settings.template_fetch_timeout == 2.5
    assert settings.trustee.auth_url == "http://keystone:5000"
    assert settings.heat_api.bind_port == 1234


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("periodic_interval = soon", ["periodic_interval", ":3:"]),
        ("max_json_body_size = 0", ["max_json_body_size", ":3:"]),
        ("default_user_data_format = WRONG", ["default_user_data_format", ":3:"]),
    ],
)
def test_a_wrong_value_is_refused_with_its_option_file_and_line(tmp_path, line, words):
    path = written(tmp_path, f"[DEFAULT]\n# a comment\n{line}\n")

    with pytest.raises(WrongConfiguration) as refused:
        load([path])

    assert all(word in refused.value.sentence for word in [*words, str(path)])


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(WrongConfiguration, match=r"absent\.conf"):
        load([tmp_path / "absent.conf"])


def test_secrets_are_not_printed():
    assert "notgood" not in repr(Settings())
