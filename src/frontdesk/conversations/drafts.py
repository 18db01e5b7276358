"""Replies that the bot only drafted: kept with the alert that tells of them, sent by a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.handover import conversation
from frontdesk.conversations.staff import queue_as_staff
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.messaging.models import Message
from frontdesk.notifications.actions import acknowledge
from frontdesk.notifications.models import StaffNotification
from frontdesk.notifications.queries import staff_of_user
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
    """As it is, or edited; a draft goes out once.

    The talk goes on from what was sent: not from words of a person's own, nor where it has moved.
    """
    talk = await conversation(session, conversation_id, lock=True)
    query = select(StaffNotification).where(
        StaffNotification.id == notification_id,
        StaffNotification.conversation_id == conversation_id,
        StaffNotification.kind == DRAFT,
    )
    draft = await session.scalar(query.with_for_update(key_share=True))
    if draft is None:
        raise NotFound("there is no such draft")
    if draft.status == "closed":
        raise DraftGone
    said = text or "\n\n".join(draft.details.get("drafts", []))
    if not said:
        raise NotFound("there is nothing in this draft")
    meta = {"by": by, "draft": str(draft.id), "edited": text is not None}
    await acknowledge(session, draft.id, by=by, now=now, staff_id=await staff_of_user(session, by))
    draft.status = "closed"
    if text is None and "after" in draft.details and talk.state == draft.details["before"]:
        talk.state = dict(draft.details["after"])
    message = await queue_as_staff(session, talk, said, meta=meta, now=now, key=f"draft:{draft.id}")
    await session.refresh(message)
    about = {"message": message.id, "edited": text is not None}
    record(session, talk.hotel_id, "draft.send", f"conversation:{talk.id}", by=by, new=about)
    return message
