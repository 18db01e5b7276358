"""One step of a chat: checked against the table, kept in its history, and told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.desk_models import ConversationChange
from frontdesk.conversations.state_rules import edge, ways_from
from frontdesk.kit.errors import Conflict
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation


class NoSuchStep(Conflict):
    """A conversation does not go from its state to that one"""

    code = "no_such_step"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one thing about a chat."""

    kind: str
    step: str
    old: str | None
    new: str | None
    by: str
    reason: str | None = None


def keep(session: AsyncSession, talk: Conversation, change: Change, *, now: datetime) -> None:
    """In the chat's history, for good."""
    session.add(
        ConversationChange(
            hotel_id=talk.hotel_id,
            conversation_id=talk.id,
            kind=change.kind,
            step=change.step,
            old=change.old,
            new=change.new,
            by=change.by,
            reason=change.reason,
            at=now,
        )
    )


async def step(
    session: AsyncSession,
    talk: Conversation,
    to: str,
    *,
    by: str,
    reason: str | None,
    now: datetime,
    until: datetime | None = None,
    depth: int = 0,
) -> None:
    """`talk` is locked, and its owner already who it shall be; raises NoSuchStep.

    `until` is when a snoozed chat wakes.
    """
    old = talk.status
    if old == to and to != "snoozed":
        return
    name = edge(old, to)
    if name is None:
        raise NoSuchStep(f"{old} does not become {to}", possible=ways_from(old))
    talk.status, talk.snoozed_until = to, until
    keep(session, talk, Change("state", name, old, to, by, reason), now=now)
    await session.flush()
    told = {
        "conversation_id": str(talk.id),
        "guest_id": str(talk.guest_id),
        "old": old,
        "new": to,
        "step": name,
        "owner": talk.owner,
        "by": by,
        "at": now.isoformat(),
    }
    hotel_id = talk.hotel_id
    await emit(session, hotel_id, "conversation.state.changed", talk.id, told, depth=depth)
    if "snoozed" in (old, to):
        await _tell_sleep(session, talk, by=by, now=now, until=until, depth=depth)


async def _tell_sleep(
    session: AsyncSession,
    talk: Conversation,
    *,
    by: str,
    now: datetime,
    until: datetime | None,
    depth: int,
) -> None:
    told = {
        "conversation_id": str(talk.id),
        "guest_id": str(talk.guest_id),
        "by": by,
        "at": now.isoformat(),
    }
    name = "conversation.woken"
    if until is not None:
        name, told = "conversation.snoozed", {**told, "until": until.isoformat()}
    await emit(session, talk.hotel_id, name, talk.id, told, depth=depth)
