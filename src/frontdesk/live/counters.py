"""How much waits: unread, open, and whose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.messaging.models import Conversation


@dataclass(frozen=True, slots=True)
class Counters:
    unread: int
    """Open chats with something of the guest's that nobody of the house has read."""
    open: int
    """Chats that a person answers, and that are not put away."""
    mine: Mapping[UUID, int] = field(default_factory=dict[UUID, int])
    """By membership: the open chats that are theirs."""

    def frame(self, shown_id: str) -> dict[str, Any]:
        mine = next((n for i, n in self.mine.items() if str(i) == shown_id), 0)
        return {"type": "counters", "unread": self.unread, "open": self.open, "mine": mine}


async def count(session: AsyncSession) -> Counters:
    """Two reads of the index of states; a hotel has few chats open at once."""
    talk = Conversation
    is_open = talk.status == "escalated"
    seen = talk.last_inbound_at > func.coalesce(talk.read_at, sql("'-infinity'::timestamptz"))
    query = select(func.count(), func.count().filter(seen))
    opened, unread = (await session.execute(query.where(is_open))).one()
    whose = select(talk.assignee_id, func.count()).where(is_open, talk.assignee_id.is_not(None))
    rows = await session.execute(whose.group_by(talk.assignee_id))
    return Counters(unread, opened, {who: n for who, n in rows if who is not None})
