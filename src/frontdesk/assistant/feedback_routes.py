"""Feedback on answers over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict

from frontdesk.assistant.case_schemas import CaseOut
from frontdesk.assistant.feedback import judge
from frontdesk.kit.web import DbDep
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/knowledge", tags=["knowledge"])
Reader = Annotated[Principal, Depends(allow("knowledge:read"))]
Writer = Annotated[Principal, Depends(allow("knowledge:write"))]


class FeedbackIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"message_id": "018f3c1e-7a10-7cc0-8000-3f2a5b6c7d8e", "verdict": "down"}
        },
    )
    message_id: UUID
    """Of an answer of the bot."""
    verdict: Literal["up", "down"]


@router.post("/feedback", status_code=201, response_model=CaseOut)
async def give_feedback(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: FeedbackIn
) -> Response:
    """A thumb on an answer becomes a case: up, the same text again; down, any but that one."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = await judge(
                session, wanted.message_id, up=wanted.verdict == "up", by=asker.actor
            )
            subject, new = f"knowledge_case:{made.id}", {"verdict": wanted.verdict}
            record(session, hotel_id, "knowledge_case.judge", subject, by=asker.actor, new=new)
            return CaseOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)
