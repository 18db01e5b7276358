"""The price of a stay, night by night: values in, values out, exact to the minor unit.

A room's price on one night is made in this order, and each step that takes a share is rounded
half up to the minor unit at once:
 1. start: the plan's own calendar price; else the parent's price after its steps 1 to 3, moved by
    the child's percent and then its amount; else the hotel's calendar price.
 2. day: the one special day or season that wins. A special day beats a season; then the higher
    priority, the fewer days, the one that names more (type, then plan), the smaller id.
 3. weekday: the one weekday rule that wins by the same order; none after a special day.
 4. length: the one length rule with the most nights among those that the stay reaches, then by the
    same order, judged by the day of arrival. An amount is for the whole stay and room, shared out
    over the nights in proportion to their prices: what is left over goes to the largest
    remainders, the earlier night first.
A rule without a plan speaks in steps 2 and 3 for plans without a parent (a child has it in its
start already). A night of a room never costs less than one minor unit. Then supplements for adults
and children are added for the whole party, then taxes on the sum.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from frontdesk.bookings.rates import (
    Effect,
    Kind,
    Layer,
    Night,
    Party,
    Plan,
    PriceRule,
    RateBook,
    Supplement,
    TaxRule,
)

WHOLE = 10_000
"""A hundred percent in hundredths of a percent."""


def share(amount: int, percent: int) -> int:
    """`percent` hundredths of a percent of an amount, half up to the minor unit."""
    return (amount * percent * 2 + WHOLE) // (2 * WHOLE)


def moved(price: int, effect: Effect, value: int) -> int:
    match effect:
        case Effect.PRICE:
            return max(1, value)
        case Effect.PERCENT:
            return max(1, share(price, WHOLE + value))
        case Effect.AMOUNT:
            return max(1, price + value)


def rank(rule: PriceRule) -> tuple[bool, int, int, int, UUID]:
    """The smallest wins."""
    return (
        rule.layer is not Layer.SPECIAL,
        -rule.priority,
        rule.days,
        rule.vagueness,
        rule.id,
    )


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """An amount over weights, summing exactly: the largest remainders take what is left."""
    whole = sum(weights)
    sign, amount = (-1, -amount) if amount < 0 else (1, amount)
    parts = [amount * weight // whole for weight in weights]
    left = amount - sum(parts)
    by_rest = sorted(range(len(weights)), key=lambda n: (-(amount * weights[n] % whole), n))
    for n in by_rest[:left]:
        parts[n] += 1
    return [sign * part for part in parts]


@dataclass(frozen=True, slots=True)
class Fare:
    """The price rules of one plan for one room type, each layer sorted so that the first wins."""

    plan: Plan
    kind: Kind
    parent: "Fare | None"
    dated: tuple[PriceRule, ...]
    weekly: tuple[PriceRule, ...]
    lengths: tuple[PriceRule, ...]
    supplements: tuple[Supplement, ...]
    taxes: tuple[TaxRule, ...]
    own: Mapping[date, int]
    """The plan's own calendar."""
    calendar: Mapping[date, int]
    """The hotel's; every night of a stay is in it."""
    known: dict[date, tuple[int, tuple[UUID, ...]]]
    """Nights priced already: a search asks for the same night many times."""
    sold: dict[Party, dict[tuple[date, int, int, tuple[UUID, ...]], Night]]
    """Whole nights by party, day, price, place in the stay (as far as it matters), length rule."""
    dues: dict[Party, dict[tuple[date, int, int], int]]
    """What they cost with tax, by party, day, place and the length rule's own place."""

    @property
    def later(self) -> int:
        """From which night of a stay on all are taxed alike."""
        return max((t.max_nights or 1 for t in self.taxes), default=0)

    def night(self, day: date) -> tuple[int, tuple[UUID, ...]]:
        """Steps 1 to 3: one room's price and the rules that made it."""
        found = self.known.get(day)
        if found is None:
            found = self.known[day] = self._night(day)
        return found

    def _night(self, day: date) -> tuple[int, tuple[UUID, ...]]:
        price, said = self._start(day)
        special = False
        for layer in (self.dated, self.weekly):
            rule = None if special else _first(layer, day)
            if rule is not None:
                price, said = moved(price, rule.effect, rule.value), (*said, rule.id)
                special = rule.layer is Layer.SPECIAL
        return max(1, price), said

    def _start(self, day: date) -> tuple[int, tuple[UUID, ...]]:
        if day in self.own:
            return self.own[day], ()
        if self.parent is None:
            return self.calendar[day], ()
        price, said = self.parent.night(day)
        return moved(share(price, WHOLE + self.plan.percent), Effect.AMOUNT, self.plan.amount), said


def _first(rules: Iterable[PriceRule], day: date) -> PriceRule | None:
    for rule in rules:
        if rule.covers(day):
            return rule
    return None


Calendars = Mapping[UUID | None, Mapping[date, int]]
"""A room type's prices by plan; None is the hotel's own calendar."""


def fare(
    book: RateBook, plan: Plan, kind: Kind, calendars: Calendars, parent: Fare | None = None
) -> Fare:
    """`parent` is the parent plan's own fare, where it is known already."""
    above = book.plan(plan.parent_id) if plan.parent_id is not None else None
    if above is None:
        return _fare(book, plan, kind, calendars, None)
    if parent is None or parent.parent is not None:
        parent = _fare(book, above, kind, calendars, None)
    return _fare(book, plan, kind, calendars, parent)


def _fare(
    book: RateBook, plan: Plan, kind: Kind, calendars: Calendars, parent: Fare | None
) -> Fare:
    ours = [r for r in book.rules if r.speaks_for(plan.id, kind.id)]
    nightly = [r for r in ours if parent is None or r.plan_id is not None]
    extras = (s for s in book.supplements if s.speaks_for(plan.id, kind.id))
    nothing: Mapping[date, int] = {}
    own = nothing if plan.id is None else calendars.get(plan.id, nothing)
    return Fare(
        plan,
        kind,
        parent,
        tuple(sorted((r for r in nightly if r.layer in DATED), key=rank)),
        tuple(sorted((r for r in nightly if r.layer is Layer.WEEKDAY), key=rank)),
        tuple(sorted((r for r in ours if r.layer is Layer.LENGTH), key=_by_length)),
        tuple(sorted(extras, key=lambda s: (s.days, s.vagueness, s.id))),
        book.taxes,
        own,
        calendars.get(None, {}),
        {},
        {},
        {},
    )


DATED = (Layer.SPECIAL, Layer.SEASON)


def _by_length(rule: PriceRule) -> tuple[int, tuple[bool, int, int, int, UUID]]:
    return -rule.min_nights, rank(rule)


def price_stay(of: Fare, days: Sequence[date], party: Party) -> tuple[Night, ...]:
    """Every night with its own price, plan, rules and taxes; the nights sum to the stay."""
    priced = [of.night(day) for day in days]
    prices, by = _lengthened(of, days, [price for price, _ in priced])
    known = of.sold.setdefault(party, {})
    later = of.later
    nights: list[Night] = []
    for at, day in enumerate(days):
        key = (day, prices[at], min(at, later), by)
        night = known.get(key)
        if night is None:
            said = priced[at][1] + by
            night = known[key] = _taxed(of, day, prices[at], said, at, party)
        nights.append(night)
    return tuple(nights)


def stay_total(of: Fare, days: Sequence[date], party: Party) -> int:
    """What the nights of price_stay() sum to, with tax: for stays that are only compared."""
    length = _length(of, days)
    rule = None if length is None else of.lengths[length]
    if rule is not None and rule.effect is Effect.AMOUNT:  # shared out over all nights
        return sum([night.price + night.tax for night in price_stay(of, days, party)])
    known = of.dues.setdefault(party, {})
    later, by = of.later, -1 if length is None else length
    total = 0
    for at, day in enumerate(days):
        key = (day, min(at, later), by)
        due = known.get(key)
        if due is None:
            room = of.night(day)[0]
            room = room if rule is None else moved(room, rule.effect, rule.value)
            due = known[key] = _due(of, day, room, at, party)
        total += due
    return total


def _length(of: Fare, days: Sequence[date]) -> int | None:
    """The place of the length rule that wins."""
    for place, rule in enumerate(of.lengths):
        if rule.min_nights <= len(days) and rule.covers(days[0]):
            return place
    return None


def _lengthened(
    of: Fare, days: Sequence[date], prices: list[int]
) -> tuple[list[int], tuple[UUID, ...]]:
    """Step 4."""
    length = _length(of, days)
    rule = None if length is None else of.lengths[length]
    if rule is None:
        return prices, ()
    if rule.effect is Effect.AMOUNT:
        parts = split(rule.value, prices)
        return [max(1, p + part) for p, part in zip(prices, parts, strict=True)], (rule.id,)
    return [moved(price, rule.effect, rule.value) for price in prices], (rule.id,)


def supplement(supplements: Sequence[Supplement], day: date, party: Party) -> int:
    """Adults are spread over the rooms as evenly as they go; each child pays its own band."""
    if not supplements:
        return 0
    today = [s for s in supplements if s.covers(day)]
    total = 0
    adult = next((s for s in today if s.kind == "adult"), None)
    if adult is not None:
        each, over = divmod(party.adults, party.rooms)
        extra = over * max(0, each + 1 - adult.above)
        extra += (party.rooms - over) * max(0, each - adult.above)
        total += extra * adult.amount
    for age in party.child_ages:
        bands = (s for s in today if s.kind == "child" and s.age_from <= age <= s.age_to)
        band = next(bands, None)
        total += band.amount if band is not None else 0
    return total


def _taxed(of: Fare, day: date, room: int, rules: tuple[UUID, ...], at: int, party: Party) -> Night:
    price = room * party.rooms + supplement(of.supplements, day, party)
    taxes = tuple([(t.id, tax(t, price, party, at)) for t in of.taxes])
    return Night(day, price, sum([due for _, due in taxes]), of.plan.id, rules, taxes)


def _due(of: Fare, day: date, room: int, at: int, party: Party) -> int:
    """As _taxed(), the sum alone."""
    price = room * party.rooms + supplement(of.supplements, day, party)
    return price + sum([tax(t, price, party, at) for t in of.taxes])


def tax(rule: TaxRule, price: int, party: Party, at: int) -> int:
    """One tax on the night number `at`; a tax on the whole stay falls on the first night."""
    if rule.max_nights is not None and at >= rule.max_nights and rule.kind != "percent":
        return 0
    match rule.kind:
        case "percent":
            return share(price, rule.amount)
        case "person_night":
            return rule.amount * taxable(rule, party)
        case "night":
            return rule.amount * party.rooms
        case _:
            return rule.amount if at == 0 else 0


def taxable(rule: TaxRule, party: Party) -> int:
    if rule.exempt_under is None:
        return party.guests
    return party.adults + sum(age >= rule.exempt_under for age in party.child_ages)
