"""Pages by marker: what comes after a row, in any order, whatever came or went meanwhile."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from hearth.store.database import Connection


def paged(
    db: Connection,
    found: Select[Any],
    order: Sequence[ColumnElement[Any]],
    *,
    descending: bool,
    marker: ColumnElement[bool] | None,
) -> Select[Any]:
    """The selection in that order, after the row that `marker` finds; from the start if none.

    The last of `order` must be unique, and none may be null.
    """
    found = found.order_by(*(key.desc() if descending else key.asc() for key in order))
    if marker is None:
        return found
    last = db.sql.execute(select(*order).where(marker)).first()
    if last is None:
        return found
    after = [
        and_(
            *(earlier == value for earlier, value in zip(order[:place], last[:place], strict=True)),
            key < last[place] if descending else key > last[place],
        )
        for place, key in enumerate(order)
    ]
    return found.where(or_(*after))
