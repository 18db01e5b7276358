"""A hotel's chats, narrowed by what a desk looks for; each way has its index."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.desk_models import ConversationLabel, Label
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.department_models import Department


@dataclass(frozen=True, slots=True)
class Narrow:
    status: str | None = None
    owner: str | None = None
    assignee: UUID | None = None
    unassigned: bool = False
    label: str | None = None
    department: str | None = None
    priority: str | None = None
    unread: bool = False
    waiting_before: datetime | None = None


async def narrowed(session: AsyncSession, wanted: Narrow) -> Select[Conversation]:
    """What names nothing that there is, finds nothing."""
    c = Conversation
    query = select(c)
    for column, value in (
        (c.status, wanted.status),
        (c.owner, wanted.owner),
        (c.assignee_id, wanted.assignee),
        (c.priority, wanted.priority),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.unassigned:
        query = query.where(c.assignee_id.is_(None))
    if wanted.unread:
        query = query.where(c.last_inbound_at > func.coalesce(c.read_at, "-infinity"))
    if wanted.waiting_before is not None:
        query = query.where(c.waiting_since <= wanted.waiting_before)
    return await _named(session, query, wanted)


async def _named(
    session: AsyncSession, query: Select[Conversation], wanted: Narrow
) -> Select[Conversation]:
    if wanted.department is not None:
        named = select(Department.id).where(Department.code == wanted.department)
        query = query.where(Conversation.department_id == await session.scalar(named))
    if wanted.label is not None:
        named = select(Label.id).where(Label.name == wanted.label)
        put = select(ConversationLabel.id).where(
            ConversationLabel.hotel_id == Conversation.hotel_id,
            ConversationLabel.conversation_id == Conversation.id,
            ConversationLabel.label_id == await session.scalar(named),
        )
        query = query.where(put.exists())
    return query
