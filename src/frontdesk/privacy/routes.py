"""Export and erasure of a guest over HTTP, and the receipts of erasures."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, field_validator
from sqlalchemy import select

from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.privacy.erase import erase, receipt_of
from frontdesk.privacy.export import export_guest
from frontdesk.privacy.models import Erasure
from frontdesk.tenancy.auth import Principal, allow

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["guests"])
Reader = Annotated[Principal, Depends(allow("guests:read"))]
Exporter = Annotated[Principal, Depends(allow("guests:export"))]
Eraser = Annotated[Principal, Depends(allow("guests:erase"))]


class ExportOut(BaseModel):
    guest_id: UUID
    at: datetime
    held: dict[str, list[dict[str, Any]]]
    media: list[str]


class EraseIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"even_with_stays": True}}
    )
    even_with_stays: bool = False
    """Also one who is in the house or booked; the stay is kept, with nobody's name on it."""


class ErasureOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    guest_id: UUID
    asked_by: str
    receipt: dict[str, Any]
    digest: str
    created_at: datetime

    @field_validator("digest", mode="before")
    @classmethod
    def _hex(cls, value: object) -> object:
        return value.hex() if isinstance(value, bytes) else value


@router.get("/guests/{guest_id}/export")
async def export(
    db: DbDep, clock: ClockDep, hotel_id: UUID, guest_id: UUID, asker: Exporter
) -> ExportOut:
    """Every row that hangs on the guest, by table, and the links to their files."""
    async with db.hotel(hotel_id) as session:
        return ExportOut.model_validate(await export_guest(session, guest_id, now=clock.now()))


@router.post("/guests/{guest_id}/erase")
async def erase_guest(
    db: DbDep, clock: ClockDep, hotel_id: UUID, guest_id: UUID, asker: Eraser, wanted: EraseIn
) -> ErasureOut:
    """For good. Stays and what was paid are kept without a person; the answer is the receipt."""
    stays = wanted.even_with_stays
    async with db.hotel(hotel_id) as session:
        done = await erase(
            session, guest_id, by=asker.actor, now=clock.now(), even_with_stays=stays
        )
        return ErasureOut.model_validate(done)


@router.get("/erasures")
async def list_erasures(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[ErasureOut]:
    e = Erasure
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(e), ask, e.created_at, e.id)
    return Page(items=[ErasureOut.model_validate(row) for row in rows], next=after)


@router.get("/erasures/{erasure_id}")
async def read_erasure(db: DbDep, hotel_id: UUID, erasure_id: UUID, asker: Reader) -> ErasureOut:
    async with db.hotel(hotel_id) as session:
        return ErasureOut.model_validate(await receipt_of(session, erasure_id))
