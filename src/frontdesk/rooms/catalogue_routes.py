"""Floors, bed types and features over HTTP: the words that rooms are described with."""

from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.kit.db import Database, Tenant
from frontdesk.kit.pages import Order
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
from frontdesk.tenancy.idempotency import OnceDep
from frontdesk.tenancy.rows import create_row, page_of_rows

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["rooms"])
Reader = Annotated[Principal, Depends(allow("rooms:read"))]
Writer = Annotated[Principal, Depends(allow("rooms:write"))]
Sort = Annotated[str, Query(max_length=20, description="a column; - before it: last first")]
FLOORS = Order({"position": Floor.position, "code": Floor.code}, Floor.id)
BEDS = Order({"code": BedType.code, "name": BedType.name, "sleeps": BedType.sleeps}, BedType.id)
FEATURES = Order({"name": Feature.name, "created_at": Feature.created_at}, Feature.id)
Out = TypeVar("Out", bound=BaseModel)


async def _read(
    db: Database, hotel_id: UUID, model: type[Tenant], row_id: UUID, out: type[Out]
) -> Out:
    async with db.hotel(hotel_id) as session:
        return out.model_validate(await the(session, model, row_id))


async def _patch(
    db: Database,
    hotel_id: UUID,
    model: type[Tenant],
    row_id: UUID,
    wanted: BaseModel,
    out: type[Out],
    *,
    by: str,
) -> Out:
    values = wanted.model_dump(exclude_unset=True)
    async with db.hotel(hotel_id) as session:
        row = await the(session, model, row_id, lock=True)
        return out.model_validate(await change(session, row, values, by=by))


async def _remove(
    db: Database, hotel_id: UUID, model: type[Tenant], row_id: UUID, *, by: str
) -> None:
    async with db.hotel(hotel_id) as session:
        await remove(session, await the(session, model, row_id, lock=True), by=by)


@router.post("/floors", status_code=201, response_model=FloorOut)
async def create_floor(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: FloorIn
) -> Response:
    made = Floor(hotel_id=hotel_id, **wanted.model_dump())
    return await create_row(db, hotel_id, once, FloorOut, lambda s: add(s, made, by=asker.actor))


@router.get("/floors")
async def list_floors(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep, sort: Sort = "position"
) -> Page[FloorOut]:
    return await page_of_rows(db, hotel_id, ask, select(Floor), FloorOut, FLOORS, sort=sort)


@router.get("/floors/{floor_id}")
async def read_floor(db: DbDep, hotel_id: UUID, floor_id: UUID, asker: Reader) -> FloorOut:
    return await _read(db, hotel_id, Floor, floor_id, FloorOut)


@router.patch("/floors/{floor_id}")
async def patch_floor(
    db: DbDep, hotel_id: UUID, floor_id: UUID, asker: Writer, wanted: FloorPatch
) -> FloorOut:
    return await _patch(db, hotel_id, Floor, floor_id, wanted, FloorOut, by=asker.actor)


@router.delete("/floors/{floor_id}", status_code=204)
async def delete_floor(db: DbDep, hotel_id: UUID, floor_id: UUID, asker: Writer) -> None:
    """Refused while a room is described with it."""
    await _remove(db, hotel_id, Floor, floor_id, by=asker.actor)


@router.post("/bed-types", status_code=201, response_model=BedTypeOut)
async def create_bed_type(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: BedTypeIn
) -> Response:
    made = BedType(hotel_id=hotel_id, **wanted.model_dump())
    return await create_row(db, hotel_id, once, BedTypeOut, lambda s: add(s, made, by=asker.actor))


@router.get("/bed-types")
async def list_bed_types(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep, sort: Sort = "code"
) -> Page[BedTypeOut]:
    return await page_of_rows(db, hotel_id, ask, select(BedType), BedTypeOut, BEDS, sort=sort)


@router.get("/bed-types/{bed_type_id}")
async def read_bed_type(db: DbDep, hotel_id: UUID, bed_type_id: UUID, asker: Reader) -> BedTypeOut:
    return await _read(db, hotel_id, BedType, bed_type_id, BedTypeOut)


@router.patch("/bed-types/{bed_type_id}")
async def patch_bed_type(
    db: DbDep, hotel_id: UUID, bed_type_id: UUID, asker: Writer, wanted: BedTypePatch
) -> BedTypeOut:
    return await _patch(db, hotel_id, BedType, bed_type_id, wanted, BedTypeOut, by=asker.actor)


@router.delete("/bed-types/{bed_type_id}", status_code=204)
async def delete_bed_type(db: DbDep, hotel_id: UUID, bed_type_id: UUID, asker: Writer) -> None:
    """Refused while a room is described with it."""
    await _remove(db, hotel_id, BedType, bed_type_id, by=asker.actor)


@router.post("/features", status_code=201, response_model=FeatureOut)
async def create_feature(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: FeatureIn
) -> Response:
    made = Feature(hotel_id=hotel_id, **wanted.model_dump())
    return await create_row(db, hotel_id, once, FeatureOut, lambda s: add(s, made, by=asker.actor))


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
    return await page_of_rows(db, hotel_id, ask, query, FeatureOut, FEATURES, sort=sort)


@router.get("/features/{feature_id}")
async def read_feature(db: DbDep, hotel_id: UUID, feature_id: UUID, asker: Reader) -> FeatureOut:
    return await _read(db, hotel_id, Feature, feature_id, FeatureOut)


@router.patch("/features/{feature_id}")
async def patch_feature(
    db: DbDep, hotel_id: UUID, feature_id: UUID, asker: Writer, wanted: FeaturePatch
) -> FeatureOut:
    return await _patch(db, hotel_id, Feature, feature_id, wanted, FeatureOut, by=asker.actor)


@router.delete("/features/{feature_id}", status_code=204)
async def delete_feature(db: DbDep, hotel_id: UUID, feature_id: UUID, asker: Writer) -> None:
    """Refused while a room is described with it."""
    await _remove(db, hotel_id, Feature, feature_id, by=asker.actor)
