"""One question, one answer: what can be had, and for the rest what bars it and what is near."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.blocks import Block, Want
from frontdesk.bookings.errors import NoSuchPlan
from frontdesk.bookings.quote import StayWish, check_wish, read_market
from frontdesk.bookings.rates import Kind, Plan
from frontdesk.bookings.search import MOST_LONGER, Barred, Dates, Offer, Search
from frontdesk.kit.clock import local_day
from frontdesk.tenancy.models import Hotel

REACH = 3
"""Days before and after in which another date is looked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A room type that can be had: its offers, cheapest first, and what bars other plans."""

    room_type: Kind
    offers: tuple[Offer, ...]
    barred: tuple[tuple[Plan, Block], ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One arrival of a flexible search: how many types can be had, and the cheapest offer."""

    dates: Dates
    types: int
    cheapest: Offer | None


@dataclass(frozen=True, slots=True)
class Found:
    choices: tuple[Choice, ...]
    barred: tuple[Barred, ...]
    days: tuple[Day, ...]
    """Empty unless the search was flexible."""


async def find_stays(
    session: AsyncSession,
    hotel: Hotel,
    wish: StayWish,
    *,
    now: datetime,
    want: Want | None = None,
    flex: int = 0,
) -> Found:
    """Everything about one wish; with `flex`, also each arrival within so many days."""
    today = local_day(now, hotel.timezone)
    check_wish(wish, today)
    reach = max(REACH, flex)
    first = max(today, wish.arrival - timedelta(reach))
    last = wish.departure + timedelta(reach + MOST_LONGER)
    market = await read_market(session, hotel, first, last, now=now)
    search = Search(market, wish.party, want or Want())
    if not search.plans:
        raise NoSuchPlan
    choices, barred = _now(search, wish.dates, reach)
    days = tuple(_day(search, near) for near in _flexible(wish.dates, flex, today))
    return Found(choices, barred, days)


def _now(search: Search, dates: Dates, reach: int) -> tuple[tuple[Choice, ...], tuple[Barred, ...]]:
    choices: list[Choice] = []
    barred: list[Barred] = []
    for kind in search.market.book.kinds:
        unfit = search.suits(kind)
        if unfit is not None:
            barred.append(Barred(kind, search.plans[0], unfit, None))
            continue
        had, others = search.offers(kind, dates)
        if had:
            choices.append(Choice(kind, tuple(sorted(had, key=_total)), tuple(others)))
        else:
            plan, block = others[0]
            near = search.nearest(kind, dates, block, reach)
            barred.append(Barred(kind, plan, block, near))
    choices.sort(key=lambda choice: (choice.offers[0].total, choice.room_type.code))
    return tuple(choices), tuple(barred)


def _total(offer: Offer) -> int:
    return offer.total


def _flexible(dates: Dates, flex: int, today: date) -> list[Dates]:
    shifted = [dates.moved(days) for days in range(-flex, flex + 1)] if flex else []
    return [near for near in shifted if near.arrival >= today]


def _day(search: Search, dates: Dates) -> Day:
    types, offer = search.cheapest(dates)
    return Day(dates, types, offer)
