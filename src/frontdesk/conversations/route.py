"""Finds somebody for a chat by the hotel's rules, and gives it to them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.assign import assign_first_free
from frontdesk.conversations.desk_models import Seat
from frontdesk.conversations.desk_settings import settings_of
from frontdesk.conversations.routing import Choice, Need, Sitter, choose
from frontdesk.conversations.weigh import set_priority
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import local_time
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
    code = await _code(session, talk.department_id)
    vip = await session.scalar(select(Guest.vip).where(Guest.id == talk.guest_id))
    served_by = await _served_by(session, talk)
    need = need_of(hotel, talk, code, reason=reason, vip=bool(vip), served_by=served_by, now=now)
    sitters = [s for s in await sitters_of(session) if s.membership_id != besides]
    choice = choose(settings_of(hotel), need, sitters) if sitters else Choice(())
    rule = choice.rule
    if rule is not None and rule.priority is not None:
        await set_priority(session, talk, rule.priority, by=BY, now=now, depth=depth)
    return await assign_first_free(session, talk, choice.seats, by=BY, now=now, depth=depth)


def need_of(
    hotel: Hotel,
    talk: Conversation,
    code: str | None,
    *,
    reason: str | None,
    vip: bool,
    served_by: UUID | None,
    now: datetime,
) -> Need:
    return Need(
        local=local_time(now, hotel.timezone),
        language=talk.language or hotel.language,
        reason=reason,
        vip=vip,
        labels=frozenset(talk.tags),
        department=code,
        served_by=served_by,
    )


async def sitters_of(session: AsyncSession) -> list[Sitter]:
    """Everybody who takes chats, full or not."""
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
    return [_sitter(*row) for row in (await session.execute(query)).all()]


def _sitter(seat: Seat, department: str | None, sees: Sequence[str]) -> Sitter:
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
        sees=frozenset(sees),
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
