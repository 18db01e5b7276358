"""Chats that wait for somebody get the seat that is free: a chat ended, somebody came."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from frontdesk.conversations.desk_models import ConversationChange
from frontdesk.conversations.desk_settings import settings_of
from frontdesk.conversations.route import need_of, route, sitters_of
from frontdesk.conversations.routing import choose, is_there
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import Clock, local_time
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.queries import the_hotel

MOST = 5000
"""Chats that are looked at in one go."""
PRESSING = ("urgent", "high", "normal", "low")


async def seat_waiting(db: Database, clock: Clock, hotel_id: HotelId) -> None:
    """What presses most first, then who has waited longest; each chat in its own transaction.

    Whom the rules find nobody for waits on, holds up nobody behind it, and is not tried.
    """
    async with db.hotel(hotel_id) as session:
        placed = await _placed(session, now=clock.now())
    for talk_id in placed:
        async with db.hotel(hotel_id) as session:
            await _seat(session, talk_id, now=clock.now())


async def _placed(session: AsyncSession, *, now: datetime) -> Sequence[UUID]:
    """As many as would get a seat if nobody else took one: found by one look at all of them."""
    hotel = await the_hotel(session)
    here = local_time(now, hotel.timezone)
    there = {s.seat_id: s for s in await sitters_of(session) if is_there(s, here)}
    if not there:
        return ()
    waiting, settings = await _waiting(session), settings_of(hotel)
    gave = await _gave_back(session, [talk for talk, _, _ in waiting], now)
    found = list[UUID]()
    for talk, vip, code in waiting:
        need = need_of(
            hotel, talk, code, reason=talk.reason, vip=vip, served_by=talk.served_by, now=now
        )
        asked = [s for s in there.values() if s.membership_id != gave.get(talk.id)]
        for seat_id in choose(settings, need, asked).seats[:1]:
            found.append(talk.id)
            taken = replace(there[seat_id], load=there[seat_id].load + 1)
            there[seat_id] = taken
            if not is_there(taken, here):
                del there[seat_id]
        if not there:
            break
    return found


async def _waiting(session: AsyncSession) -> Sequence[tuple[Conversation, bool, str | None]]:
    """With whether the guest is a VIP, and the department that it is of."""
    of = Conversation
    place = case({name: n for n, name in enumerate(PRESSING)}, value=of.priority)
    query = (
        select(of, Guest.vip, Department.code)
        .join(Guest, (Guest.hotel_id == of.hotel_id) & (Guest.id == of.guest_id))
        .outerjoin(
            Department,
            (Department.hotel_id == of.hotel_id) & (Department.id == of.department_id),
        )
        .where(*_looks_for_somebody())
        .order_by(place, of.unassigned_since, of.id)
        .limit(MOST)
        .options(
            load_only(
                *(of.language, of.reason, of.tags, of.served_by),
                *(of.unassigned_since, of.unassigned_due),
            )
        )
    )
    return (await session.execute(query)).all()


async def _seat(session: AsyncSession, talk_id: UUID, *, now: datetime) -> None:
    """Whoever else is at this chat is waited for: who is behind it comes after it."""
    query = select(Conversation).where(Conversation.id == talk_id, *_looks_for_somebody())
    talk = await session.scalar(query.with_for_update(key_share=True))
    if talk is not None:
        gave = await _gave_back(session, [talk], now)
        await route(session, talk, reason=talk.reason, now=now, besides=gave.get(talk.id))


def _looks_for_somebody() -> tuple[ColumnElement[bool], ...]:
    return (
        Conversation.status == "escalated",
        Conversation.assignee_id.is_(None),
        Conversation.unassigned_since.is_not(None),
    )


async def _gave_back(
    session: AsyncSession, talks: Sequence[Conversation], now: datetime
) -> Mapping[UUID, UUID]:
    """Who gave it back is not given it again before the hotel's minutes are over."""
    fresh = [t.id for t in talks if t.unassigned_due is not None and t.unassigned_due > now]
    if not fresh:
        return {}
    change = ConversationChange
    of = (Conversation.hotel_id == change.hotel_id) & (Conversation.id == change.conversation_id)
    query = (
        select(change.conversation_id, change.old)
        .join(Conversation, of)
        .where(
            change.conversation_id.in_(fresh),
            change.kind == "assignee",
            change.step == "release",
            change.at >= Conversation.unassigned_since,
        )
        .ext(distinct_on(change.conversation_id))
        .order_by(change.conversation_id, change.at.desc(), change.id.desc())
    )
    rows = (await session.execute(query)).all()
    return {talk_id: UUID(old) for talk_id, old in rows if old is not None}
