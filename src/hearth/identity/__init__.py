"""Who asks, for which project, with which roles.

Rule: a Caller is a value that travels with every command; nobody looks it up anywhere.
"""

from hearth.identity.caller import Caller

__all__ = ["Caller"]
