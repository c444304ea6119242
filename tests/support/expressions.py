"""The process for users' expressions, asked where one stands: virtual time does not wait for it."""

from hearth.engine import Ask, Outcome
from hearth.serve.expressions import Process


class InLine:
    """An evaluator whose answers are there at once, as far as the loop can tell."""

    def __init__(self) -> None:
        self.process = Process()

    async def answer(self, ask: Ask) -> Outcome:
        """What comes of it."""
        return self.process.answer(ask)
