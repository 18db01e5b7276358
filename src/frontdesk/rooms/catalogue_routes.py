"""Floors, bed types and features over HTTP: the words that rooms are described with."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.kit.pages import Order, page_sorted
from frontdesk.kit.web import DbDep, Page, PageDep
from frontdesk.rooms.catalogue import add, change, remove, the
from frontdesk.rooms.catalogue_models import BedType, Feature, Floor
from frontdesk.rooms.schemas import (
    PLAIN,
    BedTypeIn,
    BedTypeOut,
    BedTypePatch,
    FeatureIn,
    FeatureOut,
    FeaturePatch,
    FloorIn,
    FloorOut,
    FloorPatch,
)
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["rooms"])
Reader = Annotated[Principal, Depends(allow("rooms:read"))]
Writer = Annotated[Principal, Depends(allow("rooms:write"))]
Sort = Annotated[str, Query(max_length=20, description="a column; - before it: last first")]
FLOORS = Order({"position": Floor.position, "code": Floor.code}, Floor.id)
BEDS = Order({"code": BedType.code, "name": BedType.name, "sleeps": BedType.sleeps}, BedType.id)
FEATURES = Order({"name": Feature.name, "created_at": Feature.created_at}, Feature.id)


@router.post("/floors", status_code=201, response_model=FloorOut)
async def create_floor(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: FloorIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = Floor(hotel_id=hotel_id, **wanted.model_dump())
            return FloorOut.model_validate(await add(session, made, by=asker.actor))

        return await answer_once(session, once, hotel_id, create)


@router.get("/floors")
async def list_floors(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep, sort: Sort = "position"
) -> Page[FloorOut]:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_sorted(session, select(Floor), ask, sort, FLOORS)
    return Page(items=[FloorOut.model_validate(r) for r in rows], next=after)


@router.get("/floors/{floor_id}")
async def read_floor(db: DbDep, hotel_id: UUID, floor_id: UUID, asker: Reader) -> FloorOut:
    async with db.hotel(hotel_id) as session:
        return FloorOut.model_validate(await the(session, Floor, floor_id))


@router.patch("/floors/{floor_id}")
async def patch_floor(
    db: DbDep, hotel_id: UUID, floor_id: UUID, asker: Writer, wanted: FloorPatch
) -> FloorOut:
    values = wanted.model_dump(exclude_unset=True)
    async with db.hotel(hotel_id) as session:
        row = await the(session, Floor, floor_id, lock=True)
        return FloorOut.model_validate(await change(session, row, values, by=asker.actor))


@router.delete("/floors/{floor_id}", status_code=204)
async def delete_floor(db: DbDep, hotel_id: UUID, floor_id: UUID, asker: Writer) -> None:
    """Refused while a room is described with it."""
    async with db.hotel(hotel_id) as session:
        await remove(session, await the(session, Floor, floor_id, lock=True), by=asker.actor)


@router.post("/bed-types", status_code=201, response_model=BedTypeOut)
async def create_bed_type(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: BedTypeIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = BedType(hotel_id=hotel_id, **wanted.model_dump())
            return BedTypeOut.model_validate(await add(session, made, by=asker.actor))

        return await answer_once(session, once, hotel_id, create)


@router.get("/bed-types")
async def list_bed_types(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep, sort: Sort = "code"
) -> Page[BedTypeOut]:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_sorted(session, select(BedType), ask, sort, BEDS)
    return Page(items=[BedTypeOut.model_validate(r) for r in rows], next=after)


@router.get("/bed-types/{bed_type_id}")
async def read_bed_type(db: DbDep, hotel_id: UUID, bed_type_id: UUID, asker: Reader) -> BedTypeOut:
    async with db.hotel(hotel_id) as session:
        return BedTypeOut.model_validate(await the(session, BedType, bed_type_id))


@router.patch("/bed-types/{bed_type_id}")
async def patch_bed_type(
    db: DbDep, hotel_id: UUID, bed_type_id: UUID, asker: Writer, wanted: BedTypePatch
) -> BedTypeOut:
    values = wanted.model_dump(exclude_unset=True)
    async with db.hotel(hotel_id) as session:
        row = await the(session, BedType, bed_type_id, lock=True)
        return BedTypeOut.model_validate(await change(session, row, values, by=asker.actor))


@router.delete("/bed-types/{bed_type_id}", status_code=204)
async def delete_bed_type(db: DbDep, hotel_id: UUID, bed_type_id: UUID, asker: Writer) -> None:
    """Refused while a room is described with it."""
    async with db.hotel(hotel_id) as session:
        await remove(session, await the(session, BedType, bed_type_id, lock=True), by=asker.actor)


@router.post("/features", status_code=201, response_model=FeatureOut)
async def create_feature(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: FeatureIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = Feature(hotel_id=hotel_id, **wanted.model_dump())
            return FeatureOut.model_validate(await add(session, made, by=asker.actor))

        return await answer_once(session, once, hotel_id, create)


@router.get("/features")
async def list_features(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    category: Annotated[str | None, Query(max_length=200, pattern=PLAIN)] = None,
    sort: Sort = "name",
) -> Page[FeatureOut]:
    query = select(Feature)
    if category is not None:
        query = query.where(Feature.category == category)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_sorted(session, query, ask, sort, FEATURES)
    return Page(items=[FeatureOut.model_validate(r) for r in rows], next=after)


@router.get("/features/{feature_id}")
async def read_feature(db: DbDep, hotel_id: UUID, feature_id: UUID, asker: Reader) -> FeatureOut:
    async with db.hotel(hotel_id) as session:
        return FeatureOut.model_validate(await the(session, Feature, feature_id))


@router.patch("/features/{feature_id}")
async def patch_feature(
    db: DbDep, hotel_id: UUID, feature_id: UUID, asker: Writer, wanted: FeaturePatch
) -> FeatureOut:
    values = wanted.model_dump(exclude_unset=True)
    async with db.hotel(hotel_id) as session:
        row = await the(session, Feature, feature_id, lock=True)
        return FeatureOut.model_validate(await change(session, row, values, by=asker.actor))


@router.delete("/features/{feature_id}", status_code=204)
async def delete_feature(db: DbDep, hotel_id: UUID, feature_id: UUID, asker: Writer) -> None:
    """Refused while a room is described with it."""
    async with db.hotel(hotel_id) as session:
        await remove(session, await the(session, Feature, feature_id, lock=True), by=asker.actor)
