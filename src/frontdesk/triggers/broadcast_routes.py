"""Messages to many guests over HTTP: made, looked at before, started, watched and stopped."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.action_shapes import SendMessage
from frontdesk.triggers.broadcast_models import Broadcast, BroadcastSend
from frontdesk.triggers.broadcasts import broadcast, counted, preview, start, stop
from frontdesk.triggers.rules import check_conditions

router = APIRouter(prefix="/v1/hotels/{hotel_id}/broadcasts", tags=["broadcasts"])
Reader = Annotated[Principal, Depends(allow("triggers:read"))]
Writer = Annotated[Principal, Depends(allow("triggers:write"))]


class BroadcastIn(BaseModel):
    """Only guests who agreed to be written to get it; `audience` narrows them down."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "Summer rates",
                "message": {
                    "type": "send_message",
                    "text": "Hello {guest.first_name|there}, summer is open. STOP ends these.",
                },
                "audience": {"field": "guest.stays", "op": "gte", "value": 1},
                "hold_out": 10,
                "per_minute": 30,
            }
        },
    )
    name: str = Field(min_length=1, max_length=200)
    message: SendMessage
    second: SendMessage | None = None
    """Another wording: every other guest gets it instead, by a fixed draw; see `results`."""
    audience: dict[str, Any] = Field(default_factory=dict[str, Any])
    hold_out: int = Field(0, ge=0, le=50)
    """Of a hundred, so many get nothing, always the same."""
    per_minute: int = Field(30, ge=1, le=600)

    @model_validator(mode="after")
    def sound(self) -> "BroadcastIn":
        check_conditions("guest", self.audience, path="audience")
        return self


class BroadcastOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str
    message: dict[str, Any]
    second: dict[str, Any] | None
    audience: dict[str, Any]
    hold_out: int
    per_minute: int
    state: Literal["draft", "sending", "stopped", "done"]
    made_by: str
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime


class WatchedOut(BroadcastOut):
    guests: dict[str, int]
    """By what became of it for them: planned, sent, held_out, skipped, stopped."""


class SampleOut(BaseModel):
    guest_id: UUID
    language: str | None
    text: str | None
    missing: str | None


class PreviewOut(BaseModel):
    opted_in: int
    judged: int
    """Of them; a preview judges at most a thousand."""
    matching: int
    held_out: int
    minutes: float
    """How long it takes at its pace, quiet hours aside."""
    sample: list[SampleOut]


class SendOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    guest_id: UUID
    state: Literal["planned", "sent", "held_out", "skipped", "stopped"]
    language: str | None
    why: list[dict[str, Any]]
    worked_at: datetime | None


@router.post("", status_code=201, response_model=BroadcastOut)
async def create_broadcast(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: BroadcastIn
) -> Response:
    """A draft: nothing is sent before it is started."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            said = wanted.model_dump(exclude={"message", "second"})
            said["message"] = wanted.message.model_dump(mode="json", exclude_defaults=True)
            if wanted.second is not None:
                said["second"] = wanted.second.model_dump(mode="json", exclude_defaults=True)
            made = Broadcast(hotel_id=hotel_id, made_by=asker.actor, **said)
            session.add(made)
            return await _saved(session, made, by=asker.actor)

        return await answer_once(session, once, hotel_id, create)


@router.get("")
async def list_broadcasts(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[BroadcastOut]:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(
            session, select(Broadcast), ask, Broadcast.created_at, Broadcast.id
        )
    return Page(items=[BroadcastOut.model_validate(r) for r in rows], next=after)


@router.get("/{broadcast_id}")
async def read_broadcast(
    db: DbDep, hotel_id: UUID, broadcast_id: UUID, asker: Reader
) -> WatchedOut:
    async with db.hotel(hotel_id) as session:
        return await _watched(session, await broadcast(session, broadcast_id))


@router.get("/{broadcast_id}/preview")
async def preview_broadcast(
    db: DbDep, clock: ClockDep, hotel_id: UUID, broadcast_id: UUID, asker: Reader
) -> PreviewOut:
    """Who would get it now, how long that takes, and what some of them would read."""
    async with db.hotel(hotel_id) as session:
        seen = await preview(session, await broadcast(session, broadcast_id), now=clock.now())
    sample = [
        SampleOut(
            guest_id=one.guest_id,
            language=one.wording.language if one.wording else None,
            text=one.wording.text if one.wording else None,
            missing=one.missing,
        )
        for one in seen.sample
    ]
    return PreviewOut(
        opted_in=seen.opted_in,
        judged=seen.judged,
        matching=seen.matching,
        held_out=seen.held_out,
        minutes=seen.minutes,
        sample=sample,
    )


@router.get("/{broadcast_id}/sends")
async def list_broadcast_sends(
    db: DbDep, hotel_id: UUID, broadcast_id: UUID, asker: Reader, ask: PageDep
) -> Page[SendOut]:
    """Each guest and what became of it."""
    async with db.hotel(hotel_id) as session:
        found = await broadcast(session, broadcast_id)
        query = select(BroadcastSend).where(BroadcastSend.broadcast_id == found.id)
        rows, after = await page_rows(
            session, query, ask, BroadcastSend.created_at, BroadcastSend.id
        )
    return Page(items=[SendOut.model_validate(r) for r in rows], next=after)


@router.post("/{broadcast_id}/start")
async def start_broadcast(
    db: DbDep, clock: ClockDep, hotel_id: UUID, broadcast_id: UUID, asker: Writer
) -> WatchedOut:
    """Once; to everybody who has agreed by now."""
    async with db.hotel(hotel_id) as session:
        found = await start(session, broadcast_id, by=asker.actor, now=clock.now())
        return await _watched(session, found)


@router.post("/{broadcast_id}/stop")
async def stop_broadcast(
    db: DbDep, clock: ClockDep, hotel_id: UUID, broadcast_id: UUID, asker: Writer
) -> WatchedOut:
    """At once, and what is queued is taken back too."""
    async with db.hotel(hotel_id) as session:
        found = await stop(session, broadcast_id, by=asker.actor, now=clock.now())
        return await _watched(session, found)


async def _watched(session: AsyncSession, found: Broadcast) -> WatchedOut:
    told = BroadcastOut.model_validate(found).model_dump()
    return WatchedOut(**told, guests=await counted(session, found.id))


async def _saved(session: AsyncSession, made: Broadcast, *, by: str) -> BroadcastOut:
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict("there is a broadcast with that name") from None
    await session.refresh(made)
    new = {"name": made.name, "hold_out": made.hold_out, "per_minute": made.per_minute}
    record(session, made.hotel_id, "broadcast.create", f"broadcast:{made.id}", by=by, new=new)
    return BroadcastOut.model_validate(made)
