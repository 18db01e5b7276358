"""After an outage: what the instance's journal has and our inbox never got is taken in now."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.inbox import Address, Arrival, arrival
from frontdesk.messaging.journal import as_webhook
from frontdesk.messaging.lines import line_of
from frontdesk.messaging.models import InboundEvent, Message
from frontdesk.messaging.provider import SendFailed
from frontdesk.messaging.sending import Post
from frontdesk.tenancy.models import WhatsAppInstance

DAYS = 7
"""How far back to look when the house opens or the number comes back."""
STILL_COMING = timedelta(minutes=2)
"""A message so young may still be on its way as a webhook."""


def reconcile_key(instance_id: UUID, *, minutes: int = DAYS * 24 * 60) -> str:
    return f"{instance_id}|{minutes}"


async def reconcile(post: Post, hotel_id: HotelId, key: str) -> int:
    """Read the journal, keep what is missing and ring for it; gives how many that were."""
    instance_id, _, minutes = key.partition("|")
    async with post.db.hotel(hotel_id) as session:
        query = select(WhatsAppInstance).where(WhatsAppInstance.id == UUID(instance_id))
        instance = await session.scalar(query)
        if instance is None:
            return 0
        line = await line_of(session, post.vault, instance)
    try:
        journal = await post.gateway.incoming_journal(line, minutes=int(minutes))
    except (httpx.HTTPError, SendFailed, ValueError) as lost:
        get_logger().warning("journal_unreadable", why=type(lost).__name__)
        return 0
    until = post.clock.now() - STILL_COMING
    rows = [row for row in journal if instance.created_at <= _time(row) <= until]
    async with post.db.hotel(hotel_id) as session:
        taken = await _take_in(session, instance, await _unknown(session, rows))
    if taken:
        get_logger().warning("journal_had_more", instance=instance_id, messages=taken)
    return taken


def _time(row: Mapping[str, Any]) -> datetime:
    """A row without a time is from the beginning of time, and not taken."""
    at = row.get("timestamp")
    return datetime.fromtimestamp(at if isinstance(at, int) else 0, UTC)


async def _unknown(
    session: AsyncSession, rows: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Those whose id no thread has: the journal may name the chat otherwise than the webhook."""
    alive = [row for row in rows if row.get("idMessage") and not row.get("isDeleted")]
    ids = [str(row["idMessage"]) for row in alive]
    query = select(Message.provider_id).where(Message.provider_id.in_(ids))
    known = set((await session.scalars(query)).all())
    return [row for row in alive if str(row["idMessage"]) not in known]


async def _take_in(
    session: AsyncSession, instance: WhatsAppInstance, rows: Sequence[Mapping[str, Any]]
) -> int:
    taken = 0
    to = Address(instance.hotel_id, instance.id, instance.id_instance)
    for row in sorted(rows, key=_time):
        raw = json.dumps(as_webhook(row, instance.id_instance)).encode()
        event = arrival(to, raw)
        if event.lane != "turn" or not await _keep(session, event):
            continue
        await ring(session, Job.TAKE_TURN, instance.hotel_id, f"{instance.id}|{event.chat}")
        taken += 1
    return taken


async def _keep(session: AsyncSession, event: Arrival) -> bool:
    """False where the webhook has come after all."""
    write = (
        insert(InboundEvent)
        .values(
            hotel_id=event.hotel_id,
            id=uuid7(),
            instance_id=event.instance_id,
            event_key=event.event_key,
            kind=event.kind,
            lane=event.lane,
            chat=event.chat,
            raw=event.raw,
            occurred_at=event.occurred_at,
        )
        .on_conflict_do_nothing(index_elements=["hotel_id", "event_key"])
        .returning(InboundEvent.id)
    )
    return await session.scalar(write) is not None
