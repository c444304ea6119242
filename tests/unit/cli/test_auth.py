"""The login is found where every OpenStack client finds it."""

from pathlib import Path

import pytest

from hearth.cli.auth import login
from hearth.cli.errors import Exit, Stop

CLOUDS = """
clouds:
  home:
    auth: {auth_url: http://k/v3, username: me, project_name: mine}
    region_name: here
    verify: false
"""


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No login in the environment or the folder."""
    import os

    for name in list(os.environ):
        if name.startswith("OS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def test_a_cloud_of_clouds_yaml_with_its_secret_beside_it(tmp_path: Path) -> None:
    (tmp_path / "clouds.yaml").write_text(CLOUDS)
    (tmp_path / "secure.yaml").write_text("clouds: {home: {auth: {password: s3}}}")

    found = login("home", {})

    assert found.auth["password"] == "s3"
    assert found.auth["user_domain_id"] == "default"
    assert (found.region, found.verify) == ("here", False)


def test_variables_alone_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AUTH_URL": "http://k/v3", "USERNAME": "me", "PASSWORD": "p",
                        "PROJECT_NAME": "mine", "USER_DOMAIN_NAME": "d"}.items():  # fmt: skip
        monkeypatch.setenv(f"OS_{name}", value)

    found = login(None, {})

    assert found.auth["user_domain_name"] == "d"
    assert "user_domain_id" not in found.auth
    assert found.auth["project_domain_id"] == "default"


def test_an_application_credential_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OS_AUTH_URL", "http://k/v3")
    monkeypatch.setenv("OS_APPLICATION_CREDENTIAL_ID", "i")
    monkeypatch.setenv("OS_APPLICATION_CREDENTIAL_SECRET", "s")

    assert login(None, {}).auth_type == "v3applicationcredential"


def test_nobody_logged_in_is_told_what_to_do() -> None:
    with pytest.raises(Stop, match="nobody is logged in") as stopped:
        login(None, {})

    assert stopped.value.code is Exit.NOT_ALLOWED
    assert "hearth up" in stopped.value.next_command


def test_an_unknown_cloud_names_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "clouds.yaml").write_text(CLOUDS)

    with pytest.raises(Stop, match=r'no cloud "away" .it has: home'):
        login("away", {})


@pytest.mark.parametrize(
    ("content", "said", "after"),
    [
        (b"clouds:\n  home: [a\n", "clouds.yaml cannot be read as YAML: line 3, column 1: ",
         "sed -n 3p clouds.yaml"),
        (b"clouds: \xff\n", "clouds.yaml cannot be read as YAML: ", "ls -l clouds.yaml"),
    ],
)  # fmt: skip
def test_a_broken_file_is_told_in_one_line(content: bytes, said: str, after: str) -> None:
    Path("clouds.yaml").write_bytes(content)

    with pytest.raises(Stop) as told:
        login("home", {})

    assert told.value.sentence.startswith(said)
    assert "\n" not in told.value.sentence
    assert (told.value.code, told.value.next_command) == (Exit.NOT_ALLOWED, after)
