"""Sends a broadcast guest by guest: at its pace, until somebody stops it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.unfenced import Words, say_unfenced
from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Conflict
from frontdesk.kit.ids import HotelId
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.addressed import chat_of_guest
from frontdesk.triggers.broadcast_models import Broadcast, BroadcastSend
from frontdesk.triggers.broadcast_words import Judged, gets_second, judged_for, wordings
from frontdesk.triggers.limits import count_for_guest
from frontdesk.triggers.words import with_buttons

USEFUL = timedelta(days=1)


class NoNumber(Conflict):
    """the guest has no number that can be written to"""


async def send_next(db: Database, clock: Clock, hotel_id: HotelId) -> float | None:
    """One guest's turn. Gives 0 after it, the seconds until the next one, or None at the end."""
    now = clock.now()
    async with db.hotel(hotel_id) as session:
        due = select(Broadcast).where(Broadcast.state == "sending", Broadcast.next_at <= now)
        due = due.order_by(Broadcast.next_at, Broadcast.id).limit(1)
        found = await session.scalar(due.with_for_update(skip_locked=True))
        if found is None:
            waiting = select(func.min(Broadcast.next_at)).where(Broadcast.state == "sending")
            after = await session.scalar(waiting)
            return None if after is None else max((after - now).total_seconds(), 0.05)
        await _one(session, found, now)
    return 0


async def _one(session: AsyncSession, found: Broadcast, now: datetime) -> None:
    """Its row is locked, so that whoever stops it comes before or after a whole turn."""
    query = select(BroadcastSend).where(
        BroadcastSend.broadcast_id == found.id, BroadcastSend.worked_at.is_(None)
    )
    send = await session.scalar(query.order_by(BroadcastSend.id).limit(1))
    if send is None:
        found.state, found.ended_at, found.next_at = "done", now, None
        return
    guest = (await session.scalars(select(Guest).where(Guest.id == send.guest_id))).one()
    judged = await judged_for(session, found, guest, now=now)
    send.worked_at = now
    why = _not_to(guest, judged)
    if send.state == "held_out":
        send.why = why or await _unreachable(session, guest)
        return
    if why is None:
        try:
            async with session.begin_nested():
                await _say(session, found, guest, judged, now=now)
        except Conflict as refused:
            why = [{"blocked": refused.detail or refused.title()}]
    send.state, send.why = ("sent", []) if why is None else ("skipped", why)
    if why is None and judged.wording is not None:
        send.language = judged.wording.language
        found.next_at = now + timedelta(seconds=60 / found.per_minute)


def _not_to(guest: Guest, judged: Judged) -> list[dict[str, Any]] | None:
    if guest.consent_at is None or guest.opted_out_at is not None:
        return [{"blocked": "the guest asked for no more messages"}]
    if not judged.held:
        return judged.why
    return [{"blocked": judged.missing}] if judged.missing else None


async def _unreachable(session: AsyncSession, guest: Guest) -> list[dict[str, Any]]:
    """Judged at their turn as the others are, who is held out is compared with who got it."""
    number = select(GuestIdentity.id).where(GuestIdentity.guest_id == guest.id)
    chat = select(Conversation.id).where(Conversation.guest_id == guest.id)
    known = await session.scalar(select(number.exists() | chat.exists()))
    return [] if known else [{"blocked": NoNumber.title()}]


async def _say(
    session: AsyncSession, found: Broadcast, guest: Guest, judged: Judged, *, now: datetime
) -> None:
    hotel = await the_hotel(session)
    chat = await chat_of_guest(session, hotel.id, guest.id)
    if chat is None or judged.wording is None:
        raise NoNumber(NoNumber.title())
    await count_for_guest(session, hotel, guest.id, now=now)
    key = f"broadcast:{found.id}:{guest.id}"
    message = wordings(found)[-1 if gets_second(found, guest.id) else 0]
    buttons = [
        {"id": f"say:{found.id}:{at}", "text": button["text"]}
        for at, button in enumerate(message.get("buttons", ()))
    ]
    text = with_buttons(judged.wording.text, buttons)
    meta = {"broadcast": str(found.id), "language": judged.wording.language}
    words = Words(text, key, now + USEFUL, "proactive", buttons, meta=meta)
    await say_unfenced(session, chat, words, now=now)
