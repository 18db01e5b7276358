"""Reviews over HTTP: written by guests, moderated and answered by the house, found helpful."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.bookings.review_models import Review, ReviewScore
from frontdesk.bookings.review_schemas import (
    ModerateIn,
    ReplyIn,
    ReviewIn,
    ReviewOut,
    ScoreOut,
    ScoresOut,
)
from frontdesk.bookings.reviews import Opinion, answer, moderate, review, vote, write
from frontdesk.kit.errors import NotFound
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.rooms.queries import room_type
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["reviews"])
Reader = Annotated[Principal, Depends(allow("reviews:read"))]
Writer = Annotated[Principal, Depends(allow("reviews:write"))]
Moderator = Annotated[Principal, Depends(allow("reviews:moderate"))]


@router.post("/bookings/{booking_id}/reviews", status_code=201, response_model=ReviewOut)
async def write_review(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: ReviewIn,
) -> Response:
    said = Opinion(wanted.rating, wanted.text, wanted.title)
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            made = await write(session, booking_id, said, by=asker.actor, now=clock.now())
            return ReviewOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/reviews")
async def list_reviews(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    status: Literal["pending", "published", "rejected"] | None = None,
    room_type_id: UUID | None = None,
) -> Page[ReviewOut]:
    query = select(Review)
    if status is not None:
        query = query.where(Review.status == status)
    async with db.hotel(hotel_id) as session:
        if room_type_id is not None:
            if await room_type(session, room_type_id) is None:
                raise NotFound("there is no such room type")
            query = query.where(Review.room_type_id == room_type_id)
        rows, after = await page_rows(session, query, ask, Review.created_at, Review.id)
    return Page(items=[ReviewOut.model_validate(r) for r in rows], next=after)


@router.get("/reviews/{review_id}")
async def read_review(db: DbDep, hotel_id: UUID, review_id: UUID, asker: Reader) -> ReviewOut:
    async with db.hotel(hotel_id) as session:
        return ReviewOut.model_validate(await review(session, review_id))


@router.post("/reviews/{review_id}/moderate")
async def moderate_review(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    review_id: UUID,
    asker: Moderator,
    wanted: ModerateIn,
) -> ReviewOut:
    async with db.hotel(hotel_id) as session:
        done = await moderate(
            session,
            review_id,
            status=wanted.status,
            reason=wanted.reason,
            by=asker.actor,
            now=clock.now(),
        )
        return ReviewOut.model_validate(done)


@router.post("/reviews/{review_id}/reply")
async def reply_to_review(
    db: DbDep, clock: ClockDep, hotel_id: UUID, review_id: UUID, asker: Moderator, wanted: ReplyIn
) -> ReviewOut:
    async with db.hotel(hotel_id) as session:
        done = await answer(session, review_id, text=wanted.text, by=asker.actor, now=clock.now())
        return ReviewOut.model_validate(done)


@router.put("/reviews/{review_id}/votes/{guest_id}")
async def find_helpful(
    db: DbDep, hotel_id: UUID, review_id: UUID, guest_id: UUID, asker: Writer
) -> ReviewOut:
    async with db.hotel(hotel_id) as session:
        done = await vote(session, review_id, guest_id, helpful=True, by=asker.actor)
        return ReviewOut.model_validate(done)


@router.delete("/reviews/{review_id}/votes/{guest_id}")
async def take_vote_back(
    db: DbDep, hotel_id: UUID, review_id: UUID, guest_id: UUID, asker: Writer
) -> ReviewOut:
    async with db.hotel(hotel_id) as session:
        done = await vote(session, review_id, guest_id, helpful=False, by=asker.actor)
        return ReviewOut.model_validate(done)


@router.get("/review-scores")
async def read_scores(db: DbDep, hotel_id: UUID, asker: Reader) -> ScoresOut:
    """The hotel's own first, then its room types'."""
    query = select(ReviewScore).order_by(ReviewScore.room_type_id.nulls_first())
    async with db.hotel(hotel_id) as session:
        known = (await session.scalars(query)).all()
    return ScoresOut(hotel_id=hotel_id, scores=[_score(s) for s in known])


def _score(score: ReviewScore) -> ScoreOut:
    mean = round(score.rating_sum / score.reviews, 2) if score.reviews else None
    return ScoreOut(room_type_id=score.room_type_id, reviews=score.reviews, rating=mean)
