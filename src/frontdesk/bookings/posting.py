"""What a stay owes comes onto its folio: nights at the price they were sold at, taxes, fees."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.entries import Charge, mirror, post, standing
from frontdesk.bookings.fees import fees_to_come
from frontdesk.bookings.folio import folio, folios_of
from frontdesk.bookings.folio_models import Folio, FolioLine
from frontdesk.bookings.master import folio_for
from frontdesk.bookings.models import Booking, BookingNight
from frontdesk.kit.clock import Clock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.rooms.models import Tax
from frontdesk.tenancy.queries import the_hotel

OWED_NIGHTS = ("confirmed", "checked_in", "checked_out")


Key = tuple[date, str, UUID | None]
"""A night, room or tax, and which tax; none of them where a sum of taxes was kept."""


async def post_stay(
    session: AsyncSession, booking_id: UUID, *, through: date, by: str, now: datetime
) -> Folio:
    """Bring the folio to what the booking says; again, or for a day before, changes nothing.

    Nights up to `through` are posted at the price and taxes they were sold at, on their own date;
    nights that the booking lost or that were repriced are reversed, or made good by what differs
    where their folio is closed; a cancellation or no-show owes its fee and no nights.
    """
    booking = await queries.booking(session, booking_id, lock=True)
    to = await folio_for(session, booking, "room")
    posted = _by_key(await standing(session, booking_id))
    owed = _as_posted(await _owed(session, booking, through, {key[0] for key in posted}), posted)
    for key, known in posted.items():
        stands = sum(line.amount for line in known)
        if owed.get(key, 0) == stands:
            owed.pop(key, None)
        elif await _all_open(session, known):
            for line in known:
                await mirror(session, line, "no longer so", by=by)
        else:
            owed[key] = owed.get(key, 0) - stands
    names = await _names(session)
    for key in sorted(owed, key=lambda key: (key[0], key[1], names.get(key[2], ""))):
        await post(session, to, _charge(booking, key, owed[key], names), by=by)
    await _post_fee(session, booking, by=by, now=now)
    return to


async def _names(session: AsyncSession) -> dict[UUID | None, str]:
    rows = await session.execute(select(Tax.id, Tax.name))
    return {row.id: row.name for row in rows}


def _charge(booking: Booking, key: Key, amount: int, names: Mapping[UUID | None, str]) -> Charge:
    night, kind, tax_id = key
    words = names.get(tax_id, "Taxes") if kind == "tax" else "Room"
    said = f"{words}, {night.isoformat()}"
    return Charge(kind, said, amount, night, night, None, tax_id, booking.id)


async def _all_open(session: AsyncSession, known: Sequence[FolioLine]) -> bool:
    """Locked by us, if so."""
    found = [await folio(session, folio_id, lock=True) for folio_id in {k.folio_id for k in known}]
    return all(one.closed_at is None for one in found)


def _by_key(posted: Sequence[FolioLine]) -> dict[Key, list[FolioLine]]:
    found: dict[Key, list[FolioLine]] = {}
    for line in posted:
        if line.night is not None:
            found.setdefault((line.night, line.kind, line.tax_id), []).append(line)
    return found


def _as_posted(owed: dict[Key, int], posted: Mapping[Key, Sequence[FolioLine]]) -> dict[Key, int]:
    """Taxes of a night that were posted as one sum stay so while the sum is right."""
    for night in {key[0] for key in posted if key[1:] == ("tax", None)}:
        sum_ = (night, "tax", None)
        taxes = [key for key in owed if key[:2] == (night, "tax")]
        whole = sum(owed[key] for key in taxes)
        if whole == sum(line.amount for line in posted[sum_]):
            owed = {key: amount for key, amount in owed.items() if key not in taxes}
            owed[sum_] = whole
    return owed


async def _owed(
    session: AsyncSession, booking: Booking, through: date, posted: Set[date]
) -> dict[Key, int]:
    """What was posted ahead stays owed as long as the night is the booking's."""
    if booking.status not in OWED_NIGHTS:
        return {}
    n = BookingNight
    query = select(n).where(
        n.booking_id == booking.id,
        (n.night <= through) | n.night.in_(posted),
        n.released_at.is_(None),
    )
    owed: Counter[Key] = Counter()
    for night in (await session.scalars(query)).all():
        owed[night.night, "room", None] += night.price
        rest = night.tax
        for tax in night.taxes:
            tax_id = UUID(tax["tax_id"]) if tax["tax_id"] else None
            owed[night.night, "tax", tax_id] += tax["amount"]
            rest -= tax["amount"]
        owed[night.night, "tax", None] += rest
    return {key: amount for key, amount in owed.items() if amount}


async def _post_fee(session: AsyncSession, booking: Booking, *, by: str, now: datetime) -> None:
    to = await folio_for(session, booking, "fee")
    day = local_day(now, (await the_hotel(session)).timezone)
    for words, amount in (await fees_to_come(session, booking)).items():
        await post(session, to, Charge("fee", words, amount, day, booking_id=booking.id), by=by)


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
