"""Sends what a hotel's own systems are owed: several calls at once, no transaction open."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database, ring
from frontdesk.kit.ids import HotelId
from frontdesk.kit.jobs import Job
from frontdesk.kit.outside import anywhere, is_public
from frontdesk.kit.posting import SECONDS, post_out
from frontdesk.kit.secrets import Vault
from frontdesk.webhooks.claim import AT_ONCE, Claim, claim_next
from frontdesk.webhooks.models import WebhookDelivery
from frontdesk.webhooks.settle import settle


@dataclass(frozen=True, slots=True)
class Courier:
    """What sending needs."""

    db: Database
    vault: Vault
    clock: Clock
    allow_private: bool = False
    seconds: float = SECONDS

    @property
    def public(self) -> Callable[[str], bool]:
        return anywhere if self.allow_private else is_public


async def send_due(courier: Courier, hotel_id: HotelId) -> None:
    """Until nothing is due, or all places are taken by others."""
    calls: set[asyncio.Task[None]] = set()
    while True:
        claim = await _next(courier, hotel_id) if len(calls) < AT_ONCE else None
        if claim is not None:
            calls.add(asyncio.create_task(_call(courier, hotel_id, claim)))
        elif calls:
            done, calls = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
            for call in done:
                call.result()
        else:
            return


async def _next(courier: Courier, hotel_id: HotelId) -> Claim | None:
    async with courier.db.hotel(hotel_id) as session:
        return await claim_next(session, courier.vault, hotel_id, now=courier.clock.now())


async def _call(courier: Courier, hotel_id: HotelId, claim: Claim) -> None:
    answer = await post_out(claim.parcel, seconds=courier.seconds, public=courier.public)
    async with courier.db.hotel(hotel_id) as session:
        await settle(session, claim, answer, now=courier.clock.now())


async def ring_if_owed(session: AsyncSession, hotel_id: HotelId) -> None:
    """Where an event left something to send; the clock rings for what waits longer."""
    owed = select(WebhookDelivery.id).where(
        WebhookDelivery.status == "waiting", WebhookDelivery.tries == 0
    )
    if await session.scalar(owed.limit(1)) is not None:
        await ring(session, Job.SEND_WEBHOOKS, hotel_id)
