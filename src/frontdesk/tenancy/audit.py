"""The audit log: every change, by whom; the app can add to it and read it, nothing else."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.tenancy.models import AuditEntry


def record(
    session: AsyncSession,
    hotel_id: UUID,
    action: str,
    subject: str,
    *,
    by: str,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    """`subject` is kind:id. Values are ids, states and amounts: no message text, no secrets."""
    session.add(
        AuditEntry(hotel_id=hotel_id, actor=by, action=action, subject=subject, old=old, new=new)
    )
