"""How much waits: unread, open, and whose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.live.doors import CHATS, Looker
from frontdesk.messaging.models import Conversation


@dataclass(frozen=True, slots=True)
class Count:
    """The open chats of one department, or of none, and of one member, or of nobody."""

    department_id: UUID | None
    assignee_id: UUID | None
    open: int
    unread: int


@dataclass(frozen=True, slots=True)
class Counters:
    """Chats that a person answers, and that are not put away; `unread` are those with something of
    the guest's that nobody of the house has read.
    """

    counts: Sequence[Count]

    def frame(self, looker: Looker) -> dict[str, Any]:
        """For who is of some departments, of theirs."""
        there = [c for c in self.counts if looker.hears(CHATS, (c.department_id,))]
        return {
            "type": "counters",
            "unread": sum(c.unread for c in there),
            "open": sum(c.open for c in there),
            "mine": sum(c.open for c in there if str(c.assignee_id) == looker.shown_id),
        }


async def count(session: AsyncSession) -> Counters:
    """One read of the index of states; a hotel has few chats open at once."""
    talk = Conversation
    seen = talk.last_inbound_at > func.coalesce(talk.read_at, sql("'-infinity'::timestamptz"))
    whose = (talk.department_id, talk.assignee_id)
    query = select(*whose, func.count(), func.count().filter(seen))
    rows = await session.execute(query.where(talk.status == "escalated").group_by(*whose))
    return Counters([Count(*row) for row in rows])
