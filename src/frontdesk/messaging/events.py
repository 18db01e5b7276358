"""What happened, told once: an event row in the same transaction, and a ring for the rules."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.jobs import Job
from frontdesk.messaging.cause import chain_of
from frontdesk.messaging.models import OutboxEvent


async def emit(
    session: AsyncSession,
    hotel_id: UUID,
    event_type: str,
    aggregate_id: UUID,
    payload: Mapping[str, Any],
    *,
    depth: int = 0,
) -> None:
    """`payload` is JSON; `depth` is how many rules stand behind this event, beyond those known."""
    chain = chain_of(session)
    session.add(
        OutboxEvent(
            hotel_id=hotel_id,
            event_type=event_type,
            aggregate_id=aggregate_id,
            payload=dict(payload),
            depth=max(depth, len(chain)),
            chain=chain,
        )
    )
    await ring(session, Job.RUN_TRIGGERS, hotel_id)
