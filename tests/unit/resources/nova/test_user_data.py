import json
from base64 import b64decode
from email import message_from_string
from urllib.parse import unquote

import pytest

from hearth.base import Secret
from hearth.base.errors import HearthError
from hearth.kit import Part, multipart, parts_of
from hearth.resources.nova.user_data import METADATA_FILES, Guest, encoded, software, tools

GUEST = Guest("http://meta.test:8000/", user="cloud")


def test_raw_data_is_only_encoded():
    assert b64decode(encoded("#!/bin/sh\nü", "RAW", GUEST)).decode() == "#!/bin/sh\nü"
    assert encoded("", "RAW", GUEST) == ""


def test_the_tools_get_the_script_among_their_own_parts():
    document = message_from_string(tools("echo hello", GUEST))

    parts = {part.get_filename(): part for part in document.walk() if not part.is_multipart()}
    script = parts["cfn-userdata"]
    assert script.get_content_type() == "text/x-cfninitdata"
    assert script.get_payload(decode=True) == b"echo hello"
    assert parts["cfn-metadata-server"].get_payload(decode=True) == b"http://meta.test:8000/"
    assert b"cfn_region_endpoint = meta.test" in parts["cfn-boto-cfg"].get_payload(decode=True)
    assert {"boothook.sh", "part-handler.py", "loguserdata.py"} <= set(parts)
    assert parts[None].get_content_type() == "text/cloud-config"


def test_the_same_server_gets_the_same_text():
    assert tools("x", GUEST) == tools("x", GUEST)


def test_a_script_in_other_letters_survives():
    document = message_from_string(tools("echo grüß", GUEST))

    script = next(part for part in document.walk() if part.get_filename() == "cfn-userdata")
    assert script.get_payload(decode=True) == "echo grüß".encode()


TOLD = Guest(metadata={"os-collect-config": {"cfn": {"secret": Secret("s3")}}, "deployments": []})
PLAIN = {"os-collect-config": {"cfn": {"secret": "s3"}}, "deployments": []}


def kept(text):
    """The parts after those that every server gets, by what they are called or are."""
    return [(part.name or part.kind, part.text) for part in (parts_of(text) or ())[3:]]


def test_the_agent_finds_its_metadata_beside_the_users_own_parts():
    own = multipart([Part("#!/bin/sh", "x-shellscript", "one.sh"), Part("a: 1", "cloud-config")])

    ((first, script), (second, config), (third, metadata)) = kept(software(own, TOLD))

    assert (first, script) == ("one.sh", "#!/bin/sh")
    assert (second, config) == ("cloud-config", "a: 1")
    assert third == "cfn-init-data"
    assert json.loads(metadata) == PLAIN


def test_a_script_of_the_users_is_one_part_and_nothing_is_none():
    assert [name for name, _ in kept(software("#!/bin/sh", TOLD))] == ["plain", "cfn-init-data"]
    assert [name for name, _ in kept(software("", TOLD))] == ["cfn-init-data"]


def test_the_tools_find_the_metadata_at_once_too():
    names = [name for name, _ in kept(tools("", Guest(metadata={"AWS::CloudFormation::Init": {}})))]

    assert "cfn-init-data" in names


def test_ignition_writes_the_metadata_into_files():
    given = {"ignition": {"version": "2.2.0"}, "storage": {"files": [{"path": "/own"}]}}

    made = json.loads(software(json.dumps(given), TOLD))

    assert [one["path"] for one in made["storage"]["files"]] == ["/own", *METADATA_FILES]
    source = made["storage"]["files"][1]["contents"]["source"]
    assert json.loads(unquote(source.removeprefix("data:,"))) == PLAIN


@pytest.mark.parametrize("storage", [[], {"files": {}}])
def test_an_ignition_that_is_none_is_told_of(storage):
    given = json.dumps({"ignition": {"version": "2.2.0"}, "storage": storage})

    with pytest.raises(HearthError, match="storage"):
        software(given, TOLD)
