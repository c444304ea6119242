"""Tokens by keystoneauth1, in threads of its own."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hearth.base import Clock
from hearth.cloud.auth import (
    Auth,
    CallerAuth,
    DomainAuth,
    ServiceUser,
    Token,
    TrustAuth,
    UserAuth,
)
from hearth.cloud.catalogue import endpoints
from hearth.cloud.errors import Failing, TrustGone, Unauthorized, Unavailable
from hearth.cloud.tokens import TIMEOUT_S, CachedTokens, admin_of

THREADS = 4


class KeystoneTokens(CachedTokens):
    """Asks Keystone as every OpenStack service does, a few at a time.

    verify: how the server is verified: True, False, or the path of a bundle of certificates.
    """

    def __init__(self, user: ServiceUser, clock: Clock, *, verify: bool | str = True) -> None:
        super().__init__(self._ask, clock)
        self._user = user
        self._verify = verify
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="keystone")
        self._session: Any = None

    async def _ask(self, auth: Auth) -> Token:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._access, auth)

    def _access(self, auth: Auth) -> Token:
        # keystoneauth1 takes 0.2 s to import, which a process that is starting cannot spare.
        from keystoneauth1 import exceptions

        url = self._user.auth_url
        try:
            info = self._given(auth) if isinstance(auth, CallerAuth) else self._new(auth)
        except (exceptions.ConnectFailure, exceptions.DiscoveryFailure) as error:
            raise Unavailable(Failing("identity", "POST", url, message=str(error))) from error
        except exceptions.HttpError as error:
            status, words = int(error.http_status), str(error.message)
            failing = Failing("identity", "POST", url, status, words, error.request_id or "")
            if status >= 500 or status == 429:
                raise Unavailable(failing) from error
            kind = TrustGone if isinstance(auth, TrustAuth) else Unauthorized
            raise kind(failing) from error
        return Token(
            info.auth_token,
            info.expires.timestamp(),
            info.user_id,
            info.project_id or "",
            endpoints(info.service_catalog.catalog if info.has_service_catalog() else ()),
            tuple(info.role_names),
            info.domain_id or "",
        )

    def _new(self, auth: Auth) -> Any:
        from keystoneauth1.identity import v3

        plugin = v3.Password(
            f"{_root(self._user.auth_url)}/v3", reauthenticate=False, **_login(self._user, auth)
        )
        return plugin.get_access(self._opened())

    def _given(self, auth: CallerAuth) -> Any:
        """A caller's token, as Keystone describes it to its own bearer; no new one is made."""
        from keystoneauth1 import access

        headers = {"X-Auth-Token": auth.token.value, "X-Subject-Token": auth.token.value}
        reply = self._opened().get(
            f"{_root(self._user.auth_url)}/v3/auth/tokens", headers=headers, authenticated=False
        )
        return access.create(resp=reply, auth_token=auth.token.value)

    def _opened(self) -> Any:
        if self._session is None:
            from keystoneauth1.session import Session

            self._session = Session(verify=self._verify, timeout=TIMEOUT_S)
        return self._session

    async def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _root(url: str) -> str:
    return url.rstrip("/").removesuffix("/v3")


def _login(user: ServiceUser, auth: Auth) -> dict[str, Any]:
    """Who logs in for what, in keystoneauth1's words."""
    match auth:
        case DomainAuth():
            admin = admin_of(user)
            where = (
                {"user_domain_id": admin.domain_id, "domain_id": admin.domain_id}
                if admin.domain_id
                else {"user_domain_name": admin.domain_name, "domain_name": admin.domain_name}
            )
            return {"username": admin.username, "password": admin.password.value, **where}
        case UserAuth(user_id, password, project_id):
            return {"user_id": user_id, "password": password.value, "project_id": project_id}
        case TrustAuth(trust_id):
            scope = {"trust_id": trust_id}
        case _:
            scope = {"project_name": user.project, "project_domain_name": user.project_domain}
    return {
        "username": user.username,
        "password": user.password.value,
        "user_domain_name": user.user_domain,
        **scope,
    }
