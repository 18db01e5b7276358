"""Delivers what an instance owes, at its pace."""

from uuid import UUID

from frontdesk.kit.ids import HotelId
from frontdesk.messaging.sending import Post, deliver_next
from frontdesk.messaging.unknown import settle_unknown

LONGEST_WAIT = 5.0
"""Seconds that a process keeps in mind; anything later is rung again by the clock."""
MOST = 50
"""Sends in one go; others want the place too."""


async def deliver(post: Post, hotel_id: HotelId, instance_id: UUID) -> float | None:
    """Send what may go now; gives the seconds until more may, None when the clock will ring."""
    await settle_unknown(post, hotel_id, instance_id)
    for _ in range(MOST):
        wait = await deliver_next(post, hotel_id, instance_id)
        if wait is None or wait > LONGEST_WAIT:
            return None
        if wait > 0:
            return wait
    return 0
