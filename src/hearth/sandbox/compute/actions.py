"""Actions on servers: most are a row in a table, the rest a function each."""

from collections.abc import Callable
from dataclasses import dataclass

from hearth.sandbox.compute import interfaces, journal, life
from hearth.sandbox.compute.reshape import (
    confirm_resize,
    create_image,
    rebuild,
    resize,
    revert_resize,
)
from hearth.sandbox.compute.state import Nova, find_server, need_admin
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route


@dataclass(frozen=True, slots=True)
class Move:
    """From some states, by a task, to another state."""

    before: tuple[str, ...]
    task: str
    after: str
    power: int


_STARTED = ("active", "stopped")
_UP = ("active", "stopped", "rescued", "resized", "paused", "suspended", "error")

MOVES = {
    "os-start": Move(("stopped",), "powering-on", "active", life.RUNNING),
    "os-stop": Move(("active", "rescued", "error"), "powering-off", "stopped", life.SHUTDOWN),
    "suspend": Move(("active",), "suspending", "suspended", life.SUSPENDED),
    "resume": Move(("suspended",), "resuming", "active", life.RUNNING),
    "pause": Move(("active",), "pausing", "paused", life.PAUSED),
    "unpause": Move(("paused",), "unpausing", "active", life.RUNNING),
    "rescue": Move((*_STARTED, "error"), "rescuing", "rescued", life.RUNNING),
    "unrescue": Move(("rescued",), "unrescuing", "active", life.RUNNING),
    "shelve": Move((*_STARTED, "paused", "suspended"), "shelving", "shelved_offloaded", 4),
    "shelveOffload": Move(("shelved",), "shelving_offloading", "shelved_offloaded", 4),
    "unshelve": Move(("shelved", "shelved_offloaded"), "unshelving", "active", life.RUNNING),
    "changePassword": Move(("active",), "updating_password", "active", life.RUNNING),
}


def act(nova: Nova, call: Call) -> Answer:
    """Carry out the action that the body names."""
    server, body = find_server(nova, call), call.document()
    if len(body) != 1:
        raise Refusal(400, "There is no such action: one and only one must be given")
    name, given = next(iter(body.items()))
    if name in MOVES:
        return _move(nova, call, server, name)
    action = _ACTIONS.get(name)
    if action is None:
        raise Refusal(400, f"There is no such action: {name}")
    need_unlocked(call, server)
    if given is not None and not isinstance(given, dict):
        raise Refusal(400, f"Invalid input for field/attribute {name}. Value: {given}.")
    answer = action(nova, call, server, given or {})
    return answer or Answer(202)


def need_unlocked(call: Call, server: Document) -> None:
    """Refuse to touch a locked server."""
    if server["locked"] and not call.admin:
        raise Refusal(409, f"Instance {server['id']} is locked")


def _move(nova: Nova, call: Call, server: Document, name: str) -> Answer:
    move = MOVES[name]
    need_unlocked(call, server)
    need_state(server, name, move.before)
    then = {"vm_state": move.after, "power_state": move.power}
    life.begin(nova, server, move.task, nova.world.times.server_action, then)
    return Answer(202)


def need_state(server: Document, verb: str, states: tuple[str, ...]) -> None:
    """Refuse an action that does not fit the server's state."""
    if server["vm_state"] not in states:
        where = f"vm_state {server['vm_state']}"
    elif server["task_state"] is not None:
        where = f"task_state {server['task_state']}"
    else:
        return
    raise Refusal(409, f"Cannot '{verb}' instance {server['id']} while it is in {where}")


def _reboot(nova: Nova, call: Call, server: Document, given: Json) -> None:
    kind = str(given.get("type", "")).upper()
    if kind not in ("SOFT", "HARD"):
        raise Refusal(400, "Argument 'type' for reboot must be either 'HARD' or 'SOFT'")
    states = ("active",) if kind == "SOFT" else _UP
    need_state(server, "reboot", states)
    task = "rebooting" if kind == "SOFT" else "rebooting_hard"
    then = {"vm_state": "active", "power_state": life.RUNNING, "fault": None}
    life.begin(nova, server, task, nova.world.times.server_action, then)


def _resize(nova: Nova, call: Call, server: Document, given: Json) -> None:
    need_state(server, "resize", _STARTED)
    resize(nova, call, server, given)


def _confirm(nova: Nova, call: Call, server: Document, given: Json) -> Answer:
    _need_resized(server, "confirmResize")
    confirm_resize(nova, server)
    return Answer(204)


def _revert(nova: Nova, call: Call, server: Document, given: Json) -> None:
    _need_resized(server, "revertResize")
    revert_resize(nova, server)


def _need_resized(server: Document, verb: str) -> None:
    if server["vm_state"] != "resized":
        raise Refusal(400, "Instance has not been resized.")
    need_state(server, verb, ("resized",))


def _rebuild(nova: Nova, call: Call, server: Document, given: Json) -> Answer:
    need_state(server, "rebuild", (*_STARTED, "error"))
    return rebuild(nova, call, server, given)


def _image(nova: Nova, call: Call, server: Document, given: Json) -> Answer:
    need_state(server, "createImage", (*_STARTED, "paused", "suspended"))
    return create_image(nova, call, server, given)


def _force_delete(nova: Nova, call: Call, server: Document, given: Json) -> None:
    life.start_delete(nova, server)


def _add_group(nova: Nova, call: Call, server: Document, given: Json) -> None:
    interfaces.change_group(nova, server, str(given.get("name")), present=True)


def _remove_group(nova: Nova, call: Call, server: Document, given: Json) -> None:
    interfaces.change_group(nova, server, str(given.get("name")), present=False)


def _reset_state(nova: Nova, call: Call, server: Document, given: Json) -> None:
    need_admin(call, "os_compute_api:os-admin-actions:reset_state")
    state = given.get("state")
    if state not in ("active", "error"):
        raise Refusal(400, f"Invalid input for field/attribute state. Value: {state}.")
    life.change(nova, server, vm_state=state, task_state=None, next=None, due=None)


def _console(nova: Nova, call: Call, server: Document, given: Json) -> Answer:
    if call.version >= (2, 6):
        raise Refusal(400, "There is no such action: os-getVNCConsole")
    need_state(server, "get_vnc_console", ("active", "paused", "rescued", "resized"))
    kind = given.get("type")
    return Answer(200, {"console": {"type": kind, "url": _console_url(nova, server)}})


def _output(nova: Nova, call: Call, server: Document, given: Json) -> Answer:
    if server["vm_state"] == "building":
        raise Refusal(409, f"Instance {server['id']} is not ready")
    lines = [f"[sandbox] {server['name']} booted on {server['host']}", "login: "]
    text = str(-1 if given.get("length") is None else given["length"])
    if not text.removeprefix("-").isdigit():
        raise Refusal(400, f"Invalid input for field/attribute length. Value: {text}.")
    length = int(text)
    shown = lines if length < 0 else lines[len(lines) - min(length, len(lines)) :]
    return Answer(200, {"output": "\n".join(shown)})


def _lock(nova: Nova, call: Call, server: Document, given: Json) -> None:
    reason = given.get("locked_reason") if call.version >= (2, 73) else None
    nova.servers.change(server["id"], locked=True, locked_reason=reason)


def lock_or_unlock(nova: Nova, call: Call) -> Answer | None:
    """Unlock before anything asks whether the server is locked; None if it is something else."""
    if "unlock" not in call.document():
        return None
    nova.servers.change(find_server(nova, call)["id"], locked=False, locked_reason=None)
    return Answer(202)


def post_action(nova: Nova, call: Call) -> Answer:
    """An action on a server."""
    answer = lock_or_unlock(nova, call) or act(nova, call)
    journal.note(nova, call, call.params["server_id"], next(iter(call.document())))
    return answer


def remote_console(nova: Nova, call: Call) -> Answer:
    """A console of a server."""
    server, given = find_server(nova, call), call.wrapped("remote_console")
    need_state(server, "get_console", ("active", "paused", "rescued", "resized"))
    shown = {"protocol": given.get("protocol"), "type": given.get("type")}
    return Answer(200, {"remote_console": {**shown, "url": _console_url(nova, server)}})


def _console_url(nova: Nova, server: Document) -> str:
    return nova.world.url(f"/console/vnc_auto.html?server={server['id']}")


_Action = Callable[[Nova, Call, Document, Json], Answer | None]

_ACTIONS: dict[str, _Action] = {
    "reboot": _reboot,
    "resize": _resize,
    "confirmResize": _confirm,
    "revertResize": _revert,
    "rebuild": _rebuild,
    "createImage": _image,
    "forceDelete": _force_delete,
    "addSecurityGroup": _add_group,
    "removeSecurityGroup": _remove_group,
    "os-resetState": _reset_state,
    "os-getVNCConsole": _console,
    "os-getConsoleOutput": _output,
    "lock": _lock,
}

_ONE = "/v2.1/servers/{server_id}"

ROUTES = (
    Route("POST", _ONE + "/action", post_action),
    Route("POST", _ONE + "/remote-consoles", remote_console),
)
