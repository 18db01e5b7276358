"""What could be booked, at what price, and for the rest which rule bars it and what is nearest.

Values in, values out: a market is what was read of a hotel at one moment.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from frontdesk.bookings.blocks import Block, Want, Why, fits, lacks, lasting, limited
from frontdesk.bookings.pricing import Fare, fare, price_stay, share, stay_total
from frontdesk.bookings.rates import (
    Allotment,
    ByPlanAndType,
    Kind,
    Limit,
    Night,
    Party,
    Plan,
    RateBook,
    Stock,
)
from frontdesk.bookings.rules import Terms, plan_policy, stay_nights

EMPTY = Stock((), (), {})


@dataclass(frozen=True, slots=True)
class Market:
    """A hotel's rates and stock in a window of days."""

    version: UUID
    book: RateBook
    terms: Terms
    stock: Mapping[UUID, Stock]
    calendars: ByPlanAndType
    sales: ByPlanAndType
    today: date
    first: date
    last: date
    """Exclusive: nights from here on were not read."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A room type by one plan, as it could be booked now; nothing is stored yet."""

    room_type: Kind
    plan: Plan
    free: int
    arrival: date
    departure: date
    nights: tuple[Night, ...]
    total: int
    """With tax."""
    terms: Terms

    @property
    def tax(self) -> int:
        return sum(n.tax for n in self.nights)

    @property
    def policy(self) -> dict[str, Any]:
        return plan_policy(self.plan, self.terms, self.nights)

    @property
    def deposit(self) -> int:
        return share(self.total, self.plan.deposit)


@dataclass(frozen=True, slots=True)
class Dates:
    arrival: date
    departure: date

    @property
    def days(self) -> tuple[date, ...]:
        return stay_nights(self.arrival, self.departure)

    def moved(self, days: int, longer: int = 0) -> "Dates":
        shift = timedelta(days)
        return Dates(self.arrival + shift, self.departure + shift + timedelta(longer))


@dataclass(frozen=True, slots=True)
class Barred:
    """A room type that nothing of was found for: why, and the nearest stay of it that works."""

    room_type: Kind
    plan: Plan
    block: Block
    nearest: Offer | None


Judged = tuple[tuple[Limit, ...], dict[Dates, Block | None]]
"""The limits of some types and plans, and what they say to the dates tried so far."""


@dataclass(frozen=True, slots=True)
class Search:
    """One party's question to one market; fares and limits are sorted out once for all dates."""

    market: Market
    party: Party
    want: Want = field(default_factory=Want)
    _fares: dict[tuple[UUID, UUID | None], Fare] = field(default_factory=dict[Any, Any])
    _limits: dict[tuple[UUID, UUID | None], Judged] = field(default_factory=dict[Any, Any])
    _allotted: dict[tuple[UUID, UUID | None], list[Allotment]] = field(
        default_factory=dict[Any, Any]
    )

    @property
    def plans(self) -> Sequence[Plan]:
        wanted = self.want.plan
        return [p for p in self.market.book.on_sale if wanted is None or p.code == wanted]

    def fare(self, kind: Kind, plan: Plan) -> Fare:
        key = (kind.id, plan.id)
        found = self._fares.get(key)
        if found is None:
            calendars: dict[UUID | None, Mapping[date, int]] = {
                plan_id: nights
                for (plan_id, type_id), nights in self.market.calendars.items()
                if type_id == kind.id
            }
            calendars[None] = self.market.stock.get(kind.id, EMPTY).prices
            parent = self._fares.get((kind.id, plan.parent_id)) if plan.parent_id else None
            found = self._fares[key] = fare(self.market.book, plan, kind, calendars, parent)
        return found

    def suits(self, kind: Kind) -> Block | None:
        """What no other date would change."""
        return fits(kind, self.party) or lacks(kind, self.want)

    def tried(self, kind: Kind, plan: Plan, dates: Dates) -> Offer | Block:
        """The offer, or the first thing that bars it."""
        total = self.cost(kind, plan, dates)
        if isinstance(total, Block):
            return total
        nights = price_stay(self.fare(kind, plan), dates.days, self.party)
        free = self.market.stock[kind.id].rooms(dates.days)
        terms = self.market.terms
        return Offer(kind, plan, free, dates.arrival, dates.departure, nights, total, terms)

    def cost(self, kind: Kind, plan: Plan, dates: Dates) -> int | Block:
        """The stay's total with tax, or the first thing that bars it."""
        days = dates.days
        stock = self.market.stock.get(kind.id, EMPTY)
        block = (
            _stocked(stock, days, self.party.rooms)
            or self._limit(kind, plan, dates)
            or self._allotment(kind, plan, days)
        )
        if block is not None:
            return block
        total = stay_total(self.fare(kind, plan), days, self.party)
        if self.want.budget is not None and total > self.want.budget:
            return Block(Why.OVER_BUDGET, self.want.budget)
        return total

    def _limit(self, kind: Kind, plan: Plan, dates: Dates) -> Block | None:
        """Types and plans that the same limits speak for are judged once for the same dates."""
        limits, judged = self._of(kind, plan)
        if dates not in judged:
            judged[dates] = limited(limits, dates.days, dates.departure, self.market.today)
        return judged[dates]

    def bars_longer(self, kind: Kind, plan: Plan, dates: Dates, since: date) -> Block | None:
        """What bars a stay that has begun or is promised from lasting on from `since`.

        How it began is settled: only the new nights and the length of the whole are judged.
        """
        added = [day for day in dates.days if day >= since]
        stock = self.market.stock.get(kind.id, EMPTY)
        limits, _ = self._of(kind, plan)
        return (
            _stocked(stock, added, self.party.rooms)
            or lasting(limits, dates.days, added, dates.departure)
            or self._allotment(kind, plan, added)
        )

    def _of(self, kind: Kind, plan: Plan) -> Judged:
        key = (kind.id, plan.id)
        found = self._limits.get(key)
        if found is None:
            limits = tuple(x for x in self.market.book.limits if x.speaks_for(plan.id, kind.id))
            fresh: Judged = (limits, {})
            alike = (known for known in self._limits.values() if known[0] == limits)
            found = self._limits[key] = next(alike, fresh)
        return found

    def _allotment(self, kind: Kind, plan: Plan, days: Sequence[date]) -> Block | None:
        key = (kind.id, plan.id)
        ours = self._allotted.get(key)
        if ours is None:
            whole = self.market.book.allotments
            ours = [x for x in whole if x.plan_id == plan.id and x.room_type_id == kind.id]
            self._allotted[key] = ours
        if not ours or plan.id is None:
            return None
        sold = self.market.sales.get((plan.id, kind.id), {})
        for allotment in ours:
            for day in days:
                if allotment.covers(day) and sold.get(day, 0) + self.party.rooms > allotment.rooms:
                    return Block(Why.ALLOTMENT, allotment.rooms, rule_id=allotment.id, night=day)
        return None

    def offers(self, kind: Kind, dates: Dates) -> tuple[list[Offer], list[tuple[Plan, Block]]]:
        """Every plan's answer for one room type: what can be had, and what bars the others."""
        had: list[Offer] = []
        barred: list[tuple[Plan, Block]] = []
        for plan in self.plans:
            found = self.tried(kind, plan, dates)
            if isinstance(found, Offer):
                had.append(found)
            else:
                barred.append((plan, found))
        return had, barred

    def cheapest(self, dates: Dates) -> tuple[int, Offer | None]:
        """How many types can be had, and the first of the cheapest offers."""
        found: list[tuple[int, Kind, Plan]] = []
        types = 0
        for kind in self.market.book.kinds:
            if self.suits(kind) is None:
                costs = [(self.cost(kind, plan, dates), plan) for plan in self.plans]
                had = [(cost, kind, plan) for cost, plan in costs if isinstance(cost, int)]
                types += bool(had)
                found += had
        if not found:
            return 0, None
        _, kind, plan = min(found, key=_cost)
        offer = self.tried(kind, plan, dates)
        return types, offer if isinstance(offer, Offer) else None

    def nearest(self, kind: Kind, dates: Dates, block: Block, reach: int) -> Offer | None:
        """The cheapest offer on the nearest dates that work, later before sooner."""
        for near in nearby(dates, reach, _longer(block, dates)):
            if self.inside(near):
                had, _ = self.offers(kind, near)
                if had:
                    return min(had, key=lambda offer: offer.total)
        return None

    def inside(self, dates: Dates) -> bool:
        read = self.market.first <= dates.arrival and dates.departure <= self.market.last
        return read and dates.arrival >= self.market.today


def _cost(found: tuple[int, Kind, Plan]) -> int:
    return found[0]


def nearby(dates: Dates, reach: int, longer: int = 0) -> Iterator[Dates]:
    """Stays within `reach` days, the nearest first; where more nights are asked, those too."""
    shifts = [(shift, more) for shift in range(-reach, reach + 1) for more in {0, longer}]
    for shift, more in sorted(shifts, key=lambda s: (abs(s[0]) + s[1], s[1], s[0] < 0)):
        if shift or more:
            yield dates.moved(shift, more)


def _longer(block: Block, dates: Dates) -> int:
    """How many nights are missing for a minimum stay, if no more than a week."""
    if block.why is not Why.MIN_STAY or block.limit is None:
        return 0
    missing = block.limit - (dates.departure - dates.arrival).days
    return missing if 0 < missing <= MOST_LONGER else 0


MOST_LONGER = 7


def _stocked(stock: Stock, days: Sequence[date], rooms: int) -> Block | None:
    for day in days:
        free = stock.free.get(day)
        if free is None:
            return Block(Why.NOT_ON_SALE, night=day)
        if day in stock.closed:
            return Block(Why.CLOSED, night=day)
        if free < rooms:
            return Block(Why.SOLD_OUT, free, night=day)
    return None
