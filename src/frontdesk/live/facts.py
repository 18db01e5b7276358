"""What frames are made of: messages, chats, alerts, events and people, read a batch at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests.models import Guest
from frontdesk.live.changes import Change
from frontdesk.messaging.models import (
    Conversation,
    DeliveryStatus,
    Message,
    OutboundMessage,
    OutboxEvent,
)
from frontdesk.notifications.models import StaffNotification
from frontdesk.tenancy.person_models import Membership

PEOPLE = 2000
ALERTED = text(
    "SELECT n.id, ARRAY(SELECT d.id FROM departments d WHERE d.hotel_id = n.hotel_id"
    " AND alert_is_of(n.conversation_id, n.department, n.details, ARRAY[d.id])) AS departments"
    " FROM staff_notifications n WHERE n.id = ANY (:ids)"
)


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the hotel knows them."""

    id: UUID
    name: str
    email: str
    role: str


@dataclass(slots=True)
class Facts:
    """By id; what is not there any more is left out."""

    messages: Mapping[UUID, Message] = field(default_factory=dict[UUID, Message])
    talks: Mapping[UUID, Conversation] = field(default_factory=dict[UUID, Conversation])
    names: Mapping[UUID, str | None] = field(default_factory=dict[UUID, str | None])
    """Of guests."""
    errors: Mapping[UUID, str | None] = field(default_factory=dict[UUID, str | None])
    """By message: why the wire did not take it."""
    alerts: Mapping[UUID, StaffNotification] = field(default_factory=dict[UUID, StaffNotification])
    alerted: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict[UUID, frozenset[UUID]])
    """By alert: whose department's matter it is."""
    events: Mapping[UUID, OutboxEvent] = field(default_factory=dict[UUID, OutboxEvent])


async def facts_of(session: AsyncSession, changes: Sequence[Change]) -> Facts:
    by_kind: dict[str, set[UUID]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, set()).add(change.subject_id)
    said = by_kind.get("message", set()) | by_kind.get("tick", set())
    messages = await _by_id(session, Message, said)
    alerts = await _by_id(session, StaffNotification, by_kind.get("notification", set()))
    events = await _by_id(session, OutboxEvent, by_kind.get("event", set()))
    talks, names = await _talks(session, {c.conversation_id for c in changes})
    why, alerted = await errors(session, messages.values()), await _alerted(session, alerts)
    return Facts(messages, talks, names, why, alerts, alerted, events)


async def facts_of_messages(session: AsyncSession, messages: Sequence[Message]) -> Facts:
    """For history."""
    talks, names = await _talks(session, {m.conversation_id for m in messages})
    why = await errors(session, messages)
    return Facts({m.id: m for m in messages}, talks, names, why)


async def _alerted(session: AsyncSession, alerts: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    wanted = list(alerts)
    if not wanted:
        return {}
    rows = await session.execute(ALERTED, {"ids": wanted})
    return {row.id: frozenset(UUID(str(d)) for d in row.departments) for row in rows}


async def _talks(
    session: AsyncSession, ids: Iterable[UUID | None]
) -> tuple[dict[UUID, Conversation], dict[UUID, str | None]]:
    talks = await _by_id(session, Conversation, {i for i in ids if i is not None})
    guests = {talk.guest_id for talk in talks.values()}
    if not guests:
        return talks, {}
    rows = await session.execute(select(Guest.id, Guest.name).where(Guest.id.in_(guests)))
    return talks, {row[0]: row[1] for row in rows}


async def _by_id(session: AsyncSession, model: Any, ids: Iterable[UUID]) -> dict[UUID, Any]:
    wanted = list(ids)
    if not wanted:
        return {}
    rows: Sequence[Any] = (await session.scalars(select(model).where(model.id.in_(wanted)))).all()
    return {row.id: row for row in rows}


async def errors(session: AsyncSession, messages: Iterable[Message]) -> dict[UUID, str | None]:
    failed = [m.id for m in messages if m.status == "failed"]
    if not failed:
        return {}
    sent, heard = OutboundMessage, DeliveryStatus
    query = select(sent.message_id, func.concat_ws(" ", heard.status, sent.error)).outerjoin(
        heard,
        (heard.hotel_id == sent.hotel_id)
        & (heard.instance_id == sent.instance_id)
        & (heard.provider_id == sent.provider_id),
    )
    rows = await session.execute(query.where(sent.message_id.in_(failed)))
    return {message_id: why for message_id, why in rows if message_id is not None}


async def people_of(session: AsyncSession) -> dict[str, Member]:
    """By actor: everybody who is or was a member here."""
    rows = (await session.scalars(select(Membership).limit(PEOPLE))).all()
    return {f"user:{m.user_id}": Member(m.id, m.name, m.email, m.role) for m in rows}
