"""Reviews of stays that are over: written once, seen by the house first, then by everybody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.cards import without_cards
from frontdesk.bookings.models import Booking
from frontdesk.bookings.review_models import Review, ReviewVote
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import local_day
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.events import emit
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel


class NoSuchReview(NotFound):
    """There is no such review"""

    code = "no_such_review"


class StayNotOver(Conflict):
    """A stay is reviewed when it is over"""

    code = "stay_not_over"


class AlreadyReviewed(Conflict):
    """This guest has reviewed this stay"""

    code = "already_reviewed"


class OwnReview(Conflict):
    """Whether a review helps is for other guests to say"""

    code = "own_review"


@dataclass(frozen=True, slots=True)
class Opinion:
    rating: int
    text: str
    title: str = ""


async def review(session: AsyncSession, review_id: UUID, *, lock: bool = False) -> Review:
    query = select(Review).where(Review.id == review_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NoSuchReview
    return found


async def write(
    session: AsyncSession, booking_id: UUID, said: Opinion, *, by: str, now: datetime
) -> Review:
    """The guest of a booking says how it was. Raises StayNotOver or AlreadyReviewed."""
    booking = await queries.booking(session, booking_id)
    if not await _is_over(session, booking, now):
        raise StayNotOver
    row = {
        "hotel_id": booking.hotel_id,
        "id": uuid7(),
        "guest_id": booking.guest_id,
        "booking_id": booking.id,
        "room_type_id": booking.room_type_id,
        "rating": said.rating,
        "title": without_cards(said.title),
        "text": without_cards(said.text),
    }
    claim = insert(Review).values(row).on_conflict_do_nothing().returning(Review)
    made = await session.scalar(claim)
    if made is None:
        raise AlreadyReviewed
    new = {"booking": str(booking.id), "rating": said.rating}
    record(session, made.hotel_id, "review.write", f"review:{made.id}", by=by, new=new)
    await _told(session, made, "review.written")
    return made


async def _is_over(session: AsyncSession, booking: Booking, now: datetime) -> bool:
    if booking.status == "checked_out":
        return True
    hotel = await the_hotel(session)
    stayed = booking.status in ("confirmed", "checked_in")
    return stayed and booking.departure < local_day(now, hotel.timezone)


async def moderate(
    session: AsyncSession,
    review_id: UUID,
    *,
    status: str,
    reason: str | None,
    by: str,
    now: datetime,
) -> Review:
    """Publish or reject; either may be changed to the other later."""
    found = await review(session, review_id, lock=True)
    old = {"status": found.status}
    found.status = status
    found.reason = without_cards(reason) if reason and status == "rejected" else None
    found.moderated_by, found.moderated_at = by, now
    await session.flush()
    record(
        session,
        found.hotel_id,
        "review.moderate",
        f"review:{found.id}",
        by=by,
        old=old,
        new={"status": status},
    )
    if status == "published" and old["status"] != "published":
        await _told(session, found, "review.published")
    return found


async def _told(session: AsyncSession, found: Review, event: str) -> None:
    told = {
        "review_id": str(found.id),
        "booking_id": str(found.booking_id),
        "guest_id": str(found.guest_id),
        "room_type_id": str(found.room_type_id),
        "rating": found.rating,
    }
    await emit(session, found.hotel_id, event, found.id, told)


async def answer(
    session: AsyncSession, review_id: UUID, *, text: str, by: str, now: datetime
) -> Review:
    """The hotel's own words below a review; new words take the place of the old."""
    found = await review(session, review_id, lock=True)
    found.reply, found.replied_at = without_cards(text), now
    await session.flush()
    record(session, found.hotel_id, "review.reply", f"review:{found.id}", by=by)
    return found


async def vote(
    session: AsyncSession, review_id: UUID, guest_id: UUID, *, helpful: bool, by: str
) -> Review:
    """One guest finds it helpful, or no longer; saying it twice counts once. Raises OwnReview."""
    found = await review(session, review_id, lock=True)
    if await session.scalar(select(Guest.id).where(Guest.id == guest_id)) is None:
        raise NotFound("there is no such guest")
    if helpful and guest_id == found.guest_id:
        raise OwnReview
    if helpful:
        row = {
            "hotel_id": found.hotel_id,
            "id": uuid7(),
            "review_id": review_id,
            "guest_id": guest_id,
        }
        await session.execute(insert(ReviewVote).values(row).on_conflict_do_nothing())
    else:
        own = delete(ReviewVote).where(
            ReviewVote.review_id == review_id, ReviewVote.guest_id == guest_id
        )
        await session.execute(own)
    new = {"helpful": helpful}
    record(session, found.hotel_id, "review.vote", f"review:{review_id}", by=by, new=new)
    await session.flush()
    await session.refresh(found)
    return found
