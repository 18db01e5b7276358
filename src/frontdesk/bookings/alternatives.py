"""What else is free for those whose room is gone: many who lost one room share one search."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import NoSuchQuote, RoomTaken
from frontdesk.bookings.models import Quote
from frontdesk.bookings.quote import StayWish, find_offers, told_of, wish_of
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Problem
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel

WISHES = select(
    Quote.id,
    Quote.arrival,
    Quote.departure,
    Quote.adults,
    Quote.children,
    Quote.rooms,
    Quote.children_ages,
)
Lost = tuple[UUID, datetime]
"""A quote, and when its guest said yes."""


async def taken(db: Database, hotel_id: UUID, quote_id: UUID, *, now: datetime) -> Problem:
    """The error to raise for a quote whose rooms are gone: with what else is free for its stay.

    Whoever asks while others' search is under way goes with the next one, so that none hears what
    was free before they asked; the same dates and party are searched once for all of them.
    """
    lost = (quote_id, now)
    return await db.groups.join((taken, hotel_id), lost, partial(_all_taken, db, hotel_id))


async def _all_taken(db: Database, hotel_id: UUID, group: Sequence[Lost]) -> list[Problem]:
    now = max(said for _, said in group)
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)
        wishes = await _wishes(session, {quote_id for quote_id, _ in group})
        found = {wish: await _found(session, hotel, wish, now) for wish in set(wishes.values())}
    return [
        _told(found[wishes[quote_id]]) if quote_id in wishes else NoSuchQuote()
        for quote_id, _ in group
    ]


async def _wishes(session: AsyncSession, quotes: set[UUID]) -> Mapping[UUID, StayWish]:
    rows = await session.execute(WISHES.where(Quote.id.in_(quotes)))
    return {row[0]: wish_of(row) for row in rows.all()}


async def _found(
    session: AsyncSession, hotel: Hotel, wish: StayWish, now: datetime
) -> list[dict[str, Any]] | Problem:
    """One stay that cannot be searched (its arrival has passed) leaves the others theirs."""
    try:
        return told_of(await find_offers(session, hotel, wish, now=now))
    except Problem as refused:
        return refused


def _told(found: list[dict[str, Any]] | Problem) -> Problem:
    return found if isinstance(found, Problem) else RoomTaken(alternatives=found)
