"""Whoever uses the commands is told the one cause of a failure, and what to do next."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearth.cli import hearth as hearth_program
from hearth.cli import heat as heat_program
from hearth.cli.errors import Exit
from tests.support.running import Running, free_ports, running, spawn

pytestmark = pytest.mark.process

FAILS = """\
heat_template_version: 2018-08-31
parameters:
  word: {type: string}
resources:
  first: {type: OS::Heat::RandomString}
  boom:
    type: OS::Heat::TestResource
    properties: {value: {get_param: word}, fail: true}
    depends_on: first
"""
OUTER = """\
heat_template_version: 2018-08-31
resources:
  first: {type: OS::Heat::RandomString}
  pair: {type: fails.yaml, properties: {word: x}}
"""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("state"), "--speed", "fast") as started:
        yield started


@pytest.fixture
def user(up: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A user's folder, with a template in it and the login in the environment."""
    for name, value in up.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fails.yaml").write_text(FAILS)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("user")
def test_a_creation_that_was_rolled_back_tells_what_failed_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = heat_program.main(["deploy", "fails.yaml", "--name", "back", "-P", "word=x", "--yes"])

    lines = said(capsys)
    assert code == Exit.ROLLED_BACK
    assert lines[-3:-1] == [
        "Cause   boom: Test Resource failed boom",
        "        OS::Heat::TestResource  fails.yaml:6",
    ]
    assert lines[-1] == "Next    heat events back"


@pytest.mark.usefixtures("user")
def test_whoever_watches_later_is_told_the_last_cause_not_the_first_of_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["deploy", "fails.yaml", "--name", "twice", "--no-rollback", "--yes"]
    heat_program.main([*arguments, "-P", "word=x"])
    template = Path("fails.yaml").read_text().replace("boom", "bang")
    Path("fails.yaml").write_text(template)
    heat_program.main([*arguments, "-P", "word=x"])
    capsys.readouterr()

    code = heat_program.main(["watch", "twice"])

    assert code == Exit.FAILED
    causes = [line for line in said(capsys) if line.startswith("Cause")]
    assert causes == ["Cause   bang: Test Resource failed bang"]


@pytest.mark.usefixtures("user")
def test_why_tells_the_root_cause_through_nested_stacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("outer.yaml").write_text(OUTER)
    arguments = ["deploy", "outer.yaml", "--name", "outer", "--no-rollback", "--yes"]
    assert heat_program.main(arguments) == Exit.FAILED
    capsys.readouterr()

    assert heat_program.main(["why", "outer"]) == 0
    told = said(capsys)
    heat_program.main(["why", "outer", "--json"])
    (document,) = [json.loads(line) for line in said(capsys)]
    heat_program.main(["show", "outer"])

    assert told == [
        "outer  CREATE_FAILED",
        "Cause   pair/boom: Test Resource failed boom",
        "        OS::Heat::TestResource  template:4 → fails.yaml:6",
        "Next    heat events outer --depth 5",
    ]
    assert (document["kind"], document["status"]) == ("why", "CREATE_FAILED")
    assert [one["path"] for one in document["causes"]] == [["pair", "boom"]]
    assert told[1] in said(capsys)


@pytest.mark.usefixtures("user")
def test_why_has_nothing_to_tell_of_what_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    Path("well.yaml").write_text("heat_template_version: 2018-08-31\nresources: {}\n")
    heat_program.main(["deploy", "well.yaml", "--yes"])
    capsys.readouterr()

    assert heat_program.main(["why", "well"]) == 0

    assert said(capsys) == [
        "well  CREATE_COMPLETE", "Nothing has failed in what was done last.",
    ]  # fmt: skip


@pytest.mark.usefixtures("user")
def test_a_parameter_that_is_missing_comes_with_the_command_that_gives_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = heat_program.main(["deploy", "fails.yaml", "--name", "new"])

    assert code == Exit.INVALID
    assert said(capsys)[-1] == "Next    heat deploy fails.yaml --name new -P word=…"


@pytest.mark.usefixtures("user")
def test_a_wrong_name_among_several_deletes_none(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["deploy", "fails.yaml", "--name", "kept", "-P", "word=x", "--no-rollback", "--yes"]
    assert heat_program.main(arguments) == Exit.FAILED

    code = heat_program.main(["delete", "kept", "nobody", "--yes"])

    assert code == Exit.WRONG_COMMAND
    assert said(capsys)[-1] == "Next    heat list"
    assert heat_program.main(["show", "kept"]) == 0


@pytest.mark.usefixtures("user")
def test_a_wrong_password_comes_with_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = heat_program.main(["--os-password", "wrong", "list"])

    lines = said(capsys)
    assert code == Exit.NOT_ALLOWED
    assert lines[0].startswith("error: Keystone does not let you in: ")
    assert lines[1:] == ["Next    hearth status  (after `hearth up`: prints what logs you in)"]


@pytest.mark.usefixtures("user")
def test_old_names_do_not_ask_where_nobody_is(capsys: pytest.CaptureFixture[str]) -> None:
    code = heat_program.main(["stack-delete", "nobody"])

    assert code == Exit.WRONG_COMMAND
    assert said(capsys) == [
        "error: nobody is there to be asked; add --yes to go ahead",
        "Next    heat stack-delete … --yes",
    ]


@pytest.mark.usefixtures("user")
def test_what_is_wrong_with_what_was_given_comes_with_one_next_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("bad.env").write_text("parameters: [a\n")
    Path("wrong.yaml").write_text(FAILS.replace("RandomString", "RandomStrnig"))
    tries = {
        ("deploy", "fails.yaml", "-P", "word=x", "--name", "1 bad/name"):
            "heat deploy fails.yaml --name bad-name",
        ("deploy", "fails.yaml", "-P", "word=x", "-P", "wrod=x"): "heat validate fails.yaml",
        ("validate", "wrong.yaml"): "heat validate wrong.yaml",
        ("deploy", "wrong.yaml", "-P", "word=x"): "heat validate wrong.yaml",
        ("deploy", "fails.yaml", "-e", "bad.env"): "sed -n 2p bad.env",
    }  # fmt: skip

    ended = {given: (heat_program.main(list(given)), said(capsys)[-1]) for given in tries}

    assert ended == {given: (Exit.INVALID, f"Next    {after}") for given, after in tries.items()}


@pytest.mark.usefixtures("user")
def test_a_watch_of_what_is_at_rest_claims_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    Path("rest.yaml").write_text("heat_template_version: 2018-08-31\nresources: {}\n")
    heat_program.main(["deploy", "rest.yaml", "--yes"])
    capsys.readouterr()

    assert heat_program.main(["watch", "rest"]) == 0

    assert said(capsys)[-1] == "rest  CREATE_COMPLETE"


@pytest.mark.usefixtures("user")
def test_what_the_command_line_says_wins_over_an_environment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("env.yaml").write_text("parameters: {a: file, b: filed}\n")
    Path("said.yaml").write_text(
        "heat_template_version: 2018-08-31\n"
        "parameters:\n"
        "  a: {type: string, constraints: [allowed_values: [said, again]]}\n"
        "  b: {type: string}\n"
        "outputs: {it: {value: {list_join: [' ', [{get_param: a}, {get_param: b}]]}}}\n"
    )
    given = ["said.yaml", "-e", "env.yaml"]

    valid = heat_program.main(["validate", *given, "-P", "a=said"])
    made = heat_program.main(["deploy", *given, "-P", "a=said", "--yes"])
    first = said(capsys)[-1]
    planned = heat_program.main(["plan", *given, "-P", "a=again", "--exit-code"])
    told = said(capsys)
    unsaid = heat_program.main(["deploy", *given, "--yes"])
    old = heat_program.main(["stack-update", "said", "-f", *given, "-P", "a=again"])

    assert (valid, made, first) == (0, 0, "  it  said filed")
    assert planned == Exit.CHANGES_PENDING
    assert "      parameters.a  said → again" in told
    assert (unsaid, old) == (Exit.INVALID, Exit.INVALID)


@pytest.mark.usefixtures("user")
def test_a_nested_stack_that_is_as_it_is_wanted_leaves_nothing_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("calm.yaml").write_text("heat_template_version: 2018-08-31\nresources: {}\n")
    Path("around.yaml").write_text(
        "heat_template_version: 2018-08-31\nresources: {calm: {type: calm.yaml}}\n"
    )
    heat_program.main(["deploy", "around.yaml", "--yes"])

    planned = heat_program.main(["plan", "around.yaml", "--exit-code"])
    capsys.readouterr()
    again = heat_program.main(["deploy", "around.yaml"])

    assert (planned, again) == (0, 0)
    assert said(capsys) == ["Plan for stack around: 1 unchanged", "Nothing to do."]


@pytest.mark.usefixtures("user")
def test_a_plan_says_where_as_the_user_said_it(capsys: pytest.CaptureFixture[str]) -> None:
    Path("deep").mkdir()
    Path("deep/small.yaml").write_text(FAILS)

    heat_program.main(["plan", "deep/small.yaml", "-P", "word=x"])

    assert "  + first   OS::Heat::RandomString   deep/small.yaml:5" in said(capsys)


@pytest.mark.usefixtures("user")
def test_what_touches_no_resource_is_deployed_too(capsys: pytest.CaptureFixture[str]) -> None:
    head = "heat_template_version: 2018-08-31\n"
    Path("out.yaml").write_text(head + "outputs: {a: {value: one}}\n")
    arguments = ["deploy", "out.yaml", "--name", "out", "--yes"]
    heat_program.main([*arguments, "--tags", "x"])
    Path("out.yaml").write_text(head + "outputs: {a: {value: two}}\n")
    capsys.readouterr()

    changed = heat_program.main(arguments)
    lines = said(capsys)
    again = heat_program.main(arguments)
    same = said(capsys)
    heat_program.main(["plan", "out.yaml", "--name", "out", "--exit-code"])

    assert (changed, again) == (0, 0)
    assert lines[:3] == [
        "Plan for stack out: only the stack itself changes",
        "  ~ the stack itself",
        "      outputs.a  one → two",
    ]
    assert lines[-1] == "  a  two"
    assert "Nothing to do." in same
    heat_program.main(["show", "out"])
    assert any("x" in line for line in said(capsys) if "tags" in line.lower())


@pytest.mark.usefixtures("user")
def test_each_change_of_a_stack_has_its_line_in_the_log(up: Running) -> None:
    arguments = ["deploy", "fails.yaml", "--name", "logged", "-P", "word=hidden", "--yes"]
    heat_program.main(arguments)

    log = (up.state_dir / "hearth.log").read_text()
    lines = [line for line in log.splitlines() if " stack logged (" in line]
    assert [line.split(") ")[1].split()[0] for line in lines] == [
        "CREATE_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE",
    ]  # fmt: skip
    assert len({line.split()[-1] for line in lines}) == 1
    assert lines[0].split()[-1].startswith("req-")
    assert "hidden" not in log


def test_down_returns_when_nothing_runs_any_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path / "state") as other:
        place = ["--state-dir", str(other.state_dir)]
        for name, value in other.environment.items():
            monkeypatch.setenv(name, value)

        code = hearth_program.main(["down", *place])

        with pytest.raises(ConnectionRefusedError):
            _connect(other.port_base + 5)
        assert (code, said(capsys)) == (0, ["stopped"])
        assert heat_program.main(["list"]) == Exit.WRONG_COMMAND
        assert said(capsys) == [
            f"error: nobody answers at http://127.0.0.1:{other.port_base + 5}",
            "Next    hearth status",
        ]
        assert hearth_program.main(["status", *place]) == Exit.WRONG_COMMAND
        assert said(capsys)[-1] == f"Next    hearth up --state-dir {other.state_dir}"


def test_whoever_was_killed_is_followed_at_once_and_its_number_is_nobodys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--state-dir", str(tmp_path / "state")]
    arguments = ["up", "--detach", "--port-base", str(free_ports()), "--speed", "fast", *place]
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert hearth_program.main(arguments) == 0
        told = json.loads((tmp_path / "state" / "hearth.json").read_text())
        os.kill(told["pid"], signal.SIGKILL)
        assert hearth_program.main(arguments) == 0
        again = json.loads((tmp_path / "state" / "hearth.json").read_text())
        os.kill(again["pid"], signal.SIGKILL)
        os.waitpid(again["pid"], 0)
        again["pid"] = stranger.pid
        (tmp_path / "state" / "hearth.json").write_text(json.dumps(again))
        capsys.readouterr()

        status = hearth_program.main(["status", *place])
        down = hearth_program.main(["down", *place])

        assert (status, down) == (Exit.WRONG_COMMAND, 0)
        assert "not running" in capsys.readouterr().out
        assert stranger.poll() is None
    finally:
        stranger.communicate()


def test_up_prints_what_points_clients_to_it(up: Running) -> None:
    log = (up.state_dir / "hearth.log").read_text().splitlines()

    assert f"export OS_CLIENT_CONFIG_FILE={up.state_dir / 'clouds.yaml'}" in log
    assert "export OS_CLOUD=hearth" in log


def test_a_cloud_that_is_not_there_is_named(tmp_path: Path) -> None:
    log, base = tmp_path / "log", free_ports()
    nowhere = f"http://127.0.0.1:{base + 1}"
    place = ("--state-dir", str(tmp_path / "state"), "--port-base", str(base))

    ended = spawn(log, "up", *place, "--cloud", nowhere).wait(60)

    assert ended == Exit.WRONG_COMMAND
    told = log.read_text().splitlines()[-1]
    assert told.endswith(f"Nobody answers at {nowhere}; `hearth sandbox` runs a simulated cloud.")


@pytest.mark.parametrize("more", [(), ("--detach",)])
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, more: tuple[str, ...]) -> None:
    log = tmp_path / "log"

    ended = spawn(log, "up", "--state-dir", "/proc/nope", *more).wait(60)

    told = log.read_text()
    assert ended == Exit.WRONG_COMMAND
    assert "/proc/nope cannot hold hearth's state: No such file or directory" in told
    assert "Traceback" not in told


def test_a_start_in_the_background_that_fails_tells_only_of_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "hearth.log").write_text("what was before\n")
    base = free_ports()
    nowhere = f"http://127.0.0.1:{base + 1}"

    code = hearth_program.main(
        ["up", "--detach", "--state-dir", str(state), "--port-base", str(base),
         "--cloud", nowhere]
    )  # fmt: skip

    told = capsys.readouterr().out
    assert code == Exit.WRONG_COMMAND
    assert f"Nobody answers at {nowhere}" in told
    assert "what was before" not in told
    assert (state / "hearth.log").stat().st_mode & 0o777 == 0o600


def test_what_nobody_expected_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    up = ["up", "--state-dir", "no such\0name"]

    quiet = hearth_program.main(up)
    said_quietly = capsys.readouterr()
    loud = hearth_program.main(["--debug", *up])

    assert quiet == loud == Exit.WRONG_COMMAND
    lines = said_quietly.out.splitlines()
    assert lines[0].startswith("error: hearth itself failed: ValueError: ")
    assert lines[1:] == ["Next    hearth --debug …"]
    assert "Traceback" not in said_quietly.err
    assert "Traceback" in capsys.readouterr().err


def _connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
