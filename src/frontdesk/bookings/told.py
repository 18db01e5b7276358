"""How a booking's step is written down: one line in the audit log and one event."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import Booking
from frontdesk.bookings.reserve import facts
from frontdesk.kit.db import ring
from frontdesk.kit.jobs import Job
from frontdesk.messaging.events import emit
from frontdesk.tenancy.audit import record


def shown(booking: Booking) -> dict[str, Any]:
    """What an audit line keeps of a booking, before and after."""
    return {
        "status": booking.status,
        "room_type_id": str(booking.room_type_id),
        "arrival": booking.arrival.isoformat(),
        "departure": booking.departure.isoformat(),
        "rooms": booking.rooms,
        "adults": booking.adults,
        "children": booking.children,
        "total": booking.total,
    }


async def tell(
    session: AsyncSession,
    booking: Booking,
    verbs: tuple[str, str],
    *,
    by: str,
    old: dict[str, Any],
    **more: Any,
) -> None:
    """`verbs` is what was done, and what has happened: ("cancel", "cancelled").

    `more` is money and rooms, told in both places.
    """
    did, happened = verbs
    now_shown = shown(booking)
    changed = {key: value for key, value in now_shown.items() if old.get(key) != value}
    before = {key: old[key] for key in changed if key in old}
    record(
        session,
        booking.hotel_id,
        f"booking.{did}",
        f"booking:{booking.id}",
        by=by,
        old=before,
        new={**changed, **more},
    )
    payload = {**facts(booking), **more, "before": before}
    await emit(session, booking.hotel_id, f"booking.{happened}", booking.id, payload)


async def stock_came_back(session: AsyncSession, hotel_id: UUID) -> None:
    """Somebody may be waiting for it."""
    await ring(session, Job.OFFER_WAITLIST, hotel_id)
