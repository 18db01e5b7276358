"""A yes with an Idempotency-Key: sold with others' in one transaction, which remembers as well."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from fastapi.responses import JSONResponse, Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import RoomTaken
from frontdesk.bookings.models import Booking
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.bookings.schemas import BookingOut
from frontdesk.kit.asked import asked_setting
from frontdesk.kit.db import Database, ring
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.kit.transaction import sqlstate
from frontdesk.tenancy.idempotency import Once, answer_once, claim, remember

TOGETHER = text(
    "SELECT b.* FROM get_current_tenant_id() AS hotel, reserve_stays(hotel, :quote, :by, :source,"
    " :requests, :at, :booking, :code, :audit, :event) AS b"
).columns(*Booking.__table__.c)
Asked = tuple[Yes, datetime, Once]
Said = dict[str, Any] | RoomTaken | None
"""The answer, or none to who is to be taken alone."""


async def reserve_once(
    db: Database, hotel_id: UUID, yes: Yes, once: Once, *, now: datetime
) -> Response:
    """As reserve_at_once(), for a request that may come again.

    Whoever comes alone, again, or with what is not plain is taken alone, after the group.
    """
    kind = (reserve_once, hotel_id, asked_setting())
    said: Said = await db.groups.join(kind, (yes, now, once), partial(_all, db, hotel_id))
    if isinstance(said, RoomTaken):
        raise said
    if said is not None:
        return JSONResponse(said, 201)
    async with db.hotel(hotel_id) as session:

        async def create() -> BookingOut:
            return BookingOut.model_validate(await reserve(session, yes, now=now))

        return await answer_once(session, once, hotel_id, create)


async def _all(db: Database, hotel_id: UUID, group: Sequence[Asked]) -> list[Said]:
    first = {asked[0].quote_id: asked for asked in reversed(group)}
    if len(first) == 1:
        return [None] * len(group)
    try:
        async with db.hotel(hotel_id) as session:
            said = await _sold(session, hotel_id, [a for a in group if first[a[0].quote_id] is a])
    except OperationalError:
        raise
    except DBAPIError as refused:
        get_logger().warning("yeses_refused", count=len(first), sqlstate=sqlstate(refused))
        return [None] * len(group)
    return [
        said.get(asked[0].quote_id) if first[asked[0].quote_id] is asked else None
        for asked in group
    ]


async def _sold(
    session: AsyncSession, hotel_id: UUID, group: Sequence[Asked]
) -> dict[UUID, dict[str, Any] | RoomTaken]:
    """By quote. What is remembered is what is sold: a key whose room was taken may try again."""
    claimed = await claim(session, hotel_id, [once for *_, once in group])
    ours = [asked for asked in group if asked[2] in claimed]
    if not ours:
        return {}
    given = [yes.arguments(now) for yes, now, _ in ours]
    columns = {name: [one[name] for one in given] for name in given[0]}
    rows = (await session.execute(TOGETHER, columns)).mappings().all()
    made = {row["quote_id"]: _told(row) for row in rows if row["id"] is not None}
    await remember(
        session,
        hotel_id,
        {once: made[yes.quote_id] for yes, _, once in ours if yes.quote_id in made},
    )
    if made:
        await ring(session, Job.RUN_TRIGGERS, hotel_id)
    return {row["quote_id"]: made.get(row["quote_id"]) or RoomTaken() for row in rows}


def _told(row: Any) -> dict[str, Any]:
    return BookingOut.model_validate(Booking(**row)).model_dump(mode="json")
