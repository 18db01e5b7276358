"""Stays are civil dates: the server's own zone and the nights of a clock change move nothing."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from frontdesk.bookings.blocks import limited
from frontdesk.bookings.pricing import fare, price_stay
from frontdesk.bookings.rates import BASE, Effect, Kind, Layer, Limit, Party, PriceRule, RateBook
from frontdesk.bookings.rules import cancellation_fee, cancellation_policy, stay_nights
from frontdesk.kit.clock import local_day

ZONES = (
    "UTC",
    "Europe/Madrid",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "America/St_Johns",
)
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
"""Sundays on which Europe's clocks move."""
KIND = Kind(UUID(int=1), "DBL", "Double", 2, 2, 2)


@pytest.fixture(params=ZONES)
def server_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The process's own zone, as TZ sets it, and back again."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize("sunday", [SPRING, AUTUMN])
def test_a_clock_change_is_one_night_in_every_server_zone(server_zone: str, sunday: date) -> None:
    days = stay_nights(sunday - timedelta(1), sunday + timedelta(2))
    assert len(days) == 3
    weekend = PriceRule(
        id=UUID(int=2), layer=Layer.WEEKDAY, effect=Effect.PRICE, value=300, weekdays=0b1100000
    )
    sold = fare(RateBook((KIND,), rules=(weekend,)), BASE, KIND, {None: dict.fromkeys(days, 100)})
    assert [n.price for n in price_stay(sold, days, Party(2))] == [300, 300, 100]
    ahead = Limit(id=UUID(int=3), min_ahead=3)
    for days_before, bars in ((3, False), (2, True)):
        today = days[0] - timedelta(days_before)
        assert (limited([ahead], days, days[-1] + timedelta(1), today) is not None) is bars


@pytest.mark.parametrize(
    ("arrival", "until"),
    [
        (SPRING, datetime(2027, 3, 27, 13, tzinfo=UTC)),
        (AUTUMN, datetime(2027, 10, 30, 14, tzinfo=UTC)),
        (date(2027, 7, 1), datetime(2027, 6, 30, 13, tzinfo=UTC)),
    ],
)
def test_free_until_is_24_hours_before_three_in_madrid(
    server_zone: str, arrival: date, until: datetime
) -> None:
    policy = cancellation_policy(arrival, "Europe/Madrid", 24, 500)
    assert datetime.fromisoformat(policy["free_until"]) == until
    assert cancellation_fee(policy, until) == 0
    assert cancellation_fee(policy, until + timedelta(seconds=1)) == 500


def test_a_hotels_day_is_its_own_wherever_the_server_stands(server_zone: str) -> None:
    late = datetime(2027, 3, 28, 11, 30, tzinfo=UTC)
    assert local_day(late, "Pacific/Kiritimati") == date(2027, 3, 29)
    assert local_day(late, "America/Los_Angeles") == SPRING
