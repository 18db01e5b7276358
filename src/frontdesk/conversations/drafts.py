"""Replies that the bot only drafted: kept with the alert that tells of them, sent by a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.handover import conversation
from frontdesk.conversations.staff import REPLY_EXPIRY
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Message
from frontdesk.messaging.outbox import Letter, post
from frontdesk.notifications.models import StaffNotification
from frontdesk.tenancy.audit import record

DRAFT = "draft"
"""The kind of its alert; the texts lie in its details."""


class DraftGone(Conflict):
    """This draft was sent or taken already"""

    code = "draft_gone"


async def send_draft(
    session: AsyncSession,
    conversation_id: UUID,
    notification_id: UUID,
    *,
    text: str | None,
    by: str,
    now: datetime,
) -> Message:
    """As it is, or edited; a draft goes out once."""
    talk = await conversation(session, conversation_id, lock=True)
    query = select(StaffNotification).where(
        StaffNotification.id == notification_id,
        StaffNotification.conversation_id == conversation_id,
        StaffNotification.kind == DRAFT,
    )
    draft = await session.scalar(query.with_for_update())
    if draft is None:
        raise NotFound("there is no such draft")
    if draft.status == "closed":
        raise DraftGone
    said = text or "\n\n".join(draft.details.get("drafts", []))
    if not said:
        raise NotFound("there is nothing in this draft")
    message = Message(
        hotel_id=talk.hotel_id,
        id=uuid7(),
        conversation_id=talk.id,
        direction="out",
        author="staff",
        kind="text",
        text=said,
        content={},
        occurred_at=now,
        status="pending",
        meta={"by": by, "draft": str(draft.id), "edited": text is not None},
    )
    session.add(message)
    draft.status, talk.last_message_at = "closed", now
    await session.flush()
    await session.refresh(message)
    letter = Letter(
        instance_id=talk.instance_id,
        chat=talk.chat,
        text=said,
        dedupe_key=f"draft:{draft.id}",
        expires_at=now + REPLY_EXPIRY,
        author="staff",
        conversation_id=talk.id,
        message_id=message.id,
    )
    await post(session, talk.hotel_id, letter, now=now)
    about = {"message": message.id, "edited": text is not None}
    record(session, talk.hotel_id, "draft.send", f"conversation:{talk.id}", by=by, new=about)
    return message
