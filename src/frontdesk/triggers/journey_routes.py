"""Ready-made journeys over HTTP: what there is, and putting one into the hotel."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from frontdesk.kit.web import DbDep
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.ready_made import JOURNEYS, LANGUAGES, install, installed, rule_of
from frontdesk.triggers.routes import TriggerOut

router = APIRouter(prefix="/v1/hotels/{hotel_id}/journeys", tags=["triggers"])
Reader = Annotated[Principal, Depends(allow("triggers:read"))]
Writer = Annotated[Principal, Depends(allow("triggers:write"))]


class JourneyOut(BaseModel):
    name: str
    title: str
    description: str
    languages: list[str]
    rule: dict[str, Any]
    """As it would be put into the hotel."""
    trigger_id: UUID | None
    """The hotel's own rule of this title, where it has one."""
    enabled: bool


class JourneyIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "review"}})
    name: str = Field(max_length=60, examples=list(JOURNEYS))


@router.get("")
async def list_journeys(db: DbDep, hotel_id: UUID, asker: Reader) -> list[JourneyOut]:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        known = await installed(session)
    return [
        JourneyOut(
            name=name,
            title=journey.title,
            description=journey.description,
            languages=list(LANGUAGES),
            rule=rule_of(name),
            trigger_id=known[name].id if name in known else None,
            enabled=name in known and known[name].enabled,
        )
        for name, journey in JOURNEYS.items()
    ]


@router.post("", status_code=201, response_model=TriggerOut)
async def install_journey(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: JourneyIn
) -> Response:
    """As a rule of the hotel's own: off, and free to be changed."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = await install(session, hotel_id, wanted.name, by=asker.actor)
            return TriggerOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)
