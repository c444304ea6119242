"""What happens to every request before its route and after its answer."""

import logging
import re
from dataclasses import replace

from falcon.asgi import Request, Response

from hearth.api.heat.faults import NoSuchPath
from hearth.api.heat.lookup import ARN_SLASH
from hearth.api.heat.parts import Parts
from hearth.api.heat.versions import choose, discovery
from hearth.api.tokens import Asked, TokenValidator, in_name_of

log = logging.getLogger("hearth.api.access")

_ARN = re.compile(r"/stacks/(arn:[^/]*/[^/]+/[^/]+)")
_GLOBAL_ID = re.compile(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Door:
    """Falcon's middleware: request ids, versions, who is asking; and a line in the log."""

    def __init__(self, parts: Parts, tokens: TokenValidator) -> None:
        self._parts = parts
        self._tokens = tokens

    async def process_request(self, req: Request, resp: Response) -> None:
        """Give the request its id, its path below the version, and its caller."""
        req.context.began = self._parts.clock.monotonic()
        req.context.asked_path = req.path
        req.context.caller = None
        request_id = f"req-{self._parts.ids.uuid()}"
        resp.set_header("X-OpenStack-Request-Id", request_id)
        if req.path == "/healthcheck":
            resp.text, resp.content_type, resp.complete = "OK", "text/plain", True
            return
        chosen = choose(req.path, req.accept)
        if chosen.discover:
            resp.status, resp.complete = 300, True
            resp.media = discovery(f"{req.scheme}://{req.netloc}{req.root_path}")
            return
        if chosen.path is None:
            raise NoSuchPath("There is no such version of the API.")
        await self._admit(req, chosen.path, request_id)
        req.path = _ARN.sub(lambda found: found[0][:8] + _one_part(found[1]), chosen.path)

    async def _admit(self, req: Request, path: str, request_id: str) -> None:
        given = req.get_header("X-OpenStack-Request-ID") or ""
        checked = await self._tokens.check(
            Asked(
                token=(req.get_header("X-Auth-Token") or "").strip(),
                method=req.method,
                path=f"/v1{path}",
                service_token=req.get_header("X-Service-Token") or "",
            )
        )
        sent_on = given if _GLOBAL_ID.fullmatch(given) else request_id
        caller = in_name_of(checked.caller, sent_on, req.get_header("X-Region-Name"))
        req.context.caller = replace(caller, is_admin=self._parts.policy.admin(caller))

    async def process_response(
        self,
        req: Request,
        resp: Response,
        _resource: object,
        _succeeded: bool,  # noqa: FBT001
    ) -> None:
        """Turn what OPTIONS gave into upstream's form, and write the line."""
        if req.method == "OPTIONS" and resp.status_code == 200:
            resp.status = 204
        caller = req.context.caller
        log.info(
            "%s %s %s %s %d %.1f ms",
            resp.get_header("X-OpenStack-Request-Id"),
            f"{caller.user_id}@{caller.project_id}" if caller else "-",
            req.method,
            req.context.asked_path,
            resp.status_code,
            (self._parts.clock.monotonic() - req.context.began) * 1000,
        )


def _one_part(arn: str) -> str:
    return arn.replace("/", ARN_SLASH)
