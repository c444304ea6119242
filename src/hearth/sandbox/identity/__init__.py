"""Keystone: users, projects, roles, tokens, trusts, credentials, and the catalogue.

Tokens are rows, and end with what they were issued upon: a role that is taken away, a trust or
an application credential that is deleted, a password that is changed.
"""

from hearth.sandbox.identity import (
    credentials,
    discovery,
    ec2,
    grants,
    people,
    tokens,
    trusts,
)
from hearth.sandbox.identity.seed import seed
from hearth.sandbox.identity.state import Identity
from hearth.sandbox.store import Document
from hearth.sandbox.world import Part, World


class Keystone(Identity):
    """Keystone with its first content."""

    def seed(self) -> None:
        """Make what a fresh cloud holds."""
        seed(self)


def make(world: World) -> Keystone:
    """Keystone in a cloud; its tokens disappear when they have expired."""
    keystone = Keystone(world)

    def expire(token: Document) -> None:
        keystone.tokens.remove(token["id"])

    keystone.tokens.settle = expire
    world.neighbours.identity = keystone
    return keystone


PART = Part(
    make,
    (
        *discovery.ROUTES,
        *tokens.ROUTES,
        *people.ROUTES,
        *grants.ROUTES,
        *trusts.ROUTES,
        *credentials.ROUTES,
        *ec2.ROUTES,
    ),
)

__all__ = ["PART", "Identity"]
