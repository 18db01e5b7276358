"""What one shift hands to the next: open, promised, due, VIPs and complaints, as ids and states."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import Booking
from frontdesk.conversations.escalation_models import HandoverRecord
from frontdesk.conversations.shift_models import ShiftReport
from frontdesk.conversations.shift_owed import answers, messages, tasks
from frontdesk.conversations.task_models import Task
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import local_day
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Conversation
from frontdesk.notifications.models import StaffNotification
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel

SHIFT = timedelta(hours=12)
"""How far the first report looks back, and what is due looks ahead."""
MOST = 500
"""Lines of one part."""
LIVING = ("confirmed", "checked_in")
COMPLAINTS = ("complaint", "sentiment")


class AlreadySigned(Conflict):
    """Both have signed this shift report"""

    code = "already_signed"


class SameHand(Conflict):
    """Who hands over and who takes over are two people"""

    code = "same_hand"


async def document(session: AsyncSession, *, now: datetime) -> dict[str, Any]:
    """Since the last report that somebody signed."""
    since = await _since(session, now)
    day = local_day(now, (await the_hotel(session)).timezone)
    arriving = (Booking.status == "confirmed") & (Booking.arrival <= day)
    leaving = (Booking.status == "checked_in") & (Booking.departure <= day)
    near = Booking.arrival <= day + timedelta(days=1)
    wishes = Booking.special_requests.is_not(None) & Booking.status.in_(LIVING) & near
    return {
        "since": since.isoformat(),
        "until": now.isoformat(),
        "open": {
            "conversations": await _conversations(session),
            "alerts": await _alerts(session, StaffNotification.status == "open"),
            "tasks": await tasks(session, Task.due_at.is_(None)),
        },
        "promised": {
            "taken": await _alerts(
                session,
                (StaffNotification.status == "acknowledged")
                & (StaffNotification.acknowledged_at > since),
            ),
            "wishes": await _bookings(session, wishes),
            "answers": await answers(session, now=now),
            "tasks": await tasks(session, Task.tell_guest & Task.conversation_id.is_not(None)),
            "messages": await messages(session),
        },
        "due": {
            "arrivals": await _bookings(session, arriving),
            "departures": await _bookings(session, leaving),
            "tasks": await tasks(session, Task.due_at <= now + SHIFT),
        },
        "vips": await _bookings(session, Guest.vip & Booking.status.in_(LIVING) & near),
        "complaints": await _complaints(session, since),
    }


async def _since(session: AsyncSession, now: datetime) -> datetime:
    last = await session.scalar(
        select(ShiftReport.until).order_by(ShiftReport.until.desc()).limit(1)
    )
    return last or now - SHIFT


async def _conversations(session: AsyncSession) -> list[dict[str, Any]]:
    query = (
        select(Conversation)
        .where(or_(Conversation.owner == "staff", Conversation.status == "escalated"))
        .where(Conversation.status != "closed")
        .order_by(Conversation.last_message_at.desc())
        .limit(MOST)
    )
    return [
        {
            "conversation_id": str(one.id),
            "guest_id": str(one.guest_id),
            "status": one.status,
            "reason": one.reason,
            "last_message_at": one.last_message_at.isoformat(),
            "unread": one.unread,
        }
        for one in (await session.scalars(query)).all()
    ]


async def _alerts(session: AsyncSession, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    model = StaffNotification
    query = select(model).where(which).order_by(model.priority_score.desc(), model.created_at)
    rows = (await session.scalars(query.limit(MOST))).all()
    return [_alert(one) for one in rows]


def _alert(one: StaffNotification) -> dict[str, Any]:
    return {
        "notification_id": str(one.id),
        "kind": one.kind,
        "priority_score": one.priority_score,
        "status": one.status,
        "conversation_id": str(one.conversation_id) if one.conversation_id else None,
        "acknowledged_by": str(one.acknowledged_by) if one.acknowledged_by else None,
        "unattended": one.unattended,
        "created_at": one.created_at.isoformat(),
    }


async def _bookings(session: AsyncSession, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    query = (
        select(Booking)
        .join(Guest, (Guest.hotel_id == Booking.hotel_id) & (Guest.id == Booking.guest_id))
        .where(which)
        .order_by(Booking.arrival, Booking.id)
        .limit(MOST)
    )
    return [
        {
            "booking_id": str(one.id),
            "guest_id": str(one.guest_id),
            "code": one.code,
            "status": one.status,
            "arrival": one.arrival.isoformat(),
            "departure": one.departure.isoformat(),
        }
        for one in (await session.scalars(query)).all()
    ]


async def _complaints(session: AsyncSession, since: datetime) -> list[dict[str, Any]]:
    """Alerts of unhappy guests, and chats that went to a person for the mood."""
    told = await _alerts(
        session,
        StaffNotification.kind.in_(COMPLAINTS) & (StaffNotification.created_at > since),
    )
    known = {one["conversation_id"] for one in told}
    query = (
        select(HandoverRecord)
        .where(HandoverRecord.cause.in_(COMPLAINTS), HandoverRecord.opened_at > since)
        .order_by(HandoverRecord.opened_at)
        .limit(MOST)
    )
    others = [
        {"conversation_id": str(h.conversation_id), "cause": h.cause, "at": h.opened_at.isoformat()}
        for h in (await session.scalars(query)).all()
        if str(h.conversation_id) not in known
    ]
    return [*told, *others]


async def hand_over(
    session: AsyncSession, hotel_id: UUID, *, by: str, now: datetime
) -> ShiftReport:
    """The document as it is now, signed by who leaves."""
    said = await document(session, now=now)
    report = ShiftReport(
        hotel_id=hotel_id,
        id=uuid7(),
        since=datetime.fromisoformat(said["since"]),
        until=now,
        document=said,
        digest=digest_of(said),
        outgoing_by=by,
        outgoing_at=now,
    )
    session.add(report)
    await session.flush()
    new = {"outgoing": by, "digest": report.digest}
    record(session, hotel_id, "shift_report.sign", f"shift_report:{report.id}", by=by, new=new)
    return report


async def take_on(session: AsyncSession, report_id: UUID, *, by: str, now: datetime) -> ShiftReport:
    """Signed by who comes: another than who left. Raises AlreadySigned and SameHand."""
    query = select(ShiftReport).where(ShiftReport.id == report_id).with_for_update()
    report = await session.scalar(query)
    if report is None:
        raise NotFound("there is no such shift report")
    if report.incoming_by is not None:
        raise AlreadySigned
    if report.outgoing_by == by:
        raise SameHand
    report.incoming_by, report.incoming_at = by, now
    subject, new = f"shift_report:{report.id}", {"incoming": by, "digest": report.digest}
    record(session, report.hotel_id, "shift_report.sign", subject, by=by, new=new)
    await session.flush()
    return report


def digest_of(said: dict[str, Any] | Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
