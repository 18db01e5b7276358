"""Room types and rooms over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.pages import Order, page_sorted
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep
from frontdesk.rooms.actions import (
    add_room,
    add_room_type,
    beds_of,
    change_room,
    change_room_type,
    put_beds,
    remove_room,
)
from frontdesk.rooms.catalogue import remove, the
from frontdesk.rooms.models import Room, RoomType
from frontdesk.rooms.schemas import (
    PLAIN,
    RoomIn,
    RoomOut,
    RoomPatch,
    RoomTypeIn,
    RoomTypeOut,
    RoomTypePatch,
)
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["rooms"])
Reader = Annotated[Principal, Depends(allow("rooms:read"))]
Writer = Annotated[Principal, Depends(allow("rooms:write"))]
Sort = Annotated[str, Query(max_length=20, description="a column; - before it: last first")]
Word = Annotated[str | None, Query(max_length=200, pattern=PLAIN)]
Status = Literal["clean", "dirty", "inspected", "out_of_order", "occupied"]
TYPES = Order(
    {
        "created_at": RoomType.created_at,
        "name": RoomType.name,
        "code": RoomType.code,
        "base_price": RoomType.base_price,
        "max_guests": RoomType.max_guests,
    },
    RoomType.id,
)
ROOMS = Order(
    {"created_at": Room.created_at, "number": Room.number, "status": Room.status}, Room.id
)


async def _shown(session: AsyncSession, kinds: list[RoomType]) -> list[RoomTypeOut]:
    beds = await beds_of(session, kinds)
    fields = [n for n in RoomTypeOut.model_fields if n != "bed_types"]
    return [
        RoomTypeOut(**{n: getattr(k, n) for n in fields}, bed_types=beds.get(k.id, {}))
        for k in kinds
    ]


@router.post("/room-types", status_code=201, response_model=RoomTypeOut)
async def create_room_type(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: RoomTypeIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            values = wanted.model_dump(exclude={"bed_types"})
            made = RoomType(hotel_id=hotel_id, active=True, **values)
            await add_room_type(session, made, by=asker.actor)
            await put_beds(session, made, wanted.bed_types)
            return (await _shown(session, [made]))[0]

        return await answer_once(session, once, hotel_id, create)


@router.get("/room-types")
async def list_room_types(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    active: bool | None = None,
    accessible: bool | None = None,
    feature: Word = None,
    guests: Annotated[int | None, Query(ge=1, le=50)] = None,
    sort: Sort = "-created_at",
) -> Page[RoomTypeOut]:
    query = select(RoomType)
    if active is not None:
        query = query.where(RoomType.active == active)
    if accessible is not None:
        query = query.where(RoomType.accessible == accessible)
    if feature is not None:
        query = query.where(RoomType.features.contains([feature]))
    if guests is not None:
        query = query.where(RoomType.max_guests >= guests)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_sorted(session, query, ask, sort, TYPES)
        return Page(items=await _shown(session, list(rows)), next=after)


@router.get("/room-types/{room_type_id}")
async def read_room_type(
    db: DbDep, hotel_id: UUID, room_type_id: UUID, asker: Reader
) -> RoomTypeOut:
    async with db.hotel(hotel_id) as session:
        return (await _shown(session, [await the(session, RoomType, room_type_id)]))[0]


@router.patch("/room-types/{room_type_id}")
async def patch_room_type(
    db: DbDep, hotel_id: UUID, room_type_id: UUID, asker: Writer, wanted: RoomTypePatch
) -> RoomTypeOut:
    values: dict[str, Any] = wanted.model_dump(exclude_unset=True, exclude={"bed_types"})
    async with db.hotel(hotel_id) as session:
        kind = await change_room_type(session, room_type_id, values, by=asker.actor)
        if wanted.bed_types is not None:
            await put_beds(session, kind, wanted.bed_types)
        return (await _shown(session, [kind]))[0]


@router.delete("/room-types/{room_type_id}", status_code=204)
async def delete_room_type(db: DbDep, hotel_id: UUID, room_type_id: UUID, asker: Writer) -> None:
    """Only one that has no rooms, nights, quotes or bookings; any other is deactivated."""
    async with db.hotel(hotel_id) as session:
        await remove(session, await the(session, RoomType, room_type_id, lock=True), by=asker.actor)


@router.post("/rooms", status_code=201, response_model=RoomOut)
async def create_room(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: RoomIn
) -> Response:
    """Every night of its type that is on sale from today on has one room more."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = Room(hotel_id=hotel_id, **wanted.model_dump())
            await add_room(session, made, by=asker.actor, now=clock.now())
            return RoomOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/rooms")
async def list_rooms(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    room_type_id: UUID | None = None,
    status: Status | None = None,
    floor: Word = None,
    feature: Word = None,
    active: bool | None = None,
    sort: Sort = "-created_at",
) -> Page[RoomOut]:
    wanted = {
        Room.room_type_id: room_type_id,
        Room.status: status,
        Room.floor: floor,
        Room.active: active,
    }
    query = select(Room).where(*(c == v for c, v in wanted.items() if v is not None))
    if feature is not None:
        query = query.where(Room.features.contains([feature]))
    async with db.hotel(hotel_id) as session:
        if room_type_id is not None:
            await the(session, RoomType, room_type_id)
        rows, after = await page_sorted(session, query, ask, sort, ROOMS)
    return Page(items=[RoomOut.model_validate(r) for r in rows], next=after)


@router.get("/rooms/{room_id}")
async def read_room(db: DbDep, hotel_id: UUID, room_id: UUID, asker: Reader) -> RoomOut:
    async with db.hotel(hotel_id) as session:
        return RoomOut.model_validate(await the(session, Room, room_id))


@router.patch("/rooms/{room_id}")
async def patch_room(
    db: DbDep, clock: ClockDep, hotel_id: UUID, room_id: UUID, asker: Writer, wanted: RoomPatch
) -> RoomOut:
    """Another type, or leaving the house, is refused where sold nights would be a room short."""
    values = wanted.model_dump(exclude_unset=True)
    async with db.hotel(hotel_id) as session:
        await the(session, Room, room_id)
        changed = await change_room(session, room_id, values, by=asker.actor, now=clock.now())
        return RoomOut.model_validate(changed)


@router.delete("/rooms/{room_id}", status_code=204)
async def delete_room(
    db: DbDep, clock: ClockDep, hotel_id: UUID, room_id: UUID, asker: Writer
) -> None:
    async with db.hotel(hotel_id) as session:
        await remove_room(session, room_id, by=asker.actor, now=clock.now())
