"""Kills in the middle of the work: what is left must be what nobody's kill would have left.

One round is a life of a 30-resource stack: create, update, delete, each cut short by a kill -9 at
a random moment and taken up again after a restart. Everything random comes from the seed.
"""

import random
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import running as processes
from tests.support.running import Rest, Running

WITHIN_S = 90.0
_NAME = "killed"
_SERVERS = 5
_MAY_BE_LATE_S = 10.0


@dataclass(slots=True)
class Round:
    """What one round did: for the report."""

    seed: int
    beside: bool
    kills: list[str] = field(default_factory=list)
    longest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """What chance has in store for a round: how long after each request to wait for each kill."""

    pauses_s: dict[str, tuple[float, ...]]
    script: str

    @property
    def kills(self) -> int:
        """How many there will be."""
        return sum(len(pauses) for pauses in self.pauses_s.values())


def draw(seed: int) -> Drawn:
    """Everything random of a round."""
    chance = random.Random(seed)
    created = _pauses(chance)
    script = chance.choice(["one", "two"])
    return Drawn({"POST": created, "PUT": _pauses(chance), "DELETE": _pauses(chance)}, script)


def _pauses(chance: random.Random) -> tuple[float, ...]:
    return tuple(chance.random() ** 2 * 2.5 for _ in range(chance.choice([1, 1, 2])))


@dataclass(slots=True)
class Place:
    """A hearth that is killed and started again, with its cloud inside or beside it."""

    folder: Path
    beside: bool
    hearth: Running | None = None
    cloud: subprocess.Popen[bytes] | None = None
    port_base: int = 0

    def start(self) -> Rest:
        """Start what is not running; log in."""
        arguments = ["--speed", "fast"]
        if not self.port_base:
            self.port_base = processes.free_ports()
        if self.beside:
            self._start_cloud()
            url = f"http://127.0.0.1:{self.port_base + 5}/identity/v3"
            arguments = ["--cloud", url]
        self.hearth = processes.start(self.folder, *arguments, port_base=self.port_base)
        return Rest(self.hearth).login()

    def kill(self) -> None:
        """kill -9 of hearth; a cloud beside it lives on and finishes what it was sent."""
        assert self.hearth is not None
        self.hearth.kill()

    def stop(self) -> None:
        """Stop everything."""
        if self.hearth is not None:
            self.hearth.stop()
        if self.cloud is not None:
            self.cloud.send_signal(signal.SIGINT)
            self.cloud.wait(20)

    def _start_cloud(self) -> None:
        if self.cloud is not None:
            return
        log = self.folder / "cloud.log"
        self.cloud = processes.spawn(
            log, "sandbox", "--state-dir", str(self.folder), "--speed", "fast",
            "--port", str(self.port_base + 5),
        )  # fmt: skip
        processes.wait_for(f"http://127.0.0.1:{self.port_base + 5}/identity", self.cloud, log)


def one_round(seed: int, folder: Path, *, beside: bool) -> Round:
    """Create, update and delete, each killed once or twice; raises AssertionError if it matters."""
    drawn = draw(seed)
    done = Round(seed, beside)
    place = Place(folder, beside)
    try:
        rest = place.start()
        before = live(rest)
        expect = {"flavor": "m1.tiny", "count": 3, "script": "one"}
        rest = _disturbed(place, rest, done, drawn, ("POST", "/stacks", expect))
        check(rest, before, "CREATE_COMPLETE")
        expect = {"flavor": "m1.small", "count": 4, "script": drawn.script}
        path = f"/stacks/{_NAME}/{(rest.rest(_NAME) or {})['id']}"
        rest = _disturbed(place, rest, done, drawn, ("PUT", path, expect))
        check(rest, before, "UPDATE_COMPLETE")
        rest = _disturbed(place, rest, done, drawn, ("DELETE", path, None))
        assert rest.rest(_NAME, WITHIN_S) is None
        same(rest, before)
    finally:
        place.stop()
    return done


def _disturbed(
    place: Place, rest: Rest, done: Round, drawn: Drawn, request: tuple[str, str, Any]
) -> Rest:
    """Send a request; kill once or twice while it is carried out; wait for its end."""
    method, path, parameters = request
    body = None
    if parameters is not None:
        body = {"stack_name": _NAME, "template": template(), "parameters": parameters}
        body["files"] = {"member.yaml": MEMBER}
        if method == "PUT":
            del body["stack_name"]
    rest.ok(method, path, body)
    for pause_s in drawn.pauses_s[method]:
        time.sleep(pause_s)
        done.kills.append(method)
        place.kill()
        rest = place.start()
    begun = time.monotonic()
    rest.rest(_NAME, WITHIN_S)
    done.longest_s = max(done.longest_s, time.monotonic() - begun)
    return rest


def check(rest: Rest, before: dict[str, str], status: str, name: str = _NAME) -> None:
    """The stack ended as if nobody had disturbed it; rows and objects are the same."""
    stack = rest.rest(name, WITHIN_S)
    assert stack is not None
    assert stack["stack_status"] == status, stack["stack_status_reason"]
    rows = rest.ok("GET", f"/stacks/{name}/resources?nested_depth=5")["resources"]
    bad = [row for row in rows if not row["resource_status"].endswith("COMPLETE")]
    assert not bad, bad
    kept = {row["physical_resource_id"] for row in rows if row["resource_type"] in _KINDS}
    deadline = time.monotonic() + _MAY_BE_LATE_S
    while True:
        made = {ident for ident, kind in live(rest).items() if ident not in before}
        if made == kept:
            return
        assert time.monotonic() < deadline, {
            "objects without a row": sorted(made - kept), "rows without an object": kept - made
        }  # fmt: skip
        time.sleep(0.1)


def live(rest: Rest) -> dict[str, str]:
    """id → kind of every object of the kinds that the template makes."""
    found = rest.objects()
    return {
        str(row["id"]): kind
        for service, kinds in found.items()
        for kind, rows in kinds.items()
        if (service, kind) in _LIVE
        for row in rows
    }


def same(rest: Rest, before: dict[str, str]) -> None:
    """The cloud holds what it held before, and nothing else."""
    deadline = time.monotonic() + _MAY_BE_LATE_S
    while live(rest) != before:
        assert time.monotonic() < deadline, live(rest).items() ^ before.items()
        time.sleep(0.1)


_LIVE = {
    ("compute", "servers"), ("network", "networks"), ("network", "subnets"),
    ("network", "ports"), ("network", "security_groups"), ("volume", "volumes"),
}  # fmt: skip
_KINDS = {
    "OS::Nova::Server", "OS::Neutron::Net", "OS::Neutron::Subnet", "OS::Neutron::Port",
    "OS::Neutron::SecurityGroup", "OS::Cinder::Volume",
}  # fmt: skip

_HEAD = """
heat_template_version: 2018-08-31
parameters:
  flavor: {type: string}
  count: {type: number}
  script: {type: string}
resources:
  net: {type: OS::Neutron::Net}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.50.0.0/24, enable_dhcp: false}
  group: {type: OS::Neutron::SecurityGroup}
  members:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: count}
      resource_def: {type: member.yaml}
"""
_ONE = """
  port%N%:
    type: OS::Neutron::Port
    properties:
      network: {get_resource: net}
      fixed_ips: [{subnet: {get_resource: subnet}}]
      security_groups: [{get_resource: group}]
  server%N%:
    type: OS::Nova::Server
    properties:
      image: cirros
      flavor: {get_param: flavor}
      user_data_format: RAW
      user_data: {get_param: script}
      networks: [{port: {get_resource: port%N%}}]
  volume%N%:
    type: OS::Cinder::Volume
    properties: {size: 1}
  attachment%N%:
    type: OS::Cinder::VolumeAttachment
    properties:
      instance_uuid: {get_resource: server%N%}
      volume_id: {get_resource: volume%N%}
"""
MEMBER = """
heat_template_version: 2018-08-31
resources:
  word: {type: OS::Heat::RandomString}
  volume: {type: OS::Cinder::Volume, properties: {size: 1}}
"""


def template() -> str:
    """30 resources: 5 servers with port, volume and attachment, a net, and a group of 3 stacks."""
    return _HEAD + "".join(_ONE.replace("%N%", str(at)) for at in range(_SERVERS))
