"""Several quotes become one booking: every room or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import PriceChanged, as_told_by_database
from frontdesk.bookings.models import Booking
from frontdesk.bookings.recheck import recheck
from frontdesk.bookings.reserve import TRIES, Yes
from frontdesk.kit.db import ring, wrote
from frontdesk.kit.jobs import Job

RESERVE = select(Booking).from_statement(
    text(
        "SELECT b.* FROM get_current_tenant_id() AS hotel, reserve_group(hotel, :quotes, :by,"
        " :source, :requests, :at, :booking, :code, :audit, :event) AS b"
    ).bindparams(
        bindparam("at", type_=DateTime(timezone=True)), bindparam("quotes", type_=ARRAY(Uuid))
    )
)


@dataclass(frozen=True, slots=True)
class GroupYes:
    """A yes to several quotes of one guest for the same dates; the first names the booking."""

    quote_ids: Sequence[UUID]
    by: str
    source: str
    special_requests: str | None = None


async def reserve_group(session: AsyncSession, yes: GroupYes, *, now: datetime) -> Booking:
    """One confirmed booking with a line for every room; doing it twice gives the same booking.

    Raises NoSuchQuote, QuoteExpired, PriceChanged, NotOneStay, SeveralPlans or RoomTaken; the
    transaction is then the caller's to end, and no room of them is sold.
    """
    first = Yes(yes.quote_ids[0], yes.by, yes.source, yes.special_requests)
    quotes = list(dict.fromkeys(yes.quote_ids))
    arguments = {**first.arguments(now), "quotes": quotes}
    del arguments["quote"]
    for _ in range(TRIES):
        with as_told_by_database():
            booking = (await session.scalars(RESERVE, arguments)).one_or_none()
        if booking is not None:
            break
        for quote_id in sorted(quotes):
            await recheck(session, quote_id, now=now)
    else:
        raise PriceChanged
    await ring(session, Job.RUN_TRIGGERS, booking.hotel_id)
    wrote(session, booking.hotel_id)
    return booking
