"""The folios of a booking: opened, split, read and footed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.cards import without_cards
from frontdesk.bookings.folio_models import Folio, FolioLine, FolioRoute
from frontdesk.bookings.models import Booking
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel

MAX_FOLIOS = 20
CHARGES = ("room", "tax", "fee", "addon", "adjustment")


class NoSuchFolio(NotFound):
    """There is no such folio"""

    code = "no_such_folio"


class TooManyFolios(Conflict):
    """This booking is split over as many folios as there may be"""

    code = "too_many_folios"


async def folio(session: AsyncSession, folio_id: UUID, *, lock: bool = False) -> Folio:
    query = select(Folio).where(Folio.id == folio_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NoSuchFolio
    return found


async def folios_of(session: AsyncSession, booking_id: UUID) -> Sequence[Folio]:
    query = select(Folio).where(Folio.booking_id == booking_id).order_by(Folio.number)
    return (await session.scalars(query)).all()


async def main_folio(session: AsyncSession, booking: Booking) -> Folio:
    """The booking's first folio that is open, made where there is none; the booking is locked."""
    known = await folios_of(session, booking.id)
    for one in known:
        if one.closed_at is None:
            return one
    return await _open(session, booking, len(known) + 1, "Main")


async def split(session: AsyncSession, booking_id: UUID, *, name: str, by: str) -> Folio:
    """One more folio of a booking, for whoever pays a part of it."""
    booking = await queries.booking(session, booking_id, lock=True)
    await main_folio(session, booking)
    count = len(await folios_of(session, booking_id))
    if count >= MAX_FOLIOS:
        raise TooManyFolios
    made = await _open(session, booking, count + 1, without_cards(name))
    record(session, made.hotel_id, "folio.open", f"folio:{made.id}", by=by, new={"number": count})
    return made


async def _open(session: AsyncSession, booking: Booking, number: int, name: str) -> Folio:
    hotel = await the_hotel(session)
    made = Folio(
        hotel_id=booking.hotel_id,
        id=uuid7(),
        booking_id=booking.id,
        number=number,
        name=name,
        currency=hotel.currency,
    )
    session.add(made)
    await session.flush()
    return made


async def lines(session: AsyncSession, folio_id: UUID) -> Sequence[FolioLine]:
    """In the order in which they were posted."""
    query = select(FolioLine).where(FolioLine.folio_id == folio_id).order_by(FolioLine.position)
    return (await session.scalars(query)).all()


async def balance(session: AsyncSession, folio_id: UUID) -> int:
    """What is still owed; negative where more was paid."""
    query = select(func.coalesce(func.sum(FolioLine.amount), 0))
    return int(await session.scalar(query.where(FolioLine.folio_id == folio_id)) or 0)


async def booking_balance(session: AsyncSession, booking_id: UUID) -> int:
    """Over all of a booking's folios."""
    query = select(func.coalesce(func.sum(FolioLine.amount), 0)).join(
        Folio, (Folio.hotel_id == FolioLine.hotel_id) & (Folio.id == FolioLine.folio_id)
    )
    return int(await session.scalar(query.where(Folio.booking_id == booking_id)) or 0)


async def given_away(session: AsyncSession, folio_id: UUID, *, by: str) -> int:
    """What somebody took off a folio by hand so far: discounts, and charges that were reversed.

    Nights do not count: what is owed for them comes back by itself.
    """
    query = select(func.coalesce(func.sum(FolioLine.amount), 0)).where(
        FolioLine.folio_id == folio_id,
        FolioLine.posted_by == by,
        FolioLine.kind.in_(CHARGES),
        FolioLine.amount < 0,
        FolioLine.night.is_(None),
    )
    return -int(await session.scalar(query) or 0)


async def route_of(session: AsyncSession, booking_id: UUID) -> FolioRoute | None:
    query = select(FolioRoute).where(FolioRoute.booking_id == booking_id)
    return await session.scalar(query)
