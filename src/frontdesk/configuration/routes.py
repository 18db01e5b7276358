"""A hotel's settings and its whole configuration over HTTP, with ETag and versions."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from frontdesk.configuration.actions import (
    Applied,
    apply,
    document_of,
    etag_of,
    restore,
    seen_by,
    version_of,
)
from frontdesk.configuration.kinds import READS
from frontdesk.configuration.models import ConfigurationVersion
from frontdesk.configuration.photos import check_addresses
from frontdesk.configuration.state import brief, hotel_entry, read_state
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, SettingsDep, page_rows
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel
from frontdesk.tenancy.schemas import HotelOut, HotelPatch

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["configuration"])
Reader = Annotated[Principal, Depends(allow("staff:read"))]
"""Its staff are people: reading them is noted."""
OfTheHotel = Annotated[Principal, Depends(allow("hotel:read"))]
Writer = Annotated[Principal, Depends(allow("hotel:write"))]
IfMatch = Annotated[str | None, Header(max_length=1000)]


class ConfigurationIn(BaseModel):
    """Sections by name, as `GET .../configuration` gives them.

    One that is left out stays as it is; one that is there is whole: what it lacks is deleted, or
    turned off where something hangs on it.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"document": {"hotel": {"quote_minutes": 45}}}},
    )
    document: dict[str, Any] = Field(max_length=50)
    dry_run: bool = False
    """Only tell what would change."""


class ConfigurationOut(BaseModel):
    hotel_id: UUID
    document: dict[str, Any]


class ChangeOut(BaseModel):
    path: str
    what: str
    old: Any
    new: Any


class AppliedOut(BaseModel):
    changes: list[ChangeOut]
    version: int | None
    """Null where nothing changed."""
    etag: str


class VersionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    number: int
    made_by: str
    created_at: datetime
    changes: list[ChangeOut]


class VersionWhole(VersionOut):
    document: dict[str, Any]


@router.get("", tags=["hotels"])
async def read_hotel(db: DbDep, hotel_id: UUID, asker: OfTheHotel, response: Response) -> HotelOut:
    """Its `ETag` is of the settings that PATCH changes."""
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)
        response.headers["ETag"] = etag_of(hotel_entry(hotel))
        return HotelOut.model_validate(hotel)


@router.patch("", tags=["hotels"])
async def patch_hotel(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    asker: Writer,
    response: Response,
    wanted: HotelPatch,
    if_match: IfMatch = None,
) -> HotelOut:
    """With `If-Match`, 412 where somebody was faster. A null empties a setting."""
    said = {"hotel": wanted.model_dump(mode="json", exclude_unset=True)}
    async with db.hotel(hotel_id) as session:
        await apply(session, said, asker=asker, now=clock.now(), if_match=if_match, for_hotel=True)
        hotel = await the_hotel(session)
        response.headers["ETag"] = etag_of(hotel_entry(hotel))
        return HotelOut.model_validate(hotel)


@router.get("/configuration")
async def export_configuration(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Reader, response: Response
) -> ConfigurationOut:
    """Every section that the asker may read; defaults are left out."""
    async with db.hotel(hotel_id) as session:
        state = await read_state(session, await the_hotel(session), now=clock.now())
    document = seen_by(state.document(), asker)
    response.headers["ETag"] = etag_of(document)
    return ConfigurationOut(hotel_id=hotel_id, document=brief(document))


@router.post("/configuration")
async def apply_configuration(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    asker: Writer,
    settings: SettingsDep,
    response: Response,
    wanted: ConfigurationIn,
    if_match: IfMatch = None,
) -> AppliedOut:
    """All of it or nothing; the same again changes nothing. Refusals name the entry's path."""
    allow = settings.allow_private_urls
    await check_addresses(db, hotel_id, wanted.document, allow_private=allow)
    async with db.hotel(hotel_id) as session:
        done = await apply(
            session,
            wanted.document,
            asker=asker,
            now=clock.now(),
            if_match=if_match,
            dry_run=wanted.dry_run,
        )
    return _told(done, asker, response)


@router.get("/configuration/versions")
async def list_versions(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[VersionOut]:
    """Who changed what, newest first; `elsewhere` is what the things' own routes changed since."""
    model = ConfigurationVersion
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[_version(row, asker) for row in rows], next=after)


@router.get("/configuration/versions/{version_id}")
async def read_version(db: DbDep, hotel_id: UUID, version_id: UUID, asker: Reader) -> VersionWhole:
    async with db.hotel(hotel_id) as session:
        version = await version_of(session, version_id)
        readable = [name for name, scope in READS.items() if scope in asker.scopes]
        document = await document_of(session, version, readable)
    return VersionWhole(**_version(version, asker).model_dump(), document=brief(document))


@router.post("/configuration/versions/{version_id}/restore")
async def restore_version(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    version_id: UUID,
    asker: Writer,
    response: Response,
    if_match: IfMatch = None,
) -> AppliedOut:
    """Roll back: the hotel is configured as it was, and that is a new version."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session, lock=True)
        done = await restore(session, version_id, asker=asker, now=clock.now(), if_match=if_match)
    return _told(done, asker, response)


def _told(done: Applied, asker: Principal, response: Response) -> AppliedOut:
    etag = etag_of(seen_by(done.state.document(), asker))
    response.headers["ETag"] = etag
    changes = [
        ChangeOut(**change.told())
        for change in done.changes
        if READS[change.section] in asker.scopes
    ]
    version = done.version.number if done.version else None
    return AppliedOut(changes=changes, version=version, etag=etag)


def _version(row: ConfigurationVersion, asker: Principal) -> VersionOut:
    """Without what they may not read."""
    changes = [
        ChangeOut(**change)
        for change in row.changes
        if READS[change["path"].partition("/")[0]] in asker.scopes
    ]
    return VersionOut(
        id=row.id,
        number=row.number,
        made_by=row.made_by,
        created_at=row.created_at,
        changes=changes,
    )
