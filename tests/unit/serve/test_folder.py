"""What is spoilt or lost in a state folder is named, with what can be done, and never replaced."""

import asyncio
import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from hearth.base.errors import HearthError
from hearth.sandbox import Settings, build
from hearth.serve.folder import SANDBOX, UP, USERS, Folder, NoFolder, NoSecrets
from hearth.serve.http import NoSuchHost, PortTaken, bound
from hearth.serve.options import SandboxOptions, UpOptions, Urls
from hearth.serve.runners import IN_USE, run_sandbox, run_up
from hearth.store import Store
from hearth.store.errors import Spoilt
from tests.support.clock import JumpingClock
from tests.support.hand import SeededIds

SHORT = msgspec.json.encode(
    {"auth_encryption_key": "hidden-word", "passwords": dict.fromkeys(USERS, "hidden-word")}
)
URLS = Urls("http://heat", "http://cfn", "http://watch", "http://keystone")


def test_a_password_is_no_option_to_any_client(tmp_path):
    passwords = Folder(tmp_path).secrets().passwords

    assert len(set(passwords.values())) == len(USERS)
    assert all(word.isalnum() and len(word) >= 32 for word in passwords.values())


def test_secrets_are_made_once(tmp_path: Path) -> None:
    first = Folder(tmp_path).secrets()
    (tmp_path / "heat.sqlite").touch()

    assert Folder(tmp_path).secrets() == first


@pytest.mark.parametrize("kept", ["heat.sqlite", "cloud.sqlite"])
def test_lost_secrets_are_not_replaced_beside_a_database(tmp_path: Path, kept: str) -> None:
    (tmp_path / kept).touch()

    with pytest.raises(NoSecrets) as told:
        Folder(tmp_path).secrets()

    path = tmp_path / "secrets.json"
    assert f"{path} is gone, and {kept} beside it" in told.value.sentence
    assert "from a copy" in told.value.sentence
    assert "--state-dir" in told.value.sentence
    assert not path.exists()


@pytest.mark.parametrize(
    "spoilt",
    [
        b"\x00garbage \xff",
        b"",
        b"{}",
        b"[]",
        b'{"auth_encryption_key": "\xff", "passwords": {}}',
        b'{"auth_encryption_key": "hidden-word", "passwords": {"demo": "hidden-word"}}',
        b'{"auth_encryption_key": 1, "passwords": "hidden-word"}',
        SHORT,
    ],
)
def test_spoilt_secrets_are_said_to_be_so_without_being_told(tmp_path: Path, spoilt: bytes) -> None:
    path = tmp_path / "secrets.json"
    path.write_bytes(spoilt)

    with pytest.raises(NoSecrets) as told:
        Folder(tmp_path).secrets()

    assert told.value.sentence.startswith(f"{path} does not hold ")
    assert "from a copy" in told.value.sentence
    assert "hidden-word" not in told.value.sentence
    assert path.read_bytes() == spoilt


def test_secrets_that_are_a_folder_are_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").mkdir()

    with pytest.raises(NoSecrets, match=r"secrets\.json cannot be read: Is a directory"):
        Folder(tmp_path).secrets()


def test_a_clouds_yaml_that_is_a_folder_is_named(tmp_path: Path) -> None:
    folder, path = Folder(tmp_path), tmp_path / "clouds.yaml"
    path.mkdir()

    for write in (lambda: folder.write_clouds(URLS, "RegionOne"), folder.drop_clouds):
        with pytest.raises(NoFolder) as told:
            write()
        assert f"{path} cannot be written" in told.value.sentence
        assert "--state-dir" in told.value.sentence


def test_a_folder_where_nothing_more_can_be_written_is_named(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with pytest.raises(NoFolder) as told, folder.held(UP):
            pass
        with pytest.raises(NoFolder) as told_of_secrets:
            folder.secrets()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert f"{tmp_path / UP} cannot be written: File too large" in told.value.sentence
    assert "secrets.json" in told_of_secrets.value.sentence
    assert not (tmp_path / "secrets.json").exists()


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "heat.sqlite"
    with closing(sqlite3.connect(path)) as sql:
        sql.execute("CREATE TABLE stacks (of_hay TEXT)")
    before = path.read_bytes()

    with pytest.raises(Spoilt) as told:
        asyncio.run(Store(f"sqlite:///{path}", "a key of thirty-two characters!!").open())

    assert f"{path} cannot be opened" in told.value.sentence
    assert "use another" in told.value.sentence
    assert path.read_bytes()[100:] == before[100:]


@pytest.mark.parametrize("broken", ["heat", "cloud"])
def test_a_database_that_is_none_is_named(tmp_path: Path, broken: str) -> None:
    path = tmp_path / f"{broken}.sqlite"
    path.write_bytes(b"garbage " * 1000)

    def opened() -> None:
        if broken == "heat":
            asyncio.run(Store(f"sqlite:///{path}", "a key of thirty-two characters!!").open())
        else:
            build(Settings(path=str(path)), JumpingClock(), SeededIds())

    with pytest.raises(HearthError) as told:
        opened()

    assert f"{path} cannot be" in told.value.sentence
    assert "not a database" in told.value.sentence
    assert "from a copy" in told.value.sentence
    assert path.read_bytes() == b"garbage " * 1000


@pytest.mark.parametrize("program", ["up", "sandbox"])
def test_a_folder_in_use_ends_the_program_as_the_guide_says(tmp_path: Path, program: str) -> None:
    with Folder(tmp_path).held(UP if program == "up" else SANDBOX):
        if program == "up":
            code = run_up(UpOptions(state_dir=tmp_path, port_base=0))
        else:
            code = run_sandbox(SandboxOptions(state_dir=tmp_path, port=0))

    assert code == IN_USE == 6


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("nope.invalid", 'The name "nope.invalid" cannot be resolved'),
        ("192.0.2.1", "Cannot assign requested address"),
    ],
)
def test_a_host_that_is_not_this_machine_is_named(host: str, said: str) -> None:
    with pytest.raises(NoSuchHost) as told:
        bound(host, 0)

    assert said in told.value.sentence
    assert "--host" in told.value.sentence


def test_a_port_that_is_taken_is_named() -> None:
    with (
        bound("127.0.0.1", 0) as first,
        pytest.raises(PortTaken, match=f"port {first.getsockname()[1]}"),
    ):
        bound("127.0.0.1", first.getsockname()[1])
