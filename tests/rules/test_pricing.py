"""Prices by the night: a slow reading of the same rules, written apart, agrees on random years."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from uuid import UUID

import pytest

from frontdesk.bookings.blocks import Why, fits, limited
from frontdesk.bookings.pricing import fare, price_stay, split, stay_total
from frontdesk.bookings.rates import (
    BASE,
    Effect,
    Kind,
    Layer,
    Limit,
    Party,
    Plan,
    PriceRule,
    RateBook,
    Supplement,
    TaxRule,
)
from frontdesk.bookings.rules import stay_nights

SEED = 20260307
CALENDARS = 5000
KIND = Kind(UUID(int=1), "DBL", "Double", 3, 3, 5)
OTHER = UUID(int=2)
SATURDAY = date(2027, 3, 6)


def uid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128))


# The slow reference: the docstring of pricing.py read again, in fractions, a question at a time.


def half_up(value: Fraction) -> int:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def in_force(rule, plan: Plan, day: date) -> bool:
    if rule.plan_id is not None and rule.plan_id != plan.id:
        return False
    if rule.room_type_id is not None and rule.room_type_id != KIND.id:
        return False
    if rule.first is not None and day < rule.first:
        return False
    if rule.last is not None and day > rule.last:
        return False
    return f"{rule.weekdays:07b}"[6 - day.weekday()] == "1"


def beats(a: PriceRule, b: PriceRule) -> bool:
    """Whether a goes before b."""
    if (a.layer == "special") != (b.layer == "special"):
        return a.layer == "special"
    if a.priority != b.priority:
        return a.priority > b.priority
    lengths = [
        (r.last - r.first).days if r.first is not None and r.last is not None else 10**9
        for r in (a, b)
    ]
    if lengths[0] != lengths[1]:
        return lengths[0] < lengths[1]
    for named in ("room_type_id", "plan_id"):
        if (getattr(a, named) is None) != (getattr(b, named) is None):
            return getattr(a, named) is not None
    return a.id < b.id


def winner(rules: list[PriceRule]) -> PriceRule | None:
    best = None
    for rule in rules:
        if best is None or beats(rule, best):
            best = rule
    return best


def changed(price: int, rule: PriceRule) -> int:
    if rule.effect == "price":
        return max(1, rule.value)
    if rule.effect == "amount":
        return max(1, price + rule.value)
    return max(1, half_up(Fraction(price) * (10000 + rule.value) / 10000))


def slow_room_night(book: RateBook, plan: Plan, calendars, day: date) -> tuple[int, list[UUID]]:
    parents = [p for p in book.plans if p.id is not None and p.id == plan.parent_id]
    said: list[UUID] = []
    if plan.id is not None and day in calendars.get(plan.id, {}):
        price = calendars[plan.id][day]
    elif parents:
        alone = Plan(parents[0].id, "P", "P")
        price, said = slow_room_night(book, alone, calendars, day)
        price = half_up(Fraction(price * (10000 + plan.percent), 10000))
        price = max(1, price + plan.amount)
    else:
        price = calendars[None][day]
    ours = [r for r in book.rules if in_force(r, plan, day)]
    if parents:
        ours = [r for r in ours if r.plan_id is not None]
    dated = winner([r for r in ours if r.layer in ("special", "season")])
    if dated is not None:
        price, said = changed(price, dated), [*said, dated.id]
    weekly = winner([r for r in ours if r.layer == "weekday"])
    if weekly is not None and (dated is None or dated.layer != "special"):
        price, said = changed(price, weekly), [*said, weekly.id]
    return max(1, price), said


def slow_shares(amount: int, prices: list[int]) -> list[int]:
    """Hand out one minor unit at a time to whoever is furthest behind the exact share."""
    size = abs(amount)
    exact = [Fraction(size * p, sum(prices)) for p in prices]
    parts = [int(e) for e in exact]
    rests = [e - p for e, p in zip(exact, parts, strict=True)]
    while sum(parts) < size:
        at = rests.index(max(rests))
        parts[at], rests[at] = parts[at] + 1, Fraction(-1)
    return [p if amount >= 0 else -p for p in parts]


def slow_stay(book: RateBook, plan: Plan, calendars, days: list[date], party: Party):
    rows = [slow_room_night(book, plan, calendars, day) for day in days]
    prices, said = [r[0] for r in rows], [r[1] for r in rows]
    lengths = [
        r
        for r in book.rules
        if r.layer == "length" and r.min_nights <= len(days) and in_force(r, plan, days[0])
    ]
    most = max((r.min_nights for r in lengths), default=0)
    rule = winner([r for r in lengths if r.min_nights == most])
    if rule is not None:
        if rule.effect == "amount":
            parts = slow_shares(rule.value, prices)
            prices = [max(1, p + s) for p, s in zip(prices, parts, strict=True)]
        else:
            prices = [changed(p, rule) for p in prices]
        said = [[*s, rule.id] for s in said]
    return [
        slow_night(book, plan, day, prices[n] * party.rooms, said[n], n, party)
        for n, day in enumerate(days)
    ]


def slow_night(book, plan, day, price, said, n, party):
    heads = [0] * party.rooms
    for adult in range(party.adults):
        heads[adult % party.rooms] += 1
    extras = [s for s in book.supplements if in_force(s, plan, day)]
    extras.sort(key=lambda s: s.id)
    extras.sort(key=lambda s: (s.room_type_id is None, s.plan_id is None))
    extras.sort(key=lambda s: (s.last - s.first).days if s.first and s.last else 10**9)
    for s in [s for s in extras if s.kind == "adult"][:1]:
        price += sum(s.amount * max(0, adults - s.above) for adults in heads)
    ages = [party.ages[c] if c < len(party.ages) else 17 for c in range(party.children)]
    for age in ages:
        bands = [s for s in extras if s.kind == "child" and age in range(s.age_from, s.age_to + 1)]
        price += bands[0].amount if bands else 0
    taxes = [slow_tax(t, price, n, party, ages) for t in book.taxes]
    return (day, price, sum(taxes), tuple(said), tuple(taxes))


def slow_tax(t: TaxRule, price: int, n: int, party: Party, ages: list[int]) -> int:
    if t.kind == "percent":
        return half_up(Fraction(price * t.amount, 10000))
    if t.kind == "stay":
        return t.amount if n == 0 else 0
    if t.max_nights is not None and n + 1 > t.max_nights:
        return 0
    if t.kind == "night":
        return t.amount * party.rooms
    young = sum(1 for a in ages if t.exempt_under is not None and a < t.exempt_under)
    return t.amount * (party.adults + party.children - young)


# Random years.


def reach(chance: random.Random, plans: list[Plan]) -> dict:
    first = SATURDAY + timedelta(chance.randint(-12, 12))
    dated = chance.random() < 0.8
    return {
        "id": uid(chance),
        "plan_id": chance.choice([None, *(p.id for p in plans)]),
        "room_type_id": chance.choice([None, None, KIND.id, OTHER]),
        "first": first if dated else None,
        "last": first + timedelta(chance.randint(0, 14)) if dated else None,
        "weekdays": chance.choice([127, 127, chance.randint(1, 127)]),
    }


def a_rule(chance: random.Random, plans: list[Plan]) -> PriceRule:
    effect = chance.choice(list(Effect))
    value = {
        Effect.PRICE: chance.randint(1, 30000),
        Effect.PERCENT: chance.randint(-9999, 9999),
        Effect.AMOUNT: chance.randint(-4000, 4000),
    }[effect]
    return PriceRule(
        **reach(chance, plans),
        layer=chance.choice(list(Layer)),
        effect=effect,
        value=value,
        priority=chance.choice([0, 0, 1]),
        min_nights=chance.randint(1, 6),
    )


def a_book(chance: random.Random) -> tuple[RateBook, dict]:
    own = Plan(uid(chance), "OWN", "Own")
    child = Plan(
        uid(chance),
        "CHILD",
        "Child",
        parent_id=own.id,
        percent=chance.randint(-3000, 3000),
        amount=chance.randint(-2000, 2000),
    )
    plans = [own, child]
    supplements = tuple(
        Supplement(
            **reach(chance, plans),
            kind=chance.choice(["adult", "child"]),
            amount=chance.randint(0, 3000),
            above=chance.randint(0, 2),
            age_from=(low := chance.randint(0, 12)),
            age_to=low + chance.randint(0, 5),
        )
        for _ in range(chance.randint(0, 5))
    )
    taxes = tuple(
        TaxRule(
            chance.choice(["percent", "person_night", "night", "stay"]),
            chance.randint(0, 2500),
            exempt_under=chance.choice([None, 3, 12]),
            max_nights=chance.choice([None, 2, 5]),
        )
        for _ in range(chance.randint(0, 3))
    )
    rules = tuple(a_rule(chance, plans) for _ in range(chance.randint(0, 10)))
    book = RateBook((KIND,), (BASE, own, child), rules, supplements, (), (), taxes)
    year = stay_nights(SATURDAY - timedelta(3), SATURDAY + timedelta(20))
    calendars = {
        None: {day: chance.randint(1, 30000) for day in year},
        child.id: {day: chance.randint(1, 30000) for day in year if chance.random() < 0.1},
    }
    return book, calendars


def test_a_slow_reading_of_the_rules_agrees_on_five_thousand_calendars() -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same calendars
    spoke = 0
    for n in range(CALENDARS):
        book, calendars = a_book(chance)
        arrival = SATURDAY + timedelta(chance.randint(0, 9))
        days = list(stay_nights(arrival, arrival + timedelta(chance.randint(1, 8))))
        rooms = chance.randint(1, 3)
        children = chance.randint(0, 3)
        ages = tuple(chance.randint(0, 17) for _ in range(chance.randint(0, children)))
        party = Party(chance.randint(rooms, 3 * rooms), children, ages, rooms)
        plan = book.plans[n % 3]
        above = book.plan(plan.parent_id) if plan.parent_id and chance.random() < 0.5 else None
        parent = None if above is None else fare(book, above, KIND, calendars)
        sold = fare(book, plan, KIND, calendars, parent)
        stays = (days[:1], days, days[-2:])
        totals = [stay_total(sold, stay, party) for stay in stays]
        assert totals == [
            sum(x.price + x.tax for x in price_stay(sold, stay, party)) for stay in stays
        ], f"calendar {n}"
        got = price_stay(sold, days, party)
        want = slow_stay(book, plan, calendars, days, party)
        as_rows = [
            (x.night, x.price, x.tax, x.rules, tuple(due for _, due in x.taxes)) for x in got
        ]
        assert as_rows == want, f"calendar {n}"
        assert {x.plan_id for x in got} == {plan.id}
        spoke += sum(bool(x.rules) for x in got)
    assert spoke > CALENDARS


# The stated priority, a sentence each.

DAYS = (SATURDAY,)
ONE = Party(2)


def priced(
    *rules: PriceRule, days=DAYS, plan: Plan = BASE, more: tuple[Plan, ...] = ()
) -> list[int]:
    book = RateBook((KIND,), (plan, *more), rules)
    calendar = {None: dict.fromkeys(stay_nights(SATURDAY, SATURDAY + timedelta(30)), 10000)}
    return [n.price for n in price_stay(fare(book, plan, KIND, calendar), days, ONE)]


def rule(layer: Layer, value: int, n: int = 1, effect: Effect = Effect.PRICE, **more) -> PriceRule:
    return PriceRule(id=UUID(int=n), layer=layer, effect=effect, value=value, **more)


FEW = {"first": SATURDAY, "last": SATURDAY + timedelta(1)}
MANY = {"first": SATURDAY - timedelta(9), "last": SATURDAY + timedelta(30)}


@pytest.mark.parametrize(
    ("wins", "loses"),
    [
        (rule(Layer.SPECIAL, 7), rule(Layer.SEASON, 8, 2, priority=9)),
        (rule(Layer.SEASON, 7, 9, priority=2, **MANY), rule(Layer.SEASON, 8, 2, **FEW)),
        (rule(Layer.SEASON, 7, 9, **FEW), rule(Layer.SEASON, 8, 2, room_type_id=KIND.id, **MANY)),
        (rule(Layer.SEASON, 7, 9, room_type_id=KIND.id), rule(Layer.SEASON, 8, 2)),
        (rule(Layer.SEASON, 7, 1), rule(Layer.SEASON, 8, 2)),
        (rule(Layer.WEEKDAY, 7, 9, priority=1), rule(Layer.WEEKDAY, 8, 2)),
    ],
)
def test_overlapping_rules_have_one_winner(wins: PriceRule, loses: PriceRule) -> None:
    assert priced(wins, loses) == priced(loses, wins) == [7]


def test_a_weekday_rule_speaks_on_top_of_a_season_and_never_on_a_special_day() -> None:
    weekend = rule(Layer.WEEKDAY, 2000, 5, Effect.PERCENT, weekdays=0b1100000)
    assert priced(rule(Layer.SEASON, 15000), weekend) == [18000]
    assert priced(rule(Layer.SPECIAL, 15000), weekend) == [15000]


def test_the_longest_length_rule_reached_is_the_one() -> None:
    rules = [rule(Layer.LENGTH, -500 * n, n, Effect.PERCENT, min_nights=n) for n in (2, 4, 7)]
    days = stay_nights(SATURDAY, SATURDAY + timedelta(5))
    assert priced(*rules, days=days) == [8000] * 5


def test_an_amount_off_a_stay_is_shared_out_to_the_last_unit() -> None:
    off = rule(Layer.LENGTH, -1000, 1, Effect.AMOUNT, min_nights=3)
    days = stay_nights(SATURDAY, SATURDAY + timedelta(3))
    assert priced(off, days=days) == [9666, 9667, 9667]
    assert split(100, [1, 1, 1]) == [34, 33, 33]


def test_a_child_plan_moves_with_its_parent() -> None:
    parent = Plan(UUID(int=50), "BAR", "Flexible")
    child = Plan(UUID(int=51), "NRF", "Saver", parent_id=parent.id, percent=-1000, amount=-5)
    season = rule(Layer.SEASON, 20005)
    assert priced(season, plan=child, more=(parent,)) == [18000]


# Limits.


@pytest.mark.parametrize(
    ("limit", "nights", "why"),
    [
        ({"min_stay": 3}, 2, Why.MIN_STAY),
        ({"min_stay": 3}, 3, None),
        ({"max_stay": 2}, 3, Why.MAX_STAY),
        ({"closed_to_arrival": True, "weekdays": 1 << 5}, 1, Why.CLOSED_TO_ARRIVAL),
        ({"closed_to_arrival": True, "weekdays": 1 << 6}, 1, None),
        ({"closed_to_departure": True, "weekdays": 1 << 6}, 1, Why.CLOSED_TO_DEPARTURE),
        ({"closed_to_departure": True, "weekdays": 1 << 6}, 2, None),
        ({"closed": True, "weekdays": 1 << 6}, 1, None),
        ({"closed": True, "weekdays": 1 << 6}, 2, Why.CLOSED),
        ({"min_stay_through": 4, "weekdays": 1 << 6}, 2, Why.MIN_STAY),
        ({"min_stay_through": 4, "weekdays": 1 << 6}, 1, None),
        ({"min_ahead": 11}, 1, Why.TOO_SOON),
        ({"min_ahead": 10}, 1, None),
        ({"max_ahead": 9}, 1, Why.TOO_FAR),
    ],
)
def test_a_limit_bars_what_it_says_and_nothing_else(limit: dict, nights: int, why: Why) -> None:
    days = stay_nights(SATURDAY, SATURDAY + timedelta(nights))
    barred = limited(
        [Limit(id=UUID(int=1), **limit)],
        days,
        SATURDAY + timedelta(nights),
        SATURDAY - timedelta(10),
    )
    assert (barred.why if barred else None) == why


@pytest.mark.parametrize(
    ("party", "limit"),
    [
        (Party(adults=3), 2),
        (Party(adults=5, rooms=2), 4),
        (Party(adults=2, children=2), 3),
        (Party(adults=3, children=9), 2),
        (Party(adults=2, children=1), None),
    ],
)
def test_a_party_that_is_too_big_hears_how_many_adults_or_guests_find_beds(
    party: Party, limit: int | None
) -> None:
    kind = Kind(UUID(int=1), "DBL", "Double", 2, 2, 3)
    found = fits(kind, party)
    assert (found and found.limit) == limit
