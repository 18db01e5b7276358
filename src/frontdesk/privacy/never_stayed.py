"""Who wrote or was entered once and never stayed: erased after their days, as if they had asked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests.models import Guest
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database, metadata
from frontdesk.kit.ids import HotelId
from frontdesk.privacy.erase import erase

A_RUN = 25
"""Each is searched for in every table; the next run goes on."""
HEARD = (
    *(("conversations", "last_message_at"), ("quotes", "created_at")),
    ("waitlist_entries", "created_at"),
)
"""Where somebody is heard of, and when."""


async def forget_strangers(db: Database, clock: Clock, hotel_id: HotelId, before: datetime) -> int:
    """One a transaction, with a receipt; gives how many."""
    gone = 0
    while gone < A_RUN:
        async with db.hotel(hotel_id) as session:
            guest_id = await _next(session, before)
            if guest_id is None:
                break
            await erase(session, guest_id, by="system", now=clock.now())
        gone += 1
    return gone


async def _next(session: AsyncSession, before: datetime) -> UUID | None:
    """The oldest whom nothing of the hotel's books is about, and who was not heard of since."""
    known = (Guest.erased_at.is_(None), Guest.merged_into.is_(None), Guest.created_at < before)
    query = select(Guest.id).where(*known, ~_of("bookings"))
    for name, when in HEARD:
        query = query.where(~_of(name, metadata.tables[name].c[when] >= before))
    return await session.scalar(query.order_by(Guest.created_at, Guest.id).limit(1))


def _of(name: str, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    of = metadata.tables[name].c
    return exists().where(of.hotel_id == Guest.hotel_id, of.guest_id == Guest.id, *more)
