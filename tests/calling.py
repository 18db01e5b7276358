"""A hotel's own programs: they call the served app with a key."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from frontdesk.api.app import create_app
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.schemas import KeyIn


@dataclass
class Caller:
    """`caller("GET", "/rooms")` asks for the hotel's rooms."""

    client: httpx.AsyncClient
    hotel: HotelId
    key: str

    async def __call__(self, method: str, path: str, **more) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        address = f"/v1/hotels/{self.hotel}{path}"
        return await self.client.request(method, address, headers=headers, **more)

    async def made(self, path: str, **body) -> dict:
        answer = await self("POST", path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def listed(self, path: str, **params) -> list[dict]:
        answer = await self("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]


@asynccontextmanager
async def calling(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> AsyncIterator[Caller]:
    """The app with everything open, and a key that may do all."""
    async with db.hotel(hotel) as session:
        _, key = await add_key(session, hotel, KeyIn(name="k"), by="test")
    app = create_app(settings, clock=clock)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client,
    ):
        yield Caller(client, hotel, key)
