"""OS::Heat::Value."""

from collections.abc import Iterable
from typing import Any

from hearth.base import Secret, Value, plain, secret_in, unknown_in
from hearth.resources.heat.kept import Kept
from hearth.schema import Kind, Record, attr, prop, since
from hearth.schema.scalars import NotThis, converted
from hearth.stack import ResourceRecord

KINDS = {
    "string": Kind.STRING,
    "number": Kind.NUMBER,
    "comma_delimited_list": Kind.LIST,
    "json": Kind.MAP,
    "boolean": Kind.BOOLEAN,
}


class ValueType(Kept):
    """Any value, which may be asked to be of a type."""

    name = "OS::Heat::Value"
    support = since("7.0.0")

    class Properties(Record):
        type: str | None = prop(
            "The type that the value must be of.",
            update=True,
            allowed=KINDS,
        )
        value: Any = prop("The value.", update=True)

    class Attributes(Record):
        value: Any = attr("The value.")

    def problems(self, props: Any) -> Iterable[str]:
        value = plain(props.value)
        if props.type not in KINDS or value is None or unknown_in(value):
            return
        try:
            converted(KINDS[props.type], value)
        except NotThis as wrong:
            yield str(wrong)

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        """The value as it was given: what reads as its type need not be turned into it."""
        if unknown_in(props.value):
            return {"value": props.value}
        value = plain(props.value)
        return {"value": Secret(value) if secret_in(record.properties.get("value")) else value}
