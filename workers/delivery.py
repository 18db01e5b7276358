"""Delivers what an instance owes, at its pace; one deliverer an instance and process at a time."""

import asyncio
from collections import defaultdict
from uuid import UUID

from frontdesk.kit.ids import HotelId
from frontdesk.messaging.sending import Post, deliver_next
from frontdesk.messaging.unknown import settle_unknown

LONGEST_WAIT = 5.0
"""Seconds a deliverer sleeps for the pace; anything later is rung again by the clock."""
_busy: dict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)


async def deliver(post: Post, hotel_id: HotelId, instance_id: UUID) -> None:
    async with _busy[instance_id]:
        await settle_unknown(post, hotel_id, instance_id)
        while True:
            wait = await deliver_next(post, hotel_id, instance_id)
            if wait is None or wait > LONGEST_WAIT:
                return
            await asyncio.sleep(wait)
