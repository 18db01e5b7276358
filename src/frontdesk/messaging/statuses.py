"""What became of an outgoing message: statuses only move forward, whenever they arrive."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import DeliveryStatus, Message, OutboundMessage

FAILED = frozenset({"failed", "noAccount", "notInGroup", "yellowCard", "noActiveSession"})
RANK = {**dict.fromkeys(FAILED, 1), "sent": 2, "delivered": 3, "read": 4}
"""`failed` is below `sent`: later proof of delivery corrects it (green-api.md 4).
`pending`, and a word that is not listed, says nothing of the outcome and changes nothing."""


async def note_status(
    session: AsyncSession,
    hotel_id: UUID,
    instance_id: UUID,
    provider_id: str,
    status: str,
    *,
    at: datetime,
    description: str | None = None,
) -> None:
    """Keep the furthest status of a message id, known to us yet or not, and pass it on."""
    rank = RANK.get(status, 0)
    keep = insert(DeliveryStatus).values(
        hotel_id=hotel_id,
        id=uuid7(),
        instance_id=instance_id,
        provider_id=provider_id,
        status=status,
        rank=rank,
        description=description,
        occurred_at=at,
    )
    keep = keep.on_conflict_do_update(
        index_elements=["hotel_id", "instance_id", "provider_id"],
        set_={
            "status": keep.excluded.status,
            "rank": keep.excluded.rank,
            "description": keep.excluded.description,
            "occurred_at": keep.excluded.occurred_at,
        },
        where=DeliveryStatus.rank < keep.excluded.rank,
    )
    await session.execute(keep)
    await pass_on(session, instance_id, provider_id)


async def pass_on(session: AsyncSession, instance_id: UUID, provider_id: str) -> None:
    """Write the furthest known status to the rows that carry this message id."""
    known = await session.scalar(
        select(DeliveryStatus).where(
            DeliveryStatus.instance_id == instance_id, DeliveryStatus.provider_id == provider_id
        )
    )
    if known is None or known.status not in RANK:
        return
    word = "failed" if known.status in FAILED else known.status
    mine = (
        update(OutboundMessage)
        .where(
            OutboundMessage.instance_id == instance_id, OutboundMessage.provider_id == provider_id
        )
        .values(status=word, error=known.description)
        .returning(OutboundMessage.message_id)
    )
    message_id = await session.scalar(mine)
    write = update(Message).values(status=word)
    if message_id is not None:
        await session.execute(write.where(Message.id == message_id))
    else:
        await session.execute(
            write.where(Message.provider_id == provider_id, Message.direction == "out")
        )
