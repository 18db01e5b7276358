"""A hotel's labels and canned replies over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import select

from frontdesk.conversations.canned import drop_reply, save_reply, the_reply
from frontdesk.conversations.canned_fields import FIELDS, fields_in
from frontdesk.conversations.desk_models import Label
from frontdesk.conversations.label_book import add_label, drop_label, rename_label, the_label
from frontdesk.conversations.note_models import CannedReply
from frontdesk.kit.spoken import Named, Spoken, spoken
from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["desk"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Writer = Annotated[Principal, Depends(allow("conversations:write"))]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


def _known_fields(text: str) -> str:
    fields_in(text)
    return text


class LabelIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"name": "vip", "colour": "#c03030"}}
    )
    name: Named
    colour: Colour = "#808080"


class LabelOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str
    colour: str


class CannedIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "shortcut": "welcome",
                "language": "en",
                "title": "Welcome",
                "text": "Dear {guest_name}, we look forward to {arrival}.",
            }
        },
    )
    shortcut: str = Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$")
    language: str = Field(pattern=r"^[a-z]{2,3}$")
    title: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(spoken)]
    text: Annotated[Spoken, AfterValidator(_known_fields)]


class CannedOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    shortcut: str
    language: str
    title: str
    text: str


@router.get("/labels")
async def list_labels(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[LabelOut]:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(Label), ask, Label.created_at, Label.id)
    return Page(items=[LabelOut.model_validate(r) for r in rows], next=after)


@router.post("/labels", status_code=201, response_model=LabelOut)
async def create_label(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: LabelIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            said = (wanted.name.strip(), wanted.colour)
            made = await add_label(session, hotel_id, *said, by=asker.actor)
            return LabelOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.put("/labels/{label_id}")
async def change_label(
    db: DbDep, hotel_id: UUID, label_id: UUID, asker: Writer, wanted: LabelIn
) -> LabelOut:
    """Renamed, it is so on every conversation that has it."""
    async with db.hotel(hotel_id) as session:
        found = await the_label(session, label_id)
        await rename_label(session, found, wanted.name.strip(), wanted.colour, by=asker.actor)
        return LabelOut.model_validate(found)


@router.delete("/labels/{label_id}", status_code=204)
async def delete_label(db: DbDep, hotel_id: UUID, label_id: UUID, asker: Writer) -> None:
    """Off every conversation that has it."""
    async with db.hotel(hotel_id) as session:
        await drop_label(session, await the_label(session, label_id), by=asker.actor)


@router.get("/canned-replies/fields")
async def list_fields(db: DbDep, hotel_id: UUID, asker: Reader) -> dict[str, str]:
    """What may stand in braces, with its type."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
    return dict(FIELDS)


@router.get("/canned-replies")
async def list_canned(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    q: Annotated[str | None, Query(max_length=40, pattern=r"^[a-z0-9_-]+$")] = None,
    language: Annotated[str | None, Query(pattern=r"^[a-z]{2,3}$")] = None,
) -> Page[CannedOut]:
    """Newest first; `q` begins the shortcut."""
    model = CannedReply
    query = select(model)
    if q is not None:
        query = query.where(model.shortcut.startswith(q, autoescape=True))
    if language is not None:
        query = query.where(model.language == language)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, model.created_at, model.id)
    return Page(items=[CannedOut.model_validate(r) for r in rows], next=after)


@router.post("/canned-replies", status_code=201, response_model=CannedOut)
async def create_canned(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: CannedIn
) -> Response:
    """422 where it names a field that there is not."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made, said = CannedReply(hotel_id=hotel_id), wanted.model_dump()
            saved = await save_reply(session, made, said, "canned.add", by=asker.actor)
            return CannedOut.model_validate(saved)

        return await answer_once(session, once, hotel_id, create)


@router.put("/canned-replies/{canned_reply_id}")
async def change_canned(
    db: DbDep, hotel_id: UUID, canned_reply_id: UUID, asker: Writer, wanted: CannedIn
) -> CannedOut:
    async with db.hotel(hotel_id) as session:
        found = await the_reply(session, canned_reply_id, lock=True)
        said = wanted.model_dump()
        saved = await save_reply(session, found, said, "canned.change", by=asker.actor)
        return CannedOut.model_validate(saved)


@router.delete("/canned-replies/{canned_reply_id}", status_code=204)
async def delete_canned(db: DbDep, hotel_id: UUID, canned_reply_id: UUID, asker: Writer) -> None:
    async with db.hotel(hotel_id) as session:
        found = await the_reply(session, canned_reply_id, lock=True)
        await drop_reply(session, found, by=asker.actor)
