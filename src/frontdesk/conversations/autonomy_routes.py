"""How far the bot goes by itself, and the drafts that wait for a person, over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.autonomy import DELICATE, SEGMENTS, TOPICS
from frontdesk.conversations.drafts import send_draft
from frontdesk.conversations.routes import MessageOut
from frontdesk.kit.spoken import Spoken
from frontdesk.kit.web import ClockDep, DbDep
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["conversations"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Writer = Annotated[Principal, Depends(allow("conversations:write"))]
Setter = Annotated[Principal, Depends(allow("triggers:write"))]


KEY = "autonomy"
"""In a hotel's settings."""


def _among(names: Sequence[str]) -> AfterValidator:
    def known(name: str) -> str:
        if name not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return name

    return AfterValidator(known)


Topic = Annotated[str, _among(TOPICS), WithJsonSchema({"type": "string", "enum": [*TOPICS]})]
Segment = Annotated[str, _among(SEGMENTS), WithJsonSchema({"type": "string", "enum": [*SEGMENTS]})]


class AutonomyRule(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"mode": "draft", "topic": "cancel_booking", "segment": "vip"}
        },
    )
    mode: Literal["auto", "draft", "off"]
    topic: Topic = "any"
    segment: Segment = "any"
    from_hour: int = Field(0, ge=0, le=23)
    until_hour: int = Field(24, ge=1, le=24)

    @model_validator(mode="after")
    def lawful(self) -> "AutonomyRule":
        if self.mode == "auto" and self.topic in DELICATE:
            raise ValueError(f"{', '.join(DELICATE)} are never auto")
        if self.topic == "safety":
            raise ValueError("an emergency is answered at once, always")
        return self


class Autonomy(BaseModel):
    """Of two rules the one that names the topic wins, then the segment, then fewer hours."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"rules": [{"mode": "draft", "topic": "cancel_booking", "segment": "vip"}]}
        },
    )
    rules: list[AutonomyRule] = Field(max_length=200)


def autonomy_of(hotel: Hotel) -> Autonomy:
    return Autonomy(rules=hotel.settings.get(KEY, []))


class DraftIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"text": "Yes, until 14:00 is fine."}}
    )
    text: Spoken | None = None
    """Edited; without it the draft goes out as it is."""


@router.get("/autonomy")
async def read_autonomy(db: DbDep, hotel_id: UUID, asker: Reader) -> Autonomy:
    async with db.hotel(hotel_id) as session:
        return autonomy_of(await the_hotel(session))


@router.put("/autonomy")
async def set_autonomy(db: DbDep, hotel_id: UUID, asker: Setter, wanted: Autonomy) -> Autonomy:
    """All rules at once; 422 where money, a complaint, safety or the law would be auto."""
    async with db.hotel(hotel_id) as session:
        keep_autonomy(session, await the_hotel(session, lock=True), wanted, by=asker.actor)
    return wanted


def keep_autonomy(session: AsyncSession, hotel: Hotel, wanted: Autonomy, *, by: str) -> None:
    """`hotel` is locked."""
    old = {"rules": len(hotel.settings.get(KEY, []))}
    rules = [rule.model_dump() for rule in wanted.rules]
    hotel.settings = {**hotel.settings, KEY: rules}
    subject, new = f"hotel:{hotel.id}", {"rules": len(rules)}
    record(session, hotel.id, "autonomy.set", subject, by=by, old=old, new=new)


@router.post("/conversations/{conversation_id}/drafts/{notification_id}/send")
async def send_draft_as(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    notification_id: UUID,
    asker: Writer,
    wanted: DraftIn,
) -> MessageOut:
    """Once: what the bot drafted, or what was made of it, goes to the guest; the bot stays on."""
    async with db.hotel(hotel_id) as session:
        sent = await send_draft(
            session,
            conversation_id,
            notification_id,
            text=wanted.text,
            by=asker.actor,
            now=clock.now(),
        )
        return MessageOut.model_validate(sent)
