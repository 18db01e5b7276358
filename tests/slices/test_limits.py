"""A rule that goes wrong against many guests stops, and never says more than the limit allows."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, OutboundMessage
from frontdesk.messaging.shapes import sample
from frontdesk.notifications.models import StaffNotification
from frontdesk.operations.dead import list_dead, replay
from frontdesk.tenancy.models import Hotel
from frontdesk.triggers.actions import run_next, work_due_step
from frontdesk.triggers.models import TriggerRun
from tests.calling import calling
from tests.factories import all_of, number_of, thread_of
from tests.slices.test_triggers import rule

NOON = datetime(2026, 7, 1, 10, tzinfo=UTC)
SAY = [{"type": "send_message", "text": "Hi"}]


async def happen(db: Database, hotel: HotelId, chats: list[Conversation]) -> None:
    async with db.hotel(hotel) as session:
        for chat in chats:
            about = {"conversation_id": str(chat.id), "guest_id": str(chat.guest_id)}
            told = {**sample("conversation.escalated"), **about}
            told.pop("guest_id")
            await emit(session, hotel, "conversation.escalated", uuid7(), told)


async def run_all(db: Database, hotel: HotelId, at: datetime) -> None:
    async def worker() -> None:
        while await run_next(db, FixedClock(at), hotel):
            pass

    await asyncio.gather(worker(), worker(), worker())


async def sent(db: Database, hotel: HotelId) -> int:
    return len(await all_of(db, hotel, OutboundMessage))


async def test_a_bug_stops_at_the_limit_until_a_person_lifts_the_latch(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId
) -> None:
    number = await number_of(db, vault, hotel)
    chats = [await thread_of(db, hotel, number.id, f"3460011{n:04d}@c.us") for n in range(12)]
    async with db.hotel(hotel) as session:
        kept = (await session.scalars(select(Hotel))).one().settings
        limits = {**kept, "rules_per_hour": 7, "unasked_per_day": 2}
        await session.execute(update(Hotel).values(settings=limits))
    await rule(db, hotel, "bug", SAY, event="conversation.escalated")
    await happen(db, hotel, chats)
    await run_all(db, hotel, NOON)
    assert await sent(db, hotel) == 7
    runs = await all_of(db, hotel, TriggerRun)
    assert sorted(r.outcome for r in runs) == ["failed"] * 5 + ["fired"] * 7
    (alert,) = await all_of(db, hotel, StaffNotification)
    assert (alert.kind, alert.priority_score) == ("rules_latched", 90)
    await happen(db, hotel, chats[:1])
    await run_all(db, hotel, NOON + timedelta(hours=3))
    assert await sent(db, hotel) == 7
    async with (
        calling(settings, db, hotel, FixedClock(NOON + timedelta(hours=3))) as call,
        calling(settings, db, other_hotel, FixedClock(NOON)) as other,
    ):
        assert (await call("GET", "/rules-latch")).json()["fallen_at"] is not None
        assert (await other("GET", "/rules-latch")).json() == {"fallen_at": None}
        assert (await call("POST", "/rules-latch/lift")).json() == {"fallen_at": None}
        (alert,) = await all_of(db, hotel, StaffNotification)
        assert alert.status == "acknowledged", "nobody else is called to lift it"
    async with db.hotel(hotel) as session:
        held = [dead for dead in await list_dead(session) if dead.kind == "step"]
        assert len(held) == 6
        await replay(session, hotel, held[-1].id, now=NOON + timedelta(hours=3))
    assert await work_due_step(db, FixedClock(NOON + timedelta(hours=3)), hotel)
    assert await sent(db, hotel) == 8
    for _ in range(3):
        await happen(db, hotel, chats[-1:])
    await run_all(db, hotel, NOON + timedelta(hours=3))
    to_last = [m for m in await all_of(db, hotel, OutboundMessage) if m.chat == chats[-1].chat]
    assert len(to_last) == 2
    assert await sent(db, hotel) <= 10
    whys = [r.actions[0].get("error") for r in await all_of(db, hotel, TriggerRun)]
    assert "the guest has had enough unasked messages today" in whys
