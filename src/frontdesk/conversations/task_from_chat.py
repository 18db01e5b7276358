"""A guest's request in a turn becomes a task, where something has to be done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.values import Outcome, Scene
from frontdesk.bookings.models import Booking
from frontdesk.bookings.stay_models import BookingRoom
from frontdesk.conversations.errands import Errand, due_at, errand_in
from frontdesk.conversations.task_models import Task
from frontdesk.conversations.task_rules import GOING
from frontdesk.conversations.tasks import Wish, open_task
from frontdesk.messaging.models import Conversation
from frontdesk.rooms.models import Room

ASKED = frozenset({"request", "complaint"})
"""Kinds of alerts that may ask for something to be done: they tell of the task as well."""
SOLD = frozenset({"ask_addon", "order", "late_out", "emergency"})
"""Steps by which the bot itself sees to what is wanted."""


@dataclass(frozen=True, slots=True)
class Place:
    room_id: UUID | None = None
    booking_id: UUID | None = None


async def task_of(
    session: AsyncSession,
    talk: Conversation,
    scene: Scene,
    outcome: Outcome,
    *,
    now: datetime,
) -> Task | None:
    """The task that is open for it, new or not; None where nobody has to do anything.

    Also where the dialogue took it for something else: the towels are wanted all the same.
    """
    told = {h.reason for h in (outcome.handover, *outcome.notes) if h is not None} & ASKED
    if outcome.mode != "auto" or (not told and SOLD & set(outcome.plan)):
        return None
    asking = next((u for u in reversed(scene.unread) if errand_in(u.text)), None)
    errand = errand_in(asking.text) if asking else None
    if asking is None or errand is None:
        return None
    known = await _open_one(session, talk.id, errand.item)
    if known is not None:
        return known
    place = await _place(session, talk, errand)
    wish = Wish(
        title=errand.item.replace("_", " ").capitalize(),
        item=errand.item,
        text=asking.text[:500],
        room_id=place.room_id,
        booking_id=place.booking_id,
        conversation_id=talk.id,
        guest_id=talk.guest_id,
        message_id=asking.id,
        due_at=due_at(errand, zone=scene.hotel.zone, now=now),
        priority="high" if "complaint" in told else "normal",
        dedupe_key=f"turn:{scene.turn_id}:{errand.item}",
    )
    return await open_task(session, talk.hotel_id, wish, by="bot", now=now, alert=not told)


async def _open_one(session: AsyncSession, talk_id: UUID, item: str) -> Task | None:
    """Asked again while it is being done: still one task."""
    query = select(Task).where(
        Task.conversation_id == talk_id, Task.item == item, Task.state.in_(GOING)
    )
    return await session.scalar(query.order_by(Task.created_at.desc()).limit(1))


async def _place(session: AsyncSession, talk: Conversation, errand: Errand) -> Place:
    """The room that was named, if there is one, else the one the guest has now."""
    if errand.room is not None:
        query = select(Room.id).where(Room.number == errand.room, Room.active)
        named = await session.scalar(query.limit(1))
        if named is not None:
            return Place(room_id=named)
    query = (
        select(Booking.id, BookingRoom.room_id)
        .join(
            BookingRoom,
            (BookingRoom.hotel_id == Booking.hotel_id) & (BookingRoom.booking_id == Booking.id),
        )
        .where(Booking.guest_id == talk.guest_id, Booking.status == "checked_in")
        .limit(1)
    )
    row = (await session.execute(query)).first()
    return Place(row[1], row[0]) if row else Place()
