"""A demo hotel of its own for one script, with the workers played until nothing waits."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import uvicorn
from sqlalchemy import func, select

from frontdesk.conversations.apply import apply_next
from frontdesk.conversations.offers import work_waitlist
from frontdesk.conversations.turn import Desk, take_turn
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.ids import HotelId
from frontdesk.kit.raw import RawPool
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.ingest import ingest
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.local.demo import open_one
from frontdesk.local.demo_hotels import DEMOS
from frontdesk.local.rehearsal.script import BadScript, Script
from frontdesk.local.simulator.app import running_simulator
from frontdesk.local.simulator.client import Phones
from frontdesk.local.simulator.state import Bubble, Number, Simulator
from frontdesk.messaging.models import InboundEvent, OutboundMessage
from frontdesk.messaging.sending import deliver_next
from frontdesk.messaging.unknown import settle_unknown
from frontdesk.messaging.webhook import Webhook
from frontdesk.runtime import Runtime, open_runtime, warm_up
from frontdesk.tenancy.queries import instances
from frontdesk.triggers.actions import run_next, work_due_step
from frontdesk.triggers.due import work_due
from frontdesk.triggers.models import TriggerStep
from frontdesk.triggers.plan_models import PlannedSend
from frontdesk.triggers.planning import plan_on

PATIENCE = 60
"""Real seconds until something is said to hang."""
ROUNDS = 200
LONGEST_WAIT = 60
"""Seconds that a turn or the outbox may ask the clock to go on by itself."""
BURST, BURST_MAX = 2.0, 10.0
WAITING: tuple[tuple[Any, Any], ...] = (
    (PlannedSend.try_at, PlannedSend.state == "planned"),
    (TriggerStep.try_at, TriggerStep.state == "waiting"),
    (OutboundMessage.not_before, OutboundMessage.status == "queued"),
)
"""Rows that wait for their time, and for which the clock stops."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What all scripts share: one process's worth of Frontdesk, and the clock they set."""

    runtime: Runtime
    clock: FixedClock
    simulator: Simulator
    phones: Phones
    api: str


@dataclass
class House:
    """One script's hotel."""

    stage: Stage
    hotel: HotelId
    instance: UUID
    zone: str
    slug: str
    transcript: list[str] = field(default_factory=list[str])
    costs: list[float] = field(default_factory=list[float])
    """Milliseconds of processor time of each turn, the wire and the driver of it included."""

    @property
    def number(self) -> Number:
        found = self.stage.simulator.by_name(self.slug)
        assert found is not None  # noqa: S101 - it was connected
        return found

    @property
    def desk(self) -> Desk:
        return replace(self.stage.runtime.desk, burst_seconds=BURST, burst_max_seconds=BURST_MAX)

    def heard_by(self, phone: str) -> list[Bubble]:
        """All that the hotel's number said in one chat, in order."""
        return [b for b in self.number.chat(f"{phone}@c.us") if b.by != "guest"]

    async def go_on(self, by: timedelta) -> None:
        """Time passes, and stops at whatever is due meanwhile; who waits may be offered a stay."""
        clock, until = self.stage.clock, self.stage.clock.now() + by
        await self.settle()
        while (due := await self._next_due(until)) is not None:
            clock.at = due
            await self.settle()
        clock.at = max(clock.at, until)
        await work_waitlist(self.stage.runtime.db, clock, self.hotel)
        await self.settle()

    async def _next_due(self, until: datetime) -> datetime | None:
        """The first time after now for which something was planned."""
        now = self.stage.clock.now()
        async with self.stage.runtime.db.hotel(self.hotel) as session:
            dues = [
                await session.scalar(select(func.min(at)).where(at > now, at <= until, waits))
                for at, waits in WAITING
            ]
        return min((due for due in dues if due is not None), default=None)

    async def settle(self) -> None:
        """What relay, workers and clock would do, until nothing waits."""
        async with asyncio.timeout(PATIENCE):
            for _ in range(ROUNDS):
                await self._wire_is_quiet()
                if not await self._work():
                    return
        raise TimeoutError("the work never ends")

    async def _wire_is_quiet(self) -> None:
        simulator, number = self.stage.simulator, self.number
        resting = 2 * len(simulator.numbers)
        while number.queue or number.outbox or len(simulator.tasks) > resting:  # noqa: ASYNC110 - another server's lists
            await asyncio.sleep(0.002)

    async def _work(self) -> bool:
        run, busy = self.stage.runtime, False
        async with run.db.hotel(self.hotel) as session:
            waiting = select(InboundEvent.lane, InboundEvent.chat).distinct()
            waiting = waiting.where(InboundEvent.state == "waiting")
            rows = (await session.execute(waiting)).all()
        for lane, chat in rows:
            busy = True
            if lane == "turn" and chat is not None:
                await self._turn(chat)
            while await apply_next(run.db, self.stage.clock, self.hotel, self.instance):
                pass
        await plan_on(run.db, self.hotel)
        for work in (run_next, work_due, work_due_step):
            while await work(run.db, self.stage.clock, self.hotel):
                busy = True
        return await self._deliver() or busy

    async def _turn(self, chat: str) -> None:
        wait = await take_turn(self.desk, self.hotel, self.instance, chat)
        while wait is not None:
            self.stage.clock.advance(timedelta(seconds=min(wait, LONGEST_WAIT) + 0.01))
            began = time.process_time()
            wait = await take_turn(self.desk, self.hotel, self.instance, chat)
            self.costs.append((time.process_time() - began) * 1000)

    async def _deliver(self) -> bool:
        busy = False
        await settle_unknown(self.stage.runtime.post, self.hotel, self.instance)
        while True:
            wait = await deliver_next(self.stage.runtime.post, self.hotel, self.instance)
            if wait is None or wait > LONGEST_WAIT:
                return busy
            busy = True
            self.stage.clock.advance(timedelta(seconds=wait))


@asynccontextmanager
async def open_stage(settings: Settings) -> AsyncGenerator[Stage]:
    """The webhook, a simulator and a runtime in this process, all on one clock."""
    clock = FixedClock(datetime(2027, 3, 1, 9, tzinfo=UTC))
    pool = RawPool(settings.database_url, size=2)
    webhook = Webhook(pool, lambda _: None, clock=clock)
    config = uvicorn.Config(
        cast("Any", webhook), port=0, log_config=None, access_log=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(cast("Any", server)._serve())  # serve() would take our signals
    try:
        while not server.started:
            if serving.done():
                serving.result()
            await asyncio.sleep(0.01)
        api = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        async with (
            running_simulator(status_delay=0, retry_pause=0.05) as (url, simulator),
            open_runtime(settings, clock=clock) as runtime,
            httpx.AsyncClient(timeout=20) as client,
        ):
            warm_up(runtime)
            simulator.time = lambda: clock.now().timestamp()
            yield Stage(runtime, clock, simulator, Phones(client, url), api)
    finally:
        server.should_exit = True
        await serving
        await webhook.inbox.drain()
        await pool.close()


async def open_house(stage: Stage, script: Script) -> House:
    """A fresh tenant with its own number, like the demo hotel that the script names."""
    demo = next((d for d in DEMOS if d.slug == script.hotel), None)
    if demo is None:
        raise BadScript(f"{script.place}: there is no demo hotel {script.hotel!r}")
    stage.clock.at = script.begins.replace(tzinfo=ZoneInfo(demo.timezone)).astimezone(UTC)
    slug = f"r-{uuid4().hex[:12]}"
    own = replace(demo, slug=slug, id_instance=str(7_200_000_000 + len(stage.simulator.numbers)))
    run = stage.runtime
    hotel = await open_one(
        run.db,
        run.vault,
        stage.clock,
        run.client,
        own,
        simulator_url=stage.phones.url,
        api_url=stage.api,
    )
    async with run.db.hotel(hotel) as session:
        number = (await instances(session))[0]
        waiting = select(KnowledgeDocument.id).where(KnowledgeDocument.status == "queued")
        queued = (await session.scalars(waiting)).all()
    for document in queued:
        await ingest(run.db, run.embedder, hotel, document)
    house = House(stage, hotel, number.id, demo.timezone, slug)
    await house.settle()
    return house
