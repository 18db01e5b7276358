"""Quotes: a price, a policy and an expiry that only we can make, and a hold to go with it."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.blocks import Block
from frontdesk.bookings.book import rate_book
from frontdesk.bookings.errors import (
    BadStay,
    NoSuchPlan,
    RoomTaken,
    TooManyRooms,
    as_told_by_database,
)
from frontdesk.bookings.inventory import Stay, move
from frontdesk.bookings.models import Hold, Quote
from frontdesk.bookings.rates import Night, Party
from frontdesk.bookings.refused import not_sold
from frontdesk.bookings.rules import (
    MAX_AHEAD,
    MAX_NIGHTS,
    MAX_ROOMS,
    Terms,
    new_code,
    policy_hash,
)
from frontdesk.bookings.search import Dates, Market, Offer, Search, nearby
from frontdesk.kit.clock import local_day
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.models import Hotel


@dataclass(frozen=True, slots=True)
class StayWish:
    """What a guest asks for; the whole party is spread over the rooms."""

    arrival: date
    departure: date
    adults: int
    children: int = 0
    rooms: int = 1
    children_ages: tuple[int, ...] = ()

    @property
    def party(self) -> Party:
        return Party(self.adults, self.children, self.children_ages, self.rooms)

    @property
    def dates(self) -> Dates:
        return Dates(self.arrival, self.departure)


def check_wish(wish: StayWish, today: date) -> None:
    """Raise BadStay where the wish cannot be a stay at all."""
    nights = (wish.departure - wish.arrival).days
    if nights < 1:
        raise BadStay("departure must be after arrival")
    if nights > MAX_NIGHTS:
        raise BadStay(f"a stay has at most {MAX_NIGHTS} nights")
    if wish.arrival < today:
        raise BadStay("arrival is in the past")
    if (wish.arrival - today).days > MAX_AHEAD:
        raise BadStay(f"arrival is more than {MAX_AHEAD} days ahead")
    if wish.adults < 1 or wish.children < 0 or not 1 <= wish.rooms <= MAX_ROOMS:
        raise BadStay("a stay needs an adult and a room")
    if wish.rooms > wish.adults:
        raise TooManyRooms


async def read_market(
    session: AsyncSession, hotel: Hotel, first: date, last: date, *, now: datetime
) -> Market:
    """Rates and stock of [first, last); the version first, so that nothing is older than it."""
    version = await queries.rates_version(session)
    book = await rate_book(session, hotel.id, version)
    return Market(
        version=version,
        book=book,
        terms=Terms(hotel.timezone, hotel.cancel_free_hours),
        stock=await queries.availability(session, first, last, now=now),
        calendars=await queries.plan_calendars(session, first, last) if book.has_plans else {},
        sales=await queries.plan_sales(session, first, last, now=now) if book.allotments else {},
        today=local_day(now, hotel.timezone),
        first=first,
        last=last,
    )


async def find_offers(
    session: AsyncSession,
    hotel: Hotel,
    wish: StayWish,
    *,
    now: datetime,
    rate_plan_id: UUID | None = None,
) -> list[Offer]:
    """Every room type that fits and is free for all nights, cheapest first, by one plan: the one
    that is named, or the hotel's default.
    """
    check_wish(wish, local_day(now, hotel.timezone))
    market = await read_market(session, hotel, wish.arrival, wish.departure, now=now)
    return sold_by(market, wish, rate_plan_id)


def sold_by(market: Market, wish: StayWish, rate_plan_id: UUID | None) -> list[Offer]:
    plan = market.book.sold_as(rate_plan_id)
    if plan is None:
        raise NoSuchPlan
    search = Search(market, wish.party)
    tried = (
        search.tried(kind, plan, wish.dates)
        for kind in market.book.kinds
        if search.suits(kind) is None
    )
    offers = [found for found in tried if isinstance(found, Offer)]
    return sorted(offers, key=lambda offer: (offer.total, offer.room_type.code))


async def nearest_offers(
    session: AsyncSession, hotel: Hotel, wish: StayWish, *, now: datetime, reach: int
) -> list[Offer]:
    """Offers of the default plan on the nearest other dates within `reach` days that have any."""
    today = local_day(now, hotel.timezone)
    check_wish(wish, today)
    margin = timedelta(days=reach)
    first, last = max(today, wish.arrival - margin), wish.departure + margin
    market = await read_market(session, hotel, first, last, now=now)
    for near in nearby(wish.dates, reach):
        if market.first <= near.arrival:
            moved = replace(wish, arrival=near.arrival, departure=near.departure)
            offers = sold_by(market, moved, None)
            if offers:
                return offers
    return []


def told_of(offers: list[Offer]) -> list[dict[str, Any]]:
    return [
        {"room_type_id": str(o.room_type.id), "name": o.room_type.name, "total": o.total}
        for o in offers
    ]


def wish_of(quote: Any) -> StayWish:
    """Of a quote, or of a row with its columns."""
    return StayWish(
        quote.arrival,
        quote.departure,
        quote.adults,
        quote.children,
        quote.rooms,
        tuple(quote.children_ages),
    )


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
    rate_plan_id: UUID | None = None,
) -> Quote:
    """Store a price for as long as its plan says; the same `dedupe_key` gives the same quote.

    Raises RoomTaken, with what else is free, where the type is sold out, StayBarred where a rule
    bars the stay, and NoSuchPlan for a plan that is not on sale.
    """
    if dedupe_key is not None:
        known = await session.scalar(select(Quote).where(Quote.dedupe_key == dedupe_key))
        if known is not None:
            return known
    check_wish(wish, local_day(now, hotel.timezone))
    market = await read_market(session, hotel, wish.arrival, wish.departure, now=now)
    offers = sold_by(market, wish, rate_plan_id)
    offer = next((o for o in offers if o.room_type.id == room_type_id), None)
    if offer is None:
        raise _not_sold(market, wish, room_type_id, rate_plan_id, offers)
    quote = Quote(
        **{**asdict(wish), "children_ages": list(wish.children_ages)},
        hotel_id=hotel.id,
        code=new_code(10),
        guest_id=guest_id,
        conversation_id=conversation_id,
        room_type_id=room_type_id,
        nights=[night_row(night) for night in offer.nights],
        total=offer.total,
        tax=offer.tax,
        currency=hotel.currency,
        policy=offer.policy,
        policy_hash=policy_hash(offer.policy),
        expires_at=now + timedelta(minutes=offer.plan.hold_minutes or hotel.quote_minutes),
        dedupe_key=dedupe_key,
        status="open",
        rate_plan_id=offer.plan.id,
        rates_version=market.version,
        deposit=offer.deposit,
    )
    session.add(quote)
    await session.flush()
    return quote


def _not_sold(
    market: Market, wish: StayWish, room_type_id: UUID, plan_id: UUID | None, offers: list[Offer]
) -> RoomTaken:
    kind, plan = market.book.kind(room_type_id), market.book.sold_as(plan_id)
    search, others = Search(market, wish.party), told_of(offers)
    if kind is not None and plan is not None:
        block = search.suits(kind) or search.cost(kind, plan, wish.dates)
        if isinstance(block, Block):
            return not_sold(kind, block, alternatives=others)
    return RoomTaken(alternatives=others)


def night_row(night: Night) -> dict[str, Any]:
    """As a quote keeps it."""
    return {
        "night": night.night.isoformat(),
        "price": night.price,
        "tax": night.tax,
        "plan_id": str(night.plan_id) if night.plan_id else None,
        "rules": [str(rule) for rule in night.rules],
        "taxes": [{"tax_id": str(tax), "amount": due} for tax, due in night.taxes],
    }


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
