"""The demo hotels' rates: two plans each, a season, weekends, a length of stay, limits."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.rate_models import (
    RatePlan,
    RateRestriction,
    RateRule,
    RateSupplement,
)

WEEKEND = 0b0110000
"""Friday and Saturday nights."""


async def add_rates(session: AsyncSession, hotel_id: UUID, today: date) -> None:
    """Summer and New Year's Eve are the coming ones; only the saver asks for a minimum stay."""
    flexible = RatePlan(hotel_id=hotel_id, code="FLEX", name="Flexible", is_default=True)
    session.add(flexible)
    await session.flush()
    saver = RatePlan(
        hotel_id=hotel_id,
        code="SAVER",
        name="Saver, not refundable",
        parent_id=flexible.id,
        percent=-1200,
        refundable=False,
        deposit=10_000,
        position=1,
    )
    session.add(saver)
    await session.flush()
    summer = today.year if today < date(today.year, 9, 15) else today.year + 1
    first, last = date(summer, 6, 15), date(summer, 9, 14)
    eve = date(today.year, 12, 31)
    session.add_all(
        [
            _rule(hotel_id, "Summer", "season", 2500, first=first, last=last),
            _rule(hotel_id, "New Year's Eve", "special", 8000, first=eve, last=eve),
            _rule(hotel_id, "Weekend", "weekday", 2000, weekdays=WEEKEND),
            _rule(hotel_id, "A week or more", "length", -1000, min_nights=7),
            RateSupplement(hotel_id=hotel_id, kind="child", amount=1500, age_from=3, age_to=11),
            RateRestriction(hotel_id=hotel_id, plan_id=saver.id, min_stay=2, weekdays=WEEKEND),
            RateRestriction(
                hotel_id=hotel_id, plan_id=saver.id, min_stay=3, first=first, last=last
            ),
            RateRestriction(
                hotel_id=hotel_id, plan_id=saver.id, closed_to_arrival=True, first=eve, last=eve
            ),
        ]
    )


def _rule(hotel_id: UUID, name: str, layer: str, percent: int, **more: date | int) -> RateRule:
    return RateRule(
        hotel_id=hotel_id, name=name, layer=layer, effect="percent", value=percent, **more
    )
