"""A type that only declares where its objects live: what is lost is found again by its mark."""

import asyncio
from typing import Any, ClassVar

import pytest

from hearth.kit import Marker, Phases, ResourceType, Rest
from hearth.kit.marker import marked
from hearth.schema import Record, prop
from tests.support.hand import Hand


class Plain(ResourceType):
    """A network, without a word more than is needed."""

    name = "Acme::Net"
    rest = Rest("network", "/v2.0/networks", wraps="network", marker=Marker.DESCRIPTION)
    phases = Phases("status", ready=("ACTIVE",), working=("BUILD",))

    class Properties(Record):
        name: str | None = prop("Its name.")
        description: str | None = prop("Words of the user's.")

    class Attributes(Record):
        """None beside `show`."""


class Disk(ResourceType):
    """A volume, likewise."""

    name = "Acme::Disk"
    rest = Rest("volume", "/volumes", wraps="volume", marker=Marker.METADATA, detail="/detail")
    phases = Phases("status", ready=("available",), working=("creating",))

    class Properties(Record):
        name: str | None = prop("Its name.")
        size: int = prop("Its size.")
        metadata: dict[str, str] | None = prop("Its labels.")

    class Attributes(Record):
        """None beside `show`."""


class Carried(ResourceType):
    """Something whose marker is carried by what a test says."""

    name = "Acme::Any"
    rest: ClassVar[Rest | None] = Rest("network", "/v2.0/things", wraps="thing")

    class Properties(Record):
        name: str | None = prop("Its name.")


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Plain, {}),
        (Plain, {"name": "twin"}),
        (Disk, {"size": 1}),
        (Disk, {"size": 1, "name": "twin", "metadata": {"a": "b"}}),
    ],
)
def test_of_two_alike_each_is_found_by_its_own_mark(kind: type[ResourceType], given: Any):
    async def story() -> None:
        hand = Hand()
        first = await hand.create(kind(), given)
        second = await hand.create(kind(), given)
        neither = await hand.context(kind())

        for made in (first, second):
            assert await made.kind.find(made.ctx, made.props) == made.ident
        assert await first.kind.find(neither, first.props) is None

    asyncio.run(story())


def test_what_has_the_users_words_is_found_by_its_name_where_no_row_has_it():
    async def story() -> None:
        hand = Hand()
        made = await hand.create(Plain(), {"name": "mine", "description": "of ours"})

        assert await made.kind.find(made.ctx, made.props) == made.ident

    asyncio.run(story())


@pytest.mark.parametrize(
    "how", [Marker.METADATA, Marker.TAGS, Marker.DESCRIPTION, Marker.CLIENT_ID]
)
def test_every_carrier_carries_the_mark(how: Marker):
    async def story() -> None:
        class Marked(Carried):
            """With this carrier."""

            rest = Rest("network", "/v2.0/things", wraps="thing", marker=how)

        hand, kind = Hand(), Marked()
        ctx = await hand.context(kind)

        sent = kind.body(ctx, kind.Properties.of({}))

        assert marked(sent, ctx.marker)

    asyncio.run(story())
