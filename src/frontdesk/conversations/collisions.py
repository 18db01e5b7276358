"""Two people and one chat: whose turn it is to write, and what came in since they began."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.composer import drop_draft, own_draft
from frontdesk.conversations.find import conversation
from frontdesk.conversations.lock_models import ReplyLock
from frontdesk.conversations.staff import send_as_staff
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Conversation, Message, OutboundMessage
from frontdesk.tenancy.person_models import Membership

HOLD = timedelta(seconds=15)
"""How long a reply is somebody's after they last typed."""
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person wants to say, and from what they had read when they began."""

    text: str
    client_id: UUID | None = None
    """The writer's own name for it: said twice, it goes out once."""
    after: UUID | None = None
    """The newest message that the writer had seen; else what came since their draft was begun."""
    force: bool = False


class NewerMessages(Conflict):
    """Something was said since this reply was begun; read it first, or insist"""

    code = "newer_messages"


class BeingAnswered(Conflict):
    """Somebody else is writing a reply just now; let them, or insist"""

    code = "being_answered"


class OtherReply(Conflict):
    """This client_id was used for another reply"""

    code = "client_id_reused"


async def reply(
    session: AsyncSession, conversation_id: UUID, wanted: Reply, *, by: str, now: datetime
) -> tuple[Message, bool]:
    """Send as staff, once for a `client_id`; gives the message, and whether it was there before.

    Raises NewerMessages and BeingAnswered unless it insists.
    """
    talk = await conversation(session, conversation_id, lock=True)
    key = None if wanted.client_id is None else f"staff:{by}:{wanted.client_id}"
    if key is not None:
        known = await _said_before(session, key)
        if known is not None:
            if (known.conversation_id, known.text) != (talk.id, wanted.text):
                raise OtherReply
            return known, True
    if not wanted.force:
        await _refuse_unread(session, talk, wanted.after, by=by)
        await _refuse_held(session, talk, by=by, now=now)
    sent = await send_as_staff(session, talk.id, wanted.text, by=by, now=now, key=key)
    mine = (ReplyLock.conversation_id == talk.id) & (ReplyLock.holder == by)
    await session.execute(delete(ReplyLock).where(mine))
    await drop_draft(session, talk.id, by)
    return sent, False


async def _said_before(session: AsyncSession, key: str) -> Message | None:
    query = select(Message).join(
        OutboundMessage,
        (OutboundMessage.hotel_id == Message.hotel_id) & (OutboundMessage.message_id == Message.id),
    )
    return await session.scalar(query.where(OutboundMessage.dedupe_key == key))


async def _refuse_unread(
    session: AsyncSession, talk: Conversation, after: UUID | None, *, by: str
) -> None:
    newer = (
        await _since_seen(session, talk, after) if after else await _since_draft(session, talk, by)
    )
    if newer is None:
        return
    query = (
        select(Message)
        .where(
            Message.conversation_id == talk.id,
            newer,
            Message.status.is_distinct_from("cancelled"),
            Message.meta["by"].astext.is_distinct_from(by),
        )
        .order_by(Message.occurred_at, Message.id)
        .limit(SHOWN)
    )
    if found := (await session.scalars(query)).all():
        raise NewerMessages(messages=[_shown(m) for m in found])


async def _since_seen(
    session: AsyncSession, talk: Conversation, after: UUID
) -> ColumnElement[bool]:
    """Filed later, or said later: what was said early may come late."""
    own = Message.conversation_id == talk.id
    seen = await session.scalar(select(Message).where(own, Message.id == after))
    if seen is None:
        raise NotFound("the message named in `after` is not of this conversation")
    later = or_(Message.id > seen.id, Message.occurred_at > seen.occurred_at)
    return (Message.id != seen.id) & later


async def _since_draft(
    session: AsyncSession, talk: Conversation, by: str
) -> ColumnElement[bool] | None:
    draft = await own_draft(session, talk.id, by)
    return None if draft is None else Message.created_at > draft.begun_at


def _shown(message: Message) -> dict[str, Any]:
    return {
        "id": str(message.id),
        "direction": message.direction,
        "author": message.author,
        "text": message.text,
        "occurred_at": message.occurred_at.isoformat(),
    }


async def _refuse_held(
    session: AsyncSession, talk: Conversation, *, by: str, now: datetime
) -> None:
    query = select(ReplyLock).where(
        ReplyLock.conversation_id == talk.id, ReplyLock.until > now, ReplyLock.holder != by
    )
    held = await session.scalar(query)
    if held is not None:
        raise BeingAnswered(name=await name_of(session, held.holder), until=held.until.isoformat())


async def name_of(session: AsyncSession, actor: str) -> str:
    """Of a person, the name that the hotel has for them."""
    kind, _, user_id = actor.partition(":")
    if kind != "user":
        return "another program"
    query = select(Membership.name).where(Membership.user_id == UUID(user_id))
    return await session.scalar(query) or "somebody"


async def hold(session: AsyncSession, talk: Conversation, *, by: str, now: datetime) -> bool:
    """Whether the reply is theirs while they type; whoever began first keeps it."""
    claim = insert(ReplyLock).values(
        hotel_id=talk.hotel_id,
        id=uuid7(),
        conversation_id=talk.id,
        holder=by,
        until=now + HOLD,
    )
    claim = claim.on_conflict_do_update(
        index_elements=["hotel_id", "conversation_id"],
        set_={"holder": claim.excluded.holder, "until": claim.excluded.until},
        where=(ReplyLock.until <= now) | (ReplyLock.holder == by),
    ).returning(ReplyLock.id)
    return await session.scalar(claim) is not None


async def let_go(session: AsyncSession, conversation_id: UUID, *, by: str) -> None:
    mine = (ReplyLock.conversation_id == conversation_id) & (ReplyLock.holder == by)
    await session.execute(delete(ReplyLock).where(mine))
