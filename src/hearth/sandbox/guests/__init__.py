"""Guests, played: what an agent in a server does, without a server.

Rule: they are no part of the cloud. They read what a server's metadata service would give it,
and all else they do over HTTP, through whatever `Outside` they are given. Nothing that a script
says is run.
"""

from hearth.sandbox.guests.outside import Outside, Reply
from hearth.sandbox.guests.player import Guests

__all__ = ["Guests", "Outside", "Reply"]
