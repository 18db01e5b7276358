"""Who answers a chat: the fence goes up whenever it changes hands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.escalate import note_handover
from frontdesk.conversations.find import NoSuchConversation, conversation
from frontdesk.conversations.segments import begin_segment
from frontdesk.conversations.state_rules import OVER
from frontdesk.conversations.steps import step
from frontdesk.conversations.whose import free, put_in_hands
from frontdesk.kit.db import ring
from frontdesk.kit.jobs import Job
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, Message, OutboundMessage
from frontdesk.notifications.taken import taken_with_chat
from frontdesk.tenancy.audit import record

MACHINES = frozenset({"bot", "system"})
"""Who takes nobody's alert by giving a chat to people; nor does a rule."""
PASSING = frozenset({"phone", "staff_reply"})
"""A word of a person's in a chat that somebody has already changes nothing about it."""


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
    await seen_to(session, found, by=by, now=now, depth=depth)
    if found.owner == "staff":
        if reason not in PASSING:
            await step(session, found, "escalated", by=by, reason=reason, now=now, depth=depth)
        if reason not in PASSING or found.assignee_id is None:
            await put_in_hands(session, found, by=by, reason=reason, now=now, depth=depth)
        return found
    old = {"owner": found.owner, "status": found.status}
    found.owner, found.reason = "staff", reason
    found.fence += 1
    found.lease_owner = found.lease_until = None
    await _withdraw(session, found.id)
    await begin_segment(session, found, by=by, reason=reason, now=now)
    await step(session, found, "escalated", by=by, reason=reason, now=now, depth=depth)
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
    await put_in_hands(session, found, by=by, reason=reason, now=now, depth=depth)
    return found


async def seen_to(
    session: AsyncSession, talk: Conversation, *, by: str, now: datetime, depth: int = 0
) -> None:
    """A person did something about this chat: its alerts climb no further."""
    if depth == 0 and by not in MACHINES:
        await taken_with_chat(session, talk.id, by=by, now=now)


async def _withdraw(session: AsyncSession, conversation_id: UUID) -> None:
    """What the bot still had to say is not said.

    A row that is just being taken up waits for this chat, and then finds the fence raised.
    """
    unsaid = (
        select(OutboundMessage.id)
        .where(
            OutboundMessage.conversation_id == conversation_id,
            OutboundMessage.author == "bot",
            OutboundMessage.status == "queued",
        )
        .with_for_update(skip_locked=True, key_share=True)
    )
    mine = OutboundMessage.id.in_((await session.scalars(unsaid)).all())
    withdrawn = update(OutboundMessage).where(mine).values(status="cancelled")
    withdrawn = withdrawn.returning(OutboundMessage.message_id)
    ids = [i for i in (await session.scalars(withdrawn)).all() if i is not None]
    if ids:
        await session.execute(update(Message).where(Message.id.in_(ids)).values(status="cancelled"))


async def resume(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    by: str,
    now: datetime,
    reason: str | None = None,
    depth: int = 0,
) -> Conversation:
    """The bot answers again: a new segment, in which old text never asks for a person again."""
    found = await conversation(session, conversation_id, lock=True)
    await seen_to(session, found, by=by, now=now, depth=depth)
    if found.owner == "bot" and found.status == "active":
        return found
    old = {"owner": found.owner, "status": found.status}
    await give_back(session, found, "active", by=by, reason=reason, now=now, depth=depth)
    subject, new = f"conversation:{found.id}", {"owner": "bot", "status": "active"}
    record(session, found.hotel_id, "conversation.resume", subject, by=by, old=old, new=new)
    await ring(session, Job.TAKE_TURN, found.hotel_id, f"{found.instance_id}|{found.chat}")
    return found


async def give_back(
    session: AsyncSession,
    talk: Conversation,
    to: str,
    *,
    by: str,
    reason: str | None,
    now: datetime,
    depth: int = 0,
) -> None:
    """The bot's again, in this state: what the guest asked until now, people have answered.

    What is over stays theirs who had it last, until it opens again. `talk` is locked. Raises
    NoSuchStep.
    """
    returned = talk.owner == "staff"
    talk.owner, talk.reason = "bot", None
    talk.fence += 1
    talk.state = {}
    talk.tries = 0
    unhandled = (
        Message.conversation_id == talk.id,
        Message.direction == "in",
        Message.handled_at.is_(None),
    )
    await session.execute(update(Message).where(*unhandled).values(handled_at=now))
    if returned:
        await begin_segment(session, talk, by=by, reason=reason, now=now)
    await step(session, talk, to, by=by, reason=reason, now=now, depth=depth)
    if to not in OVER:
        await free(session, talk, by=by, now=now, depth=depth)
    told = {"conversation_id": str(talk.id), "by": by, "at": now.isoformat()}
    await emit(session, talk.hotel_id, "conversation.returned", talk.id, told, depth=depth)


__all__ = ["NoSuchConversation", "conversation", "give_back", "resume", "seen_to", "take_over"]
