"""A configuration that cannot work is refused, with option, file and line."""

import pytest

from hearth.config import WrongConfiguration
from hearth.serve.checked import checked, files_for

GOOD = """\
[DEFAULT]
transport_url = rabbit://u:p@mq/
[database]
connection = mysql://u:p@db/heat
[trustee]
auth_url = http://keystone/v3
username = heat
password = secret
[keystone_authtoken]
auth_url = http://keystone/v3
"""


def written(tmp_path, text):
    path = tmp_path / "heat.conf"
    path.write_text(text, encoding="utf-8")
    return [path]


@pytest.mark.parametrize("program", ["heat-api", "heat-engine", "heat-api-cfn"])
def test_what_can_work_is_taken(tmp_path, program):
    assert checked(program, written(tmp_path, GOOD)).trustee.username == "heat"


@pytest.mark.parametrize(
    ("program", "good", "bad", "words"),
    [
        ("heat-engine", "rabbit://u", "kafka://u", ["heat.conf:2", "transport_url"]),
        ("heat-api", "mysql://", "oracle://", ["heat.conf:4", "connection", "oracle"]),
        ("heat-api", "mysql://u:p@db/heat", "nothing", ["heat.conf:4", "connection"]),
        ("heat-engine", "connection", "#", ["heat.conf", "[database] connection", "not set"]),
        ("heat-engine", "password = secret", "password =", ["heat.conf:8", "[trustee] password"]),
        ("heat-api", "[keystone_authtoken]", "[other]", ["[keystone_authtoken] auth_url"]),
        ("heat-api", "[trustee]", "[heat_api]\ncert_file = x\n[trustee]", ["conf:6", "cert_file"]),
    ],
)
def test_what_cannot_work_is_refused(tmp_path, program, good, bad, words):
    files = written(tmp_path, GOOD.replace(good, bad, 1))

    with pytest.raises(WrongConfiguration) as refused:
        checked(program, files)

    assert [word for word in words if word not in refused.value.sentence] == []


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    with pytest.raises(WrongConfiguration) as refused:
        checked("heat-engine", written(tmp_path, "[DEFAULT]\ntransport_url = x://\n"))

    assert len(refused.value.sentence.splitlines()) == 5


def test_a_file_that_is_named_must_be_there(tmp_path):
    with pytest.raises(WrongConfiguration, match="no such"):
        files_for("heat-api", [tmp_path / "heat.conf"])
