"""The body of a request: a JSON object, within the limit."""

from typing import Any

import msgspec
from falcon.asgi import Request

from hearth.api.heat.faults import BadRequest
from hearth.base import DEEPEST, too_deep
from hearth.base.errors import OverLimit


async def read_body(req: Request, limit: int) -> dict[str, Any] | None:
    """The object that was sent; None where nothing was."""
    body = await read_json(req, limit)
    if body is not None and not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body


async def read_json(req: Request, limit: int) -> Any:
    """The JSON that was sent, of whatever kind; None where nothing was."""
    size = req.content_length or 0
    if size > limit:
        raise _too_large(size, limit)
    data = await req.stream.read(limit + 1)
    if len(data) > limit:
        raise _too_large(len(data), limit)
    if not data.strip():
        return None
    try:
        body = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error
    except RecursionError as error:
        raise BadRequest("The body is nested too deeply.") from error
    if too_deep(body):
        raise BadRequest(f"The body is nested more than {DEEPEST} levels deep.")
    return body


def _too_large(size: int, limit: int) -> OverLimit:
    return OverLimit(
        f"Request limit exceeded: JSON body size ({size} bytes) exceeds maximum allowed size"
        f" ({limit} bytes)."
    )
