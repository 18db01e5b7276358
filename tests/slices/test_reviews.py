"""Reviews: one a stay, when it is over, moderated; scores and votes that never drift."""

import asyncio
import random
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from frontdesk.bookings.models import Booking
from frontdesk.bookings.review_models import Review, ReviewScore, ReviewVote
from frontdesk.bookings.reviews import (
    AlreadyReviewed,
    Opinion,
    OwnReview,
    StayNotOver,
    answer,
    moderate,
    review,
    vote,
    write,
)
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.rooms.models import RoomType
from tests.slices.stays import become
from tests.slices.test_booking import FIRST, booked, quoted, room_of

GOOD = Opinion(5, "Quiet")


@pytest.fixture
async def booking(db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock) -> Booking:
    kind = await room_of(db, hotel, capacity=5)
    return await booked(db, hotel, await quoted(db, hotel, kind, clock, nights=3), clock)


async def written(db: Database, booking: Booking, now: datetime) -> Review:
    async with db.hotel(booking.hotel_id) as session:
        return await write(session, booking.id, GOOD, by="t", now=now)


async def test_a_stay_is_reviewed_once_and_only_when_it_is_over(
    db: Database, booking: Booking, clock: FixedClock
) -> None:
    last_day = FIRST + timedelta(days=3)
    for day in (date(2026, 11, 21), FIRST, last_day):
        with pytest.raises(StayNotOver):
            await written(
                db, booking, datetime.combine(day, datetime.min.time(), clock.now().tzinfo)
            )
    after = clock.now() + timedelta(days=30)
    kind, hotel = booking.room_type_id, HotelId(booking.hotel_id)
    for end in ("no_show", "cancelled"):
        never = await booked(db, hotel, await quoted(db, hotel, kind, clock, nights=3), clock)
        await become(db, never, end, at=clock.now())
        with pytest.raises(StayNotOver):
            await written(db, never, after)
    assert (await written(db, booking, after)).status == "pending"
    with pytest.raises(AlreadyReviewed):
        await written(db, booking, after)


async def test_checking_out_early_opens_it_at_once(
    db: Database, booking: Booking, clock: FixedClock
) -> None:
    await become(db, booking, "checked_in", "checked_out")
    tries = await asyncio.gather(
        *(written(db, booking, clock.now()) for _ in range(5)), return_exceptions=True
    )
    assert [type(t) for t in tries if isinstance(t, Exception)] == [AlreadyReviewed] * 4


async def test_moderation_reply_and_votes(
    db: Database, hotel: HotelId, other_hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    await become(db, booking, "checked_in", "checked_out")
    made = await written(db, booking, clock.now())
    async with db.hotel(hotel) as session:
        rejected = await moderate(
            session, made.id, status="rejected", reason="rude", by="t", now=clock.now()
        )
        assert rejected.reason == "rude"
        await moderate(session, made.id, status="published", reason=None, by="t", now=clock.now())
        await answer(session, made.id, text="Thank you", by="t", now=clock.now())
        with pytest.raises(OwnReview):
            await vote(session, made.id, booking.guest_id, helpful=True, by="t")
        own = {"hotel_id": hotel, "review_id": made.id, "guest_id": booking.guest_id}
        with pytest.raises(IntegrityError, match="no review of their own"):
            async with session.begin_nested():
                await session.execute(insert(ReviewVote).values(**own, id=uuid7()))
        voter = await recognise(session, hotel, None, "34600999888@c.us", name="B")
        for _ in range(3):
            shown = await vote(session, made.id, voter.id, helpful=True, by="t")
    assert (shown.status, shown.reason, shown.reply, shown.helpful) == (
        "published",
        None,
        "Thank you",
        1,
    )
    async with db.hotel(hotel) as session:
        assert (await vote(session, made.id, voter.id, helpful=False, by="t")).helpful == 0
        assert (await vote(session, made.id, booking.guest_id, helpful=False, by="t")).helpful == 0
    async with db.hotel(other_hotel) as session:
        with pytest.raises(NotFound):
            await review(session, made.id)
        assert await session.scalar(select(func.count()).select_from(ReviewScore)) == 0


async def _types(db: Database, hotel: HotelId) -> list[UUID]:
    async with db.hotel(hotel) as session:
        for n in range(3):
            session.add(
                RoomType(
                    hotel_id=hotel,
                    code=f"T{n}",
                    name="T",
                    max_adults=2,
                    max_guests=2,
                    base_price=1,
                )
            )
        await session.flush()
        return list((await session.scalars(select(RoomType.id))).all())


async def test_scores_and_votes_equal_a_recount_after_any_writes(
    db: Database, hotel: HotelId, booking: Booking
) -> None:
    chance = random.Random(7)  # noqa: S311 - a test's dice
    kinds = await _types(db, hotel)
    async with db.hotel(hotel) as session:
        guests = [
            (await recognise(session, hotel, None, f"3460000{n:04d}@c.us", name=None)).id
            for n in range(12)
        ]
    for step in range(120):
        async with db.hotel(hotel) as session:
            known = (await session.scalars(select(Review.id))).all()
            await _one_write(session, hotel, booking, chance, kinds, guests, known)
            if step % 10 == 9:
                await _recount(session)
    async with db.hotel(hotel) as session:
        assert (await session.scalar(select(func.count()).select_from(Review)) or 0) > 2
        await session.execute(delete(ReviewVote))
        await session.execute(delete(Review))
        await _recount(session)
        assert sum((await session.scalars(select(ReviewScore.reviews))).all()) == 0


async def _one_write(session, hotel, booking, chance, kinds, guests, known) -> None:
    free = await session.scalars(select(Review.guest_id))
    left = sorted(set(guests) - set(free.all()))
    what = chance.choice(["insert", "insert", "update", "update", "delete", "vote", "unvote"])
    one = chance.choice(known) if known else None
    if what == "insert" and left:
        session.add(
            Review(
                hotel_id=hotel,
                id=uuid7(),
                guest_id=left[0],
                booking_id=booking.id,
                room_type_id=chance.choice(kinds),
                rating=chance.randint(1, 5),
                text="x",
                status=chance.choice(["pending", "published", "rejected"]),
            )
        )
    elif one is not None and what == "update":
        changes = [
            {"rating": chance.randint(1, 5)},
            {"status": chance.choice(["pending", "published", "rejected"])},
            {"room_type_id": chance.choice(kinds)},
        ]
        await session.execute(
            update(Review).where(Review.id == one).values(**chance.choice(changes))
        )
    elif one is not None and what == "vote":
        by = await session.scalar(select(Review.guest_id).where(Review.id == one))
        other = chance.choice([g for g in guests if g != by])
        await vote(session, one, other, helpful=True, by="t")
    elif one is not None:
        await session.execute(delete(ReviewVote).where(ReviewVote.review_id == one))
        if what == "delete":
            await session.execute(delete(Review).where(Review.id == one))
    await session.flush()


async def _recount(session) -> None:
    published = select(
        Review.room_type_id, func.count(), func.coalesce(func.sum(Review.rating), 0)
    ).where(Review.status == "published")
    counted = {
        k: (n, s) for k, n, s in await session.execute(published.group_by(Review.room_type_id))
    }
    counted[None] = tuple(map(sum, zip(*counted.values(), strict=True))) if counted else (0, 0)
    kept = {
        s.room_type_id: (s.reviews, s.rating_sum)
        for s in (
            await session.scalars(select(ReviewScore).execution_options(populate_existing=True))
        ).all()
    }
    assert {k: v for k, v in kept.items() if v != (0, 0)} == {
        k: v for k, v in counted.items() if v != (0, 0)
    }
    votes = select(Review.id, Review.helpful, func.count(ReviewVote.id)).outerjoin(
        ReviewVote, (ReviewVote.hotel_id == Review.hotel_id) & (ReviewVote.review_id == Review.id)
    )
    for _, helpful, count in await session.execute(votes.group_by(Review.id, Review.helpful)):
        assert helpful == count


async def test_reviews_published_at_once_are_all_counted(
    db: Database, hotel: HotelId, booking: Booking
) -> None:
    (kind, *_) = await _types(db, hotel)

    async def publish(n: int) -> None:
        async with db.hotel(hotel) as session:
            guest = await recognise(session, hotel, None, f"3460100{n:04d}@c.us", name=None)
            session.add(
                Review(
                    hotel_id=hotel,
                    guest_id=guest.id,
                    booking_id=booking.id,
                    room_type_id=kind,
                    rating=4,
                    text="x",
                    status="published",
                )
            )

    await asyncio.gather(*(publish(n) for n in range(12)))
    async with db.hotel(hotel) as session:
        kept = (await session.scalars(select(ReviewScore))).all()
        assert {(s.reviews, s.rating_sum) for s in kept} == {(12, 48)}
        assert len(kept) == 2
