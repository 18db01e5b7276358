"""What a hotel says of the causes for which a person is called."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.escalation import DEFAULTS, Cause, Setting
from frontdesk.conversations.escalation_models import EscalationCause
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.audit import changed, record


async def settings_of(session: AsyncSession) -> dict[Cause, Setting]:
    """The hotel's own, ours where it has none."""
    rows = (await session.scalars(select(EscalationCause))).all()
    own = {
        Cause(r.cause): Setting(
            r.threshold, "tell" if r.action == "tell" else "hand_over", r.priority, r.enabled
        )
        for r in rows
        if r.cause in set(Cause)
    }
    return {**DEFAULTS, **own}


async def set_cause(
    session: AsyncSession, hotel_id: UUID, said: Mapping[str, Any], *, by: str
) -> EscalationCause:
    """In place of what the hotel, or we, said of it."""
    query = select(EscalationCause).where(EscalationCause.cause == said["cause"])
    row = await session.scalar(query.with_for_update())
    old, new = changed(row, said) if row is not None else ({}, said)
    if row is None:
        row = EscalationCause(hotel_id=hotel_id, id=uuid7(), **said)
        session.add(row)
    for name, value in new.items():
        setattr(row, name, value)
    record(session, hotel_id, "cause.set", f"cause:{row.id}", by=by, old=old, new=new)
    await session.flush()
    return row


async def forget_cause(session: AsyncSession, cause: EscalationCause, *, by: str) -> None:
    """Ours counts again."""
    await session.delete(cause)
    record(session, cause.hotel_id, "cause.forget", f"cause:{cause.id}", by=by)
    await session.flush()
