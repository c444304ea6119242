"""The unmodified `openstack` works on the simulated cloud: list, show, create, delete."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import Running, running
from tests.support.shells import Openstack, openstack

pytestmark = pytest.mark.clients

KINDS = (
    (("network",), ("life",)),
    (("subnet",), ("--network", "private", "--subnet-range", "10.77.0.0/24", "life")),
    (("port",), ("--network", "private", "life")),
    (("router",), ("life",)),
    (("security", "group"), ("life",)),
    (("volume",), ("--size", "1", "life")),
    (("keypair",), ("life",)),
    (("container",), ("life",)),
    (("server",), ("--image", "cirros", "--flavor", "m1.tiny", "--network", "private",
                   "--wait", "life")),
)  # fmt: skip


@pytest.fixture(scope="module")
def hearth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("state"), "--speed", "fast") as up:
        yield up


@pytest.fixture(scope="module")
def shell(hearth: Running) -> Iterator[Openstack]:
    with openstack(hearth.environment) as client:
        yield client


@pytest.mark.parametrize(("noun", "how"), KINDS, ids=[" ".join(noun) for noun, _ in KINDS])
def test_what_is_created_is_listed_shown_and_deleted(
    shell: Openstack, noun: tuple[str, ...], how: tuple[str, ...]
) -> None:
    shell.ok(*noun, "create", *how)

    assert "life" in shell.ok(*noun, "list")
    assert "life" in shell.ok(*noun, "show", "life")
    shell.ok(*noun, "delete", "life", *(["--wait"] if noun == ("server",) else []))
    gone = [row for row in shell.json(*noun, "list") if "life" in row.values()]
    assert gone == [] or all(row.get("Status") == "deleting" for row in gone)


def test_a_floating_ip_comes_and_goes(shell: Openstack) -> None:
    made = shell.json("floating", "ip", "create", "public")

    assert made["floating_ip_address"] in shell.ok("floating", "ip", "list")
    shell.ok("floating", "ip", "show", made["id"])
    shell.ok("floating", "ip", "delete", made["id"])
    assert made["id"] not in shell.ok("floating", "ip", "list")


def test_an_image_comes_and_goes(shell: Openstack, tmp_path: Path) -> None:
    file = tmp_path / "image"
    file.write_bytes(b"noise")

    shell.ok("image", "create", "--file", str(file), "--disk-format", "raw", "life")

    assert shell.json("image", "show", "life")["status"] == "active"
    shell.ok("image", "delete", "life")
    assert "life" not in shell.ok("image", "list")


def test_flavors_are_for_administrators_to_make(hearth: Running, shell: Openstack) -> None:
    refused = shell.run("flavor", "create", "--ram", "64", "life")

    with openstack({**hearth.environment, "OS_CLOUD": "hearth-admin"}) as admin:
        admin.ok("flavor", "create", "--ram", "64", "--vcpus", "1", "--disk", "1", "life")
        assert "life" in shell.ok("flavor", "list")
        shell.ok("flavor", "show", "life")
        admin.ok("flavor", "delete", "life")
    assert refused["code"] != 0
    assert "life" not in shell.ok("flavor", "list")
