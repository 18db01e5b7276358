"""The receiver: the webhook alone, and nothing of the API in its memory."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from frontdesk.kit.bell import RING_CHANNEL
from frontdesk.kit.db import Database, connect_plainly
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.local.spawn import free_port
from tests.slices.test_webhook import TOKEN, event, instance_of, rows


def started(settings: Settings, port: int, url: str) -> subprocess.Popen[bytes]:
    own = {
        "DATABASE_URL": url,
        "FRONTDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
        "FRONTDESK_PORT": str(port),
    }
    command = [sys.executable, "-m", "frontdesk.api", "receive"]
    return subprocess.Popen(command, env={**os.environ, **own}, stdout=subprocess.PIPE)


@pytest.fixture
async def receiver(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    port = free_port()
    process = started(settings, port, settings.database_url)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            until = time.monotonic() + 60
            while time.monotonic() < until and process.poll() is None:
                try:
                    assert (await client.get("/healthz")).status_code == 200
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
            yield client
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode in (0, -15)


async def test_it_takes_webhooks_and_nothing_else(
    receiver: httpx.AsyncClient, settings: Settings, db: Database, vault: Vault, hotel: HotelId
) -> None:
    number = await instance_of(db, vault, hotel)
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await connect_plainly(settings.database_url)
    await listener.add_listener(RING_CHANNEL, lambda *notice: heard.put_nowait(notice[3]))
    path = f"/webhooks/green-api/{number.instance_key}"
    key = {"Authorization": f"Bearer {TOKEN}"}
    assert (await receiver.post(path, json=event())).status_code == 401
    assert (await receiver.post(path, json=event(), headers=key)).status_code == 200
    assert (await receiver.post(path, json=event(), headers=key)).status_code == 200
    for elsewhere in ("/v1/hotels", "/openapi.json", "/readyz", "/"):
        assert (await receiver.get(elsewhere, headers=key)).status_code == 404
    assert (await receiver.post("/healthz", json=event())).status_code == 405
    assert [row.kind for row in await rows(db, hotel)] == ["message"]
    assert number.id.hex[-12:] in (await asyncio.wait_for(heard.get(), 10)).replace("-", "")
    await listener.close()
    assert heard.empty()


def test_it_refuses_a_role_that_row_security_does_not_bind(settings: Settings) -> None:
    process = started(settings, free_port(), settings.database_owner_url)
    said, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert b"row-level security" in said


def test_it_knows_nothing_of_the_api() -> None:
    heavy = "{'sqlalchemy', 'fastapi', 'celery', 'langchain_core', 'numpy'}"
    look = f"import sys, frontdesk.api.receive as r; print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "[]"
