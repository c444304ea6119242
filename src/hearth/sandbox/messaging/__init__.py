"""The simulated Zaqar: queues, messages, claims, as far as version 2 of its API has them.

A queue is made by its first use. Messages end with their time, and so do claims.
"""

from hearth.sandbox.messaging import messages, queues
from hearth.sandbox.messaging.state import Zaqar
from hearth.sandbox.world import Part

PART = Part(Zaqar, (*queues.ROUTES, *messages.ROUTES))

__all__ = ["PART", "Zaqar"]
