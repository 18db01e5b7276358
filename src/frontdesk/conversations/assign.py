"""Whose a chat is: given by a person, or by the hotel's rules in one statement."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.desk_settings import desk_settings
from frontdesk.conversations.find import conversation
from frontdesk.conversations.steps import Change, keep
from frontdesk.guests.models import Guest
from frontdesk.kit.errors import NotFound
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.notifications.taken import taken_of_kind
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.departments import must_see
from frontdesk.tenancy.person_models import Membership

FIRST_FREE = text(
    "WITH seat AS ("
    " SELECT s.membership_id FROM desk_seats s"
    " JOIN unnest(CAST(:seats AS uuid[])) WITH ORDINALITY AS n (id, place) ON n.id = s.id"
    " WHERE s.hotel_id = :hotel AND s.available AND s.load < s.capacity"
    " ORDER BY n.place LIMIT 1 FOR UPDATE OF s)"
    " UPDATE conversations c SET assignee_id = seat.membership_id, served_by = seat.membership_id,"
    " assigned_at = :now, unassigned_since = NULL, unassigned_due = NULL FROM seat"
    " WHERE c.hotel_id = :hotel AND c.id = :talk AND c.assignee_id IS NULL"
    " RETURNING c.assignee_id"
)
"""The seat is locked before it is counted: of many that want its last place one gets it."""
ASSIGNED = "assigned"
"""The kind of the alert to whom a chat is given."""
PRIORITY = 50


class NoSuchMember(NotFound):
    """There is no such member of the hotel's people"""

    code = "no_such_member"


async def member(session: AsyncSession, who: UUID) -> Membership:
    """By the membership's id or the person's; active ones only. Raises NoSuchMember."""
    query = select(Membership).where(
        or_(Membership.id == who, Membership.user_id == who), Membership.status == "active"
    )
    found = await session.scalar(query)
    if found is None:
        raise NoSuchMember
    return found


async def member_behind(session: AsyncSession, actor: str) -> Membership | None:
    """The member who acts as `user:<id>`; nobody for keys, rules and the bot."""
    kind, _, who = actor.partition(":")
    if kind != "user":
        return None
    query = select(Membership).where(Membership.user_id == UUID(who), Membership.status == "active")
    return await session.scalar(query)


async def assign(
    session: AsyncSession,
    talk: Conversation,
    who: UUID | None,
    *,
    by: str,
    now: datetime,
    depth: int = 0,
) -> Conversation:
    """Give a chat to a member (by membership or user id), or to nobody; a person may overfill.

    Raises NoSuchMember and OtherDepartments.
    """
    found = await conversation(session, talk.id, lock=True)
    person = None if who is None else await _who_sees(session, found, who)
    was, wanted = found.assignee_id, person.id if person else None
    if was == wanted:
        return found
    found.assignee_id, found.assigned_at = wanted, now if wanted else None
    found.unassigned_since = found.unassigned_due = None
    if wanted is not None:
        found.served_by = wanted
    elif found.status == "escalated":
        await looks_for_somebody(session, found, now=now)
    await session.flush()
    await tell_assigned(session, found, was, by=by, now=now, depth=depth)
    if was is not None:
        await taken_of_kind(session, ASSIGNED, by=by, now=now, conversation_id=found.id)
    if person is not None and by != f"user:{person.user_id}":
        await _tell_member(session, found, person, now=now, depth=depth)
    return found


async def _tell_member(
    session: AsyncSession, talk: Conversation, person: Membership, *, now: datetime, depth: int
) -> None:
    """Whoever is given a chat by somebody else hears of it, by the ways that they chose."""
    guest = await session.scalar(select(Guest.name).where(Guest.id == talk.guest_id))
    heading = Heading(ASSIGNED, {"name": person.name or person.email}, guest or "")
    alert = Alert(
        kind=ASSIGNED,
        priority=PRIORITY,
        title=heading,
        body=[Sentence(heading.name, heading.filled, heading.who)],
        dedupe_key=f"{ASSIGNED}:{talk.id}:{person.id}:{now.isoformat()}",
        conversation_id=talk.id,
        details={"membership_id": str(person.id)},
        membership_id=person.id,
        depth=depth,
    )
    await notify(session, talk.hotel_id, alert, now=now)


async def _who_sees(session: AsyncSession, talk: Conversation, who: UUID) -> Membership:
    person = await member(session, who)
    await must_see(session, person, talk.department_id)
    return person


async def looks_for_somebody(session: AsyncSession, talk: Conversation, *, now: datetime) -> None:
    """It is nobody's, and should not be: after the hotel's minutes that is told."""
    minutes = (await desk_settings(session)).unassigned_minutes
    talk.unassigned_since, talk.unassigned_due = now, now + timedelta(minutes=minutes)
    await session.flush()


async def assign_first_free(
    session: AsyncSession,
    talk: Conversation,
    seats: Sequence[UUID],
    *,
    by: str,
    now: datetime,
    depth: int = 0,
) -> bool:
    """To the first of `seats` who is there and has room, in one statement; false where none has,
    or where somebody has the chat.
    """
    if not seats:
        return False
    await session.flush()
    asked = {"seats": list(seats), "hotel": talk.hotel_id, "talk": talk.id, "now": now}
    given = await session.scalar(FIRST_FREE, asked)
    if given is None:
        return False
    await session.refresh(talk)
    await tell_assigned(session, talk, None, by=by, now=now, depth=depth)
    return True


async def tell_assigned(
    session: AsyncSession,
    talk: Conversation,
    was: UUID | None,
    *,
    by: str,
    now: datetime,
    depth: int,
) -> None:
    old, new = _said(was), _said(talk.assignee_id)
    name = "assign" if new else "release"
    keep(session, talk, Change("assignee", name, old, new, by), now=now)
    subject = f"conversation:{talk.id}"
    whose = {"assignee": was}, {"assignee": talk.assignee_id}
    record(
        session, talk.hotel_id, f"conversation.{name}", subject, by=by, old=whose[0], new=whose[1]
    )
    told = {
        "conversation_id": str(talk.id),
        "guest_id": str(talk.guest_id),
        "assignee_id": new,
        "was": old,
        "by": by,
        "at": now.isoformat(),
    }
    await emit(session, talk.hotel_id, "conversation.assigned", talk.id, told, depth=depth)


def _said(membership_id: UUID | None) -> str | None:
    return None if membership_id is None else str(membership_id)
