"""A quote that is older than its hotel's last change of rates: priced anew before it is taken."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.errors import PriceChanged, RoomTaken
from frontdesk.bookings.models import Quote
from frontdesk.bookings.pricing import price_stay
from frontdesk.bookings.quote import read_market, wish_of
from frontdesk.bookings.rates import Night
from frontdesk.bookings.rules import plan_policy, policy_hash
from frontdesk.bookings.search import Market, Search
from frontdesk.tenancy.queries import the_hotel


async def recheck(session: AsyncSession, quote_id: UUID, *, now: datetime) -> None:
    """Keep the quote where not a night, tax or word of the policy of it has changed.

    Raises PriceChanged where one has: the guest must see the new price first. Restrictions made
    since do not bar a stay that was promised; nights that were taken off sale do.
    """
    quote = await queries.quote(session, quote_id, lock=True)
    hotel = await the_hotel(session)
    await session.refresh(hotel)
    market = await read_market(session, hotel, quote.arrival, quote.departure, now=now)
    if not _stands(quote, market):
        raise PriceChanged
    quote.rates_version = market.version
    await session.flush()


def _stands(quote: Quote, market: Market) -> bool:
    kind = market.book.kind(quote.room_type_id)
    plan = market.book.sold_as(quote.rate_plan_id)
    if kind is None or plan is None or plan.id != quote.rate_plan_id:
        return False
    wish = wish_of(quote)
    stock = market.stock.get(kind.id)
    if stock is None or any(day not in stock.prices for day in wish.dates.days):
        raise RoomTaken
    fare = Search(market, wish.party).fare(kind, plan)
    nights = price_stay(fare, wish.dates.days, wish.party)
    same = policy_hash(plan_policy(plan, market.terms, nights)) == quote.policy_hash
    return same and [_shown(night) for night in nights] == [
        (row["night"], row["price"], row["tax"]) for row in quote.nights
    ]


def _shown(night: Night) -> tuple[str, int, int]:
    return night.night.isoformat(), night.price, night.tax
