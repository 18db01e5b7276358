"""What opens a resting chat again: the guest's word, or the hour it was snoozed to."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.state_rules import OVER, RESTING, opened
from frontdesk.conversations.steps import step
from frontdesk.conversations.whose import free
from frontdesk.messaging.models import Conversation


async def reopen(
    session: AsyncSession,
    talk: Conversation,
    *,
    by: str,
    now: datetime,
    reason: str = "guest_wrote",
    depth: int = 0,
) -> None:
    """With whoever had it, and what was over with the bot; an open chat stays as it is.

    `talk` is locked, or nobody else's now.
    """
    if talk.status in RESTING:
        old, to = talk.status, opened(talk.owner)
        await step(session, talk, to, by=by, reason=reason, now=now, depth=depth)
        if old in OVER and talk.owner == "bot":
            await free(session, talk, by=by, now=now, depth=depth)
