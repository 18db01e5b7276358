"""Closing a folio: at a balance of zero, or with a reason for what is let go."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.cards import without_cards
from frontdesk.bookings.folio import balance, folio
from frontdesk.bookings.folio_models import Folio
from frontdesk.kit.errors import Conflict
from frontdesk.tenancy.audit import record


class NotSettled(Conflict):
    """This folio does not come to zero; say why it is closed all the same"""

    code = "folio_not_settled"


async def close(
    session: AsyncSession, folio_id: UUID, *, reason: str | None, by: str, now: datetime
) -> Folio:
    """No line enters from now on; closing twice is closing once. Raises NotSettled."""
    known = await folio(session, folio_id, lock=True)
    if known.closed_at is not None:
        return known
    left = await balance(session, folio_id)
    if left and not reason:
        raise NotSettled(balance=left)
    known.closed_at, known.closed_by = now, by
    known.close_reason = without_cards(reason) if reason else None
    new = {"balance": left, "reason": known.close_reason}
    record(session, known.hotel_id, "folio.close", f"folio:{known.id}", by=by, new=new)
    await session.flush()
    return known


async def reopen(session: AsyncSession, folio_id: UUID, *, reason: str, by: str) -> Folio:
    known = await folio(session, folio_id, lock=True)
    if known.closed_at is None:
        return known
    old = {"closed_by": known.closed_by, "reason": known.close_reason}
    known.closed_at = known.closed_by = known.close_reason = None
    new = {"reason": without_cards(reason)}
    record(session, known.hotel_id, "folio.reopen", f"folio:{known.id}", by=by, old=old, new=new)
    await session.flush()
    return known
