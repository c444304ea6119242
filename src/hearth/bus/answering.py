"""The engine's side of any carrier: one command in, one answer out, whatever happens."""

import logging
from typing import Any

from hearth.base.errors import HearthError
from hearth.bus.carrier import Handler
from hearth.bus.messages import Answer, Command, Failure

log = logging.getLogger(__name__)


async def answer(handler: Handler, command: Command[Any]) -> Answer:
    """The handler's answer, or its refusal as a `Failure`.

    A fault of ours is logged with its traceback and answered without one: this is the top of a
    command's process, and the next command must still be served.
    """
    try:
        return await handler(command)
    except HearthError as error:
        return Failure.of(error)
    except Exception:  # the top of a command's process
        log.exception("command %s %s failed", type(command).__name__, command.id)
        return Failure(
            "HearthError",
            "HearthError",
            f"The engine met an internal fault; its log names it under command {command.id}.",
        )
