"""Signals by a signed URL: that of a wait condition's handle, and those of alarms."""

from typing import Any

import msgspec

from hearth.api.cfn.arns import read
from hearth.api.cfn.parts import Ask, Parts
from hearth.api.metadata import incarnation, shown_metadata
from hearth.base import DEEPEST, too_deep
from hearth.base.errors import Missing, Refused
from hearth.bus import SignalResource, StackRef


async def put_wait(parts: Parts, ask: Ask, arn: str) -> dict[str, Any]:
    """PUT /waitcondition/{arn}: taken when it is answered; what the handle has heard by now."""
    await _signal(parts, ask, arn, strict=True)
    where = read(arn)
    record = await incarnation(parts, ask.caller, where.stack_id, where.resource)
    if record is None:
        raise Missing(f"The Resource ({where.resource}) could not be found.")
    return {"resource": record.name, "metadata": await shown_metadata(parts, record)}


async def post_signal(parts: Parts, ask: Ask, arn: str) -> None:
    """POST /signal/{arn}: as upstream, which takes what a resource does not understand."""
    await _signal(parts, ask, arn, strict=False)


async def _signal(parts: Parts, ask: Ask, arn: str, *, strict: bool) -> None:
    where = read(arn)
    if not where.resource:
        raise Refused(f'"{arn}" is not a valid ARN of a resource', kind="ValueError")
    command = SignalResource(
        **parts.to_engine(ask.caller),
        stack=StackRef(where.name, where.stack_id),
        resource=where.resource,
        details=_details(ask.body),
        strict=strict,
    )
    await parts.call(command)


def _details(body: bytes) -> Any:
    if not body.strip():
        return None
    try:
        details = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Refused("The body is not JSON.", kind="ValueError") from error
    if too_deep(details):
        raise Refused(f"The body is nested more than {DEEPEST} levels deep.", kind="ValueError")
    return details
