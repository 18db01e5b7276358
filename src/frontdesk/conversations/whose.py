"""Who has a chat when it changes hands: who takes it, or whom the hotel's rules choose."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.assign import assign, looks_for_somebody, member_behind
from frontdesk.conversations.desk_settings import desk_settings
from frontdesk.conversations.route import route
from frontdesk.messaging.models import Conversation

UNKNOWN_HAND = "phone"
"""Somebody on the hotel's own phone answers: nobody knows who, and nobody else is looked for."""


async def put_in_hands(
    session: AsyncSession,
    talk: Conversation,
    *,
    by: str,
    reason: str | None,
    now: datetime,
    depth: int = 0,
) -> None:
    """Of a chat that people have: to who takes it, else by the hotel's rules, else it waits, and
    after the hotel's minutes that is told. `talk` is locked.
    """
    taker = await member_behind(session, by)
    if taker is not None:
        await assign(session, talk, taker.id, by=by, now=now, depth=depth)
        return
    if by == UNKNOWN_HAND:
        talk.unassigned_since = talk.unassigned_due = None
        return
    if talk.assignee_id is not None:
        return
    if await route(session, talk, reason=reason, now=now, depth=depth):
        return
    await looks_for_somebody(session, talk, now=now)


async def free(
    session: AsyncSession, talk: Conversation, *, by: str, now: datetime, depth: int = 0
) -> None:
    """The bot has it again: it is nobody's, unless the hotel lets people keep theirs."""
    talk.unassigned_since = talk.unassigned_due = None
    if talk.assignee_id is not None and not (await desk_settings(session)).keep_assignee:
        await assign(session, talk, None, by=by, now=now, depth=depth)
