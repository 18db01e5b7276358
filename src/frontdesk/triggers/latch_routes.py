"""The latch that stops a hotel's rules over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from frontdesk.kit.web import ClockDep, DbDep
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.limits import fallen, lift

router = APIRouter(prefix="/v1/hotels/{hotel_id}/rules-latch", tags=["triggers"])
Reader = Annotated[Principal, Depends(allow("triggers:read"))]
Writer = Annotated[Principal, Depends(allow("triggers:write"))]


class LatchOut(BaseModel):
    fallen_at: datetime | None
    """Since when no rule sends anything; null while they may."""


@router.get("")
async def read_latch(db: DbDep, hotel_id: UUID, asker: Reader) -> LatchOut:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        latch = await fallen(session)
        return LatchOut(fallen_at=latch.tripped_at if latch else None)


@router.post("/lift")
async def lift_latch(db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer) -> LatchOut:
    """Rules may send again; what they could not send stays unsent."""
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)
        await lift(session, hotel, by=asker.actor, now=clock.now())
        return LatchOut(fallen_at=None)
