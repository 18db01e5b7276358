"""Reading other people's calendars of our rooms: their events block, and what overlaps is told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import Clock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.logs import get_logger
from frontdesk.kit.outside import PrivateAddress, refuse_private
from frontdesk.kit.secrets import Vault
from frontdesk.rooms.actions import bookings_in_the_way
from frontdesk.rooms.calendar_models import CalendarEvent, CalendarSource
from frontdesk.rooms.care_models import RoomBlock
from frontdesk.rooms.errors import NoSuchStep, RoomClaimed
from frontdesk.rooms.ical import Busy, NotACalendar, read
from frontdesk.rooms.maintenance import BlockWish, block, unblock
from frontdesk.tenancy.envelope import unseal
from frontdesk.tenancy.queries import the_hotel

EVERY = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=6)
MAX_BYTES = 2_000_000
PATIENCE = 20.0
"""Seconds for one calendar."""


class FetchFailed(Exception):
    """The calendar could not be fetched"""


@dataclass(frozen=True, slots=True)
class Calendars:
    """What reading calendars needs."""

    db: Database
    vault: Vault
    clock: Clock
    client: httpx.AsyncClient
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    body: bytes | None
    """Nothing where it is the same as last time."""
    etag: str | None
    last_modified: str | None


async def the_source(session: AsyncSession, source_id: UUID) -> CalendarSource:
    """Locked. Raises NotFound."""
    query = select(CalendarSource).where(
        CalendarSource.id == source_id, CalendarSource.removed_at.is_(None)
    )
    found = await session.scalar(query.with_for_update())
    if found is None:
        raise NotFound("there is no such calendar")
    return found


async def read_calendar(calendars: Calendars, hotel_id: HotelId, source_id: UUID) -> None:
    """Fetch one calendar, with no transaction open, and bring the blocks to what it says."""
    now = calendars.clock.now()
    async with calendars.db.hotel(hotel_id) as session:
        try:
            source = await the_source(session, source_id)
        except NotFound:
            return
        if source.next_fetch_at > now:
            return
        source.next_fetch_at = now + EVERY
        url = await unseal(session, calendars.vault, hotel_id, source.url)
        zone = (await the_hotel(session)).timezone
        headers = {"if-none-match": source.etag, "if-modified-since": source.last_modified}
    try:
        fetched = await _fetch(calendars, url, {k: v for k, v in headers.items() if v})
        events = read(fetched.body, zone) if fetched.body is not None else None
    except (FetchFailed, NotACalendar) as failed:
        await _note_failure(calendars, hotel_id, source_id, failed)
        return
    async with calendars.db.hotel(hotel_id) as session:
        source = await the_source(session, source_id)
        await bring_to(session, source, events, now=now)
        source.fetched_at, source.failures, source.error = now, 0, None
        source.etag, source.last_modified = fetched.etag, fetched.last_modified


async def _fetch(calendars: Calendars, url: str, headers: dict[str, str]) -> Fetched:
    try:
        if not calendars.allow_private:
            await refuse_private(url)
        asked = calendars.client.stream(
            "GET", url, headers=headers, timeout=PATIENCE, follow_redirects=False
        )
        async with asked as answer:
            return await _read_answer(answer)
    except (httpx.HTTPError, httpx.InvalidURL, PrivateAddress, OSError, ValueError) as failed:
        raise FetchFailed(type(failed).__name__) from None


async def _read_answer(answer: httpx.Response) -> Fetched:
    etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    if answer.status_code == 304:
        return Fetched(None, etag, modified)
    if answer.status_code != 200:
        raise FetchFailed(f"answered {answer.status_code}")
    body = b""
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > MAX_BYTES:
            raise FetchFailed(f"longer than {MAX_BYTES} bytes")
    return Fetched(body, etag, modified)


async def _note_failure(
    calendars: Calendars, hotel_id: HotelId, source_id: UUID, failed: Exception
) -> None:
    """What was read before stands; the next try waits twice as long."""
    get_logger().warning("calendar_failed", source=str(source_id), why=type(failed).__name__)
    async with calendars.db.hotel(hotel_id) as session:
        source = await the_source(session, source_id)
        source.failures += 1
        source.error = str(failed)[:200]
        wait = min(EVERY * 2 ** min(source.failures, 10), LONGEST_WAIT)
        source.next_fetch_at = calendars.clock.now() + wait


async def bring_to(
    session: AsyncSession, source: CalendarSource, events: list[Busy] | None, *, now: datetime
) -> None:
    """Blocks become what the calendar says; where it is the same (None), conflicts are retried."""
    today = local_day(now, (await the_hotel(session)).timezone)
    query = select(CalendarEvent).where(CalendarEvent.source_id == source.id)
    known = {e.uid: e for e in (await session.scalars(query)).all()}
    if events is not None:
        coming = {e.uid: e for e in events if e.until > today}
        for uid, event in known.items():
            said = coming.get(uid)
            if said is None or (said.first, said.until) != (event.first, event.until):
                await _let_go(session, event, now=now)
        for uid, said in coming.items():
            await _meet(session, source, known.get(uid), said, now=now)
    else:
        for event in known.values():
            if event.status == "conflict" and event.until > today:
                said = Busy(event.uid, event.first, event.until)
                await _meet(session, source, event, said, now=now)
    await session.flush()


async def _let_go(session: AsyncSession, event: CalendarEvent, *, now: datetime) -> None:
    if event.block_id is not None:
        await unblock(session, event.block_id, by="calendar", now=now)
    event.status, event.block_id, event.conflict = "gone", None, {}


async def _meet(
    session: AsyncSession,
    source: CalendarSource,
    event: CalendarEvent | None,
    said: Busy,
    *,
    now: datetime,
) -> None:
    """Block the room for an event that has no block yet, or say what stands in its way."""
    if event is not None and event.block_id is not None:
        return
    if event is None:
        event = CalendarEvent(
            hotel_id=source.hotel_id, id=uuid7(), source_id=source.id, uid=said.uid
        )
    event.first, event.until = said.first, said.until
    made, conflict = None, dict[str, Any]()
    if said.problem:
        conflict = {"problem": said.problem}
    else:
        made, conflict = await _block(session, source, said, now=now)
    event.block_id = made.id if made else None
    event.status, event.conflict = ("conflict" if conflict else "blocked"), conflict
    session.add(event)
    await session.flush()


async def _block(
    session: AsyncSession, source: CalendarSource, said: Busy, *, now: datetime
) -> tuple[RoomBlock | None, dict[str, Any]]:
    reason = f"calendar: {source.name}"
    wish = BlockWish(
        source.room_id, said.first, said.until, reason, kind="calendar", even_if_full=True
    )
    try:
        async with session.begin_nested():
            made = await block(session, wish, by="calendar", now=now)
    except (RoomClaimed, NoSuchStep) as refused:
        return None, {"problem": refused.code, **refused.extra}
    if not made.short:
        return made, {}
    first, last = (date.fromisoformat(made.short[at]) for at in (0, -1))
    until = last + timedelta(days=1)
    found = await bookings_in_the_way(session, made.room_type_id, first, until)
    return made, {"problem": "would_oversell", "nights": made.short, "bookings": found}
