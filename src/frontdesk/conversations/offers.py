"""Tells who waits for a stay that it is free: the offer is a held quote, and a yes books it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.reply import Draft, Voice, join
from frontdesk.assistant.sell import show_quote
from frontdesk.assistant.states import State, dump
from frontdesk.bookings.offering import offer_next
from frontdesk.bookings.queries import quote as quote_of
from frontdesk.bookings.stay_models import WaitlistEntry
from frontdesk.bookings.waitlist import end_next
from frontdesk.conversations.handover import conversation
from frontdesk.conversations.unfenced import Words, say_unfenced
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.messaging.models import Conversation
from frontdesk.rooms.queries import room_type
from frontdesk.tenancy.queries import the_hotel


async def work_waitlist(db: Database, clock: Clock, hotel_id: HotelId) -> None:
    """End what is over, then offer what is free, one wait a transaction."""
    while await _end(db, clock, hotel_id):
        pass
    while await _offer(db, clock, hotel_id):
        pass


async def _end(db: Database, clock: Clock, hotel_id: HotelId) -> bool:
    async with db.hotel(hotel_id) as session:
        return await end_next(session, now=clock.now())


async def _offer(db: Database, clock: Clock, hotel_id: HotelId) -> bool:
    async with db.hotel(hotel_id) as session:
        entry = await offer_next(session, now=clock.now())
        if entry is not None and entry.conversation_id is not None:
            await _say(session, entry, entry.conversation_id, clock)
    return entry is not None


async def _say(
    session: AsyncSession, entry: WaitlistEntry, conversation_id: UUID, clock: Clock
) -> None:
    """Not to a guest who asked for no more messages: staff see the offer in the waitlist."""
    chat = await conversation(session, conversation_id, lock=True)
    guest = await session.scalar(select(Guest).where(Guest.id == entry.guest_id))
    if guest is None or guest.opted_out_at is not None:
        return
    now = clock.now()
    draft = await _words(session, entry, chat, guest, now=now)
    if chat.owner == "bot":
        chat.state = dump(State(stage="confirming", subject=str(entry.quote_id)))
    buttons = [{"id": b.id, "text": b.text} for b in draft.buttons]
    words = Words(
        draft.text,
        f"waitlist:{entry.id}:{entry.quote_id}",
        entry.offer_until or now,
        buttons=buttons,
        meta={"sources": list(draft.sources)},
    )
    await say_unfenced(session, chat, words, now=now)
    chat.last_message_at = now


async def _words(
    session: AsyncSession,
    entry: WaitlistEntry,
    chat: Conversation,
    guest: Guest,
    *,
    now: datetime,
) -> Draft:
    hotel = await the_hotel(session)
    spoken = guest.language or chat.language or hotel.language
    voice = Voice(spoken, hotel.currency, hotel.timezone, hotel.name)
    kind = await room_type(session, entry.room_type_id)
    assert entry.quote_id is not None  # noqa: S101 - an offer has its quote
    quote = await quote_of(session, entry.quote_id)
    until = voice.instant(quote.expires_at.isoformat())
    first = voice.say("waitlist_offer", until=until)
    return join([first, show_quote(voice, quote, kind.name if kind else "", now=now)], gap="\n\n")
