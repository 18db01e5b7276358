"""Imports and exports over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select

from frontdesk.bookings.import_export import export
from frontdesk.bookings.import_models import Import
from frontdesk.bookings.import_reading import (
    MAX_BYTES,
    MAX_CELL,
    MAX_ROWS,
    BadFile,
    decoded,
    read_rows,
    read_table,
    said_once,
)
from frontdesk.bookings.import_undo import undo
from frontdesk.bookings.imports import apply_preview, start
from frontdesk.kit.errors import NotFound
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["imports"])
Reader = Annotated[Principal, Depends(allow("imports:read"))]
Writer = Annotated[Principal, Depends(allow("imports:write"))]
Kind = Literal["rooms", "rates", "guests", "bookings"]
Cell = Annotated[str, StringConstraints(max_length=MAX_CELL)]
Table = Annotated[list[dict[str, Cell]], Field(max_length=MAX_ROWS)]


class ImportIn(BaseModel):
    """One of `csv` (text), `file` (base64 of UTF-8 or UTF-16) and `rows` (cells as text)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "kind": "rooms",
                "source": "pms",
                "csv": "external_id,number,room_type,floor\nR-204,204,DBL,2\n",
            }
        },
    )
    kind: Kind
    source: str = Field("file", pattern=r"^[a-z0-9_.-]{1,40}$", description="whose external ids")
    csv: str | None = Field(None, max_length=MAX_BYTES)
    file: Base64Bytes | None = Field(None, max_length=MAX_BYTES)
    rows: Table | None = None
    apply: bool = Field(False, description="at once, without a preview to look at")
    overwrite: bool = Field(False, description="also what a person changed here since")

    def table(self) -> list[dict[str, Any]]:
        """Raises BadFile."""
        if sum(part is not None for part in (self.csv, self.file, self.rows)) != 1:
            raise BadFile("give one of csv, file and rows")
        if self.rows is not None:
            table = read_rows(self.kind, self.rows)
        else:
            table = read_table(self.kind, self.csv or decoded(self.file or b""))
        if any("\0" in str(cell) for row in table for cell in row.values()):
            raise BadFile("a cell holds a NUL")
        return said_once(table)


class ImportOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    kind: str
    source: str
    status: str
    overwrite: bool
    created: int
    updated: int
    unchanged: int
    conflicts: list[dict[str, Any]]
    made_by: str
    created_at: datetime
    finished_at: datetime | None


@router.post("/imports", status_code=201, response_model=ImportOut)
async def create_import(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: ImportIn
) -> Response:
    """A preview, unless `apply`: what each line would do, and which cannot be. Long ones go on
    in the background: ask for it again until it is `preview` or `done`.
    """
    table = wanted.table()
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = Import(
                hotel_id=hotel_id,
                kind=wanted.kind,
                source=wanted.source,
                overwrite=wanted.overwrite,
                rows=table,
                made_by=asker.actor,
            )
            done = await start(session, made, apply=wanted.apply, now=clock.now())
            return ImportOut.model_validate(done)

        return await answer_once(session, once, hotel_id, create)


@router.get("/imports")
async def list_imports(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep, kind: Kind | None = None
) -> Page[ImportOut]:
    query = select(Import)
    if kind is not None:
        query = query.where(Import.kind == kind)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, Import.created_at, Import.id)
    return Page(items=[ImportOut.model_validate(r) for r in rows], next=after)


@router.get("/imports/{import_id}")
async def read_import(db: DbDep, hotel_id: UUID, import_id: UUID, asker: Reader) -> ImportOut:
    async with db.hotel(hotel_id) as session:
        found = await session.scalar(select(Import).where(Import.id == import_id))
        if found is None:
            raise NotFound("there is no such import")
    return ImportOut.model_validate(found)


@router.post("/imports/{import_id}/apply")
async def apply_import(
    db: DbDep, clock: ClockDep, hotel_id: UUID, import_id: UUID, asker: Writer
) -> ImportOut:
    async with db.hotel(hotel_id) as session:
        done = await apply_preview(session, import_id, by=asker.actor, now=clock.now())
        return ImportOut.model_validate(done)


@router.post("/imports/{import_id}/undo")
async def undo_import(
    db: DbDep, clock: ClockDep, hotel_id: UUID, import_id: UUID, asker: Writer
) -> ImportOut:
    """Takes back what stands as the import left it, 200 lines a call, until it is `undone`."""
    async with db.hotel(hotel_id) as session:
        done = await undo(session, import_id, by=asker.actor, now=clock.now())
        return ImportOut.model_validate(done)


@router.get(
    "/exports",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def read_export(
    db: DbDep, hotel_id: UUID, asker: Reader, kind: Annotated[Kind, Query()] = "rooms"
) -> Response:
    """CSV in the columns of an import, at most 20,000 lines; no cell is a formula."""
    async with db.hotel(hotel_id) as session:
        table = await export(session, kind)
    named = {"content-disposition": f'attachment; filename="{kind}.csv"'}
    return Response(table, media_type="text/csv; charset=utf-8", headers=named)
