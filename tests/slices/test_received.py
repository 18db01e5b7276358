"""A guest's message is an event when it comes, whoever answers it; once, and before it is read."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from frontdesk.conversations.filing import file_waiting
from frontdesk.conversations.handover import take_over
from frontdesk.conversations.steps import step
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation, Message, OutboundMessage, OutboxEvent
from frontdesk.messaging.shapes import SHAPES
from frontdesk.triggers.actions import run_next
from frontdesk.triggers.models import TriggerRun
from frontdesk.triggers.rules import BadCondition, check_conditions
from tests.factories import CHAT, all_of, number_of, receive, says
from tests.slices.test_threads import deletes, edits
from tests.slices.test_triggers import rule

AT = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


class Phone:
    """A guest's phone, whose messages are filed and read by nobody."""

    def __init__(self, db: Database, settings: Settings, hotel: HotelId, number: UUID) -> None:
        self.db, self.settings, self.hotel, self.number = db, settings, hotel, number

    async def sends(self, *bodies: dict, now: datetime = AT) -> None:
        await receive(self.settings, self.hotel, self.number, *bodies)
        async with self.db.hotel(self.hotel) as session:
            await file_waiting(session, self.hotel, self.number, CHAT, now=now)

    async def thread(self) -> Conversation:
        (found,) = await all_of(self.db, self.hotel, Conversation)
        return found

    async def told(self) -> list[OutboxEvent]:
        rows = await all_of(self.db, self.hotel, OutboxEvent)
        rows = sorted(rows, key=lambda e: e.seq)
        return [e for e in rows if e.event_type == "message.received"]


@pytest.fixture
async def phone(db: Database, vault: Vault, settings: Settings, hotel: HotelId) -> Phone:
    return Phone(db, settings, hotel, (await number_of(db, vault, hotel)).id)


async def test_it_is_told_once_in_order_whatever_comes_of_it(phone: Phone) -> None:
    one, two = says("first", "M1", AT), says("second", "M2", AT + timedelta(seconds=1))
    sticker = says("", "M3", AT + timedelta(seconds=2))
    sticker["messageData"] = {"typeMessage": "stickerMessage", "fileMessageData": {}}
    await phone.sends(two, one, sticker)
    await phone.sends(one, edits("M2", "second!", AT + timedelta(seconds=5)))
    await phone.sends(deletes("M1", AT + timedelta(seconds=6)))
    told = await phone.told()
    assert [(e.payload["text"], e.payload["kind"]) for e in told] == [
        ("first", "text"),
        ("second", "text"),
        ("", "sticker"),
    ]
    for event in told:
        SHAPES["message.received"].model_validate(event.payload)
    assert told[0].payload["at"] == AT.isoformat()


async def test_what_was_taken_back_before_it_was_filed_is_told_nobody(phone: Phone) -> None:
    await phone.sends(says("my card is 4111", "M1", AT), deletes("M1", AT + timedelta(seconds=1)))
    await phone.sends(edits("M9", "of one we never saw", AT + timedelta(seconds=2)))
    assert [e.payload["text"] for e in await phone.told()] == ["of one we never saw"]


async def test_a_late_one_and_one_in_a_persons_chat_are_told_too(phone: Phone) -> None:
    await phone.sends(says("yesterday", "M1", AT - timedelta(days=1)))
    async with phone.db.hotel(phone.hotel) as session:
        talk = await phone.thread()
        await take_over(session, talk.id, by="test", reason="manual", now=AT)
    await phone.sends(says("are you there?", "M2", AT))
    assert [(e.payload["text"], e.payload["owner"]) for e in await phone.told()] == [
        ("yesterday", "bot"),
        ("are you there?", "staff"),
    ]


async def test_it_tells_the_chat_as_it_is_once_the_message_opened_it(phone: Phone) -> None:
    await phone.sends(says("hello", "M1", AT))
    async with phone.db.hotel(phone.hotel) as session:
        talk = await session.get_one(Conversation, (phone.hotel, (await phone.thread()).id))
        await step(session, talk, "resolved", by="test", reason="done", now=AT)
    await phone.sends(says("one more thing", "M2", AT))
    assert [e.payload["status"] for e in await phone.told()] == ["active", "active"]


async def test_the_event_is_gone_with_its_message(phone: Phone) -> None:
    """One transaction: neither without the other."""
    await receive(phone.settings, phone.hotel, phone.number, says("hello", "M1", AT))
    async with phone.db.hotel(phone.hotel) as session:
        await file_waiting(session, phone.hotel, phone.number, CHAT, now=AT)
        await session.rollback()
    assert (await phone.told(), await all_of(phone.db, phone.hotel, Message)) == ([], [])
    await phone.sends()
    assert len(await phone.told()) == 1


async def test_a_rule_hears_of_it_and_may_keep_out_of_a_persons_chat(phone: Phone) -> None:
    words, comes = [{"type": "send_message", "text": "We are on it"}], "message.received"
    only = {"field": "owner", "op": "eq", "value": "bot"}
    quiet = await rule(phone.db, phone.hotel, "quiet", words, event=comes, conditions=only)
    await rule(phone.db, phone.hotel, "all", [{"type": "tag", "tag": "wrote"}], event=comes)
    await phone.sends(says("hello", "M1", AT))
    async with phone.db.hotel(phone.hotel) as session:
        await take_over(session, (await phone.thread()).id, by="test", reason="manual", now=AT)
    await phone.sends(says("still there?", "M2", AT + timedelta(seconds=1)))
    while await run_next(phone.db, FixedClock(AT), phone.hotel):
        pass
    ran = await all_of(phone.db, phone.hotel, TriggerRun)
    assert [r.outcome for r in ran if r.trigger_id == quiet] == ["fired", "not_matched"]
    assert [r.outcome for r in ran if r.trigger_id != quiet] == ["fired", "fired"]
    assert [m.text for m in await all_of(phone.db, phone.hotel, OutboundMessage)] == [
        words[0]["text"]
    ]


@pytest.mark.parametrize("name", ["intent", "message.intent", "sentiment.label", "urgency"])
def test_what_nobody_has_read_is_no_condition_on_what_just_came(name: str) -> None:
    wanted = {"field": name, "op": "eq", "value": "x"}
    with pytest.raises(BadCondition, match=r"message\.understood has, once the bot has read it"):
        check_conditions("message.received", wanted)
    check_conditions("message.understood", wanted)
