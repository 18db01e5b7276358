"""From a PMS's reservations to lines for the import desk, and what cannot be one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.import_models import ExternalId
from frontdesk.kit.clock import local_day
from frontdesk.pms.contract import Pulled, Reservation, Unread
from frontdesk.pms.models import PmsLink
from frontdesk.rooms.models import Room
from frontdesk.tenancy.queries import the_hotel

BATCH = 1000


async def lines_of(
    session: AsyncSession, link: PmsLink, pulled: Pulled, *, now: datetime
) -> tuple[list[dict[str, Any]], list[Unread]]:
    """What is over is left as it is; of what is off, only what is in our book is a line.

    Who leaves comes before who comes, so that a room given on is free by then. A room number is a
    line of its own, after all others: one that is taken here costs nobody their booking.
    """
    hotel = await the_hotel(session)
    today = local_day(now, hotel.timezone)
    rows: list[dict[str, Any]] = [
        {"external_id": gone, "status": "cancelled"}
        for gone in await _known(session, link.kind, pulled.gone)
    ]
    unfit = list(pulled.unread)
    doors: list[dict[str, Any]] = []
    numbered = await session.scalar(select(exists(select(Room.id))))
    for one in sorted(pulled.kept, key=lambda r: (r.arrival, r.external_id)):
        if one.departure < today:
            continue
        try:
            rows.append(_line(one, link, hotel.currency))
            doors += [{**rows[-1], "room": one.room}] if one.room and numbered else []
        except ValueError as wrong:
            unfit.append(Unread(one.external_id, str(wrong)))
    return [{"line": at, **row} for at, row in enumerate(rows + doors, 1)], unfit


def _line(one: Reservation, link: PmsLink, currency: str) -> dict[str, Any]:
    """As a table has it: cells are text. Raises ValueError, in words for staff."""
    code = link.room_types.get(one.category) or one.code
    if not code:
        raise ValueError(f"no room type of ours is known for {one.category}: say it in room_types")
    if one.currency not in (currency, None):
        raise ValueError(f"it is charged in {one.currency}, and this hotel's book is in {currency}")
    return {
        "external_id": one.external_id,
        "room_type": code,
        "arrival": one.arrival.isoformat(),
        "departure": one.departure.isoformat(),
        "guest_phone": one.guest_phone or "",
        "guest_name": one.guest_name,
        "adults": str(one.adults),
        "children": str(one.children),
        "total": format(one.total, "f"),
        "tax": format(one.tax, "f"),
        "status": "confirmed",
    }


async def _known(session: AsyncSession, source: str, ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    for at in range(0, len(ids), BATCH):
        query = select(ExternalId.external_id).where(
            ExternalId.kind == "bookings",
            ExternalId.source == source,
            ExternalId.external_id.in_(ids[at : at + BATCH]),
        )
        found += (await session.scalars(query.order_by(ExternalId.external_id))).all()
    return found
