"""Where a planned send goes, and what its event says of the subject."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import Booking, Hold, Quote
from frontdesk.bookings.reserve import facts
from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import instances
from frontdesk.triggers.facts import own_hotel
from frontdesk.triggers.plan_models import PlannedSend


@dataclass(frozen=True, slots=True)
class Chats:
    """Where planned sends go: each chat that could be locked."""

    known: Mapping[UUID, UUID]
    """By guest: the id of their latest chat."""
    locked: Mapping[UUID, Conversation]

    def of(self, send: PlannedSend) -> Conversation | None:
        wanted = self._wanted(send)
        return self.locked.get(wanted) if wanted else None

    def busy(self, send: PlannedSend) -> bool:
        wanted = self._wanted(send)
        return wanted is not None and wanted not in self.locked

    def _wanted(self, send: PlannedSend) -> UUID | None:
        if send.conversation_id is not None:
            return send.conversation_id
        return self.known.get(send.guest_id) if send.guest_id else None


async def chats_of(session: AsyncSession, sends: Sequence[PlannedSend], *, wait: bool) -> Chats:
    """The chat of each subject, else the guest's latest, else a new one to their phone; locked."""
    guests = {s.guest_id for s in sends if s.guest_id and s.conversation_id is None}
    known = await _latest(session, guests)
    if guests - known.keys():
        known |= await _new_chats(session, sends[0].hotel_id, guests - known.keys())
    wanted = {s.conversation_id for s in sends if s.conversation_id} | set(known.values())
    if not wanted:
        return Chats({}, {})
    lock = select(Conversation).where(Conversation.id.in_(wanted)).order_by(Conversation.id)
    lock = lock.with_for_update(skip_locked=not wait).execution_options(populate_existing=True)
    return Chats(known, {chat.id: chat for chat in await session.scalars(lock)})


async def _latest(session: AsyncSession, guests: Collection[UUID]) -> dict[UUID, UUID]:
    if not guests:
        return {}
    query = select(Conversation.guest_id, Conversation.id).ext(distinct_on(Conversation.guest_id))
    query = query.where(Conversation.guest_id.in_(guests))
    order = (Conversation.guest_id, Conversation.last_message_at.desc(), Conversation.id)
    found = await session.execute(query.order_by(*order))
    return {row.guest_id: row.id for row in found}


async def _new_chats(
    session: AsyncSession, hotel_id: UUID, guests: Collection[UUID]
) -> dict[UUID, UUID]:
    """By guest; who has no phone gets none."""
    of = GuestIdentity
    phones = select(of.guest_id, of.value).ext(distinct_on(of.guest_id))
    phones = phones.where(of.guest_id.in_(guests), of.kind == "phone")
    phones = phones.order_by(of.guest_id, of.id)
    chats = {row.guest_id: f"{row.value}@c.us" for row in await session.execute(phones)}
    numbers = await instances(session)
    if not chats or not numbers:
        return {}
    same = {"hotel_id": hotel_id, "instance_id": numbers[0].id}
    rows = [
        {**same, "id": uuid7(), "guest_id": guest, "chat": chat}
        for guest, chat in sorted(chats.items(), key=lambda pair: pair[1])
    ]
    await session.execute(insert(Conversation).values(rows).on_conflict_do_nothing())
    there = select(Conversation.chat, Conversation.id).where(
        Conversation.instance_id == numbers[0].id, Conversation.chat.in_(chats.values())
    )
    ids = {row.chat: row.id for row in await session.execute(there)}
    return {guest: ids[chat] for guest, chat in chats.items()}


async def known_chat(session: AsyncSession, send: PlannedSend) -> Conversation | None:
    if send.conversation_id is not None:
        return await session.get(Conversation, (send.hotel_id, send.conversation_id))
    return await latest_chat(session, send.guest_id) if send.guest_id else None


async def latest_chat(session: AsyncSession, guest_id: UUID) -> Conversation | None:
    query = select(Conversation).where(Conversation.guest_id == guest_id)
    query = query.order_by(Conversation.last_message_at.desc(), Conversation.id)
    return await session.scalar(query.limit(1))


async def has_phone(session: AsyncSession, guest_id: UUID) -> bool:
    """Whether a chat could be opened with them."""
    of = GuestIdentity
    phone = select(of.id).where(of.guest_id == guest_id, of.kind == "phone").limit(1)
    return await session.scalar(phone) is not None


async def chat_of_guest(
    session: AsyncSession, hotel_id: UUID, guest_id: UUID
) -> Conversation | None:
    """Their latest chat, else a new one to their phone; locked."""
    send = PlannedSend(hotel_id=hotel_id, guest_id=guest_id)
    return (await chats_of(session, [send], wait=True)).of(send)


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
    return {**told, **moment, **said_of_guest(guest, await own_hotel(session))}


async def facts_of(
    session: AsyncSession, send: PlannedSend, thread: Conversation | None
) -> dict[str, Any]:
    """The subject as it is now, without its anchor and guest."""
    chat = {"conversation_id": str(thread.id) if thread else None}
    if send.booking_id is not None:
        booking = await session.get_one(Booking, (send.hotel_id, send.booking_id))
        return {**facts(booking), "status": booking.status, **chat}
    if send.hold_id is not None:
        kept = (await session.scalars(select(Hold).where(Hold.id == send.hold_id))).one()
        quote = (await session.scalars(select(Quote).where(Quote.id == kept.quote_id))).one()
        return {**_hold(kept, quote), **chat}
    found = await session.get_one(Conversation, (send.hotel_id, send.conversation_id))
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
