"""The folio: charges and payments that are only ever added; a mistake is reversed, not mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from frontdesk.bookings import queries
from frontdesk.bookings.cards import without_cards
from frontdesk.bookings.models import Booking
from frontdesk.bookings.money_models import Folio, FolioLine
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel

MAX_FOLIOS = 20
CHARGES = ("room", "tax", "fee", "addon", "adjustment")


class NoSuchFolio(NotFound):
    """There is no such folio"""

    code = "no_such_folio"


class NoSuchLine(NotFound):
    """There is no such line on a folio"""

    code = "no_such_line"


class Reversed(Conflict):
    """This line is reversed already, or is a reversal itself"""

    code = "line_reversed"


class NotByHand(Conflict):
    """A payment's line is undone by refunding the payment"""

    code = "line_not_by_hand"


class TooManyFolios(Conflict):
    """This booking is split over as many folios as there may be"""

    code = "too_many_folios"


@dataclass(frozen=True, slots=True)
class Charge:
    """One line to be: positive is owed, negative is taken off; minor units."""

    kind: str
    description: str
    amount: int
    business_date: date
    night: date | None = None
    payment_id: UUID | None = None


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
    """The booking's first folio, opened when it is first needed; the booking is locked by us."""
    known = await folios_of(session, booking.id)
    return known[0] if known else await _open(session, booking, 1, "Main")


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


async def line(session: AsyncSession, line_id: UUID) -> FolioLine:
    """With its folio locked, so that a line is reversed or moved by one at a time."""
    found = await session.scalar(select(FolioLine).where(FolioLine.id == line_id))
    if found is None:
        raise NoSuchLine
    await folio(session, found.folio_id, lock=True)
    return found


async def post(session: AsyncSession, to: Folio, charge: Charge, *, by: str) -> FolioLine:
    """Add one line; what it says is scanned for cards."""
    made = FolioLine(
        hotel_id=to.hotel_id,
        id=uuid7(),
        folio_id=to.id,
        kind=charge.kind,
        description=without_cards(charge.description),
        amount=charge.amount,
        business_date=charge.business_date,
        night=charge.night,
        payment_id=charge.payment_id,
        posted_by=by,
    )
    session.add(made)
    await session.flush()
    told = {"folio": str(to.id), "kind": charge.kind, "amount": charge.amount}
    record(session, to.hotel_id, "folio.post", f"folio_line:{made.id}", by=by, new=told)
    return made


async def reverse(session: AsyncSession, line_id: UUID, *, reason: str, by: str) -> FolioLine:
    """Take a charge back: the same line with the other sign. Raises Reversed or NotByHand."""
    found = await line(session, line_id)
    if found.kind not in CHARGES:
        raise NotByHand
    return await mirror(session, found, reason, by=by)


async def transfer(session: AsyncSession, line_id: UUID, to_id: UUID, *, by: str) -> FolioLine:
    """Move a line to another folio of the same hotel: reversed here, posted there.

    A night stays with its booking, which the night audit brings back to what it owes.
    """
    found = await line(session, line_id)
    to = await folio(session, to_id, lock=True)
    if to.id == found.folio_id:
        raise Conflict("it is on that folio already")
    if found.kind not in CHARGES:
        raise NotByHand
    own = await session.get_one(Folio, (found.hotel_id, found.folio_id))
    if found.night is not None and own.booking_id != to.booking_id:
        raise Conflict("a night goes only to a folio of its own booking")
    await mirror(session, found, f"to folio {to.number}", by=by)
    moved = Charge(found.kind, found.description, found.amount, found.business_date, found.night)
    return await post(session, to, moved, by=by)


async def mirror(session: AsyncSession, line: FolioLine, reason: str, *, by: str) -> FolioLine:
    """The line once more with the other sign; its folio is locked by us. Raises Reversed."""
    again = exists().where(FolioLine.hotel_id == line.hotel_id, FolioLine.reverses_id == line.id)
    if line.reverses_id is not None or await session.scalar(select(again)):
        raise Reversed
    made = FolioLine(
        hotel_id=line.hotel_id,
        id=uuid7(),
        folio_id=line.folio_id,
        kind=line.kind,
        description=without_cards(f"{line.description} ({reason})"[:300]),
        amount=-line.amount,
        business_date=line.business_date,
        night=line.night,
        payment_id=line.payment_id,
        reverses_id=line.id,
        posted_by=by,
    )
    session.add(made)
    await session.flush()
    told = {"reverses": str(line.id), "amount": made.amount}
    record(session, line.hotel_id, "folio.reverse", f"folio_line:{made.id}", by=by, new=told)
    return made


async def standing(session: AsyncSession, booking_id: UUID) -> Sequence[FolioLine]:
    """Lines of a booking that are neither reversed nor reversals."""
    undoing = aliased(FolioLine)
    query = (
        select(FolioLine)
        .join(Folio, (Folio.hotel_id == FolioLine.hotel_id) & (Folio.id == FolioLine.folio_id))
        .outerjoin(
            undoing,
            (undoing.hotel_id == FolioLine.hotel_id) & (undoing.reverses_id == FolioLine.id),
        )
        .where(
            Folio.booking_id == booking_id,
            FolioLine.reverses_id.is_(None),
            undoing.id.is_(None),
        )
        .order_by(FolioLine.position)
    )
    return (await session.scalars(query)).all()
