"""Sets the scene: all that a turn hands to the mind."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.values import GuestFacts, HotelFacts, Line, Scene, Utterance
from frontdesk.bookings.queries import coming_bookings
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import local_day
from frontdesk.kit.ids import HotelId
from frontdesk.messaging.models import Conversation, Message
from frontdesk.messaging.threads import recent_messages
from frontdesk.tenancy.models import Hotel


async def scene(
    session: AsyncSession,
    hotel: Hotel,
    guest: Guest,
    conversation: Conversation,
    unread: Sequence[Message],
    *,
    turn_id: UUID,
    now: datetime,
) -> Scene:
    history = await recent_messages(session, conversation.id)
    rules = hotel.settings.get("autonomy", [])
    return Scene(
        hotel=HotelFacts(
            id=HotelId(hotel.id),
            name=hotel.name,
            zone=hotel.timezone,
            currency=hotel.currency,
            language=hotel.language,
            phone=hotel.phone,
            emergency_number=hotel.emergency_number,
        ),
        guest=GuestFacts(guest.id, guest.name, guest.language),
        conversation_id=conversation.id,
        turn_id=turn_id,
        now=now,
        unread=tuple(_utterance(m) for m in unread),
        history=tuple(Line(_author(m), m.text) for m in history if m.text),
        state=conversation.state,
        autonomy=tuple(rules),
        segment=await _segment(session, guest, hotel, now) if rules else "new",
    )


async def _segment(session: AsyncSession, guest: Guest, hotel: Hotel, now: datetime) -> str:
    if guest.vip:
        return "vip"
    stays = await coming_bookings(session, guest.id, local_day(now, hotel.timezone))
    if any(stay.status == "checked_in" for stay in stays):
        return "in_house"
    return "booked" if stays else "new"


def _utterance(message: Message) -> Utterance:
    return Utterance(
        id=message.id,
        text=message.text,
        kind="undelivered" if "mark" in message.content else message.kind,
        choice_id=message.choice_id,
        at=message.occurred_at,
        quoted_text=message.content.get("quoted_text"),
    )


def _author(message: Message) -> Literal["guest", "bot", "staff"]:
    if message.direction == "in":
        return "guest"
    return "bot" if message.author == "bot" else "staff"
