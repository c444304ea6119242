"""A thin client of heat-api: one method per kind of request, errors turned into `Stop`.

Source: the Orchestration API v1; redirects keep their method, as heat-api expects of clients.
"""

import re
from typing import Any
from urllib.parse import quote

from hearth.cli.auth import WHAT_LOGS_IN, Login
from hearth.cli.errors import Exit, Stop, Unanswered

_REDIRECTS = frozenset({301, 302, 305, 307, 308})
_TIMEOUT_S = 60.0
_CODES = {
    401: Exit.NOT_ALLOWED,
    403: Exit.NOT_ALLOWED,
    404: Exit.WRONG_COMMAND,
    409: Exit.CONFLICT,
}
_AFTER = {"EntityNotFound": "heat list", "NotFound": "heat list", "ActionInProgress": "heat list"}
"""What to do next, by the server's word for the error."""


class Heat:
    """heat-api, as one user sees it."""

    def __init__(self, who: Login) -> None:
        self._session, self._endpoint, self._who = _session(who), who.endpoint, who

    def get(self, path: str, **params: Any) -> Any:
        """The document at a path below `/v1/<project>`."""
        return self.call("GET", path, params=params)

    def call(
        self, method: str, path: str, body: Any = None, params: dict[str, Any] | None = None
    ) -> Any:
        """Send a request; return the document answered, None where there is none."""
        from keystoneauth1 import exceptions

        wanted = {name: value for name, value in (params or {}).items() if value is not None}
        try:
            reply = self._send(method, path, body, wanted)
        except exceptions.ClientException as error:
            raise _stop(error, self._who) from error
        return _document(reply)

    def _send(self, method: str, path: str, body: Any, params: dict[str, Any]) -> Any:
        where = {
            "endpoint_filter": {
                "service_type": "orchestration",
                "interface": self._who.interface,
                "region_name": self._who.region,
            }
        }
        if self._endpoint:
            where = {"endpoint_override": self._endpoint}  # type: ignore[dict-item]
        for _ in range(5):
            reply = self._session.request(
                path, method, json=body, params=params, raise_exc=False, redirect=False,
                headers={"Accept": "application/json"}, timeout=_TIMEOUT_S, **where,
            )  # fmt: skip
            if reply.status_code not in _REDIRECTS or "Location" not in reply.headers:
                return reply
            path, params, where = reply.headers["Location"], {}, {}
        raise Stop("the server redirects in a circle")


def _stop(error: Exception, who: Login) -> Stop:
    """What a person is told where no answer came."""
    from keystoneauth1 import exceptions

    match error:
        case exceptions.Unauthorized():
            words = f"Keystone does not let you in: {error.message}"
            return Stop(words, Exit.NOT_ALLOWED, next_command=WHAT_LOGS_IN)
        case exceptions.EndpointNotFound():
            words = "the cloud's catalogue has no orchestration service; HEAT_URL can name one"
            return Stop(words, Exit.NOT_ALLOWED, next_command="hearth status")
        case exceptions.SSLError():
            words = f"the certificate of {_asked(error, who)} cannot be trusted"
            return Stop(words, Exit.NOT_ALLOWED, next_command="export OS_CACERT=CA.pem")
        case exceptions.DiscoveryFailure() if "establish connection" not in str(error):
            words = f"there is no Keystone at {who.auth.get('auth_url')}"
            return Stop(words, next_command=WHAT_LOGS_IN)
        case exceptions.ConnectionError() | exceptions.DiscoveryFailure():
            words = f"nobody answers at {_asked(error, who)}"
            return Unanswered(words, next_command="hearth status")
        case _:
            return Stop(str(error))


def _asked(error: Exception, who: Login) -> str:
    """Where it was asked in vain: what the library tells in many words."""
    found = re.search(r"https?://[^\s/]+", str(error))
    return found.group().rstrip(":,") if found else str(who.auth.get("auth_url"))


def stack_path(name: str, *more: str) -> str:
    """The path of a stack, by name or id, or of something in it."""
    return "/".join(["/stacks", quote(name, safe=""), *(quote(part, safe="") for part in more)])


def _session(who: Login) -> Any:
    """A keystoneauth session; the common plugins are imported alone, being quicker to load."""
    from keystoneauth1 import session

    return session.Session(auth=_plugin(who), verify=who.verify, cert=who.cert)


def _plugin(who: Login) -> Any:
    auth = {key: value for key, value in who.auth.items() if value}
    kinds = {
        "password": "Password", "v3password": "Password", "token": "Token", "v3token": "Token",
        "v3applicationcredential": "ApplicationCredential",
    }  # fmt: skip
    from keystoneauth1.identity import v3

    if who.auth_type in kinds:
        try:
            return getattr(v3, kinds[who.auth_type])(**auth)
        except TypeError as error:
            raise Stop(f"the login is not complete: {error}", Exit.NOT_ALLOWED) from error
    from keystoneauth1 import exceptions, loading

    try:
        return loading.get_plugin_loader(who.auth_type).load_from_options(**auth)
    except (exceptions.ClientException, TypeError) as error:
        raise Stop(f"the login does not work: {error}", Exit.NOT_ALLOWED) from error


def _document(reply: Any) -> Any:
    if reply.status_code < 300:
        return reply.json() if reply.content else None
    try:
        document = reply.json()
    except ValueError:
        document = {}
    error = document.get("error") if isinstance(document, dict) else None
    error = error if isinstance(error, dict) else {}
    sentence = error.get("message") or document.get("explanation") or reply.reason
    problems = error.get("problems") or []
    kind = str(error.get("type", ""))
    code = _CODES.get(reply.status_code, Exit.WRONG_COMMAND)
    if problems or kind in {"StackValidationFailed", "InvalidTemplateVersion"}:
        code = Exit.INVALID
    after = _AFTER.get(kind, "")
    stop = Stop(str(sentence), code, kind=kind, problems=problems, next_command=after)
    stop.status = reply.status_code
    raise stop
