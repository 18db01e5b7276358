"""What nobody could answer, grouped and drafted, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.assistant.gap_schemas import DraftIn, GroupOut, GroupsOut
from frontdesk.assistant.release_routes import LibraryDep
from frontdesk.kit.errors import NotFound
from frontdesk.kit.web import DbDep
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.gap_groups import close_gaps, group_of, grouped, open_gaps
from frontdesk.knowledge.models import KnowledgeDocument, KnowledgeGap
from frontdesk.knowledge.release_models import KnowledgeCase
from frontdesk.knowledge.schemas import DocumentOut
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/knowledge", tags=["knowledge"])
Reader = Annotated[Principal, Depends(allow("knowledge:read"))]
Writer = Annotated[Principal, Depends(allow("knowledge:write"))]


@router.get("/gap-groups")
async def list_groups(db: DbDep, library: LibraryDep, hotel_id: UUID, asker: Reader) -> GroupsOut:
    """What nobody could answer, the same questions together, the most asked first."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        gaps = await open_gaps(session)
    items = [
        GroupOut(
            gap_id=group.leader.id,
            question=group.leader.question,
            count=group.count,
            languages=sorted({gap.language for gap in group.gaps}),
            last_asked_at=max(gap.last_asked_at for gap in group.gaps),
            gap_ids=[gap.id for gap in group.gaps],
            questions=[gap.question for gap in group.gaps],
        )
        for group in await grouped(library.models.first, gaps)
    ]
    return GroupsOut(hotel_id=hotel_id, items=items)


@router.post("/gaps/{gap_id}/draft", status_code=201, response_model=DocumentOut)
async def draft_answer(
    db: DbDep,
    library: LibraryDep,
    hotel_id: UUID,
    gap_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: DraftIn,
) -> Response:
    """The whole group becomes one text with its questions as cases, and is closed."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        gap = await session.scalar(select(KnowledgeGap).where(KnowledgeGap.id == gap_id))
        gaps = await open_gaps(session)
    if gap is None:
        raise NotFound("there is no such question")
    if all(one.id != gap.id for one in gaps):
        gaps = [gap, *gaps]
    group = group_of(await grouped(library.models.first, gaps), gap)
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            made = KnowledgeDocument(
                hotel_id=hotel_id,
                title=wanted.title or group.leader.question[:300],
                body=wanted.answer,
                language=group.leader.language,
                version=1,
            )
            await add_document(session, made, by=asker.actor, draft=not wanted.answer.strip())
            for one in group.gaps[:50]:
                session.add(
                    KnowledgeCase(
                        hotel_id=hotel_id,
                        question=one.question,
                        language=one.language,
                        expect="document",
                        document_id=made.id,
                        origin="gap",
                        made_by=asker.actor,
                    )
                )
            await close_gaps(session, group.gaps)
            await session.refresh(made)
            subject, new = f"document:{made.id}", {"questions": len(group.gaps)}
            record(session, hotel_id, "document.draft", subject, by=asker.actor, new=new)
            return DocumentOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)
