"""What a shift leaves owed: tasks, answers that guests were told of, and messages laid ready."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.escalation_models import HandoverRecord
from frontdesk.conversations.note_models import ScheduledMessage
from frontdesk.conversations.task_models import Task
from frontdesk.messaging.models import Conversation, Message

MOST = 500
"""Lines of one part."""
LIVING = ("open", "in_progress")
PEOPLE = ("staff", "phone")
"""Who answers a guest that was told of a person."""


async def tasks(session: AsyncSession, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Those that are not done, the soonest due first."""
    query = select(Task).where(Task.state.in_(LIVING), which)
    ordered = query.order_by(Task.due_at.nulls_last(), Task.created_at, Task.id)
    return [
        {
            "task_id": str(one.id),
            "number": one.number,
            "item": one.item,
            "state": one.state,
            "priority": one.priority,
            "due_at": one.due_at.isoformat() if one.due_at else None,
            "department_id": str(one.department_id),
            "assignee_id": str(one.assignee_id) if one.assignee_id else None,
            "room_id": str(one.room_id) if one.room_id else None,
            "conversation_id": str(one.conversation_id) if one.conversation_id else None,
        }
        for one in (await session.scalars(ordered.limit(MOST))).all()
    ]


async def answers(session: AsyncSession) -> list[dict[str, Any]]:
    """Guests who were told by when somebody answers, and still wait."""
    query = (
        select(HandoverRecord)
        .join(
            Conversation,
            and_(
                Conversation.hotel_id == HandoverRecord.hotel_id,
                Conversation.id == HandoverRecord.conversation_id,
            ),
        )
        .where(
            Conversation.owner == "staff",
            HandoverRecord.promised_until.is_not(None),
            ~exists().where(
                Message.hotel_id == HandoverRecord.hotel_id,
                Message.conversation_id == HandoverRecord.conversation_id,
                Message.author.in_(PEOPLE),
                Message.occurred_at >= HandoverRecord.opened_at,
            ),
        )
        .order_by(HandoverRecord.opened_at.desc(), HandoverRecord.id.desc())
        .limit(MOST)
    )
    newest: dict[UUID, HandoverRecord] = {}
    for one in (await session.scalars(query)).all():
        newest.setdefault(one.conversation_id, one)
    return [
        {
            "conversation_id": str(one.conversation_id),
            "cause": one.cause,
            "by": one.promised_until.isoformat(),
        }
        for one in newest.values()
        if one.promised_until is not None
    ]


async def messages(session: AsyncSession) -> list[dict[str, Any]]:
    """What staff have laid ready to be said."""
    model = ScheduledMessage
    query = select(model).where(model.state == "waiting").order_by(model.send_at, model.id)
    return [
        {
            "scheduled_message_id": str(one.id),
            "conversation_id": str(one.conversation_id),
            "send_at": one.send_at.isoformat(),
            "by": one.by,
        }
        for one in (await session.scalars(query.limit(MOST))).all()
    ]
