"""Photos of room types and rooms over HTTP: addresses of pictures that lie elsewhere."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.pages import Order, page_sorted
from frontdesk.kit.web import DbDep, Page, PageDep, SettingsDep
from frontdesk.rooms.catalogue import add, change, check_photo, remove, the
from frontdesk.rooms.catalogue_models import Photo
from frontdesk.rooms.models import Room, RoomType
from frontdesk.rooms.schemas import PhotoIn, PhotoOut, PhotoPatch
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import Once, OnceDep, answer_once

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["rooms"])
Reader = Annotated[Principal, Depends(allow("rooms:read"))]
Writer = Annotated[Principal, Depends(allow("rooms:write"))]
ORDER = Order({"position": Photo.position}, Photo.id)


async def _add(session: AsyncSession, once: Once, made: Photo, *, by: str) -> Response:
    async def create() -> BaseModel:
        return PhotoOut.model_validate(await add(session, made, by=by))

    return await answer_once(session, once, made.hotel_id, create)


@router.post("/room-types/{room_type_id}/photos", status_code=201, response_model=PhotoOut)
async def create_room_type_photo(
    db: DbDep,
    settings: SettingsDep,
    hotel_id: UUID,
    room_type_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: PhotoIn,
) -> Response:
    await check_photo(wanted.url, allow_private=settings.allow_private_urls)
    async with db.hotel(hotel_id) as session:
        kind = await the(session, RoomType, room_type_id)
        made = Photo(hotel_id=hotel_id, room_type_id=kind.id, **wanted.model_dump())
        return await _add(session, once, made, by=asker.actor)


@router.post("/rooms/{room_id}/photos", status_code=201, response_model=PhotoOut)
async def create_room_photo(
    db: DbDep,
    settings: SettingsDep,
    hotel_id: UUID,
    room_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: PhotoIn,
) -> Response:
    await check_photo(wanted.url, allow_private=settings.allow_private_urls)
    async with db.hotel(hotel_id) as session:
        room = await the(session, Room, room_id)
        made = Photo(hotel_id=hotel_id, room_id=room.id, **wanted.model_dump())
        return await _add(session, once, made, by=asker.actor)


@router.get("/photos")
async def list_photos(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    room_type_id: UUID | None = None,
    room_id: UUID | None = None,
) -> Page[PhotoOut]:
    """In the order they are to be shown; of this type, of this room, or of both together."""
    query = select(Photo)
    if room_type_id is not None or room_id is not None:
        query = query.where((Photo.room_type_id == room_type_id) | (Photo.room_id == room_id))
    async with db.hotel(hotel_id) as session:
        if room_type_id is not None:
            await the(session, RoomType, room_type_id)
        if room_id is not None:
            await the(session, Room, room_id)
        rows, after = await page_sorted(session, query, ask, "position", ORDER)
    return Page(items=[PhotoOut.model_validate(r) for r in rows], next=after)


@router.patch("/photos/{photo_id}")
async def patch_photo(
    db: DbDep, hotel_id: UUID, photo_id: UUID, asker: Writer, wanted: PhotoPatch
) -> PhotoOut:
    values = wanted.model_dump(exclude_unset=True)
    async with db.hotel(hotel_id) as session:
        row = await the(session, Photo, photo_id, lock=True)
        return PhotoOut.model_validate(await change(session, row, values, by=asker.actor))


@router.delete("/photos/{photo_id}", status_code=204)
async def delete_photo(db: DbDep, hotel_id: UUID, photo_id: UUID, asker: Writer) -> None:
    async with db.hotel(hotel_id) as session:
        await remove(session, await the(session, Photo, photo_id, lock=True), by=asker.actor)
