"""What servers pass through in time: scheduling, networking, spawning, actions, deletion.

A server in transition carries `due` and `next`, the name of what happens then. Its `status` is
derived from `vm_state` and `task_state`, as in Nova.
"""

from typing import Any

from hearth.sandbox.compute import attachments, quotas
from hearth.sandbox.compute.hosts import NoHost, chosen_host
from hearth.sandbox.compute.state import Nova, as_owner
from hearth.sandbox.lists import stamp
from hearth.sandbox.seams import Nic
from hearth.sandbox.store import Document
from hearth.sandbox.web import Refusal

RUNNING, PAUSED, SHUTDOWN, SUSPENDED = 1, 3, 4, 7
_NETWORK_SHARE = 0.3
"""The part of a build after which the ports are there."""
_REMEMBERED_S = 900.0
"""For so long `changes-since` shows a server that is gone."""

_STATUSES = {
    "active": "ACTIVE",
    "building": "BUILD",
    "paused": "PAUSED",
    "suspended": "SUSPENDED",
    "stopped": "SHUTOFF",
    "rescued": "RESCUE",
    "resized": "VERIFY_RESIZE",
    "shelved": "SHELVED",
    "shelved_offloaded": "SHELVED_OFFLOADED",
    "error": "ERROR",
    "deleted": "DELETED",
}
_TASKS = {
    "rebooting": "REBOOT",
    "rebooting_hard": "HARD_REBOOT",
    "updating_password": "PASSWORD",
    "rebuilding": "REBUILD",
    "resize_prep": "RESIZE",
    "resize_reverting": "REVERT_RESIZE",
}


def status_of(vm_state: str, task_state: str | None) -> str:
    """The status that users see."""
    if task_state in _TASKS and vm_state != "building":
        return _TASKS[task_state]
    return _STATUSES[vm_state]


def change(nova: Nova, server: Document, **fields: Any) -> Document:
    """Change a server, with its status and time of update."""
    vm_state = str(fields.get("vm_state", server["vm_state"]))
    task_state = fields.get("task_state", server["task_state"])
    fields.update(status=status_of(vm_state, task_state), updated_at=nova.world.now)
    return nova.servers.change(server["id"], **fields)


def begin(nova: Nova, server: Document, task: str, seconds: float, then: Document) -> Document:
    """Start a task that ends after so long with the server as `then` says."""
    due = nova.world.due(seconds)
    return change(nova, server, task_state=task, next="finish", then=then, due=due)


def settle(nova: Nova, server: Document) -> None:
    """Go on with what a server is waiting for."""
    _STEPS[server["next"]](nova, server)


def start_build(nova: Nova, server: Document) -> Document:
    """The first step of a new server: until its network is there."""
    due = nova.world.due(nova.world.times.server_build * _NETWORK_SHARE)
    return nova.servers.change(server["id"], next="network", due=due)


def start_delete(nova: Nova, server: Document) -> None:
    """Begin to delete a server, in whatever state it is."""
    if server["task_state"] != "deleting":
        due = nova.world.due(nova.world.times.server_delete)
        change(nova, server, task_state="deleting", next="delete", due=due)


def fail(nova: Nova, server: Document, message: str, details: str = "") -> None:
    """A server ends in ERROR, and says why."""
    fault = {"code": 500, "created": stamp(nova.world.now), "message": message}
    if details:
        fault["details"] = details
    change(nova, server, vm_state="error", task_state=None, power_state=0, next=None, fault=fault)


def _network(nova: Nova, server: Document) -> None:
    """A host is chosen, and the ports are made or taken."""
    try:
        host = chosen_host(nova, server)
    except NoHost as error:
        fail(nova, server, str(error))
        return
    try:
        for nic in server["nics"]:
            _plug(nova, server, Nic(**nic))
    except Refusal as refusal:
        name = server["id"]
        if nova.network is not None:
            nova.network.release(server["id"])
        fail(nova, server, f"Build of instance {name} aborted: {refusal.message}")
        return
    due = nova.world.due(nova.world.times.server_build * (1 - _NETWORK_SHARE))
    change(nova, server, host=host, task_state="spawning", next="spawn", due=due)


def _plug(nova: Nova, server: Document, nic: Nic) -> None:
    if nova.network is None:
        return
    owner = as_owner(server)
    nova.network.check_nic(owner, nic)
    nova.network.attach(owner, nic, server["id"], server["group_ids"])


def _spawn(nova: Nova, server: Document) -> None:
    """The volumes are there, and the server runs; or one waits for them."""
    if server["doomed"]:
        fail(nova, server, "Build of instance aborted: a fault that was asked for.")
        return
    try:
        ready = attachments.boot_ready(nova, server)
    except Refusal as refusal:
        fail(nova, server, f"Build of instance {server['id']} aborted: {refusal.message}")
        return
    if not ready:
        nova.servers.change(server["id"], next="spawn", due=nova.world.due(0.5))
        return
    change(
        nova,
        server,
        vm_state="active",
        task_state=None,
        power_state=RUNNING,
        launched_at=nova.world.now,
        next=None,
    )


def _finish(nova: Nova, server: Document) -> None:
    """A task is over."""
    change(nova, server, **{"task_state": None, "next": None, "then": None, **server["then"]})


def _delete(nova: Nova, server: Document) -> None:
    """A server goes, with what was made for it."""
    if nova.network is not None:
        nova.network.release(server["id"])
    attachments.release_all(nova, server)
    quotas.yield_back(nova, server["project_id"], server["flavor"])
    for group in nova.groups.where("project_id", server["project_id"]):
        if server["id"] in group["members"]:
            members = [one for one in group["members"] if one != server["id"]]
            nova.groups.change(group["id"], members=members)
    for errand in nova.errands.where("server_id", server["id"]):
        nova.errands.remove(errand["id"])
    nova.servers.remove(server["id"])
    now = nova.world.now
    gone = {"status": "DELETED", "vm_state": "deleted", "task_state": None, "power_state": 0}
    times = {"updated_at": now, "terminated_at": now, "due": now + _REMEMBERED_S}
    nova.deleted.add({**server, **gone, **times})


_STEPS = {"network": _network, "spawn": _spawn, "finish": _finish, "delete": _delete}
