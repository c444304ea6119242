"""OS::Heat::Value."""

from collections.abc import Iterable
from typing import Any

import msgspec

from hearth.base import Secret, Value, plain, secret_in, unknown_in
from hearth.resources.heat.kept import Kept
from hearth.schema import Kind, Record, attr, prop, since
from hearth.schema.scalars import NotThis, converted
from hearth.stack import ResourceRecord

KINDS = {"string": Kind.STRING, "number": Kind.NUMBER, "boolean": Kind.BOOLEAN}


class ValueType(Kept):
    """Any value, made the type that is wanted."""

    name = "OS::Heat::Value"
    support = since("7.0.0")

    class Properties(Record):
        type: str | None = prop(
            "The type that the value is made.",
            update=True,
            allowed=("string", "number", "comma_delimited_list", "json", "boolean"),
        )
        value: Any = prop("The value.", update=True)

    class Attributes(Record):
        value: Any = attr("The value.")

    def problems(self, props: Any) -> Iterable[str]:
        if not unknown_in(props.value):
            try:
                typed(props.type, plain(props.value))
            except NotThis as wrong:
                yield str(wrong)

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        if unknown_in(props.value):
            return {"value": props.value}
        value = typed(props.type, plain(props.value))
        return {"value": Secret(value) if secret_in(record.properties.get("value")) else value}


def typed(kind: str | None, value: Value) -> Value:
    """The value as the type that was asked for; raises NotThis."""
    match kind, value:
        case ("string", dict() | list()):
            return msgspec.json.encode(value).decode()
        case (("string" | "number" | "boolean") as known, _):
            return converted(KINDS[known], value)
        case ("comma_delimited_list", str()):
            return [part.strip() for part in value.split(",")] if value else []
        case ("comma_delimited_list", list()):
            return [str(item) for item in value]
        case ("comma_delimited_list", _):
            raise NotThis(f'"{value}" is not a list')
        case ("json", str()):
            try:
                return msgspec.json.decode(value)
            except msgspec.DecodeError:
                raise NotThis(f'"{value}" is not JSON') from None
        case _:
            return value
