"""A whole house under fault: real processes, a real broker, and a gateway that counts."""

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import uvicorn
from sqlalchemy import select, text

from frontdesk.api.app import serve_app
from frontdesk.kit.breaker import Breaker
from frontdesk.kit.clock import SystemClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.local.roles import DatabaseUrls
from frontdesk.local.simulator.app import running_simulator
from frontdesk.local.simulator.client import Phones
from frontdesk.local.simulator.state import Simulator
from frontdesk.local.valkey import RunningValkey, start_valkey
from frontdesk.messaging.connect import connect
from frontdesk.messaging.provider import GreenApi
from frontdesk.tenancy.actions import add_instance
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.schemas import InstanceIn
from tests.conftest import KEY, Server, cloned, new_hotel

SLUG = "faulty"
OPEN_WORK = (
    "SELECT count(*) FROM inbound_events WHERE state = 'waiting'",
    "SELECT count(*) FROM outbound_messages WHERE status IN ('queued', 'sending', 'unknown')",
    "SELECT count(*) FROM messages WHERE direction = 'in' AND handled_at IS NULL",
)


@dataclass
class Processes:
    """Workers and the clock, each a process of its own that can be killed."""

    environment: dict[str, str]
    log: Path
    alive: set[subprocess.Popen[bytes]] = field(default_factory=set)
    clock: subprocess.Popen[bytes] = field(init=False)
    """The first one; the town starts it."""

    def start(self, kind: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "workers", kind],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.alive.add(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        self.alive.discard(process)

    def kill_workers(self) -> None:
        for process in self.alive - {self.clock}:
            self.kill(process)

    def ready(self) -> int:
        return self.log.read_text().count('"worker_ready"')

    async def start_worker(self) -> subprocess.Popen[bytes]:
        """Gives it once it takes work."""
        before = self.ready()
        process = self.start("worker")
        until = time.monotonic() + 120
        while self.ready() == before:
            assert time.monotonic() < until, self.log.read_text()[-1500:]
            await asyncio.sleep(0.02)
        return process


@dataclass
class Town:
    """One hotel with its phones, and everything behind it."""

    db: Database
    hotel: HotelId
    phones: Phones
    simulator: Simulator
    processes: Processes
    valkey: RunningValkey
    broker_folder: Path
    webhook: str

    @property
    def number(self):
        return self.simulator.by_name(SLUG)

    async def says(self, guest: str, words: str = "thanks") -> str:
        return await self.phones.guest_says(SLUG, guest, words)

    def answers(self) -> Counter[str]:
        """How many messages each guest's phone got from us."""
        return Counter(b.chat.partition("@")[0] for b in self.number.bubbles if b.by == "api")

    async def open_work(self) -> int:
        async with self.db.hotel(self.hotel) as session:
            return sum([(await session.scalar(text(query))) or 0 for query in OPEN_WORK])

    async def rests(self, within: float = 30) -> None:
        """Wait until nothing is queued, waiting or unread, and the gateway's own queue is empty."""
        until = time.monotonic() + within
        quiet = 0
        while quiet < 3:
            busy = await self.open_work() or self.number.queue
            quiet = 0 if busy else quiet + 1
            assert time.monotonic() < until, f"stuck: {await self.story()}"
            await asyncio.sleep(0.2)

    async def sends(self, within: float = 30) -> None:
        """Wait until a worker is in the middle of a send."""
        until = time.monotonic() + within
        sending = "SELECT count(*) FROM outbound_messages WHERE status = 'sending'"
        while True:
            async with self.db.hotel(self.hotel) as session:
                if await session.scalar(text(sending)):
                    return
            assert time.monotonic() < until, f"nothing is sent: {await self.story()}"
            await asyncio.sleep(0.02)

    async def story(self) -> list:
        query = "SELECT status, chat, tries, error FROM outbound_messages WHERE status <> 'read'"
        waiting = "SELECT state, kind, lane FROM inbound_events WHERE state = 'waiting'"
        async with self.db.hotel(self.hotel) as session:
            rows = (await session.execute(text(query))).all()
            return [*rows, *(await session.execute(text(waiting))).all()]

    async def minutes_pass(self) -> None:
        """What a dead process was sending when it died is past its lease."""
        async with self.db.hotel(self.hotel) as session:
            await session.execute(
                text(
                    "UPDATE outbound_messages SET lease_until = lease_until - interval '2 minutes',"
                    " sending_at = sending_at - interval '2 minutes' WHERE status = 'sending'"
                    " AND sending_at < now() - interval '3 seconds'"
                )
            )
            await session.execute(
                text(
                    "UPDATE outbound_messages SET sending_at = sending_at - interval '2 minutes',"
                    " not_before = now() WHERE status = 'unknown'"
                    " AND sending_at < now() - interval '3 seconds'"
                )
            )


@pytest.fixture
def database_urls(server: Server) -> Iterator[DatabaseUrls]:
    """A database for each test: its workers work whatever they find in it."""
    with cloned(server) as urls:
        yield urls


@pytest.fixture
async def town(
    settings: Settings, db: Database, vault: Vault, tmp_path: Path
) -> AsyncIterator[Town]:
    broker = tmp_path / "valkey"
    valkey = start_valkey(broker)
    log = tmp_path / "processes.log"
    processes = _processes(settings, valkey, log)
    hotel = await new_hotel(db)
    try:
        async with running_simulator(retry_pause=0.3, status_delay=0.01) as (url, simulator):
            server = uvicorn.Server(
                uvicorn.Config(serve_app(settings), port=0, log_config=None, access_log=False)
            )
            serving = asyncio.create_task(server._serve())
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
            api = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
            async with httpx.AsyncClient(timeout=20) as client:
                phones = Phones(client, url)
                await _number(db, vault, hotel, phones, url, api)
                processes.clock = processes.start("clock")
                number = simulator.by_name(SLUG)
                webhook = str(number.settings["webhookUrl"])
                yield Town(db, hotel, phones, simulator, processes, valkey, broker, webhook)
            server.should_exit = True
            await serving
    finally:
        for process in list(processes.alive):
            processes.kill(process)
        valkey.stop()


def _processes(settings: Settings, valkey: RunningValkey, log: Path) -> Processes:
    given = {
        "DATABASE_URL": settings.database_url,
        "DATABASE_PLATFORM_URL": settings.database_platform_url,
        "DATABASE_POOL_SIZE": "5",
        "OPENBLAS_NUM_THREADS": "1",
        "REDIS_URL": valkey.url,
        "FRONTDESK_SECRET_KEY": KEY,
        "FRONTDESK_BURST_SECONDS": "0",
        "FRONTDESK_TURN_LEASE_SECONDS": "2",
        "FRONTDESK_TURN_TRIES": "20",
        "FRONTDESK_SWEEP_SECONDS": "0.5",
        "FRONTDESK_PROVIDER_TIMEOUT": "1",
        "FRONTDESK_WORKER_CONCURRENCY": "8",
    }
    log.touch()
    return Processes({**os.environ, **given}, log)


async def _number(db, vault, hotel: HotelId, phones: Phones, url: str, api: str) -> None:
    wanted = {"id_instance": "7201", "api_url": url, "api_token": "fault-token"}
    async with db.hotel(hotel) as session:
        number = await add_instance(
            session, vault, hotel, InstanceIn.model_validate(wanted), by="test"
        )
        (await session.scalars(select(Hotel))).one().settings = {"pace_ms": 0}
    await phones.add_instance("7201", "fault-token", "34971555020@c.us", label="F", slug=SLUG)
    gateway = GreenApi(phones.client, Breaker())
    now = SystemClock().now()
    await connect(db, vault, gateway, hotel, number.id, public_url=api, now=now)
