"""The state folder: one process holds it; secrets are made once and kept in it."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from hearth.base.errors import HearthError
from hearth.serve.options import Urls

USERS = ("demo", "alt_demo", "admin", "heat", "heat_domain_admin")
KEY_LENGTH = 32
UP, SANDBOX = "hearth.lock", "sandbox.lock"
"""The locks of a process that is all of hearth, and of one that is a cloud alone."""

LET_GO_WITHIN_S = 2.0
POLL_S = 0.05
KEPT = ("heat.sqlite", "cloud.sqlite")
"""The databases: what is in them was encrypted with the secrets, or trusts them."""

_OURS = "# Written by hearth at each start."


class FolderInUse(HearthError):
    """Another process holds the state folder."""

    default_kind = "FolderInUse"


class NoFolder(HearthError):
    """The state folder cannot be used."""

    default_kind = "NoFolder"


class NoSecrets(HearthError):
    """The folder's secrets are lost or spoilt; others cannot take their place."""

    default_kind = "NoSecrets"


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """What is made at random when a folder is used first."""

    auth_encryption_key: str
    passwords: dict[str, str]


class Folder:
    """A state folder, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise _unusable(path, error) from error

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Hold a lock that ends with the process, however it ends. The file says whose it is."""
        try:
            # Not "w": it would empty the file of whoever holds it.
            lock = (self.path / name).open("ab", buffering=0)
        except OSError as error:
            raise _unusable(self.path, error) from error
        with lock:
            self._take(lock)
            if name == UP:
                # A process that was killed has left behind where it answered.
                told = self.path / "hearth.json"
                with _writing(told):
                    told.unlink(missing_ok=True)
            with _writing(self.path / name):
                lock.truncate(0)
                lock.write(f"{os.getpid()} {_started()}\n".encode())
            yield

    def _take(self, lock: IO[bytes]) -> None:
        """Lock the file; whoever was killed a moment ago may still have to let go of it."""
        deadline = time.monotonic() + LET_GO_WITHIN_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if time.monotonic() > deadline:
                    raise FolderInUse(f"Another process is running on {self.path}.") from error
            else:
                return
            time.sleep(POLL_S)

    def secrets(self) -> Secrets:
        """The folder's secrets, made if the folder is new.

        Others would not do: what the databases hold could not be decrypted with them, and whoever
        runs there still knows the old passwords.
        """
        path = self.path / "secrets.json"
        found = _known(path)
        if found is not None:
            return found
        beside = [name for name in KEPT if (self.path / name).exists()]
        if beside:
            raise NoSecrets(
                f"{path} is gone, and {' and '.join(beside)} beside it cannot be used without it."
                + _WAY_OUT
            )
        # Digits and letters alone: a word that begins with "-" is an option to every client.
        made = Secrets(
            secrets.token_hex(KEY_LENGTH // 2),
            {name: secrets.token_hex(18) for name in USERS},
        )
        return self._first(path, made)

    def _first(self, path: Path, made: Secrets) -> Secrets:
        """Keep the secrets, unless another process was quicker: then take what it made."""
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        _write(draft, msgspec.json.encode(made), 0o600)
        with _writing(path):
            try:
                path.hardlink_to(draft)
            except FileExistsError:
                return _known(path) or made
            finally:
                draft.unlink()
        return made

    def write_clouds(self, urls: Urls, region: str) -> None:
        """Write clouds.yaml, which every OpenStack client reads."""
        known = self.secrets().passwords
        lines = [_OURS, "clouds:"]
        for cloud, user, project in (
            ("hearth", "demo", "demo"),
            ("hearth-admin", "admin", "admin"),
        ):
            lines += [
                f"  {cloud}:",
                "    auth:",
                f"      auth_url: {urls.identity}",
                f"      username: {user}",
                f"      password: {known[user]}",
                f"      project_name: {project}",
                "      user_domain_name: Default",
                "      project_domain_name: Default",
                f"    region_name: {region}",
                "    identity_api_version: 3",
            ]
        _write(self.path / "clouds.yaml", ("\n".join(lines) + "\n").encode(), 0o600)

    def drop_clouds(self) -> None:
        """Remove the clouds.yaml of an earlier start: its users are those of another cloud."""
        path = self.path / "clouds.yaml"
        with _writing(path):
            if path.exists() and path.read_bytes().startswith(_OURS.encode()):
                path.unlink()

    @contextmanager
    def announced(self, told: dict[str, Any]) -> Iterator[None]:
        """While the process is ready, `hearth.json` says where it answers."""
        path = self.path / "hearth.json"
        draft = path.with_suffix(".new")
        _write(draft, msgspec.json.encode({"pid": os.getpid(), **told}), 0o600)
        with _writing(path):
            draft.replace(path)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


_WAY_OUT = (
    " Put it back from a copy; or begin anew in another folder (--state-dir), or in this one once"
    f" {' and '.join(KEPT)} are moved away."
)


def _known(path: Path) -> Secrets | None:
    """What is in the file of secrets; None if there is no such file."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Secrets)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NoSecrets(f"{path} cannot be read: {error.strerror}." + _WAY_OUT) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # What is wrong is said without the words of the file, which are nobody's business.
        raise NoSecrets(f"{path} does not hold hearth's secrets." + _WAY_OUT) from error
    missing = [name for name in USERS if name not in found.passwords]
    if missing or len(found.auth_encryption_key) != KEY_LENGTH:
        lacks = ", ".join(missing) or f"a key of {KEY_LENGTH} characters"
        raise NoSecrets(f"{path} does not hold all of hearth's secrets: {lacks}." + _WAY_OUT)
    return found


def _started() -> str:
    """When this process began, as the system counts; with its number nobody else is meant."""
    try:
        return Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except OSError:
        return ""  # not every system tells


def _unusable(path: Path, error: OSError) -> NoFolder:
    words = f"{path} cannot hold hearth's state: {error.strerror}; name another with --state-dir."
    return NoFolder(words)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file that nobody else may read, from its first moment."""
    with _writing(path):
        path.unlink(missing_ok=True)
        with open(path, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """A file of the folder is being written; if it cannot be, that is told in a sentence."""
    try:
        yield
    except OSError as error:
        words = f"{path} cannot be written: {error.strerror}; move it away, or name another folder"
        raise NoFolder(f"{words} with --state-dir.") from error
