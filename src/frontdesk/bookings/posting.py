"""What a stay owes comes onto its folio: nights at the price they were sold at, taxes, fees."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.fees import fees_to_come
from frontdesk.bookings.folio import Charge, folio, folios_of, main_folio, mirror, post, standing
from frontdesk.bookings.models import Booking, BookingNight
from frontdesk.bookings.money_models import Folio, FolioLine
from frontdesk.kit.clock import Clock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.tenancy.queries import the_hotel

OWED_NIGHTS = ("confirmed", "checked_in", "checked_out")


async def post_stay(
    session: AsyncSession, booking_id: UUID, *, through: date, by: str, now: datetime
) -> Folio:
    """Bring the folio to what the booking says; doing it again changes nothing.

    Nights up to `through` are posted at the price and tax they were sold at, on their own date;
    nights that the booking lost or that were repriced are reversed; a cancellation or no-show owes
    its fee and no nights.
    """
    booking = await queries.booking(session, booking_id, lock=True)
    to = await main_folio(session, booking)
    posted = await standing(session, booking_id)
    owed = await _owed(session, booking, through)
    for key, amounts in _by_night(posted).items():
        if owed.get(key, 0) == sum(line.amount for line in amounts):
            owed.pop(key, None)
        else:
            for line in amounts:
                await folio(session, line.folio_id, lock=True)
                await mirror(session, line, "no longer so", by=by)
    for (night, kind), amount in sorted(owed.items()):
        words = "Taxes" if kind == "tax" else "Room"
        said = Charge(kind, f"{words}, {night.isoformat()}", amount, night, night=night)
        await post(session, to, said, by=by)
    await _post_fee(session, to, booking, by=by, now=now)
    return to


def _by_night(posted: Sequence[FolioLine]) -> dict[tuple[date, str], list[FolioLine]]:
    found: dict[tuple[date, str], list[FolioLine]] = {}
    for line in posted:
        if line.night is not None:
            found.setdefault((line.night, line.kind), []).append(line)
    return found


async def _owed(
    session: AsyncSession, booking: Booking, through: date
) -> dict[tuple[date, str], int]:
    if booking.status not in OWED_NIGHTS:
        return {}
    query = select(BookingNight).where(
        BookingNight.booking_id == booking.id,
        BookingNight.night <= through,
        BookingNight.released_at.is_(None),
    )
    owed: dict[tuple[date, str], int] = {}
    for night in (await session.scalars(query)).all():
        owed[night.night, "room"] = owed.get((night.night, "room"), 0) + night.price
        if night.tax:
            owed[night.night, "tax"] = owed.get((night.night, "tax"), 0) + night.tax
    return owed


async def _post_fee(
    session: AsyncSession, to: Folio, booking: Booking, *, by: str, now: datetime
) -> None:
    day = local_day(now, (await the_hotel(session)).timezone)
    for words, amount in (await fees_to_come(session, booking)).items():
        await post(session, to, Charge("fee", words, amount, day), by=by)


async def end_on_folio(session: AsyncSession, booking: Booking, *, by: str, now: datetime) -> None:
    """A stay that is over or given up: what it owes, its fees too; nothing where nothing is."""
    owes = booking.status == "checked_out" or booking.cancel_fee or booking.no_show_fee
    if owes or await folios_of(session, booking.id):
        await post_stay(session, booking.id, through=booking.departure, by=by, now=now)


async def post_nights(session: AsyncSession, *, day: date, by: str, now: datetime) -> int:
    """The night audit: every stay of that night, and what earlier ones lack; gives how many."""
    query = (
        select(Booking.id)
        .where(
            Booking.status.in_(("checked_in", "checked_out", "no_show")),
            Booking.arrival <= day,
            Booking.departure >= day,
        )
        .order_by(Booking.id)
    )
    stays = (await session.scalars(query)).all()
    for booking_id in stays:
        await post_stay(session, booking_id, through=day, by=by, now=now)
    return len(stays)


async def end_of_day(db: Database, clock: Clock, hotel_id: HotelId) -> int:
    """Yesterday's nights, by the hotel's own calendar; gives how many stays there were."""
    now = clock.now()
    async with db.hotel(hotel_id) as session:
        day = local_day(now, (await the_hotel(session)).timezone) - timedelta(days=1)
        return await post_nights(session, day=day, by="clock", now=now)
