from base64 import b64decode
from email import message_from_string

from hearth.resources.nova.user_data import Guest, encoded, tools

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
