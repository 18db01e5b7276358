"""All rows that hotels hold, table by table: what was touched between two moments."""

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import text

from frontdesk.kit.db import Base, Tenant
from frontdesk.kit.ids import HotelId
from frontdesk.runtime import Runtime

Census = Mapping[str, Counter[str]]
"""By table, how often there is a row of this content."""
TALKING = frozenset(
    {
        *("guests", "guest_identities", "conversations", "messages", "inbound_events"),
        *("outbound_messages", "outbox_events", "quotes", "quote_nights", "room_nights"),
    }
)


def tables() -> Iterator[str]:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Tenant):
            yield mapper.class_.__tablename__


async def census(run: Runtime, hotel: HotelId) -> Census:
    found: dict[str, Counter[str]] = {}
    async with run.db.hotel(hotel) as session:
        for table in sorted(set(tables())):
            rows = await session.execute(text(f'SELECT md5(t::text) FROM "{table}" t'))  # noqa: S608 - our own names
            found[table] = Counter(row for (row,) in rows)
    return found


def touched(before: Census, after: Census) -> dict[str, tuple[int, int]]:
    """By table: rows that are gone or changed, and rows that are new."""
    return {
        table: ((before[table] - rows).total(), (rows - before[table]).total())
        for table, rows in after.items()
        if rows != before[table]
    }
