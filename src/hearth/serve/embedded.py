"""The settings of a process that brings everything itself, and what is made from them."""

import socket
from asyncio import TaskGroup
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hearth.base.errors import HearthError
from hearth.cloud.errors import Lost, Undelivered
from hearth.cloud.tcp import AiohttpTransport
from hearth.config import Database, Settings, Trustee, load
from hearth.serve.checked import database, refuse
from hearth.serve.folder import Folder
from hearth.store import Options, Store

PROBE_S = 5.0
KEYSTONE_PATHS = ("/v3", "/identity/v3")


class NoCloud(HearthError):
    """The cloud that was named does not answer as one."""

    default_kind = "NoCloud"


def heat_conf(folder: Folder) -> tuple[Path, ...]:
    """A heat.conf that the user put into the folder; what it sets wins."""
    path = folder.path / "heat.conf"
    return (path,) if path.exists() else ()


def embedded(folder: Folder, identity: str) -> Settings:
    """What heat.conf says; where it does not, the folder's own database, key and service user."""
    given, nothing, own = load(heat_conf(folder)), Settings(), folder.secrets()
    mine: dict[str, Any] = {
        "host": socket.gethostname(),
        "auth_encryption_key": own.auth_encryption_key,
        "database": Database(connection=f"sqlite:///{folder.path / 'heat.sqlite'}"),
        "trustee": Trustee(
            auth_url=identity,
            username="heat",
            password=own.passwords["heat"],
            user_domain_name="Default",
        ),
        "stack_domain_admin": "heat_domain_admin",
        "stack_domain_admin_password": own.passwords["heat_domain_admin"],
        "stack_user_domain_name": "heat",
    }
    unsaid = {name for name in mine if getattr(given, name) == getattr(nothing, name)}
    whole = replace(given, **{name: one for name, one in mine.items() if name in unsaid})
    refuse(list(database(whole)), heat_conf(folder))
    user = whole.trustee
    return replace(whole, trustee=replace(user, auth_url=user.auth_url or identity))


def opened(settings: Settings) -> Store:
    """The store, to be entered."""
    options = Options(
        max_events_per_stack=settings.max_events_per_stack,
        event_purge_batch_size=settings.event_purge_batch_size,
    )
    return Store(settings.database.connection, settings.auth_encryption_key, options)


@asynccontextmanager
async def watched(store: Store) -> AsyncIterator[None]:
    """While the context is open the store writes; when it ceases to, so does the process.

    It would go on to answer, and nothing that it says would be done.
    """
    async with TaskGroup() as tasks:
        watching = tasks.create_task(store.lasting())
        try:
            yield
        finally:
            watching.cancel()


def validating(settings: Settings) -> dict[str, str]:
    """How keystonemiddleware reaches Keystone: as the service user."""
    user = settings.trustee
    return {
        "auth_type": "password",
        "auth_url": user.auth_url or "",
        "www_authenticate_uri": user.auth_url or "",
        "username": user.username or "",
        "password": user.password or "",
        "user_domain_name": user.user_domain_name or "Default",
        "project_name": "service",
        "project_domain_name": "Default",
        "service_token_roles_required": "true",
        # Nothing is kept there: the loop remembers for ten seconds, and a second memory behind
        # it would let a revoked token live for minutes.
        "token_cache_time": "-1",
    }


async def keystone_at(url: str) -> str:
    """Keystone's version 3 at or below the address of a cloud."""
    root = url.rstrip("/")
    found = [root] if urlsplit(root).path.endswith("/v3") else [root + p for p in KEYSTONE_PATHS]
    transport = AiohttpTransport()
    try:
        for one in found:
            reply = await transport.request("GET", one, {}, None, PROBE_S)
            if reply.status == 200 and b'"version"' in reply.body:
                return one
    except Undelivered as error:
        raise NoCloud(
            f"Nobody answers at {url}; `hearth sandbox` runs a simulated cloud."
        ) from error
    except Lost as error:
        raise NoCloud(f"There is no cloud at {url}: {error}.") from error
    finally:
        await transport.close()
    raise NoCloud(f"{url} answers, but there is no Keystone with version 3 of its API.")
