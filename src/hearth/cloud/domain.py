"""The domain of stacks' users: one project for each stack, and users that can do little in it.

All of it is found again by its name, which Keystone lets nobody else have: what an earlier
attempt has made is taken for what it is, and nothing is made twice.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import msgspec

from hearth.base import Secret
from hearth.cloud.auth import DomainAuth
from hearth.cloud.errors import Ambiguous, Conflict, Failing, NotFound, TooMany, Unavailable
from hearth.cloud.service import Service
from hearth.cloud.session import Session, Sessions

ATTEMPTS = 5

_OPTIONS = {
    "ignore_password_expiry": True,
    "ignore_change_password_upon_first_use": True,
    "ignore_lockout_failure_attempts": True,
}
"""A machine has this password: it cannot choose another, and it may try often."""


class StackDomain:
    """The domain, seen by its administrator. A session's guard and request id are kept."""

    def __init__(self, session: Session) -> None:
        self._session = replace(session, auth=DomainAuth())
        self._identity = Service(self._session, "identity")

    async def project(self, name: str, description: str) -> str:
        """The id of the project of that name, made if there is none."""
        wanted = {"name": name, "description": description, "enabled": True}
        return await self._named("project", wanted)

    async def project_named(self, name: str) -> str | None:
        """The id of the project of that name."""
        return await self._find("project", name)

    async def user(self, name: str, project_id: str, description: str) -> str:
        """The id of the user of that name, made without a password if there is none."""
        wanted = {
            "name": name,
            "description": description,
            "default_project_id": project_id,
            "enabled": True,
            "options": _OPTIONS,
        }
        return await self._named("user", wanted)

    async def user_named(self, name: str) -> str | None:
        """The id of the user of that name."""
        return await self._find("user", name)

    async def has_user(self, user_id: str) -> bool:
        """Whether there is a user of that id."""
        try:
            await self._identity.get(f"/v3/users/{user_id}")
        except NotFound:
            return False
        return True

    async def change_user(self, user_id: str, **values: Any) -> None:
        """Give a user another password, or let it sleep (`enabled`)."""
        await self._identity.patch(f"/v3/users/{user_id}", {"user": values})

    async def drop_user(self, user_id: str) -> None:
        """Have a user gone, and its keys with it."""
        await _gone(self._identity, f"/v3/users/{user_id}")

    async def users(self) -> list[dict[str, Any]]:
        """All users of the domain, as Keystone shows them."""
        listed = await self._identity.get("/v3/users", params=await _within(self._session))
        found: list[dict[str, Any]] = listed["users"]
        return found

    async def projects(self) -> list[dict[str, Any]]:
        """All projects of the domain, as Keystone shows them."""
        listed = await self._identity.get("/v3/projects", params=await _within(self._session))
        found: list[dict[str, Any]] = listed["projects"]
        return found

    async def drop_project(self, project_id: str) -> None:
        """Have a project gone."""
        await _gone(self._identity, f"/v3/projects/{project_id}")

    async def grant(self, user_id: str, project_id: str, role: str) -> None:
        """Give a user a role in a project."""
        listed = (await self._identity.get("/v3/roles", params={"name": role}))["roles"]
        if not listed:
            words = f"Keystone has no role {role}."
            raise NotFound(Failing("identity", "GET", "/v3/roles", 404, words))
        path = f"/v3/projects/{project_id}/users/{user_id}/roles/{listed[0]['id']}"
        await self._identity.put(path)

    async def keys(self, access: str, secret: str, user_id: str, project_id: str) -> Secret:
        """The secret key of a user's access key, which is made with `secret` if it is new."""
        key = sha256(access.encode()).hexdigest()
        blob = msgspec.json.encode({"access": access, "secret": secret}).decode()
        wanted = {"type": "ec2", "blob": blob, "user_id": user_id, "project_id": project_id}
        try:
            found = await self._identity.get(f"/v3/credentials/{key}")
        except NotFound:
            try:
                found = await self._identity.post("/v3/credentials", {"credential": wanted})
            except Conflict:
                found = await self._identity.get(f"/v3/credentials/{key}")
        kept = msgspec.json.decode(found["credential"]["blob"])
        return Secret(str(kept["secret"]))

    async def _named(self, kind: str, wanted: dict[str, Any]) -> str:
        found = await self._find(kind, wanted["name"])
        if found is not None:
            return found
        body = {kind: {**wanted, **await _within(self._session)}}
        try:
            made = await self._identity.post(f"/v3/{kind}s", body)
        except Conflict:
            found = await self._find(kind, wanted["name"])
            if found is None:
                raise
            return found
        return str(made[kind]["id"])

    async def _find(self, kind: str, name: str) -> str | None:
        query = {"name": name, **await _within(self._session)}
        listed = (await self._identity.get(f"/v3/{kind}s", params=query))[f"{kind}s"]
        return next((str(one["id"]) for one in listed if one["name"] == name), None)


async def _within(session: Session) -> dict[str, str]:
    """The filter by which only the domain's own are listed."""
    return {"domain_id": (await session.token()).domain_id}


async def delete_project(sessions: Sessions, project_id: str, request_id: str = "") -> None:
    """Have a stack's project gone; as this may be asked twice, it is insisted upon."""
    domain = StackDomain(sessions.session(DomainAuth(), request_id=request_id))
    await _insist(sessions, lambda: domain.drop_project(project_id))


async def _insist(sessions: Sessions, ask: Callable[[], Awaitable[None]]) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await ask()
        except (Ambiguous, Unavailable, TooMany):
            if attempt == ATTEMPTS:
                raise
            await sessions.clock.sleep(2.0 ** (attempt - 1))
        else:
            return


async def _gone(identity: Service, path: str) -> None:
    try:
        await identity.delete(path)
    except NotFound:
        return
