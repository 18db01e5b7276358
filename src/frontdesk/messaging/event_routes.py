"""What can happen at a hotel and what has happened, over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import select

from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.messaging.models import OutboxEvent
from frontdesk.messaging.shapes import SHAPES, sample
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/events", tags=["events"])
Reader = Annotated[Principal, Depends(allow("events:read"))]


def _known(name: str) -> str:
    if name not in SHAPES:
        raise ValueError(f"there is no event {name!r}")
    return name


EventName = Annotated[
    str,
    AfterValidator(_known),
    Field(json_schema_extra={"enum": list(SHAPES)}, examples=["booking.created"]),
]


class EventTypeOut(BaseModel):
    """One kind of event; `payload` is a JSON schema that every payload of it keeps."""

    name: str
    description: str
    payload: dict[str, Any]
    sample: dict[str, Any]


class EventOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    event_type: str
    subject: UUID = Field(validation_alias="aggregate_id")
    """The booking, conversation, payment or room it is about; its events keep their order."""
    payload: dict[str, Any]
    """Empty once the guest it told of was erased."""
    created_at: datetime


@router.get("/types")
async def list_event_types(db: DbDep, hotel_id: UUID, asker: Reader) -> list[EventTypeOut]:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
    return [
        EventTypeOut(
            name=name,
            description=shape.__doc__ or "",
            payload=shape.model_json_schema(),
            sample=sample(name),
        )
        for name, shape in SHAPES.items()
    ]


@router.get("")
async def list_events(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    event_type: Annotated[EventName | None, Query()] = None,
) -> Page[EventOut]:
    """Newest first."""
    query = select(OutboxEvent)
    if event_type is not None:
        query = query.where(OutboxEvent.event_type == event_type)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, OutboxEvent.created_at, OutboxEvent.id)
    return Page(items=[EventOut.model_validate(r) for r in rows], next=after)
