"""Who answers a chat: the fence goes up whenever it changes hands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.escalate import note_handover
from frontdesk.kit.db import ring
from frontdesk.kit.errors import NotFound
from frontdesk.kit.jobs import Job
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, Message, OutboundMessage
from frontdesk.tenancy.audit import record


class NoSuchConversation(NotFound):
    """There is no such conversation"""

    code = "no_such_conversation"


async def conversation(
    session: AsyncSession, conversation_id: UUID, *, lock: bool = False
) -> Conversation:
    query = select(Conversation).where(Conversation.id == conversation_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NoSuchConversation
    return found


async def take_over(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    by: str,
    reason: str,
    now: datetime,
    depth: int = 0,
    why: Mapping[str, Any] | None = None,
) -> Conversation:
    """Staff answer from now on. No bot row made before this moment is sent any more.

    `depth` is how many rules stand behind it; `why` what spoke for it, the first cause first.
    """
    found = await conversation(session, conversation_id, lock=True)
    if found.owner == "staff":
        return found
    old = {"owner": found.owner, "status": found.status}
    found.owner, found.status, found.reason = "staff", "escalated", reason
    found.fence += 1
    found.lease_owner = found.lease_until = None
    await _withdraw(session, found.id)
    note_handover(session, found, by=by, reason=reason, now=now, why=why)
    record(
        session,
        found.hotel_id,
        "conversation.take_over",
        f"conversation:{found.id}",
        by=by,
        old=old,
        new={"owner": "staff", "status": "escalated", "reason": reason},
    )
    await emit(
        session,
        found.hotel_id,
        "conversation.escalated",
        found.id,
        {"conversation_id": str(found.id), "reason": reason, "by": by, "at": now.isoformat()},
        depth=depth,
    )
    return found


async def _withdraw(session: AsyncSession, conversation_id: UUID) -> None:
    """What the bot still had to say is not said."""
    withdrawn = (
        update(OutboundMessage)
        .where(
            OutboundMessage.conversation_id == conversation_id,
            OutboundMessage.author == "bot",
            OutboundMessage.status == "queued",
        )
        .values(status="cancelled")
        .returning(OutboundMessage.message_id)
    )
    ids = [i for i in (await session.scalars(withdrawn)).all() if i is not None]
    if ids:
        await session.execute(update(Message).where(Message.id.in_(ids)).values(status="cancelled"))


async def resume(
    session: AsyncSession, conversation_id: UUID, *, by: str, now: datetime
) -> Conversation:
    """The bot answers again: a new segment, in which old text never asks for a person again."""
    found = await conversation(session, conversation_id, lock=True)
    if found.owner == "bot" and found.status == "active":
        return found
    old = {"owner": found.owner, "status": found.status}
    found.owner, found.status, found.reason = "bot", "active", None
    found.fence += 1
    found.state = {}
    found.tries = 0
    await session.execute(
        update(Message)
        .where(
            Message.conversation_id == found.id,
            Message.direction == "in",
            Message.handled_at.is_(None),
        )
        .values(handled_at=now)
    )
    record(
        session,
        found.hotel_id,
        "conversation.resume",
        f"conversation:{found.id}",
        by=by,
        old=old,
        new={"owner": "bot", "status": "active"},
    )
    told = {"conversation_id": str(found.id), "by": by, "at": now.isoformat()}
    await emit(session, found.hotel_id, "conversation.returned", found.id, told)
    await ring(session, Job.TAKE_TURN, found.hotel_id, f"{found.instance_id}|{found.chat}")
    return found
