"""A hotel that takes money: our API over HTTP, the local provider behind it, a booking to pay."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import uvicorn
from sqlalchemy import select

from frontdesk.api.app import serve_app
from frontdesk.bookings.callbacks import apply_next
from frontdesk.bookings.cashier import Cashier, settle_next
from frontdesk.bookings.folio import booking_balance
from frontdesk.bookings.models import Booking
from frontdesk.bookings.pay_stripe import Stripe
from frontdesk.bookings.payment_models import Payment, PaymentEvent
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.local.simulator.app import running_simulator
from frontdesk.messaging.models import OutboxEvent

KEY, SECRET = "sk_test_of_the_tests", "whsec_of_the_tests"


@dataclass
class Shop:
    """Everything that a payment passes through."""

    db: Database
    hotel: HotelId
    clock: FixedClock
    client: httpx.AsyncClient
    till_url: str
    webhook_url: str
    cashier: Cashier
    booking: Booking

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.client.request(
            method, f"/v1/hotels/{self.hotel}{path}", json=body, **more
        )

    async def link(self, **body: Any) -> dict[str, Any]:
        path = f"/bookings/{self.booking.id}/payment-links"
        answer = await self.call("POST", path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def till(self, deed: str, **more: Any) -> dict[str, Any]:
        answer = await self.client.post(
            f"{self.till_url}/simulator/{deed}", json={"key": KEY, **more}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def at_till(self, deed: str, made: dict[str, Any], **more: Any) -> None:
        """Something done to the checkout of one of our payments."""
        await self.till(deed, session=str(made["url"]).rpartition("/")[2], **more)

    async def told(self, count: int) -> None:
        """Until so many callbacks were taken, and all of them applied."""
        async with asyncio.timeout(20):
            while (await self.till("state"))["sent"] < count:  # noqa: ASYNC110 - another server's
                await asyncio.sleep(0.02)
        await self.work()

    async def work(self) -> None:
        """As the worker does when it is rung."""
        while await apply_next(self.db, self.clock, self.hotel):
            pass
        while await settle_next(self.cashier, self.hotel):
            pass

    async def payment(self, payment_id: str) -> Payment:
        async with self.db.hotel(self.hotel) as session:
            query = select(Payment).where(Payment.id == UUID(payment_id))
            return (await session.scalars(query)).one()

    async def balance(self) -> int:
        async with self.db.hotel(self.hotel) as session:
            return await booking_balance(session, self.booking.id)

    async def events(self, prefix: str = "payment.") -> list[str]:
        async with self.db.hotel(self.hotel) as session:
            told = (await session.scalars(select(OutboxEvent.event_type))).all()
            return sorted(e for e in told if e.startswith(prefix))

    async def callbacks(self) -> list[PaymentEvent]:
        async with self.db.hotel(self.hotel) as session:
            query = select(PaymentEvent).order_by(PaymentEvent.created_at)
            return list((await session.scalars(query)).all())


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[str]:
    """The API on a free port of this machine."""
    app = serve_app(settings)
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="on")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def open_shop(
    db: Database,
    settings: Settings,
    vault: Vault,
    clock: FixedClock,
    booking: Booking,
    key: str,
) -> AsyncIterator[Shop]:
    """`key` is the hotel's API key; the payment account is made by REST, as a hotel makes it."""
    hotel = HotelId(booking.hotel_id)
    async with running_simulator(retry_pause=0.05) as (simulator_url, _):
        till_url = f"{simulator_url}/stripe"
        here = settings.model_copy(update={"stripe_url": till_url})
        provider = Stripe(timeout=5)
        async with (
            served(here) as url,
            httpx.AsyncClient(
                base_url=url, timeout=20, headers={"Authorization": f"Bearer {key}"}
            ) as client,
        ):
            body = {"secret_key": KEY, "webhook_secret": SECRET, "deposit_share": 3000}
            made = await client.put(f"/v1/hotels/{hotel}/payment-account", json=body)
            assert made.status_code == 200, made.text
            path = made.json()["webhook_url"].partition("/webhooks")[2]
            cashier = Cashier(db, vault, clock, provider, f"{here.public_url}/paid")
            hook = f"{url}/webhooks{path}"
            shop = Shop(db, hotel, clock, client, till_url, hook, cashier, booking)
            await shop.till("connect", url=hook, secret=SECRET)
            yield shop
        await provider.close()
