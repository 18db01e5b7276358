"""What falls to some rooms of a night sums to what was sold, and is what they cost alone."""

import random
from datetime import UTC, date, datetime
from uuid import UUID

from frontdesk.bookings.pricing import supplement, tax
from frontdesk.bookings.rates import Party, Supplement, TaxRule
from frontdesk.bookings.rules import NEVER
from frontdesk.bookings.shares import Rooms, Sold, going
from frontdesk.bookings.terms import CancelTerms, cancel_terms, policy_shared

DAY = date(2027, 5, 3)
IDS = [UUID(int=n) for n in range(1, 5)]
VAT, PERSON, NIGHT, STAY = IDS
EXTRAS = (
    Supplement(id=IDS[0], kind="adult", amount=1700, above=2),
    Supplement(id=IDS[1], kind="child", amount=900, age_from=3, age_to=11),
)
TAXES = {
    VAT: TaxRule("percent", 1000, VAT),
    PERSON: TaxRule("person_night", 230, PERSON, exempt_under=12),
    NIGHT: TaxRule("night", 150, NIGHT),
    STAY: TaxRule("stay", 700, STAY),
}


def rooms(parties: list[Party], *leaving: int) -> Rooms:
    return Rooms(parties, leaving, EXTRAS, TAXES)


def test_a_room_takes_what_it_would_have_cost_alone() -> None:
    family, couple = Party(3, 1, (5,)), Party(2)
    price = 2 * 10000 + supplement(EXTRAS, DAY, family) + supplement(EXTRAS, DAY, couple)
    due = {of: tax(rule, price, Party(5, 1, (5,), 2), 0) for of, rule in TAXES.items()}
    own = going(Sold(price, due), DAY, rooms([family, couple], 0))
    assert own.price == 10000 + 1700 + 900
    assert own.taxes == {VAT: 1260, PERSON: 690, NIGHT: 150, STAY: 0}
    other = going(Sold(price, due), DAY, rooms([couple, family], 0))
    assert (other.price, other.taxes[PERSON]) == (10000, 460)
    assert own.tax + other.tax == sum(due.values()) - due[STAY]


def test_shares_sum_to_what_was_sold_whatever_the_rates_say_by_now() -> None:
    draw = random.Random(7)  # noqa: S311
    for _ in range(2000):
        count = draw.randint(1, 6)
        parties = [
            Party(draw.randint(1, 4), len(ages), tuple(ages))
            for ages in ([draw.randint(0, 17) for _ in range(draw.randint(0, 2))],) * count
        ]
        known = {of: draw.randint(0, 5000) for of in draw.sample([*IDS, None, UUID(int=99)], 4)}
        whole = Sold(draw.randint(count, 60000), known, draw.randint(0, 99))
        each = [going(whole, DAY, rooms(parties, n)) for n in range(count)]
        assert sum(part.price for part in each) == whole.price
        assert all(part.price > 0 for part in each)
        some = draw.randint(1, count)
        left, right = range(some), range(some, count)
        one = going(whole, DAY, rooms(parties, *left))
        two = going(whole, DAY, rooms(parties, *right))
        assert one.price + two.price == whole.price
        for of, amount in known.items():
            if of != STAY:
                assert one.taxes[of] + two.taxes[of] == amount
        assert one.rest + two.rest == whole.rest


def test_fees_are_shared_by_what_rooms_are_worth_and_the_deadline_stays() -> None:
    policy = {"free_until": "2027-05-01T12:00:00+00:00", "fee": 10001, "no_show": 33333}
    own, rest = policy_shared(policy, 1, 3)
    assert (own["fee"], rest["fee"], own["no_show"], rest["no_show"]) == (3334, 6667, 11111, 22222)
    assert own["free_until"] == rest["free_until"] == policy["free_until"]


def test_what_was_never_free_to_cancel_has_no_deadline() -> None:
    now = datetime(2027, 4, 1, tzinfo=UTC)
    policy = {"free_until": "2027-05-01T12:00:00+00:00", "fee": 10001}
    assert cancel_terms(policy, 20002, now) == CancelTerms(
        0, 20002, datetime(2027, 5, 1, 12, tzinfo=UTC)
    )
    never = {**policy, "free_until": NEVER}
    assert cancel_terms(never, 20002, now) == CancelTerms(10001, 10001, None)
