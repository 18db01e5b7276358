"""The ledger of a hotel's rules over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from frontdesk.bookings.models import Booking
from frontdesk.guests.models import Guest
from frontdesk.kit.errors import NotFound
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel
from frontdesk.tenancy.rows import must_exist
from frontdesk.triggers.dry_run import MOST, dry_run
from frontdesk.triggers.ledger import About, read_ledger, send_now, skip
from frontdesk.triggers.models import Trigger

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["triggers"])
Reader = Annotated[Principal, Depends(allow("triggers:read"))]
Writer = Annotated[Principal, Depends(allow("triggers:write"))]
State = Literal["planned", "running", "sent", "not_sent", "failed", "cancelled"]


class LedgerEntryOut(BaseModel):
    """One rule and one subject: what it will do, did, or did not do and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "01932b1e-5a70-7c44-9f10-3f6d1c2b7a01",
                "kind": "planned",
                "trigger_id": "01932b1e-5a70-7c44-9f10-3f6d1c2b7a02",
                "trigger": "Before arrival",
                "trigger_version": 3,
                "state": "not_sent",
                "booking_id": "01932b1e-5a70-7c44-9f10-3f6d1c2b7a03",
                "conversation_id": None,
                "guest_id": "01932b1e-5a70-7c44-9f10-3f6d1c2b7a04",
                "due_at": "2026-06-30T08:00:00Z",
                "worked_at": "2026-06-30T08:00:02Z",
                "waits_until": None,
                "why": [{"field": "nights", "op": "gte", "value": 3, "seen": 2, "held": False}],
                "actions": [],
                "decided_by": None,
            }
        }
    )
    id: UUID
    """Of a planned send where `kind` is planned, else of the run."""
    kind: Literal["planned", "event"]
    trigger_id: UUID
    trigger: str
    trigger_version: int
    state: State
    booking_id: UUID | None
    conversation_id: UUID | None
    guest_id: UUID | None
    due_at: datetime | None
    worked_at: datetime | None
    waits_until: datetime | None
    """Of what is `sent`, but has not left: it is held, e.g. by quiet hours, until then."""
    why: list[dict[str, Any]]
    """Each condition with the value it saw, or what kept it back."""
    actions: list[dict[str, Any]]
    decided_by: str | None
    """Who said skip, or send now."""


class PlannedOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    trigger_id: UUID
    state: str
    due_at: datetime
    try_at: datetime
    why: list[dict[str, Any]]
    decided_by: str | None


@router.get("/ledger")
async def read_the_ledger(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    booking_id: Annotated[UUID | None, Query()] = None,
    conversation_id: Annotated[UUID | None, Query()] = None,
    guest_id: Annotated[UUID | None, Query()] = None,
    trigger_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[State | None, Query()] = None,
) -> Page[LedgerEntryOut]:
    """What rules plan, sent and did not send, with the failing condition; the latest first."""
    about = About(booking_id, conversation_id, guest_id, trigger_id, state)
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        await must_exist(
            session,
            (Booking, booking_id),
            (Conversation, conversation_id),
            (Guest, guest_id),
            (Trigger, trigger_id),
        )
        rows, after = await read_ledger(session, about, ask, now=clock.now())
    return Page(items=[LedgerEntryOut.model_validate(r) for r in rows], next=after)


class WouldOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    at: datetime
    leaves_at: datetime
    """Later where quiet hours would keep it."""
    outcome: Literal["sent", "not_sent", "failed"]
    booking_id: UUID | None
    conversation_id: UUID | None
    guest_id: UUID | None
    why: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    """What each would do; of a message its language and text."""


class DryRunOut(BaseModel):
    """Nothing was written or sent. Times are as they were, guests and stays as they are now."""

    days: int
    entries: list[WouldOut]
    cut: bool
    """There is more: ask for fewer days."""


@router.get("/triggers/{trigger_id}/dry-run")
async def dry_run_trigger(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    trigger_id: UUID,
    asker: Reader,
    days: Annotated[int, Query(ge=1, le=90)] = 30,
) -> DryRunOut:
    """Who would have got what over the last days, also of a rule that is off."""
    async with db.hotel(hotel_id) as session:
        rule = await session.scalar(select(Trigger).where(Trigger.id == trigger_id))
        if rule is None:
            raise NotFound("there is no such trigger")
        found = await dry_run(session, rule, days=days, now=clock.now())
        entries = [WouldOut.model_validate(w) for w in found]
    return DryRunOut(days=days, entries=entries, cut=len(entries) == MOST)


@router.post("/planned-sends/{planned_send_id}/skip")
async def skip_planned_send(
    db: DbDep, clock: ClockDep, hotel_id: UUID, planned_send_id: UUID, asker: Writer
) -> PlannedOut:
    async with db.hotel(hotel_id) as session:
        found = await skip(session, planned_send_id, by=asker.actor, now=clock.now())
        return PlannedOut.model_validate(found)


@router.post("/planned-sends/{planned_send_id}/send-now")
async def send_planned_now(
    db: DbDep, clock: ClockDep, hotel_id: UUID, planned_send_id: UUID, asker: Writer
) -> PlannedOut:
    """Also one that was skipped; its conditions are still judged."""
    async with db.hotel(hotel_id) as session:
        found = await send_now(session, planned_send_id, by=asker.actor, now=clock.now())
        return PlannedOut.model_validate(found)
