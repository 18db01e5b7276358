"""Calendars of rooms over HTTP: feeds that others read, sources that we read, and conflicts."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from frontdesk.kit.db import ring
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.outside import only_public
from frontdesk.kit.secrets import digest, new_token
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, SettingsDep, VaultDep, page_rows
from frontdesk.rooms.calendar_models import CalendarEvent, CalendarFeed, CalendarSource
from frontdesk.rooms.calendars import bring_to, the_source
from frontdesk.rooms.care_models import RoomClaim
from frontdesk.rooms.catalogue import the
from frontdesk.rooms.ical import render
from frontdesk.rooms.models import Room
from frontdesk.rooms.schemas import Name, shows
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.envelope import seal
from frontdesk.tenancy.idempotency import OnceDep, answer_once

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["calendars"])
public = APIRouter(tags=["calendars"])
Reader = Annotated[Principal, Depends(allow("calendars:read"))]
Writer = Annotated[Principal, Depends(allow("calendars:write"))]
LOOK_BACK = timedelta(days=30)


class FeedIn(BaseModel):
    model_config = shows({"name": "For the holiday portal"})
    name: Name


class FeedOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    room_id: UUID
    name: str
    revoked_at: datetime | None
    created_at: datetime


class FeedMade(FeedOut):
    url: str
    """Shown this once; whoever has it sees when the room is taken."""


class SourceIn(BaseModel):
    model_config = shows({"name": "Portal", "url": "https://calendars.example.org/r/204.ics"})
    name: Name
    url: str = Field(max_length=2000, pattern=r"^https?://[^\x00-\x20]+$")


class SourceOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    room_id: UUID
    name: str
    host: str
    next_fetch_at: datetime
    fetched_at: datetime | None
    failures: int
    error: str | None
    created_at: datetime


class EventOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    source_id: UUID
    uid: str
    first: date
    until: date
    status: str
    block_id: UUID | None
    conflict: dict[str, Any]
    created_at: datetime


@public.get(
    "/calendars/{hotel_id}/{token}.ics",
    response_class=Response,
    responses={
        200: {"content": {"text/calendar": {"schema": {"type": "string"}}}},
        404: {"description": "No such feed, or no longer"},
        422: {"description": "The request does not hold together"},
    },
)
async def read_feed(db: DbDep, clock: ClockDep, hotel_id: UUID, token: str) -> Response:
    """When a room is taken, for whoever has its secret address."""
    async with db.hotel(hotel_id) as session:
        known = CalendarFeed.digest == digest(token)
        query = select(CalendarFeed).where(known, CalendarFeed.revoked_at.is_(None))
        feed = await session.scalar(query)
        if feed is None:
            raise NotFound
        room = await the(session, Room, feed.room_id)
        since = (clock.now() - LOOK_BACK).date()
        taken = select(RoomClaim.id, RoomClaim.first, RoomClaim.until).where(
            RoomClaim.room_id == room.id, RoomClaim.until > since
        )
        rows = (await session.execute(taken.order_by(RoomClaim.first).limit(5000))).all()
    busy = [(row.id, row.first, row.until) for row in rows]
    body = render(f"Room {room.number}", busy, now=clock.now().astimezone(UTC))
    return Response(body, media_type="text/calendar; charset=utf-8")


@router.post("/rooms/{room_id}/calendar-feeds", status_code=201)
async def create_feed(
    db: DbDep, settings: SettingsDep, hotel_id: UUID, room_id: UUID, asker: Writer, wanted: FeedIn
) -> FeedMade:
    """Not idempotent: the address is never stored, so a second call makes a second one."""
    token = new_token()
    async with db.hotel(hotel_id) as session:
        room = await the(session, Room, room_id)
        made = CalendarFeed(
            hotel_id=hotel_id, id=uuid7(), room_id=room.id, name=wanted.name, digest=digest(token)
        )
        session.add(made)
        await session.flush()
        await session.refresh(made)
        subject = f"calendar_feed:{made.id}"
        record(session, hotel_id, "calendar_feed.add", subject, by=asker.actor)
        shown = FeedOut.model_validate(made).model_dump()
    url = f"{settings.public_url.rstrip('/')}/calendars/{hotel_id}/{token}.ics"
    return FeedMade(**shown, url=url)


@router.get("/calendar-feeds")
async def list_feeds(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[FeedOut]:
    query, at = select(CalendarFeed), CalendarFeed.created_at
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, at, CalendarFeed.id)
    return Page(items=[FeedOut.model_validate(r) for r in rows], next=after)


@router.delete("/calendar-feeds/{feed_id}", status_code=204)
async def revoke_feed(
    db: DbDep, clock: ClockDep, hotel_id: UUID, feed_id: UUID, asker: Writer
) -> None:
    async with db.hotel(hotel_id) as session:
        query = select(CalendarFeed).where(CalendarFeed.id == feed_id).with_for_update()
        feed = await session.scalar(query)
        if feed is None:
            raise NotFound
        feed.revoked_at = feed.revoked_at or clock.now()
        subject = f"calendar_feed:{feed_id}"
        record(session, hotel_id, "calendar_feed.revoke", subject, by=asker.actor)


@router.post("/rooms/{room_id}/calendar-sources", status_code=201, response_model=SourceOut)
async def create_source(
    db: DbDep,
    clock: ClockDep,
    vault: VaultDep,
    settings: SettingsDep,
    hotel_id: UUID,
    room_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: SourceIn,
) -> Response:
    """It is read at once, then every 15 minutes."""
    await only_public(wanted.url, allow_private=settings.allow_private_urls)
    async with db.hotel(hotel_id) as session:
        room = await the(session, Room, room_id)

        async def create() -> BaseModel:
            made = CalendarSource(
                hotel_id=hotel_id,
                id=uuid7(),
                room_id=room.id,
                name=wanted.name,
                url=await seal(session, vault, hotel_id, wanted.url),
                host=urlsplit(wanted.url).hostname or "",
                next_fetch_at=clock.now(),
            )
            session.add(made)
            await session.flush()
            await session.refresh(made)
            subject, host = f"calendar_source:{made.id}", {"host": made.host}
            record(session, hotel_id, "calendar_source.add", subject, by=asker.actor, new=host)
            await ring(session, Job.READ_CALENDAR, hotel_id, str(made.id))
            return SourceOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/calendar-sources")
async def list_sources(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[SourceOut]:
    query, at = select(CalendarSource), CalendarSource.created_at
    query = query.where(CalendarSource.removed_at.is_(None))
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, at, CalendarSource.id)
    return Page(items=[SourceOut.model_validate(r) for r in rows], next=after)


@router.post("/calendar-sources/{source_id}/read")
async def read_source_now(
    db: DbDep, clock: ClockDep, hotel_id: UUID, source_id: UUID, asker: Writer
) -> SourceOut:
    async with db.hotel(hotel_id) as session:
        source = await the_source(session, source_id)
        source.next_fetch_at = clock.now()
        await session.flush()
        await session.refresh(source)
        subject = f"calendar_source:{source_id}"
        record(session, hotel_id, "calendar_source.read", subject, by=asker.actor)
        await ring(session, Job.READ_CALENDAR, hotel_id, str(source_id))
        return SourceOut.model_validate(source)


@router.delete("/calendar-sources/{source_id}", status_code=204)
async def remove_source(
    db: DbDep, clock: ClockDep, hotel_id: UUID, source_id: UUID, asker: Writer
) -> None:
    """Its blocks end with it."""
    async with db.hotel(hotel_id) as session:
        source = await the_source(session, source_id)
        await bring_to(session, source, [], now=clock.now())
        source.removed_at = clock.now()
        subject = f"calendar_source:{source_id}"
        record(session, hotel_id, "calendar_source.remove", subject, by=asker.actor)


@router.get("/calendar-events")
async def list_events(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    status: Literal["blocked", "conflict", "gone"] | None = None,
) -> Page[EventOut]:
    """`?status=conflict` is the conflict report: each with what of ours it overlaps."""
    query = select(CalendarEvent)
    if status is not None:
        query = query.where(CalendarEvent.status == status)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(
            session, query, ask, CalendarEvent.created_at, CalendarEvent.id
        )
    return Page(items=[EventOut.model_validate(r) for r in rows], next=after)
