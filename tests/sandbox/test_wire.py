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
        settings = Settings(url=f"http://127.0.0.1:{number}", times=Times.fast(0.1))
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


@pytest.mark.clients
@pytest.mark.process
def test_the_unmodified_openstack_client_works(port, clients_python, tmp_path):
    key = tmp_path / "key.pub"
    data = b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(32)
    key.write_text(f"ssh-ed25519 {b64encode(data).decode()} me")
    environment = {
        "OS_AUTH_URL": f"http://127.0.0.1:{port}/identity",
        "OS_USERNAME": "demo",
        "OS_PASSWORD": "secret",
        "OS_PROJECT_NAME": "demo",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        "HOME": str(tmp_path),
    }

    done = subprocess.run(
        [clients_python, "-c", DRIVER],
        input=COMMANDS.format(key=key),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    found = outcomes(done.stdout)
    refused = [command for command, (_, code) in found.items() if code]
    assert refused == [one for one in found if "--key-name none" in one], done.stderr
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
