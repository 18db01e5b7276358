"""Lists in an order that the caller chooses, paged by a cursor that holds still under inserts."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Invalid
from frontdesk.kit.web import PageAsk

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Order:
    """What a list may be sorted by (columns that are never null), and the id that settles ties."""

    columns: Mapping[str, Any]
    row_id: Any


async def page_sorted(
    session: AsyncSession, query: Select[R], ask: PageAsk, sort: str, order: Order
) -> tuple[Sequence[R], str | None]:
    """`sort` is a name of `order.columns`, with `-` before it for the last first."""
    column: Any = order.columns.get(sort.removeprefix("-"))
    if column is None:
        raise Invalid(f"sort by one of {', '.join(order.columns)}, with - for the last first")
    down = sort.startswith("-")
    place: Any = tuple_(column, order.row_id)
    if ask.cursor:
        after: Any = tuple_(*_read(ask.cursor, sort, column))
        query = query.where(place < after if down else place > after)
    ends: list[Any] = [c.desc() if down else c.asc() for c in (column, order.row_id)]
    query = query.order_by(*ends).limit(ask.limit + 1).add_columns(column, order.row_id)
    rows: list[Any] = list((await session.execute(query)).all())
    more = len(rows) > ask.limit
    rows = rows[: ask.limit]
    return [row[0] for row in rows], _write(sort, rows[-1][-2], rows[-1][-1]) if more else None


def _write(sort: str, value: object, row_id: UUID) -> str:
    said = value.isoformat() if isinstance(value, date) else value
    return base64.urlsafe_b64encode(json.dumps([sort, said, str(row_id)]).encode()).decode()


def _read(cursor: str, sort: str, column: Any) -> tuple[Any, UUID]:
    try:
        made_for, said, row_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if made_for != sort:
            raise Invalid("the cursor is of another order")
        return _value(said, column), UUID(row_id)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise Invalid("the cursor is not one of ours") from None


def _value(said: Any, column: Any) -> Any:
    kind: type[Any] = column.type.python_type
    if issubclass(kind, datetime | date):
        return kind.fromisoformat(said)
    if type(said) is not kind or (isinstance(said, str) and "\0" in said):
        raise ValueError
    widest = 63 if isinstance(column.type, BigInteger) else 31
    if isinstance(said, int) and not -(2**widest) <= said < 2**widest:
        raise ValueError
    return said
