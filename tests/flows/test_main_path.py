"""A guest writes, is answered, books, complains; the wire is real, the gateway the simulator."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
import uvicorn
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from structlog.stdlib import ProcessorFormatter

from frontdesk.api.app import serve_app
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.models import Booking, NightlyInventory
from frontdesk.bookings.rules import stay_nights
from frontdesk.conversations.apply import apply_next
from frontdesk.conversations.turn import take_turn
from frontdesk.kit.clock import SystemClock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import get_logger
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.ingest import ingest
from frontdesk.knowledge.models import KnowledgeDocument, KnowledgeGap
from frontdesk.local.simulator.app import running_simulator
from frontdesk.local.simulator.client import Phones
from frontdesk.messaging.connect import connect
from frontdesk.messaging.models import Conversation, InboundEvent, Message, OutboundMessage
from frontdesk.messaging.sending import deliver_next
from frontdesk.messaging.unknown import settle_unknown
from frontdesk.notifications.models import Staff, StaffNotification
from frontdesk.rooms.models import RoomType
from frontdesk.runtime import Runtime, open_runtime
from frontdesk.tenancy.actions import add_instance
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.schemas import InstanceIn
from frontdesk.triggers.actions import run_next
from frontdesk.triggers.models import Trigger, TriggerRun
from tests.conftest import new_hotel

GUEST = "+34600111222"
STAFF = "34600999001"


@dataclass
class House:
    """Everything between a guest's phone and the database, with the worker played by the test."""

    runtime: Runtime
    phones: Phones
    hotel: HotelId
    other: HotelId
    instance: object
    slug: str

    async def work(self) -> None:
        """What the relay and the workers would do, until nothing waits."""
        run = self.runtime
        for _ in range(200):
            busy = False
            async with run.db.hotel(self.hotel) as session:
                waiting = (
                    await session.execute(
                        select(InboundEvent.lane, InboundEvent.chat).where(
                            InboundEvent.state == "waiting"
                        )
                    )
                ).all()
            for lane, chat in waiting:
                busy = True
                if lane == "turn":
                    await take_turn(run.desk, self.hotel, self.instance, chat)
                else:
                    await apply_next(run.db, run.clock, self.hotel, self.instance)
            busy |= await run_next(run.db, run.clock, self.hotel)
            await settle_unknown(run.post, self.hotel, self.instance)
            wait = await deliver_next(run.post, self.hotel, self.instance)
            busy |= wait is not None and wait < 5
            if not busy:
                return
            await asyncio.sleep(wait or 0)

    async def says(self, text: str, **more: object) -> list[dict]:
        """A guest's message and, in order, what the hotel answered."""
        sent = await self.phones.guest_says(self.slug, GUEST, text, **more)
        return await self.answers(sent)

    async def answers(self, sent: str) -> list[dict]:
        """All that came after it, once the hotel has done what it meant to do about it."""
        found: list[dict] = []
        still = 0
        for _ in range(100):
            await asyncio.sleep(0.05)
            await self.work()
            messages = (await self.phones.chat(self.slug, GUEST))["messages"]
            ids = [m["id"] for m in messages]
            later = [m for m in messages[ids.index(sent) + 1 :] if m["by"] == "api"]
            still = still + 1 if len(later) == len(found) and await self.is_filed(sent) else 0
            found = later
            if still >= (1 if found else 5):
                break
        return found

    async def is_filed(self, sent: str) -> bool:
        """work() comes back when nothing waits, so what is filed by then had its turn."""
        async with self.runtime.db.hotel(self.hotel) as session:
            return bool(await session.scalar(select(Message.id).where(Message.provider_id == sent)))

    async def all(self, model: type, hotel: HotelId | None = None) -> list:
        async with self.runtime.db.hotel(hotel or self.hotel) as session:
            return list((await session.scalars(select(model))).all())


@pytest.fixture
async def house(settings: Settings, db: Database, vault: Vault) -> AsyncIterator[House]:
    clock = SystemClock()
    hotel, other = await new_hotel(db), await new_hotel(db)
    async with running_simulator() as (simulator_url, _), open_runtime(settings) as runtime:
        app = serve_app(settings)
        config = uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        api = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        async with db.hotel(hotel) as session:
            wanted = {"id_instance": "7105", "api_url": simulator_url, "api_token": "secret-token"}
            number = await add_instance(
                session, vault, hotel, InstanceIn.model_validate(wanted), by="test"
            )
            (await session.scalars(select(Hotel))).one().settings = {"pace_ms": 0}
            await _furnish(session, hotel, clock)
        async with httpx.AsyncClient(timeout=10) as client:
            phones = Phones(client, simulator_url)
            await phones.add_instance(
                "7105", "secret-token", "34971555010@c.us", label="Test", slug="test"
            )
            await connect(
                db, vault, runtime.gateway, hotel, number.id, public_url=api, now=clock.now()
            )
            found = House(runtime, phones, hotel, other, number.id, "test")
            for document in await found.all(KnowledgeDocument):
                await ingest(db, runtime.embedder, hotel, document.id)
            yield found
        server.should_exit = True
        await task


async def _furnish(session, hotel: HotelId, clock: SystemClock) -> None:
    session.add(Staff(hotel_id=hotel, name="Reception", phone=STAFF))
    session.add(
        Trigger(
            hotel_id=hotel,
            name="long stays",
            event="booking.created",
            conditions={"field": "nights", "op": "gte", "value": 2},
            actions=[{"type": "tag", "tag": "long"}, {"type": "send_message", "text": "Welcome!"}],
        )
    )
    kind = RoomType(
        hotel_id=hotel, code="DBL", name="Double", max_adults=2, max_guests=3, base_price=10000
    )
    session.add(kind)
    await session.flush()
    today = local_day(clock.now(), "Europe/Madrid")
    prices = dict.fromkeys(stay_nights(today, today + timedelta(days=60)), 10000)
    await open_nights(session, hotel, kind.id, first=today, days=60, capacity=1, prices=prices)
    await add_document(
        session,
        KnowledgeDocument(
            hotel_id=hotel,
            title="Breakfast",
            body="Breakfast is served from 7:30 to 11:00.",
            language="en",
        ),
    )


async def test_a_question_is_answered_from_the_hotels_own_knowledge(house: House) -> None:
    answers = await house.says("What time is breakfast?")
    assert [a["text"] for a in answers] == ["Breakfast is served from 7:30 to 11:00."]
    said = [m for m in await house.all(Message) if m.direction == "out"]
    assert said[0].meta["sources"][0].startswith("chunk:")


async def test_what_nobody_knows_is_said_and_recorded(house: House) -> None:
    answers = await house.says("Do you have a helicopter landing pad?")
    assert "do not know" in answers[0]["text"]
    gaps = await house.all(KnowledgeGap)
    assert [g.question for g in gaps] == ["Do you have a helicopter landing pad?"]


async def test_quote_yes_booking_by_text_and_the_trigger_that_follows(house: House) -> None:
    quoted = await house.says("do you have a room for two tomorrow for 2 nights?")
    assert "€200.00" in quoted[0]["text"]
    assert not await house.all(Booking)
    booked = await house.says("yes")
    (booking,) = await house.all(Booking)
    assert booking.code in booked[0]["text"]
    assert booking.total == 20000
    assert [a["text"] for a in booked][1:] == ["Welcome!"]
    assert [r.outcome for r in await house.all(TriggerRun)] == ["fired"]
    assert (await house.all(Conversation))[0].tags == ["long"]
    nights = [n for n in await house.all(NightlyInventory) if n.sold or n.held]
    assert [(n.sold, n.held) for n in nights] == [(1, 0), (1, 0)]
    assert await house.all(Booking, house.other) == []


async def test_a_tap_books_what_the_button_names(house: House) -> None:
    quoted = await house.says("a room for 2 people tomorrow, 3 nights please")
    sent = await house.phones.guest_taps(house.slug, GUEST, quoted[-1], 0)
    booked = await house.answers(sent)
    assert (await house.all(Booking))[0].code in booked[0]["text"]


async def test_no_drops_the_offer_and_gives_the_room_back(house: House) -> None:
    await house.says("a room for 2 people tomorrow, 1 night please")
    await house.says("no thanks")
    assert not await house.all(Booking)
    assert not [n for n in await house.all(NightlyInventory) if n.held]


async def test_cancel_shows_the_fee_first_and_frees_the_nights(house: House) -> None:
    await house.says("a room for 2 people tomorrow, 1 night please")
    await house.says("yes")
    asked = await house.says("please cancel my booking")
    assert "Cancelling now costs" in asked[0]["text"]
    await house.says("yes")
    (booking,) = await house.all(Booking)
    assert booking.status == "cancelled"
    assert not [n for n in await house.all(NightlyInventory) if n.sold]


async def test_an_angry_guest_is_handed_to_staff_and_the_bot_is_silent(house: House) -> None:
    answers = await house.says("The room is filthy, this is unacceptable!")
    assert len(answers) == 1
    (conversation,) = await house.all(Conversation)
    assert (conversation.status, conversation.owner) == ("escalated", "staff")
    (told,) = await house.all(StaffNotification)
    assert told.kind == "complaint"
    staff = (await house.phones.chat(house.slug, STAFF))["messages"]
    assert "complaint" in staff[0]["text"]
    assert await house.says("hello?") == []


async def test_staff_take_an_alert_with_ok_from_their_phone(house: House) -> None:
    await house.says("The room is filthy, this is unacceptable!")
    await house.phones.guest_says(house.slug, STAFF, "ok")
    for _ in range(20):
        await asyncio.sleep(0.05)
        await house.work()
    (told,) = await house.all(StaffNotification)
    assert told.status == "acknowledged"
    assert told.acknowledged_by is not None


async def test_a_person_typing_on_the_phone_takes_over_at_once(house: House) -> None:
    await house.says("hello")
    await house.phones.phone_types(house.slug, GUEST, "Hi, this is Ana at the desk.")
    await asyncio.sleep(0.2)
    await house.work()
    (conversation,) = await house.all(Conversation)
    assert conversation.owner == "staff"
    assert await house.says("What time is breakfast?") == []


async def test_an_accepted_send_without_an_answer_is_never_sent_twice(house: House) -> None:
    house.runtime.client.timeout = httpx.Timeout(0.5)
    await house.phones.set_faults(house.slug, hang_after_accept=1)
    answers = await house.says("What time is breakfast?")
    assert len(answers) == 1
    for _ in range(10):
        await asyncio.sleep(0.05)
        await house.work()
    assert len((await house.phones.chat(house.slug, GUEST))["messages"]) == 2
    (row,) = await house.all(OutboundMessage)
    assert row.status in ("sent", "delivered", "read")
    assert row.tries == 1


async def test_duplicated_webhooks_make_one_message_and_one_answer(house: House) -> None:
    await house.phones.set_faults(house.slug, duplicates=9)
    answers = await house.says("What time is breakfast?")
    assert len(answers) == 1
    assert len([m for m in await house.all(Message) if m.direction == "in"]) == 1


async def test_an_emergency_gets_the_fixed_text_and_pages_staff(house: House) -> None:
    answers = await house.says("Help, there is a fire in the corridor")
    assert "112" in answers[0]["text"]
    (told,) = await house.all(StaffNotification)
    assert (told.kind, told.priority_score) == ("emergency", 100)


async def test_no_word_phone_or_token_of_a_guest_reaches_a_log(
    house: House,
) -> None:
    marker = "zanzibar-marker-text"
    root, log = logging.getLogger(), io.StringIO()
    ours = next(h for h in root.handlers if isinstance(h.formatter, ProcessorFormatter))
    listening = logging.StreamHandler(log)
    listening.setFormatter(ours.formatter)
    root.addHandler(listening)
    await house.says(f"What time is breakfast? {marker}", name="Marker Name")
    await house.phones.set_faults(house.slug, answers=[{"method": "sendMessage", "status": 500}])
    await house.says(f"The room is filthy {marker}, this is unacceptable!")
    async with house.runtime.db.hotel(house.hotel) as session:
        session.add(Staff(hotel_id=house.hotel, name=marker, phone=STAFF))
        with pytest.raises(IntegrityError) as broken:
            await session.flush()
        await session.rollback()
    assert marker not in str(broken.value)
    get_logger().error("something_broke", exc_info=broken.value, text=marker)
    root.removeHandler(listening)
    assert "turn_closed" in log.getvalue()
    assert "something_broke" in log.getvalue()
    for secret in (marker, "Marker Name", GUEST.lstrip("+"), "secret-token", STAFF):
        assert secret not in log.getvalue(), secret
