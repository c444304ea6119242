"""What a played guest sees in scripts, user data and configs, of which nothing is run."""

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth.sandbox.guests.boot import booted
from hearth.sandbox.guests.deploying import applied
from hearth.sandbox.guests.requests import Request
from hearth.sandbox.guests.shell import Shell

FACTS = {"hostname": "web", "date": "today"}


def seen(script: str, **env: str) -> Shell:
    return Shell(dict(env), FACTS).run(script)


@pytest.mark.parametrize(
    ("script", "stdout"),
    [
        ("echo one two", "one two\n"),
        ("echo -n 'a  b'", "a  b"),
        ("echo \"$foo ${foo}s \\$foo\" '$foo'", "F Fs $foo $foo\n"),
        ("echo $(hostname) `date`", "web today\n"),
        ("x=5; export y=6\necho $x$y", "56\n"),
        ("if true; then echo yes; else echo no; fi", "yes\nno\n"),
        ("echo a # not this", "a\n"),
        ("# echo a\necho b#c", "b#c\n"),
        ("echo one \\\n two", "one two\n"),
        ("cat > /f <<EOF\necho inside\nEOF\necho after", "after\n"),
        ("rm -rf / && echo done || echo other", "done\nother\n"),
        ("false; echo $?; true; echo $?", "1\n0\n"),
        ("echo x > /f; echo y >> /f; cat /f", "x\ny\n"),
        ("echo 'never closed", "'never closed\n"),
    ],
)
def test_what_a_script_says(script: str, stdout: str):
    assert seen(script, foo="F").stdout == stdout


def test_troubles_files_and_the_end_are_seen():
    shell = seen("echo bad 1>&2\necho -n v > $place.result\nexit 3\necho never", place="/o/1")

    assert shell.stderr == "bad\n"
    assert shell.files == {"/o/1.result": "v"}
    assert (shell.code, shell.stdout) == (3, "")


@given(st.text(max_size=200))
def test_no_text_is_too_strange(script: str):
    assert isinstance(seen(script).code, int)


def test_curl_is_the_request_that_it_would_send():
    script = """
    curl -k -s -X POST -H 'X-Auth-Token: t' -H 'Content-Type: application/json' \\
      http://heat/signal --data-binary '{"a": 1}'
    /usr/bin/curl -XPUT -d "x=$foo" 'http://heat/put?a=b&c=d'
    curl http://heat/get
    curl --help
    """

    assert seen(script, foo="F").requests == [
        Request(
            "POST",
            "http://heat/signal",
            {"X-Auth-Token": "t", "Content-Type": "application/json"},
            b'{"a": 1}',
        ),
        Request("PUT", "http://heat/put?a=b&c=d", {}, b"x=F"),
        Request("GET", "http://heat/get"),
    ]


@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [("-e $? -r 'all done'", "SUCCESS", "all done"), ("-e 1", "FAILURE", ""),
     ("--success false --reason=no", "FAILURE", "no")],
)  # fmt: skip
def test_cfn_signal_is_what_it_would_put(given: str, status: str, reason: str):
    (request,) = seen(f"/opt/aws/bin/cfn-signal {given} -i id-1 'http://cfn/wait?a=b&c=d'").requests

    body = json.loads(request.body)
    assert (request.method, request.url) == ("PUT", "http://cfn/wait?a=b&c=d")
    assert request.headers == {"Content-Type": ""}
    assert (body["Status"], body["Reason"], body["UniqueId"]) == (status, reason, "id-1")


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


def test_user_data_may_be_a_script_a_document_or_nothing():
    document = (
        'Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n'
        "--b\nContent-Type: text/x-shellscript\n\ncurl http://one\n"
        "--b\nContent-Type: text/cloud-config\n\n"
        "runcmd:\n- curl http://two\n- [curl, http://three]\n"
        "--b\nContent-Type: text/x-cfninitdata\nContent-Disposition: attachment; "
        'filename="cfn-userdata"\n\n#!/bin/sh\ncurl http://four\n'
        "--b\nContent-Type: text/x-cfninitdata\nContent-Disposition: attachment; "
        'filename="cfn-init-data"\n\n{"os-collect-config": {"collectors": []}}\n--b--\n'
    )

    whole = booted(encoded(document), FACTS)

    assert [one.url for one in whole.requests] == [
        "http://one", "http://two", "http://three", "http://four",
    ]  # fmt: skip
    assert whole.metadata == {"os-collect-config": {"collectors": []}}
    assert booted(encoded("#!/bin/sh\ncurl http://x"), FACTS).requests == (
        Request("GET", "http://x"),
    )
    assert booted(None, FACTS) == booted("&&&", FACTS) == booted(encoded("words"), FACTS)


def test_ignitions_files_hold_the_metadata():
    files = [
        {
            "path": "/var/lib/cloud/data/cfn-init-data",
            "contents": {"source": "data:,%7B%22a%22%3A1%7D"},
        }
    ]
    text = json.dumps({"ignition": {"version": "2.2.0"}, "storage": {"files": files}})

    assert booted(encoded(text), FACTS).metadata == {"a": 1}


def config(text: object, group: str = "script", **inputs: object) -> dict[str, object]:
    listed = [{"name": name, "value": value} for name, value in inputs.items()]
    return {
        "id": "c-1", "group": group, "config": text, "inputs": listed,
        "outputs": [{"name": "result"}, {"name": "other"}],
    }  # fmt: skip


def test_a_script_answers_with_what_it_says_and_the_outputs_that_it_writes():
    text = "echo $foo $n\necho -n R > $heat_outputs_path.result\necho x > $heat_outputs_path.none"

    outcome = applied(config(text, foo="F", n=[1]), FACTS)

    assert outcome is not None
    assert outcome.answer == {
        "deploy_stdout": "F [1]\n", "deploy_stderr": "", "deploy_status_code": 0, "result": "R",
    }  # fmt: skip
    assert outcome.takes_s == 0


def test_comments_say_what_a_script_could_not_show():
    text = "# guest: fail 4 the disk is full\n# guest: output other a b\n# guest: take 7.5\nexit 1"

    outcome = applied(config(text), FACTS)

    assert outcome is not None
    assert outcome.answer["deploy_status_code"] == 4
    assert outcome.answer["deploy_stderr"] == "the disk is full\n"
    assert outcome.answer["other"] == "a b"
    assert outcome.takes_s == 7.5


def test_a_silent_config_is_never_answered():
    outcome = applied(config("# guest: silent\n# guest: take 1"), FACTS)

    assert outcome is not None
    assert outcome.takes_s is None


def test_what_no_shell_runs_is_applied_without_a_word():
    puppet = applied(config("// guest: output result done\nnotify { x: }", "puppet"), FACTS)
    structure = applied(config({"a": 1}, "hiera"), FACTS)

    assert puppet is not None
    assert structure is not None
    assert puppet.answer["result"] == "done"
    assert structure.answer == {"deploy_stdout": "", "deploy_stderr": "", "deploy_status_code": 0}


def test_a_component_has_something_for_some_actions():
    configs = {"configs": [{"actions": ["CREATE"], "tool": "script", "config": "echo c"}]}

    made = applied(config(configs, "component", deploy_action="CREATE"), FACTS)

    assert made is not None
    assert made.answer["deploy_stdout"] == "c\n"
    assert applied(config(configs, "component", deploy_action="DELETE"), FACTS) is None
