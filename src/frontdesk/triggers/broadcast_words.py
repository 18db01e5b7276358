"""What a broadcast says to one guest, and whether they are meant at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests.models import Guest
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.broadcast_models import Broadcast
from frontdesk.triggers.facts import look_up, subject_of
from frontdesk.triggers.rules import fields_of, judge
from frontdesk.triggers.words import Missing, Wording, spoken, worded


@dataclass(frozen=True, slots=True)
class Judged:
    guest_id: UUID
    held: bool
    why: list[dict[str, Any]]
    wording: Wording | None = None
    missing: str | None = None


def wordings(found: Broadcast) -> list[dict[str, Any]]:
    """Who lacks a word of either gets none, so that both go to the same kind of guests."""
    return [found.message] if found.second is None else [found.message, found.second]


def gets_second(found: Broadcast, guest_id: UUID) -> bool:
    """By the two ids alone, and not by the draw of who is held out."""
    return found.second is not None and uuid5(found.id, f"{guest_id} wording").int % 2 == 1


async def judged_for(
    session: AsyncSession, found: Broadcast, guest: Guest, *, now: datetime
) -> Judged:
    """On what is known of them now."""
    latest = select(Conversation.id).where(Conversation.guest_id == guest.id)
    chat = await session.scalar(latest.order_by(Conversation.last_message_at.desc()).limit(1))
    about = {"guest_id": str(guest.id), "conversation_id": str(chat) if chat else None}
    subject = await subject_of(session, about)
    names = fields_of(found.audience) | {"guest.language", "guest.segment"}
    names = names.union(*(spoken(message) for message in wordings(found)))
    facts = await look_up(session, subject, names, now=now)
    held, why = judge(found.audience, facts)
    if not held:
        return Judged(guest.id, held, why)
    hotel = await the_hotel(session)
    own = (hotel.language, hotel.currency, hotel.timezone, hotel.name)
    try:
        said = [worded(message, facts, hotel=own) for message in wordings(found)]
        return Judged(guest.id, held, why, said[-1 if gets_second(found, guest.id) else 0])
    except Missing as lacking:
        return Judged(guest.id, held, why, missing=lacking.detail)
