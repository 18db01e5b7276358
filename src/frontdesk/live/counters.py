"""How much waits: unread, open, and whose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
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
    talk = Conversation
    is_open = talk.status == "escalated"
    unread = (talk.read_at.is_(None)) | (talk.last_inbound_at > talk.read_at)
    query = select(func.count(), func.count().filter(unread & talk.last_inbound_at.is_not(None)))
    opened, unseen = (await session.execute(query.where(is_open))).one()
    return Counters(unseen, opened)
