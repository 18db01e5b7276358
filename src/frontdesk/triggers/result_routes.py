"""What a broadcast came to, over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from frontdesk.kit.web import ClockDep, DbDep
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.triggers.broadcast_results import Outcome, Verdict, results
from frontdesk.triggers.broadcasts import broadcast
from frontdesk.triggers.exact_test import Share

router = APIRouter(prefix="/v1/hotels/{hotel_id}/broadcasts", tags=["broadcasts"])
Reader = Annotated[Principal, Depends(allow("triggers:read"))]


class ShareOut(BaseModel):
    hits: int
    """Guests who did it within the days after their turn."""
    of: int

    @classmethod
    def of_share(cls, share: Share) -> "ShareOut":
        return cls(hits=share.hits, of=share.of)


class ComparedOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    one: str
    other: str
    verdict: Verdict
    p: float | None
    """Two-sided; how often the draw alone would differ as much. Null before the end."""
    interval: tuple[float, float] | None
    """Where the share of `one` less that of `other` lies, by Newcombe; 0.05 is five points."""
    says: str


class ResultsOut(BaseModel):
    """Compared are guests whom the audience meant at their turn and who could be written to."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "outcome": "booked",
                "days": 14,
                "final_at": "2026-07-15T10:00:00Z",
                "is_final": True,
                "groups": {"got_it": {"hits": 31, "of": 412}, "held_out": {"hits": 1, "of": 45}},
                "comparisons": [
                    {
                        "one": "got_it",
                        "other": "held_out",
                        "verdict": "no_difference_seen",
                        "p": 0.35,
                        "interval": [-0.04, 0.09],
                        "says": "Not enough to tell them apart: ...",
                    }
                ],
            }
        }
    )
    outcome: Outcome
    days: int
    final_at: datetime | None
    """When the test is made; null while it is being sent."""
    is_final: bool
    groups: dict[str, ShareOut]
    """got_it and held_out; of those who got it, first and second."""
    comparisons: list[ComparedOut]


@router.get("/{broadcast_id}/results")
async def read_broadcast_results(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    broadcast_id: UUID,
    asker: Reader,
    outcome: Annotated[Outcome, Query()] = "booked",
    days: Annotated[int, Query(ge=1, le=90)] = 14,
) -> ResultsOut:
    """Whether it made a difference: Fisher's exact test, once the last guest's days are over."""
    async with db.hotel(hotel_id) as session:
        found = await broadcast(session, broadcast_id)
        seen = await results(session, found, outcome, days=days, now=clock.now())
    return ResultsOut(
        outcome=outcome,
        days=days,
        final_at=seen.final_at,
        is_final=seen.is_final,
        groups={name: ShareOut.of_share(share) for name, share in seen.groups.items()},
        comparisons=[ComparedOut.model_validate(one) for one in seen.compared],
    )
