"""OS::Heat::RandomString."""

from collections.abc import Iterable
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import Any

from hearth.base import Ids, Secret, Value, unknown_in
from hearth.base.errors import HearthError
from hearth.kit import Context
from hearth.resources.heat.kept import Kept
from hearth.schema import Record, attr, fading, prop, since
from hearth.stack import ResourceRecord

CLASSES = {
    "lettersdigits": ascii_letters + digits,
    "letters": ascii_letters,
    "lowercase": ascii_lowercase,
    "uppercase": ascii_uppercase,
    "digits": digits,
    "hexdigits": digits + "ABCDEF",
    "octdigits": "01234567",
}


class CharacterClass(Record):
    """A class of characters to choose from."""

    class_: str = prop("Which characters.", default="lettersdigits", allowed=CLASSES, key="class")
    min: int = prop("How many of them there are at least.", default=1, range=(1, 512))


class CharacterSequence(Record):
    """A set of characters to choose from, spelled out."""

    min: int = prop("How many of them there are at least.", default=1, range=(1, 512))
    sequence: str = prop("The characters.")


class RandomString(Kept):
    """A random string, made once and kept."""

    name = "OS::Heat::RandomString"
    support = since("2014.1")

    class Properties(Record):
        character_classes: list[CharacterClass] = prop(
            "The classes of characters to choose from.",
            default=[{"class": "lettersdigits", "min": 1}],
        )
        character_sequences: list[CharacterSequence] | None = prop(
            "More sets of characters to choose from, spelled out."
        )
        length: int = prop("How long the string is.", default=32, range=(1, 512))
        salt: str | None = prop("Anything; changing it makes a new string.")
        sequence: str | None = prop(
            "The one class of characters to choose from; use character_classes instead.",
            allowed=CLASSES,
            support=fading(deprecated="2014.2", hidden="5.0.0"),
        )

    class Attributes(Record):
        value: str = attr("The string.", cached=False, secret=True)

    def problems(self, props: Any) -> Iterable[str]:
        if unknown_in(props.values()):
            return
        if sum(least for _, least in alphabets(props)) > props.length:
            yield (
                "Length property cannot be smaller than combined character class and "
                "character sequence minimums"
            )

    async def create(self, ctx: Context, props: Any) -> str:
        sets = alphabets(props)
        if not any(characters for characters, _ in sets):
            raise HearthError("Cannot choose from an empty sequence", kind="IndexError")
        ctx.data["value"] = Secret(drawn(ctx.ids, sets, props.length))
        return ctx.physical_name

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        return {"value": shown.get("value", record.data.get("value"))}

    def reference(self, record: ResourceRecord) -> Value:
        return record.data.get("value", record.name)


def alphabets(props: Any) -> list[tuple[str, int]]:
    """The sets of characters to draw from, and how many of each there are at least."""
    if props.sequence is not None:
        return [(CLASSES[props.sequence], 1)]
    classes = [(CLASSES[one.class_], one.min) for one in props.character_classes]
    return classes + [(one.sequence, one.min) for one in props.character_sequences or ()]


def drawn(ids: Ids, sets: list[tuple[str, int]], length: int) -> str:
    """A string that has its minimum of each set, in an order as random as its characters."""
    pool = [ids.choice(characters) for characters, least in sets for _ in range(least)]
    everything = "".join(characters for characters, _ in sets)
    pool += [ids.choice(everything) for _ in range(length - len(pool))]
    if len(sets) == 1:
        return "".join(pool)
    left, found = "".join(pool), []
    while left:
        found.append(ids.choice(left))
        left = left.replace(found[-1], "", 1)
    return "".join(found)
