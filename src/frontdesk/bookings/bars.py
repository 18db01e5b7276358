"""Why nothing can be had for a wish: the rule that bars it, and the nearest dates that work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.blocks import Block, Why
from frontdesk.bookings.errors import NoSuchPlan
from frontdesk.bookings.quote import StayWish, check_wish, read_market
from frontdesk.bookings.rates import Kind, Plan
from frontdesk.bookings.search import MOST_LONGER, Dates, Offer, Search, nearby
from frontdesk.kit.clock import local_day
from frontdesk.tenancy.models import Hotel


@dataclass(frozen=True, slots=True)
class NotHad:
    """What bars the stay, of which type, and the nearest stay by the same plan that works."""

    block: Block
    kind: Kind | None
    """The type that one could wait for; None where none takes the party."""
    nearest: Offer | None


async def why_not(
    session: AsyncSession, hotel: Hotel, wish: StayWish, *, now: datetime, reach: int
) -> NotHad:
    """For a wish that the default plan has no offer for; the cheapest type that fits speaks."""
    today = local_day(now, hotel.timezone)
    check_wish(wish, today)
    first = max(today, wish.arrival - timedelta(reach))
    last = wish.departure + timedelta(reach + MOST_LONGER)
    market = await read_market(session, hotel, first, last, now=now)
    plan, search = market.book.sold_as(None), Search(market, wish.party)
    if plan is None:
        raise NoSuchPlan
    fitting = [kind for kind in market.book.kinds if search.suits(kind) is None]
    barred = [(kind, search.tried(kind, plan, wish.dates)) for kind in fitting]
    found = [(kind, block) for kind, block in barred if isinstance(block, Block)]
    if not found:
        return NotHad(Block(Why.PARTY_TOO_BIG), None, None)
    kind, block = _told(found)
    return NotHad(block, kind, _nearest(search, plan, fitting, wish.dates, block, reach))


def _told(found: list[tuple[Kind, Block]]) -> tuple[Kind, Block]:
    """A rule says more than "sold out", and a type that is sold out is worth waiting for."""
    soft = (Why.SOLD_OUT, Why.NOT_ON_SALE)
    return min(found, key=lambda f: (f[1].why in soft, f[0].base_price, f[0].code))


def _nearest(
    search: Search, plan: Plan, kinds: list[Kind], dates: Dates, block: Block, reach: int
) -> Offer | None:
    longer = _missing(block, dates)
    for near in nearby(dates, reach, longer):
        if search.inside(near):
            tried = (search.tried(kind, plan, near) for kind in kinds)
            had = [found for found in tried if isinstance(found, Offer)]
            if had:
                return min(had, key=lambda offer: offer.total)
    return None


def _missing(block: Block, dates: Dates) -> int:
    """Nights that are missing for a minimum stay, if no more than a week."""
    if block.why is not Why.MIN_STAY or block.limit is None:
        return 0
    missing = block.limit - (dates.departure - dates.arrival).days
    return missing if 0 < missing <= MOST_LONGER else 0
