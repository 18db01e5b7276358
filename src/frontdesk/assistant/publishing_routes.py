"""What a hotel wants of a version of its knowledge before it is published, over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict
from frontdesk.kit.web import DbDep
from frontdesk.knowledge.contradictions import Contradiction, contradictions
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/knowledge", tags=["knowledge"])
Reader = Annotated[Principal, Depends(allow("knowledge:read"))]
Writer = Annotated[Principal, Depends(allow("knowledge:write"))]
KEY = "publishing"


class Contradicted(Conflict):
    """What the hotel knows says two things at once: mend one, or force it"""

    code = "contradicted"


class Publishing(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"contradictions": "block"}}
    )
    contradictions: Literal["tell", "block"] = "tell"
    """tell: they are shown on saving; block: nothing is published while there is one."""


def publishing_of(hotel: Hotel) -> Publishing:
    return Publishing(**hotel.settings.get(KEY, {}))


async def hindering(session: AsyncSession) -> Sequence[Contradiction]:
    """The contradictions that stand in the way, where the hotel wants none published."""
    hotel = await the_hotel(session)
    if publishing_of(hotel).contradictions == "tell":
        return ()
    return await contradictions(session, hotel)


@router.get("/publishing")
async def read_publishing(db: DbDep, hotel_id: UUID, asker: Reader) -> Publishing:
    async with db.hotel(hotel_id) as session:
        return publishing_of(await the_hotel(session))


@router.put("/publishing")
async def set_publishing(
    db: DbDep, hotel_id: UUID, asker: Writer, wanted: Publishing
) -> Publishing:
    async with db.hotel(hotel_id) as session:
        keep_publishing(session, await the_hotel(session, lock=True), wanted, by=asker.actor)
    return wanted


def keep_publishing(session: AsyncSession, hotel: Hotel, wanted: Publishing, *, by: str) -> None:
    """`hotel` is locked."""
    old, new = hotel.settings.get(KEY, {}), wanted.model_dump()
    hotel.settings = {**hotel.settings, KEY: new}
    subject = f"hotel:{hotel.id}"
    record(session, hotel.id, "knowledge.publishing", subject, by=by, old=old, new=new)
