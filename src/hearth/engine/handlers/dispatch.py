"""From a command to its handler."""

from typing import Any

from hearth.base.errors import Late, Refused
from hearth.bus import (
    Answer,
    Command,
    CreateStack,
    DeleteStack,
    decode_answer,
)
from hearth.engine.desk import Desk
from hearth.engine.handlers.create import create
from hearth.engine.handlers.delete import delete
from hearth.store import Answered, commands


async def dispatch(desk: Desk, command: Command[Any]) -> Answer:
    """Do what is asked, once."""
    if command.deadline < desk.clock.now():
        raise Late(f"The command {command.id} came too late.")
    known = await desk.store.read(commands.answer, command.id)
    if known is not None:
        return decode_answer(known.answer)
    try:
        return await _handled(desk, command)
    except Answered:
        known = await desk.store.read(commands.answer, command.id)
        assert known is not None, "an answer that stands can be read"
        return decode_answer(known.answer)


async def _handled(desk: Desk, command: Command[Any]) -> Answer:
    match command:
        case CreateStack():
            return await create(desk, command)
        case DeleteStack():
            return await delete(desk, command)
        case _:
            raise Refused(f"{type(command).__name__} is not available yet.", kind="NotSupported")
