"""Quotes: a price, a policy and an expiry that only we can make, and a hold to go with it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.errors import BadStay, RoomTaken, as_told_by_database
from frontdesk.bookings.inventory import Stay, move
from frontdesk.bookings.models import Hold, Quote
from frontdesk.bookings.rules import (
    MAX_NIGHTS,
    MAX_ROOMS,
    Night,
    TaxRule,
    cancellation_policy,
    new_code,
    policy_hash,
    price_nights,
    stay_nights,
)
from frontdesk.kit.clock import local_day
from frontdesk.kit.ids import uuid7
from frontdesk.rooms.models import RoomType
from frontdesk.rooms.queries import active_room_types, room_type, taxes
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel


@dataclass(frozen=True, slots=True)
class StayWish:
    """What a guest asks for; the whole party is spread over the rooms."""

    arrival: date
    departure: date
    adults: int
    children: int = 0
    rooms: int = 1


@dataclass(frozen=True, slots=True)
class Offer:
    """A room type that could be booked now, with its price; nothing is stored yet."""

    room_type: RoomType
    free: int
    nights: tuple[Night, ...]
    policy: dict[str, Any]

    @property
    def tax(self) -> int:
        return sum(n.tax for n in self.nights)

    @property
    def total(self) -> int:
        return sum(n.price for n in self.nights) + self.tax


def check_wish(wish: StayWish, today: date) -> None:
    """Raise BadStay where the wish cannot be a stay at all."""
    nights = (wish.departure - wish.arrival).days
    if nights < 1:
        raise BadStay("departure must be after arrival")
    if nights > MAX_NIGHTS:
        raise BadStay(f"a stay has at most {MAX_NIGHTS} nights")
    if wish.arrival < today:
        raise BadStay("arrival is in the past")
    if wish.adults < 1 or wish.children < 0 or not 1 <= wish.rooms <= MAX_ROOMS:
        raise BadStay("a stay needs an adult and a room")


def fits(kind: RoomType, wish: StayWish) -> bool:
    guests = wish.adults + wish.children
    return (
        wish.adults >= wish.rooms
        and wish.adults <= kind.max_adults * wish.rooms
        and guests <= kind.max_guests * wish.rooms
    )


async def find_offers(
    session: AsyncSession, hotel: Hotel, wish: StayWish, *, now: datetime
) -> list[Offer]:
    """Every room type that fits and is free for all nights, cheapest first."""
    check_wish(wish, local_day(now, hotel.timezone))
    free = await queries.availability(session, wish.arrival, wish.departure, now=now)
    rules = [TaxRule(t.kind, t.amount) for t in await taxes(session)]
    offers = [
        _offer(hotel, kind, free[kind.id], wish, rules)
        for kind in await active_room_types(session)
        if kind.id in free and free[kind.id].free >= wish.rooms and fits(kind, wish)
    ]
    return sorted(offers, key=lambda offer: (offer.total, offer.room_type.code))


def _offer(
    hotel: Hotel,
    kind: RoomType,
    free: queries.TypeAvailability,
    wish: StayWish,
    rules: list[TaxRule],
) -> Offer:
    dated = list(zip(stay_nights(wish.arrival, wish.departure), free.prices, strict=True))
    nights = price_nights(dated, rules, rooms=wish.rooms, guests=wish.adults + wish.children)
    fee = nights[0].price + nights[0].tax
    policy = cancellation_policy(wish.arrival, hotel.timezone, hotel.cancel_free_hours, fee)
    return Offer(kind, free.free, nights, policy)


def _alternatives(offers: list[Offer]) -> list[dict[str, Any]]:
    return [
        {"room_type_id": str(o.room_type.id), "name": o.room_type.name, "total": o.total}
        for o in offers
    ]


async def taken(session: AsyncSession, quote_id: UUID, *, now: datetime) -> RoomTaken:
    """The error to raise for a quote whose rooms are gone: with what else is free for its stay."""
    lost = await queries.quote(session, quote_id)
    wish = StayWish(lost.arrival, lost.departure, lost.adults, lost.children, lost.rooms)
    offers = await find_offers(session, await the_hotel(session), wish, now=now)
    return RoomTaken(alternatives=_alternatives(offers))


async def make_quote(
    session: AsyncSession,
    hotel: Hotel,
    wish: StayWish,
    room_type_id: UUID,
    guest_id: UUID,
    *,
    now: datetime,
    conversation_id: UUID | None = None,
    dedupe_key: str | None = None,
) -> Quote:
    """Store a price for `hotel.quote_minutes`; the same `dedupe_key` gives the same quote.

    Raises RoomTaken, with what else is free, where the type does not fit or is sold out.
    """
    if dedupe_key is not None:
        known = await session.scalar(select(Quote).where(Quote.dedupe_key == dedupe_key))
        if known is not None:
            return known
    offers = await find_offers(session, hotel, wish, now=now)
    offer = next((o for o in offers if o.room_type.id == room_type_id), None)
    if offer is None:
        kind = await room_type(session, room_type_id)
        raise RoomTaken(
            f"{kind.name} is not free for that stay" if kind else "",
            alternatives=_alternatives(offers),
        )
    quote = Quote(
        **asdict(wish),
        hotel_id=hotel.id,
        code=new_code(10),
        guest_id=guest_id,
        conversation_id=conversation_id,
        room_type_id=room_type_id,
        nights=[
            {"night": n.night.isoformat(), "price": n.price, "tax": n.tax} for n in offer.nights
        ],
        total=offer.total,
        tax=offer.tax,
        currency=hotel.currency,
        policy=offer.policy,
        policy_hash=policy_hash(offer.policy),
        expires_at=now + timedelta(minutes=hotel.quote_minutes),
        dedupe_key=dedupe_key,
        status="open",
    )
    session.add(quote)
    await session.flush()
    return quote


HOLD = select(Hold).from_statement(
    text(
        "SELECT h.* FROM get_current_tenant_id() AS hotel,"
        " hold_stay(hotel, :quote, :hold, :at) AS h"
    ).bindparams(bindparam("at", type_=DateTime(timezone=True)))
)


async def hold(session: AsyncSession, quote_id: UUID, *, now: datetime) -> Hold:
    """Keep the quote's rooms until it expires; holding twice is holding once.

    Raises NoSuchQuote, QuoteExpired or RoomTaken; the transaction is then the caller's to end.
    """
    with as_told_by_database():
        return (await session.scalars(HOLD, {"quote": quote_id, "hold": uuid7(), "at": now})).one()


async def release(session: AsyncSession, quote_id: UUID) -> None:
    """Give a hold back early; harmless where there is none."""
    query = select(Hold).where(Hold.quote_id == quote_id, Hold.status == "active")
    kept = await session.scalar(query.with_for_update())
    if kept is not None:
        kept.status = "released"
        await session.flush()
        stay = Stay(kept.hotel_id, kept.room_type_id, kept.arrival, kept.departure, kept.rooms)
        await move(session, stay, held=-kept.rooms)
