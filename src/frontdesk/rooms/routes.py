"""Room types over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.rooms.models import RoomType
from frontdesk.rooms.queries import room_type
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/room-types", tags=["rooms"])
Reader = Annotated[Principal, Depends(allow("rooms:read"))]
Writer = Annotated[Principal, Depends(allow("rooms:write"))]


class RoomTypeIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "code": "DBL",
                "name": "Double room with sea view",
                "max_adults": 2,
                "max_children": 1,
                "max_guests": 3,
                "base_price": 12000,
            }
        },
    )
    code: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=200)
    description: str = Field("", max_length=5000)
    max_adults: int = Field(ge=1, le=50)
    max_children: int = Field(0, ge=0, le=50)
    max_guests: int = Field(ge=1, le=50)
    beds: str = Field("", max_length=200)
    features: list[str] = Field(default_factory=list[str], max_length=50)
    base_price: int = Field(gt=0, le=10**12, description="minor units a night, without tax")


class RoomTypeOut(RoomTypeIn):
    model_config = ConfigDict(from_attributes=True, extra="ignore")
    id: UUID
    active: bool
    created_at: datetime


@router.post("", status_code=201, response_model=RoomTypeOut)
async def create_room_type(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: RoomTypeIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = RoomType(hotel_id=hotel_id, active=True, **wanted.model_dump())
            session.add(made)
            try:
                await session.flush()
            except IntegrityError:
                raise Conflict("there is a room type with that code") from None
            await session.refresh(made)
            subject, new = f"room_type:{made.id}", wanted.model_dump()
            record(session, hotel_id, "room_type.add", subject, by=asker.actor, new=new)
            return RoomTypeOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("")
async def list_room_types(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[RoomTypeOut]:
    async with db.hotel(hotel_id) as session:
        query = select(RoomType)
        rows, after = await page_rows(session, query, ask, RoomType.created_at, RoomType.id)
    return Page(items=[RoomTypeOut.model_validate(r) for r in rows], next=after)


@router.get("/{room_type_id}")
async def read_room_type(
    db: DbDep, hotel_id: UUID, room_type_id: UUID, asker: Reader
) -> RoomTypeOut:
    async with db.hotel(hotel_id) as session:
        found = await room_type(session, room_type_id)
    if found is None:
        raise NotFound
    return RoomTypeOut.model_validate(found)
