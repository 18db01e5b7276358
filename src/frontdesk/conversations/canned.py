"""Canned replies: found by their shortcut, and filled with what a chat's guest and stay say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.reply import Voice
from frontdesk.bookings.models import Booking
from frontdesk.bookings.queries import coming_bookings
from frontdesk.bookings.stay_models import BookingRoom
from frontdesk.conversations.assign import member_behind
from frontdesk.conversations.canned_fields import MissingField, fill
from frontdesk.conversations.find import conversation
from frontdesk.conversations.note_models import CannedReply
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import local_day
from frontdesk.kit.errors import Conflict, Invalid, NotFound
from frontdesk.rooms.models import Room
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel


class FieldMissing(Invalid):
    """A field of this reply has no value in this chat"""

    code = "field_missing"


async def the_reply(session: AsyncSession, reply_id: UUID, *, lock: bool = False) -> CannedReply:
    query = select(CannedReply).where(CannedReply.id == reply_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("there is no such canned reply")
    return found


async def save_reply(
    session: AsyncSession, reply: CannedReply, said: Mapping[str, Any], action: str, *, by: str
) -> CannedReply:
    """Raises Conflict where there is another of that shortcut and language."""
    for name, value in said.items():
        setattr(reply, name, value)
    session.add(reply)
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict("there is a reply of that shortcut and language") from None
    record(session, reply.hotel_id, action, f"canned:{reply.id}", by=by)
    return reply


async def drop_reply(session: AsyncSession, reply: CannedReply, *, by: str) -> None:
    await session.delete(reply)
    record(session, reply.hotel_id, "canned.delete", f"canned:{reply.id}", by=by)


async def filled(
    session: AsyncSession,
    shortcut: str,
    conversation_id: UUID,
    *,
    by: str,
    now: datetime,
    language: str | None = None,
) -> tuple[CannedReply, str]:
    """In the guest's language, else the hotel's, else whichever there is. Raises FieldMissing."""
    talk = await conversation(session, conversation_id)
    hotel = await the_hotel(session)
    guest = (await session.scalars(select(Guest).where(Guest.id == talk.guest_id))).one()
    wanted = [language, guest.language, talk.language, hotel.language]
    reply = await _best(session, shortcut, [w for w in wanted if w])
    voice = Voice(reply.language, hotel.currency, hotel.timezone, hotel.name)
    sender = await member_behind(session, by)
    today = local_day(now, hotel.timezone)
    stays = await coming_bookings(session, guest.id, today)
    values: dict[str, str | None] = {
        "guest_name": guest.name,
        "hotel_name": hotel.name,
        "hotel_phone": hotel.phone,
        "agent_name": sender.name if sender else None,
    }
    if stays:
        values |= await _stay(session, stays[0], voice)
    try:
        return reply, fill(reply.text, values)
    except MissingField as missing:
        raise FieldMissing(str(missing), fields=missing.names) from None


async def _best(session: AsyncSession, shortcut: str, languages: list[str]) -> CannedReply:
    query = select(CannedReply).where(CannedReply.shortcut == shortcut)
    kept = {r.language: r for r in (await session.scalars(query.limit(50))).all()}
    found = next((kept[lang] for lang in languages if lang in kept), None)
    found = found or next((kept[lang] for lang in sorted(kept)), None)
    if found is None:
        raise NotFound("there is no canned reply of that shortcut")
    return found


async def _stay(session: AsyncSession, stay: Booking, voice: Voice) -> dict[str, str | None]:
    number = (
        select(Room.number)
        .join(
            BookingRoom,
            (BookingRoom.hotel_id == Room.hotel_id) & (BookingRoom.room_id == Room.id),
        )
        .where(BookingRoom.booking_id == stay.id)
        .order_by(BookingRoom.position)
        .limit(1)
    )
    return {
        "booking_code": stay.code,
        "arrival": voice.day(stay.arrival),
        "departure": voice.day(stay.departure),
        "nights": str((stay.departure - stay.arrival).days),
        "room": await session.scalar(number),
        "total": voice.money(stay.total),
    }
