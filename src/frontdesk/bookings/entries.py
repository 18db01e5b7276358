"""Lines on a folio: posted, and reversed or moved to another, but never mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from frontdesk.bookings.cards import without_cards
from frontdesk.bookings.errors import as_told_by_database
from frontdesk.bookings.folio import CHARGES, folio, route_of
from frontdesk.bookings.folio_models import Folio, FolioLine
from frontdesk.bookings.models import Booking
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.audit import record


class NoSuchLine(NotFound):
    """There is no such line on a folio"""

    code = "no_such_line"


class Reversed(Conflict):
    """This line is reversed already, or is a reversal itself"""

    code = "line_reversed"


class NotByHand(Conflict):
    """A payment's line is undone by refunding the payment"""

    code = "line_not_by_hand"


@dataclass(frozen=True, slots=True)
class Charge:
    """One line to be: positive is owed, negative is taken off; minor units."""

    kind: str
    description: str
    amount: int
    business_date: date
    night: date | None = None
    payment_id: UUID | None = None
    tax_id: UUID | None = None
    booking_id: UUID | None = None
    """Whose it is, where that is not the folio's own booking."""
    moved_id: UUID | None = None


async def line(session: AsyncSession, line_id: UUID) -> FolioLine:
    """With its folio locked, so that a line is reversed or moved by one at a time."""
    found = await session.scalar(select(FolioLine).where(FolioLine.id == line_id))
    if found is None:
        raise NoSuchLine
    await folio(session, found.folio_id, lock=True)
    return found


async def post(session: AsyncSession, to: Folio, charge: Charge, *, by: str) -> FolioLine:
    """Add one line; what it says is scanned for cards. Raises FolioClosed."""
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
        tax_id=charge.tax_id,
        booking_id=None if charge.booking_id == to.booking_id else charge.booking_id,
        moved_id=charge.moved_id,
        posted_by=by,
    )
    session.add(made)
    with as_told_by_database():
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

    A night stays its booking's, on whatever folio, so that the night audit knows it is charged.
    """
    found = await line(session, line_id)
    to = await folio(session, to_id, lock=True)
    if to.id == found.folio_id:
        raise Conflict("it is on that folio already")
    if found.kind not in CHARGES:
        raise NotByHand
    own = await session.get_one(Folio, (found.hotel_id, found.folio_id))
    owner = found.booking_id or own.booking_id
    if found.night is not None and not await may_hold(session, owner, to):
        raise Conflict("a night goes to a folio of its own booking or of its group")
    whose = await session.get_one(Booking, (to.hotel_id, to.booking_id))
    away = f" of {whose.code}" if to.booking_id != own.booking_id else ""
    await mirror(session, found, f"to folio {to.number}{away}", by=by)
    kept = (found.night, None, found.tax_id, owner if found.night else None, found.id)
    moved = Charge(found.kind, found.description, found.amount, found.business_date, *kept)
    return await post(session, to, moved, by=by)


async def may_hold(session: AsyncSession, booking_id: UUID, to: Folio) -> bool:
    """Whether a booking's nights may stand on this folio: its own, or its group's."""
    if to.booking_id == booking_id:
        return True
    routed = await route_of(session, booking_id)
    return routed is not None and routed.folio_id == to.id


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
        tax_id=line.tax_id,
        booking_id=line.booking_id,
        reverses_id=line.id,
        posted_by=by,
    )
    session.add(made)
    with as_told_by_database():
        await session.flush()
    told = {"reverses": str(line.id), "amount": made.amount}
    record(session, line.hotel_id, "folio.reverse", f"folio_line:{made.id}", by=by, new=told)
    return made


async def standing(session: AsyncSession, booking_id: UUID) -> Sequence[FolioLine]:
    """A booking's lines, on whatever folio, that are neither reversed nor reversals."""
    undoing = aliased(FolioLine)
    query = (
        select(FolioLine)
        .join(Folio, (Folio.hotel_id == FolioLine.hotel_id) & (Folio.id == FolioLine.folio_id))
        .outerjoin(
            undoing,
            (undoing.hotel_id == FolioLine.hotel_id) & (undoing.reverses_id == FolioLine.id),
        )
        .where(
            or_(
                (Folio.booking_id == booking_id) & FolioLine.booking_id.is_(None),
                FolioLine.booking_id == booking_id,
            ),
            FolioLine.reverses_id.is_(None),
            undoing.id.is_(None),
        )
        .order_by(FolioLine.position)
    )
    return (await session.scalars(query)).all()
