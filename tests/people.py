"""Persons in a test: made, mailed, signed in, and the browser they hold."""

import email
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pyotp
from fastapi import FastAPI

from frontdesk.api.app import create_app
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import NOBODY, Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.mail import open_mailer
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.mails import PostOffice, send_next
from frontdesk.tenancy.seat import seat

PASSWORD = "a good long password"


@dataclass
class House:
    """The served app, its clock, and its mailbox."""

    app: FastAPI
    client: httpx.AsyncClient
    db: Database
    clock: FixedClock
    office: PostOffice
    mailbox: Path

    async def seat(self, hotel: HotelId, address: str, role: str) -> None:
        now = self.clock.now()
        await seat(self.db, hotel, address, "Person", role, PASSWORD, by="test", now=now)

    async def login(self, address: str, **more: Any) -> httpx.Response:
        wanted = {"email": address, "password": PASSWORD, **more}
        return await self.client.post("/v1/auth/login", json=wanted)

    async def enter(self, address: str, **more: Any) -> "Caller":
        answer = await self.login(address, **more)
        assert answer.status_code == 200, answer.text
        return Caller(self.client, answer.json())

    async def member(self, hotel: HotelId, address: str, role: str) -> "Caller":
        await self.seat(hotel, address, role)
        return await self.enter(address)

    async def mailed(self, hotel: HotelId = NOBODY) -> list[email.message.EmailMessage]:
        """What went out now."""
        before = set(self.mailbox.glob("*.eml"))
        while await send_next(self.office, hotel):
            pass
        fresh = sorted(set(self.mailbox.glob("*.eml")) - before)
        return [email.message_from_bytes(p.read_bytes(), policy=default) for p in fresh]

    async def token(self, hotel: HotelId = NOBODY) -> str:
        (letter,) = await self.mailed(hotel)
        (link,) = [w for w in letter.get_content().split() if "#" in w]
        return link.partition("#")[2]


@dataclass
class Caller:
    """A person with the tokens of one session, as bearer."""

    client: httpx.AsyncClient
    given: dict[str, Any]

    async def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.given['access_token']}"}
        return await self.client.request(method, path, headers=headers, **more)

    async def refresh(self, token: str | None = None) -> httpx.Response:
        wanted = {"refresh_token": token or self.given["refresh_token"]}
        answer = await self.client.post("/v1/auth/refresh", json=wanted)
        if token is None and answer.is_success:
            self.given = answer.json()
        return answer


@asynccontextmanager
async def house_of(
    settings: Settings, db: Database, clock: FixedClock, vault: Vault, folder: Path, **changes: Any
) -> AsyncIterator[House]:
    chosen = settings.model_copy(update={"data": folder, **changes})
    app = create_app(chosen, clock=clock)
    peer = f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}"
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(peer, 1))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://testserver") as client,
    ):
        mailer = open_mailer(chosen, clock)
        office = PostOffice(db, vault, clock, mailer, chosen.public_url)
        yield House(app, client, db, clock, office, folder / "mailbox")


def code_at(secret: str, clock: FixedClock) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]
