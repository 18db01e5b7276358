"""Where a planned send goes, and what its event says of the subject."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import Booking, Hold, Quote
from frontdesk.bookings.reserve import facts
from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.messaging.models import Conversation
from frontdesk.messaging.threads import open_conversation
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import instances, the_hotel
from frontdesk.triggers.plan_models import PlannedSend


async def chat_for(session: AsyncSession, send: PlannedSend) -> Conversation | None:
    """The chat of the subject, else the guest's latest, else a new one to their phone; locked."""
    if send.guest_id is None and send.conversation_id is None:
        return None
    found = await known_chat(session, send, lock=True)
    return found or await _new_chat(session, send)


async def known_chat(
    session: AsyncSession, send: PlannedSend, *, lock: bool = False
) -> Conversation | None:
    query = select(Conversation).order_by(Conversation.last_message_at.desc()).limit(1)
    of_guest = Conversation.guest_id == send.guest_id
    query = query.where(
        Conversation.id == send.conversation_id if send.conversation_id else of_guest
    )
    return await session.scalar(query.with_for_update(key_share=True) if lock else query)


async def chat_of_guest(
    session: AsyncSession, hotel_id: UUID, guest_id: UUID
) -> Conversation | None:
    """Their latest chat, else a new one to their phone; locked."""
    send = PlannedSend(hotel_id=hotel_id, guest_id=guest_id)
    return await chat_for(session, send)


async def _new_chat(session: AsyncSession, send: PlannedSend) -> Conversation | None:
    phone = select(GuestIdentity.value).where(
        GuestIdentity.guest_id == send.guest_id, GuestIdentity.kind == "phone"
    )
    value = await session.scalar(phone.order_by(GuestIdentity.id).limit(1))
    numbers = await instances(session)
    if value is None or not numbers:
        return None
    chat = f"{value}@c.us"
    return await open_conversation(session, send.hotel_id, numbers[0].id, chat, name=None)


def said_of_guest(guest: Guest, hotel: Hotel) -> dict[str, Any]:
    return {
        "language": guest.language or hotel.language,
        "vip": guest.vip,
        "consented": guest.consent_at is not None and guest.opted_out_at is None,
    }


async def payload_of(
    session: AsyncSession,
    send: PlannedSend,
    guest: Guest | None,
    thread: Conversation | None,
    schedule: Mapping[str, Any],
) -> dict[str, Any]:
    """All that the event of a moment says."""
    moment = {"anchor": schedule.get("anchor"), "due_at": send.due_at.isoformat()}
    if guest is None:
        return {**moment, "day": send.occurrence}
    told = await facts_of(session, send, thread)
    return {**told, **moment, **said_of_guest(guest, await the_hotel(session))}


async def facts_of(
    session: AsyncSession, send: PlannedSend, thread: Conversation | None
) -> dict[str, Any]:
    """The subject as it is now, without its anchor and guest."""
    chat = {"conversation_id": str(thread.id) if thread else None}
    if send.booking_id is not None:
        query = select(Booking).where(Booking.id == send.booking_id)
        booking = (await session.scalars(query)).one()
        return {**facts(booking), "status": booking.status, **chat}
    if send.hold_id is not None:
        kept = (await session.scalars(select(Hold).where(Hold.id == send.hold_id))).one()
        quote = (await session.scalars(select(Quote).where(Quote.id == kept.quote_id))).one()
        return {**_hold(kept, quote), **chat}
    query = select(Conversation).where(Conversation.id == send.conversation_id)
    found = (await session.scalars(query)).one()
    return {
        "conversation_id": str(found.id),
        "guest_id": str(found.guest_id),
        "status": found.status,
        "owner": found.owner,
        "tags": found.tags,
    }


def _hold(kept: Hold, quote: Quote) -> dict[str, Any]:
    return {
        "hold_id": str(kept.id),
        "quote_id": str(quote.id),
        "guest_id": str(quote.guest_id),
        "arrival": kept.arrival.isoformat(),
        "departure": kept.departure.isoformat(),
        "rooms": kept.rooms,
        "total": quote.total,
        "currency": quote.currency,
    }
