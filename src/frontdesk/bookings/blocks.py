"""Why a stay cannot be sold, as a value: the first rule in a stated order that bars it.

The order is from what no other date would change to what the next day may: the party, features,
then the calendar and the limits, the price last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from frontdesk.bookings.rates import Kind, Limit, Party


class Why(StrEnum):
    """What bars a stay."""

    PARTY_TOO_BIG = "party_too_big"
    MISSING_FEATURE = "missing_feature"
    NOT_ON_SALE = "not_on_sale"
    CLOSED = "closed"
    SOLD_OUT = "sold_out"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    CLOSED_TO_ARRIVAL = "closed_to_arrival"
    CLOSED_TO_DEPARTURE = "closed_to_departure"
    MIN_STAY = "min_stay"
    MAX_STAY = "max_stay"
    ALLOTMENT = "allotment"
    OVER_BUDGET = "over_budget"


@dataclass(frozen=True, slots=True)
class Block:
    """The rule that bars, the limit that it sets (nights, days, people, money), and its row."""

    why: Why
    limit: int | None = None
    feature: str | None = None
    rule_id: UUID | None = None
    night: date | None = None


ACCESSIBLE = "accessible"
"""The feature of a room that a guest in a wheelchair can use."""


@dataclass(frozen=True, slots=True)
class Want:
    """What else a guest asks of a room: all the features, and a total not above the budget."""

    features: tuple[str, ...] = ()
    budget: int | None = None
    """Minor units for the whole stay, with tax."""
    plan: str | None = None
    """A plan's code: only that one."""


def fits(kind: Kind, party: Party) -> Block | None:
    """Every room needs an adult, and the party must find beds."""
    roomy = (
        party.rooms <= party.adults <= kind.max_adults * party.rooms
        and party.guests <= kind.max_guests * party.rooms
    )
    if roomy:
        return None
    crowded = party.adults > kind.max_adults * party.rooms
    most = min(kind.max_adults, kind.max_guests) if crowded else kind.max_guests
    return Block(Why.PARTY_TOO_BIG, most * party.rooms)


def lacks(kind: Kind, want: Want) -> Block | None:
    has = {feature.casefold() for feature in kind.features}
    for feature in want.features:
        if feature.casefold() not in has:
            return Block(Why.MISSING_FEATURE, feature=feature)
    return None


def limited(
    limits: Sequence[Limit], days: Sequence[date], leaving: date, today: date
) -> Block | None:
    """The first limit that a stay of these nights does not meet, nearest to the arrival first."""
    arrival = days[0]
    held = [limit for limit in limits if limit.covers(arrival)]
    return (
        _first(_ahead(limit, (arrival - today).days) for limit in held)
        or _first(_closed(limit, days, leaving) for limit in limits)
        or _first(_length(limit, days) for limit in limits)
    )


def lasting(
    limits: Sequence[Limit], days: Sequence[date], added: Sequence[date], leaving: date
) -> Block | None:
    """The first limit that a stay which is made longer by `added` does not meet."""
    closed = (_closed(limit, added, leaving, arriving=False) for limit in limits)
    return _first(closed) or _first(_length(limit, days) for limit in limits)


def _first(found: Iterable[Block | None]) -> Block | None:
    return next((block for block in found if block is not None), None)


def _ahead(limit: Limit, days: int) -> Block | None:
    if limit.min_ahead is not None and days < limit.min_ahead:
        return Block(Why.TOO_SOON, limit.min_ahead, rule_id=limit.id)
    if limit.max_ahead is not None and days > limit.max_ahead:
        return Block(Why.TOO_FAR, limit.max_ahead, rule_id=limit.id)
    return None


def _closed(
    limit: Limit, days: Sequence[date], leaving: date, *, arriving: bool = True
) -> Block | None:
    if limit.closed:
        for day in days:
            if limit.covers(day):
                return Block(Why.CLOSED, rule_id=limit.id, night=day)
    if arriving and limit.closed_to_arrival and limit.covers(days[0]):
        return Block(Why.CLOSED_TO_ARRIVAL, rule_id=limit.id, night=days[0])
    if limit.closed_to_departure and limit.covers(leaving):
        return Block(Why.CLOSED_TO_DEPARTURE, rule_id=limit.id, night=leaving)
    return None


def _length(limit: Limit, days: Sequence[date]) -> Block | None:
    nights = len(days)
    if limit.covers(days[0]):
        if limit.min_stay is not None and nights < limit.min_stay:
            return Block(Why.MIN_STAY, limit.min_stay, rule_id=limit.id)
        if limit.max_stay is not None and nights > limit.max_stay:
            return Block(Why.MAX_STAY, limit.max_stay, rule_id=limit.id)
    through = limit.min_stay_through
    if through is not None and nights < through and any(limit.covers(day) for day in days):
        return Block(Why.MIN_STAY, through, rule_id=limit.id)
    return None
