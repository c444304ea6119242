"""The sandbox as a server of its own, spoken to over TCP, by the unmodified client too."""

import asyncio
import secrets
import socket
import subprocess
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from http.client import HTTPConnection, RemoteDisconnected
from random import Random
from uuid import uuid4

import pytest
import uvicorn

from hearth.sandbox import Settings, Times, build


class WallClock:
    """The real time."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class FreshIds:
    """Real chance."""

    def __init__(self) -> None:
        self.source = Random()

    def uuid(self) -> str:
        return str(uuid4())

    def token(self, nbytes: int) -> str:
        return secrets.token_urlsafe(nbytes)

    def choice(self, items: str) -> str:
        return secrets.choice(items)

    def random(self) -> float:
        return self.source.random()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a cloud in a thread."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        number = listener.getsockname()[1]
        settings = Settings(url=f"http://127.0.0.1:{number}", times=Times.fast())
        cloud = build(settings, WallClock(), FreshIds())
        server = uvicorn.Server(uvicorn.Config(cloud.app, log_level="error"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield number
        server.should_exit = True
        thread.join()
        cloud.close()


def ask(port, method, path, body=None):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_a_lost_reply_closes_the_connection_without_a_byte(port):
    ask(port, "POST", "/sandbox/faults", '{"faults": [{"path": "^/identity$", "lose": true}]}')

    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        ask(port, "GET", "/identity")

    assert ask(port, "GET", "/identity")[0] == 300


COMMANDS = """
token issue -f value -c project_id
flavor list -f value -c Name
image list -f value -c Name
keypair create --public-key {key} ops -f value -c name
keypair list -f value -c Name
keypair delete ops
server create --flavor m1.nano --image cirros --network private --key-name none web
server create --flavor m1.nano --image cirros --network private --wait web -f value -c status
server list -f value -c Name -c Status
server show web -f value -c key_name
server set --name www web
server delete --wait www
server list -f value -c Name
image create --disk-format raw --container-format bare --file {key} mine -f value -c status
image show mine -f value -c size
image set --name yours mine
image delete yours
application credential create ci -f value -c name
application credential delete ci
server group create --policy anti-affinity apart -f value -c policy
server group delete apart
network list -f value -c Name
volume create --size 1 data -f value -c size
volume list -f value -c Name
container create box -f value -c container
container list -f value -c Name
"""

DRIVER = """
import sys, shlex
from openstackclient import shell
for line in sys.stdin:
    if line.strip():
        print("$", line.strip(), flush=True)
        try:
            code = shell.main(shlex.split(line))
        except SystemExit as end:
            code = end.code
        print("=", code or 0, flush=True)
"""


def outcomes(text):
    """By command: what it printed, and the exit code."""
    found = {}
    for part in text.split("$ ")[1:]:
        command, _, rest = part.partition("\n")
        words, _, code = rest.rpartition("= ")
        found[command] = (words.split(), int(code.split()[0]))
    return found


PLUMBING = """
network create --tag mine net -f value -c mtu
subnet create --network net --subnet-range 192.168.5.0/24 sub -f value -c gateway_ip
port create --network net --fixed-ip subnet=sub,ip-address=192.168.5.50 plug -f value -c status
router create rout -f value -c status
router set rout --external-gateway public
router add subnet rout sub
floating ip create public --port plug -f value -c status
security group create web -f value -c name
security group rule create --protocol tcp --dst-port 22 web -f value -c port_range_min
port set plug --security-group web
port list --network net -f value -c Status
server create --flavor m1.nano --image cirros --port plug --wait wired -f value -c status
volume create --size 1 disk -f value -c size
volume type list -f value -c Name
server add volume wired disk -f value -c Device
volume list --name disk -f value -c Status
volume delete disk nothing
security group delete web nothing
network delete net nothing
router delete rout nothing
server remove volume wired disk
server delete --wait wired
volume snapshot create --volume disk snap -f value -c size
volume snapshot list -f value -c Name
volume snapshot show snap -f value -c status
volume snapshot delete snap
volume snapshot list -f value
volume delete disk
port list --network net -f value -c Status
port delete plug
router remove subnet rout sub
router delete rout
subnet delete sub
network delete net
security group delete web
container create things -f value -c container
object create things {key} --name key -f value -c object
object show things key -f value -c content-length
container delete things nothing
object delete things key
container delete things
"""


# What is in use is refused; the second name, which nothing has, tells those commands apart.
IN_USE = " nothing"


def spoken(port, clients_python, home, commands):
    """What the client printed for each command, and its exit code."""
    environment = {
        "OS_AUTH_URL": f"http://127.0.0.1:{port}/identity",
        "OS_USERNAME": "demo",
        "OS_PASSWORD": "secret",
        "OS_PROJECT_NAME": "demo",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        "HOME": str(home),
    }
    done = subprocess.run(
        [clients_python, "-c", DRIVER],
        input=commands,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return outcomes(done.stdout), done.stderr


@pytest.mark.clients
@pytest.mark.process
def test_the_unmodified_openstack_client_works(port, clients_python, tmp_path):
    key = tmp_path / "key.pub"
    data = b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(32)
    key.write_text(f"ssh-ed25519 {b64encode(data).decode()} me")
    found, errors = spoken(port, clients_python, tmp_path, COMMANDS.format(key=key))

    refused = [command for command, (_, code) in found.items() if code]
    assert refused == [one for one in found if "--key-name none" in one], errors
    printed = {command.partition(" -f ")[0]: words for command, (words, _) in found.items()}
    assert "m1.xlarge" in printed["flavor list"]
    assert sorted(printed["image list"]) == ["cirros", "fedora", "ubuntu"]
    assert printed["keypair list"] == ["ops"]
    assert found["server list -f value -c Name -c Status"][0] == ["web", "ACTIVE"]
    assert found["server list -f value -c Name"][0] == []
    assert printed["image show mine"] == [str(key.stat().st_size)]
    assert sorted(printed["network list"]) == ["private", "public"]
    assert printed["volume list"] == ["data"]
    assert printed["container list"] == ["box"]


@pytest.mark.clients
@pytest.mark.process
def test_the_client_plugs_servers_into_networks_volumes_and_objects(port, clients_python, tmp_path):
    key = tmp_path / "key"
    key.write_text("data")

    found, errors = spoken(port, clients_python, tmp_path, PLUMBING.format(key=key))

    printed = {command.partition(" -f ")[0]: words for command, (words, _) in found.items()}
    refused = [command for command, (_, code) in found.items() if code]
    assert refused == [command for command in found if command.endswith(IN_USE)], errors
    assert printed["subnet create --network net --subnet-range 192.168.5.0/24 sub"] == [
        "192.168.5.1"
    ]
    assert printed["floating ip create public --port plug"] == ["ACTIVE"]
    assert printed["server add volume wired disk"] == ["/dev/vdb"]
    assert printed["volume list --name disk"] == ["in-use"]
    assert found["volume snapshot list -f value"][0] == []
    assert printed["object show things key"] == ["4"]
