"""What an engine does for each command. Effect and answer are one transaction.

Rule: a second delivery of a command gets the first answer; after its deadline it is dropped.
"""

from hearth.engine.handlers.dispatch import dispatch

__all__ = ["dispatch"]
