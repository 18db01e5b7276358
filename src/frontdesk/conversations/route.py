"""Finds somebody for a chat by the hotel's rules, and gives it to them."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.assign import assign_first_free
from frontdesk.conversations.desk_models import Seat
from frontdesk.conversations.desk_settings import settings_of
from frontdesk.conversations.routing import Choice, Need, Sitter, choose
from frontdesk.conversations.weigh import set_priority
from frontdesk.guests.models import Guest
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.queries import the_hotel

BY = "routing"


async def route(
    session: AsyncSession,
    talk: Conversation,
    *,
    reason: str | None,
    now: datetime,
    depth: int = 0,
    besides: UUID | None = None,
) -> bool:
    """Whether somebody has it now. `talk` is locked, and nobody's; `besides` is asked for none."""
    hotel = await the_hotel(session)
    settings = settings_of(hotel)
    code = await _code(session, talk.department_id)
    sitters = [s for s in await _sitters(session, code) if s.membership_id != besides]
    need = await _need(session, talk, hotel, code, reason=reason, now=now)
    choice = choose(settings, need, sitters) if sitters else Choice(())
    rule = choice.rule
    if rule is not None and rule.priority is not None:
        await set_priority(session, talk, rule.priority, by=BY, now=now, depth=depth)
    return await assign_first_free(session, talk, choice.seats, by=BY, now=now, depth=depth)


async def _need(
    session: AsyncSession,
    talk: Conversation,
    hotel: Hotel,
    code: str | None,
    *,
    reason: str | None,
    now: datetime,
) -> Need:
    vip = await session.scalar(select(Guest.vip).where(Guest.id == talk.guest_id))
    return Need(
        local=now.astimezone(ZoneInfo(hotel.timezone)).replace(tzinfo=None),
        language=talk.language or hotel.language,
        reason=reason,
        vip=bool(vip),
        labels=frozenset(talk.tags),
        department=code,
        served_by=await _served_by(session, talk),
    )


async def _sitters(session: AsyncSession, of: str | None) -> list[Sitter]:
    """Those for whom a chat of this department, or of none, is there."""
    query = (
        select(Seat, Department.code, Membership.departments)
        .join(
            Membership,
            (Membership.hotel_id == Seat.hotel_id) & (Membership.id == Seat.membership_id),
        )
        .outerjoin(
            Department,
            (Department.hotel_id == Seat.hotel_id) & (Department.id == Seat.department_id),
        )
        .where(Seat.available, Membership.status == "active")
    )
    rows = (await session.execute(query)).all()
    return [_sitter(seat, code) for seat, code, theirs in rows if not theirs or of in theirs]


def _sitter(seat: Seat, department: str | None) -> Sitter:
    return Sitter(
        seat_id=seat.id,
        membership_id=seat.membership_id,
        available=seat.available,
        load=seat.load,
        capacity=seat.capacity,
        languages=frozenset(seat.languages),
        skills=frozenset(seat.skills),
        hours=seat.hours,
        department=department,
        assigned_at=seat.assigned_at,
    )


async def _code(session: AsyncSession, department_id: UUID | None) -> str | None:
    if department_id is None:
        return None
    return await session.scalar(select(Department.code).where(Department.id == department_id))


async def _served_by(session: AsyncSession, talk: Conversation) -> UUID | None:
    """In this chat, else in any of the guest's."""
    if talk.served_by is not None:
        return talk.served_by
    query = select(Conversation.served_by).where(
        Conversation.guest_id == talk.guest_id, Conversation.served_by.is_not(None)
    )
    return await session.scalar(query.order_by(Conversation.last_message_at.desc()).limit(1))
