"""The nights of some rooms of a booking, as they become another booking's."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.book import rate_book
from frontdesk.bookings.errors import NotChangeable
from frontdesk.bookings.models import Booking, BookingNight, Quote
from frontdesk.bookings.rates import Party, RateBook
from frontdesk.bookings.rules import new_code, policy_hash
from frontdesk.bookings.shares import Rooms, Sold, going
from frontdesk.bookings.stay_models import BookingRoom
from frontdesk.kit.ids import uuid7


@dataclass(frozen=True, slots=True)
class Taken:
    """What another booking takes over: it is written once that booking is."""

    total: int
    tax: int
    quote_id: UUID
    nights: Sequence[BookingNight]
    """Shares of nights that others of the booking sleep too."""
    whole: Sequence[BookingNight]
    """Nights of types that nobody stays in: as they are, they are the other booking's."""

    async def write(self, session: AsyncSession, own: UUID) -> None:
        session.add_all(self.nights)
        await session.flush()
        for night in self.whole:
            session.expunge(night)
        mine = update(BookingNight).where(
            BookingNight.booking_id.in_({night.booking_id for night in self.whole}),
            BookingNight.room_type_id.in_({night.room_type_id for night in self.whole}),
            BookingNight.released_at.is_(None),
        )
        if self.whole:
            option = {"synchronize_session": False}
            await session.execute(mine.values(booking_id=own).execution_options(**option))


async def take_nights(
    session: AsyncSession,
    booking: Booking,
    own: Booking,
    leaving: Sequence[BookingRoom],
    rest: Sequence[BookingRoom],
    *,
    now: datetime,
) -> Taken:
    """Of each night what falls to `leaving` goes to `own`; the sum and the stock stay as they were.

    A quote says what was agreed on for them, as each booking has one. Raises NotChangeable.
    """
    book = await rate_book(session, booking.hotel_id, await queries.rates_version(session))
    mine, theirs = _by_type(leaving), _by_type(rest)
    kept = (BookingNight.booking_id == booking.id, BookingNight.released_at.is_(None))
    query = select(BookingNight).where(*kept).order_by(BookingNight.night)
    found = [night for night in (await session.scalars(query)).all() if night.room_type_id in mine]
    whole = [night for night in found if night.room_type_id not in theirs]
    taken = [
        _take(night, own.id, _rooms(book, night, mine[kind], theirs[kind]))
        for night in found
        if (kind := night.room_type_id) in theirs
    ]
    tax = sum(night.tax for night in (*taken, *whole))
    total = tax + sum(night.price for night in (*taken, *whole))
    quote = await _quote(session, booking, leaving, [*taken, *whole], now=now)
    return Taken(total, tax, quote.id, taken, whole)


def _by_type(lines: Sequence[BookingRoom]) -> Mapping[UUID, list[BookingRoom]]:
    found: defaultdict[UUID, list[BookingRoom]] = defaultdict(list)
    for line in lines:
        found[line.room_type_id].append(line)
    return found


def _rooms(
    book: RateBook,
    night: BookingNight,
    mine: Sequence[BookingRoom],
    theirs: Sequence[BookingRoom],
) -> Rooms:
    """Those who go first."""
    if len(mine) + len(theirs) != night.rooms:
        raise NotChangeable("its rooms are not what was sold on every night")
    plan, kind = night.rate_plan_id, night.room_type_id
    extras = [s for s in book.supplements if s.speaks_for(plan, kind)]
    return Rooms(
        [_party(line) for line in (*mine, *theirs)],
        range(len(mine)),
        sorted(extras, key=lambda s: (s.days, s.vagueness, s.id)),
        {tax.id: tax for tax in book.taxes},
    )


def _party(line: BookingRoom) -> Party:
    return Party(line.adults, line.children, tuple(line.children_ages))


def _take(night: BookingNight, own: UUID, rooms: Rooms) -> BookingNight:
    whole = _sold(night)
    part = going(whole, night.night, rooms)
    if part.price < 1 or whole.price - part.price < 1:
        raise NotChangeable("it was sold for too little to be shared out")
    taken = BookingNight(
        hotel_id=night.hotel_id,
        booking_id=own,
        night=night.night,
        room_type_id=night.room_type_id,
        rooms=len(rooms.going),
        price=part.price,
        tax=part.tax,
        rate_plan_id=night.rate_plan_id,
        rules=night.rules,
        taxes=_taxes(part.taxes),
    )
    night.rooms -= taken.rooms
    night.price, night.tax = night.price - part.price, night.tax - part.tax
    night.taxes = _taxes({of: due - part.taxes[of] for of, due in whole.taxes.items()})
    return taken


def _sold(night: BookingNight) -> Sold:
    taxes: defaultdict[UUID | None, int] = defaultdict(int)
    for tax in night.taxes:
        taxes[UUID(tax["tax_id"]) if tax["tax_id"] else None] += tax["amount"]
    return Sold(night.price, taxes, night.tax - sum(taxes.values()))


def _taxes(due: Mapping[UUID | None, int]) -> list[dict[str, Any]]:
    return [{"tax_id": str(of) if of else None, "amount": amount} for of, amount in due.items()]


async def _quote(
    session: AsyncSession,
    booking: Booking,
    leaving: Sequence[BookingRoom],
    taken: Sequence[BookingNight],
    *,
    now: datetime,
) -> Quote:
    """Of their first type, as a booking of several types has it."""
    kind = leaving[0].room_type_id
    lines = [line for line in leaving if line.room_type_id == kind]
    nights = [night for night in taken if night.room_type_id == kind]
    tax = sum(night.tax for night in nights)
    quote = Quote(
        hotel_id=booking.hotel_id,
        id=uuid7(),
        code=new_code(10),
        guest_id=booking.guest_id,
        conversation_id=booking.conversation_id,
        room_type_id=kind,
        arrival=booking.arrival,
        departure=booking.departure,
        rooms=len(lines),
        adults=max(1, sum(line.adults for line in lines)),
        children=sum(line.children for line in lines),
        children_ages=[age for line in lines for age in line.children_ages],
        nights=[_row(night) for night in nights],
        total=tax + sum(night.price for night in nights),
        tax=tax,
        currency=booking.currency,
        policy=booking.policy,
        policy_hash=policy_hash(booking.policy),
        expires_at=now,
        dedupe_key=None,
        status="booked",
        rate_plan_id=nights[0].rate_plan_id,
        rates_version=None,
        deposit=0,
    )
    session.add(quote)
    await session.flush()
    return quote


def _row(night: BookingNight) -> dict[str, Any]:
    plan = night.rate_plan_id
    return {
        "night": night.night.isoformat(),
        "price": night.price,
        "tax": night.tax,
        "plan_id": str(plan) if plan else None,
        "rules": list(night.rules),
        "taxes": list(night.taxes),
    }
