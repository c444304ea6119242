"""Who runs on a state folder. The lock tells: it ends with its process, however that ends.

What a process has written of itself may outlive it, and its number be somebody else's by then.
"""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LOCK = "hearth.lock"
_TOLD = "hearth.json"


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a folder. told: where it answers, once it is ready."""

    pid: int
    told: dict[str, Any] | None

    @property
    def ready(self) -> bool:
        """Whether it answers."""
        return self.told is not None


def holder(folder: Path) -> Holder | None:
    """The process that holds the folder; None if nobody does."""
    if not held(folder):
        return None
    pid = _pid(folder)
    if pid is None:
        return None
    told = _told(folder)
    return Holder(pid, told if told is not None and told.get("pid") == pid else None)


def running(folder: Path) -> dict[str, Any] | None:
    """What the process on this folder has written of itself, if it is ready."""
    found = holder(folder)
    return found.told if found is not None else None


def held(folder: Path) -> bool:
    """Whether a process holds the folder: it does until all of it has stopped."""
    try:
        lock = (folder / _LOCK).open()
    except OSError:
        return False
    with lock:
        try:
            # Shared: two who look at once are not in each other's way.
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _pid(folder: Path) -> int | None:
    """Whose the lock is, as its file says; None unless that process is the very one."""
    try:
        pid, _, since = (folder / _LOCK).read_text(encoding="utf-8").strip().partition(" ")
        number = int(pid)
        os.kill(number, 0)
    except (OSError, ValueError):
        return None
    return number if since == _since(number) else None


def _since(pid: int) -> str:
    """When a process began, as the system counts; "" where it does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def _told(folder: Path) -> dict[str, Any] | None:
    try:
        told = json.loads((folder / _TOLD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None
