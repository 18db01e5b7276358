"""The outbox: in order, once, fenced, and never resent on a guess."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from frontdesk.conversations.handover import take_over
from frontdesk.guests.actions import opt
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.models import Conversation, OutboundMessage
from frontdesk.messaging.outbox import Letter, post
from frontdesk.messaging.provider import BadInstance, QuotaSpent, Refused, TryLater, Unclear
from frontdesk.messaging.sending import MAX_TRIES, Post, deliver_next
from frontdesk.messaging.unknown import SETTLED_AFTER, settle_by_echo, settle_unknown
from frontdesk.notifications.alarms import instance_alarm
from frontdesk.notifications.models import Staff, StaffNotification
from frontdesk.tenancy.models import WhatsAppInstance
from tests.factories import CHAT, all_of, number_of, thread_of
from tests.fakes import FakeGateway

OTHER_CHAT = "34600111333@c.us"


@dataclass
class Office:
    db: Database
    hotel: HotelId
    clock: FixedClock
    gateway: FakeGateway
    post: Post
    instance: UUID

    async def write(self, text: str, key: str | None = None, **more) -> UUID:
        wanted = {"chat": CHAT, "expires_at": self.clock.now() + timedelta(hours=1), **more}
        letter = Letter(self.instance, text=text, dedupe_key=key or text, **wanted)
        async with self.db.hotel(self.hotel) as session:
            return await post(session, self.hotel, letter, now=self.clock.now())

    async def deliver(self) -> float | None:
        self.gateway.now = self.clock.now()
        return await deliver_next(self.post, self.hotel, self.instance)

    async def settle(self) -> None:
        await settle_unknown(self.post, self.hotel, self.instance)

    async def rows(self) -> list[OutboundMessage]:
        return await all_of(self.db, self.hotel, OutboundMessage)

    async def statuses(self) -> list[str]:
        return [row.status for row in await self.rows()]

    async def number(self) -> WhatsAppInstance:
        return (await all_of(self.db, self.hotel, WhatsAppInstance))[0]


async def open_office(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock, **number
) -> Office:
    instance = await number_of(db, vault, hotel, **number)
    async with db.hotel(hotel) as session:
        await session.execute(update(WhatsAppInstance).values(next_send_at=clock.now()))
    gateway = FakeGateway()
    post = Post(db, vault, clock, gateway, instance_alarm)
    return Office(db, hotel, clock, gateway, post, instance.id)


@pytest.fixture
async def office(db: Database, vault: Vault, hotel: HotelId, clock: FixedClock) -> Office:
    return await open_office(db, vault, hotel, clock)


async def test_bubbles_leave_in_the_order_they_were_written(office: Office) -> None:
    for text in ("one", "two", "three"):
        await office.write(text)
    assert [await office.deliver() for _ in range(4)] == [0, 0, 0, None]
    assert office.gateway.texts == ["one", "two", "three"]
    assert [row.provider_id for row in await office.rows()] == ["SENT1", "SENT2", "SENT3"]


async def test_the_same_intent_is_stored_once(office: Office) -> None:
    first, again = await office.write("one", "k"), await office.write("one", "k")
    assert first == again
    await office.deliver()
    assert await office.deliver() is None
    assert office.gateway.texts == ["one"]


async def test_an_unclear_bubble_holds_up_its_own_chat_only(office: Office) -> None:
    office.gateway.failures.append(Unclear("no answer"))
    await office.write("one")
    await office.write("two")
    await office.write("elsewhere", chat=OTHER_CHAT)
    await office.deliver()
    await office.deliver()
    assert await office.deliver() is None
    assert office.gateway.texts == ["elsewhere"]
    assert await office.statuses() == ["unknown", "queued", "sent"]


async def test_what_the_journal_shows_is_settled_and_not_sent_again(office: Office) -> None:
    office.gateway.failures.append(Unclear("no answer"))
    office.gateway.loses_answers = True
    await office.write("one")
    await office.deliver()
    office.clock.advance(timedelta(seconds=6))
    await office.settle()
    (row,) = await office.rows()
    assert (row.status, row.provider_id, row.tries) == ("sent", "SENT1", 1)
    assert await office.deliver() is None
    assert office.gateway.texts == ["one"]


async def test_a_send_is_made_again_only_when_a_late_journal_proves_it_unsent(
    office: Office,
) -> None:
    office.gateway.failures.append(Unclear("no answer"))
    await office.write("one")
    await office.deliver()
    office.clock.advance(timedelta(seconds=6))
    await office.settle()
    assert await office.statuses() == ["unknown"]
    assert await office.deliver() is None
    office.clock.advance(SETTLED_AFTER)
    await office.settle()
    assert await office.statuses() == ["queued"]
    await office.deliver()
    assert office.gateway.texts == ["one"]
    assert await office.statuses() == ["sent"]


async def test_one_journal_row_settles_one_of_two_equal_bubbles(office: Office) -> None:
    await office.write("same", "a")
    await office.write("same", "b")
    await office.deliver()
    office.gateway.failures.append(Unclear("no answer"))
    await office.deliver()
    office.clock.advance(SETTLED_AFTER + timedelta(seconds=1))
    await office.settle()
    assert await office.statuses() == ["sent", "queued"]


async def test_a_row_left_by_a_dead_sender_is_unclear_too(office: Office) -> None:
    await office.write("one")
    async with office.db.hotel(office.hotel) as session:
        now = office.clock.now()
        await session.execute(
            update(OutboundMessage).values(
                status="sending", sending_at=now, lease_until=now + timedelta(seconds=60)
            )
        )
    await office.settle()
    assert await office.statuses() == ["sending"]
    office.clock.advance(timedelta(seconds=61))
    await office.settle()
    assert await office.statuses() == ["queued"]


async def test_an_echo_settles_the_row_it_belongs_to(office: Office) -> None:
    office.gateway.failures.append(Unclear("no answer"))
    await office.write("one")
    await office.deliver()
    async with office.db.hotel(office.hotel) as session:
        stranger = await settle_by_echo(session, office.instance, CHAT, "not ours", "ECHO0")
        ours = await settle_by_echo(session, office.instance, CHAT, "one", "ECHO1")
        again = await settle_by_echo(session, office.instance, CHAT, "one", "ECHO1")
    assert (stranger, ours, again) == (False, True, True)
    assert [(r.status, r.provider_id) for r in await office.rows()] == [("sent", "ECHO1")]


async def test_nothing_of_the_bot_leaves_after_staff_took_over(office: Office) -> None:
    thread = await thread_of(office.db, office.hotel, office.instance)
    await office.write("queued before", conversation_id=thread.id, fence=thread.fence)
    async with office.db.hotel(office.hotel) as session:
        await take_over(session, thread.id, by="t", reason="t", now=office.clock.now())
    await office.write("written late", conversation_id=thread.id, fence=thread.fence)
    await office.write("a person", conversation_id=thread.id, author="staff")
    while await office.deliver() is not None:
        pass
    assert office.gateway.texts == ["a person"]
    assert await office.statuses() == ["cancelled", "cancelled", "sent"]


async def test_a_takeover_waits_for_no_row_that_is_being_taken_up(office: Office) -> None:
    """Who takes it up waits for the chat; would the takeover wait for the row, both would stay."""
    thread = await thread_of(office.db, office.hotel, office.instance)
    row = await office.write("queued", conversation_id=thread.id, fence=thread.fence)
    async with office.db.hotel(office.hotel) as taker:
        query = select(OutboundMessage).where(OutboundMessage.id == row).with_for_update()
        await taker.execute(query)
        async with asyncio.timeout(10), office.db.hotel(office.hotel) as session:
            await take_over(session, thread.id, by="t", reason="t", now=office.clock.now())
    assert await office.statuses() == ["queued"]
    assert await office.deliver() == 0
    assert (office.gateway.texts, await office.statuses()) == ([], ["cancelled"])


async def test_what_is_due_leaves_while_more_is_being_written(office: Office) -> None:
    """A turn that has its chat writes beneath the number; the number's next row needs the chat."""
    thread = await thread_of(office.db, office.hotel, office.instance)
    await office.write("due", conversation_id=thread.id, fence=thread.fence)
    expires = office.clock.now() + timedelta(hours=1)
    letter = Letter(office.instance, CHAT, "more", dedupe_key="more", expires_at=expires)
    async with office.db.hotel(office.hotel) as turn:
        await post(turn, office.hotel, letter, now=office.clock.now())
        async with asyncio.timeout(10):
            assert await office.deliver() == 0
    assert office.gateway.texts == ["due"]


async def test_an_old_reply_expires_and_frees_the_chat(office: Office) -> None:
    await office.write("late", expires_at=office.clock.now() + timedelta(minutes=1))
    await office.write("still good")
    office.clock.advance(timedelta(minutes=2))
    while await office.deliver() is not None:
        pass
    assert office.gateway.texts == ["still good"]
    assert await office.statuses() == ["expired", "sent"]


async def test_a_busy_gateway_is_tried_again_later_and_later_and_at_last_given_up(
    office: Office,
) -> None:
    office.gateway.failures.extend(TryLater("429") for _ in range(MAX_TRIES))
    await office.write("one")
    waits: list[float] = []
    while (await office.statuses()) == ["queued"]:
        await office.deliver()
        wait = await office.deliver()
        if wait:
            waits.append(wait)
            office.clock.advance(timedelta(seconds=wait))
    assert await office.statuses() == ["failed"]
    assert len(waits) == MAX_TRIES - 1
    assert 1 <= waits[0] <= 2
    assert all(64 <= wait <= 300 for wait in waits[6:])


@pytest.mark.parametrize(
    ("failure", "reason"), [(QuotaSpent("466"), "quota"), (BadInstance("401"), "bad_credentials")]
)
async def test_a_number_that_cannot_send_pauses_and_loses_nothing(
    office: Office, failure: Exception, reason: str
) -> None:
    office.gateway.failures.append(failure)
    await office.write("one")
    await office.deliver()
    assert (await office.number()).pause_reason == reason
    assert await office.deliver() == 15 * 60
    office.clock.advance(timedelta(minutes=15))
    await office.deliver()
    assert office.gateway.texts == ["one"]
    assert [(r.status, r.tries) for r in await office.rows()] == [("sent", 1)]


async def test_what_the_gateway_refuses_fails_and_the_next_goes_on(office: Office) -> None:
    office.gateway.failures.append(Refused("400"))
    await office.write("bad")
    await office.write("good")
    while await office.deliver() is not None:
        pass
    assert office.gateway.texts == ["good"]
    assert await office.statuses() == ["failed", "sent"]


async def test_the_urgent_lane_goes_first_and_through_the_daily_cap(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock
) -> None:
    office = await open_office(db, vault, hotel, clock, daily_cap=1)
    for_a_week = clock.now() + timedelta(days=7)
    await office.write("first", expires_at=for_a_week)
    await office.write("fire", chat=OTHER_CHAT, lane="urgent")
    await office.deliver()
    assert office.gateway.texts == ["fire"]
    assert await office.deliver() == 15 * 60
    assert (await office.number()).pause_reason == "daily_cap"
    await office.write("smoke", chat=OTHER_CHAT, lane="urgent")
    assert await office.deliver() == 0
    assert office.gateway.texts == ["fire", "smoke"]
    assert await office.deliver() == 15 * 60
    clock.advance(timedelta(days=1))
    await office.deliver()
    assert office.gateway.texts == ["fire", "smoke", "first"]
    assert (await office.number()).pause_reason is None


async def test_staff_hear_once_an_hour_why_a_number_is_silent(office: Office) -> None:
    person = Staff(hotel_id=office.hotel, name="Ana", phone="34600999001")
    async with office.db.hotel(office.hotel) as session:
        session.add(person)
    for _ in range(2):
        office.gateway.failures.append(QuotaSpent("466"))
        await office.write("one")
        await office.deliver()
        office.clock.advance(timedelta(minutes=16))
    (told,) = await all_of(office.db, office.hotel, StaffNotification)
    assert (told.kind, "quota" in told.body, told.priority_score) == ("whatsapp_down", True, 95)
    await office.deliver()
    assert "WhatsApp needs attention" in office.gateway.texts[0]


async def test_what_nobody_asked_for_waits_for_the_morning(office: Office) -> None:
    office.clock.at = datetime(2027, 3, 27, 22, 30, tzinfo=UTC)  # 23:30 in Madrid, before DST
    for_a_week = office.clock.now() + timedelta(days=7)
    await office.write("welcome", lane="proactive", expires_at=for_a_week)
    await office.write("an answer", chat=OTHER_CHAT)
    while await office.deliver() == 0:
        pass
    assert office.gateway.texts == ["an answer"]
    office.clock.at = datetime(2027, 3, 28, 5, 59, tzinfo=UTC)
    assert await office.deliver() == 60
    office.clock.at = datetime(2027, 3, 28, 6, 0, tzinfo=UTC)  # 08:00, an hour of the night less
    await office.deliver()
    assert office.gateway.texts == ["an answer", "welcome"]


async def test_what_waits_for_the_morning_keeps_no_answer_of_its_chat_back(office: Office) -> None:
    office.clock.at = datetime(2027, 3, 1, 22, 30, tzinfo=UTC)
    for_a_week = office.clock.now() + timedelta(days=7)
    await office.write("welcome", lane="proactive", expires_at=for_a_week)
    for text in ("an answer", "another"):
        await office.write(text)
    await office.write("a question", lane="proactive", expires_at=for_a_week)
    while await office.deliver() == 0:
        pass
    assert office.gateway.texts == ["an answer", "another"]
    office.clock.at = datetime(2027, 3, 2, 7, 0, tzinfo=UTC)
    while await office.deliver() == 0:
        pass
    assert office.gateway.texts == ["an answer", "another", "welcome", "a question"]


async def test_what_is_urgent_passes_by_whatever_waits_in_its_own_chat(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock
) -> None:
    office = await open_office(db, vault, hotel, clock, daily_cap=1)
    for text in ("first", "second"):
        await office.write(text, expires_at=clock.now() + timedelta(days=7))
    assert [await office.deliver() for _ in range(2)] == [0, 15 * 60]
    for text in ("fire", "smoke"):
        await office.write(text, lane="urgent")
        await office.deliver()
    assert office.gateway.texts == ["first", "fire", "smoke"]


async def test_who_said_stop_hears_nothing_more_of_our_own_accord(office: Office) -> None:
    thread = await thread_of(office.db, office.hotel, office.instance)
    await office.write("an offer", lane="proactive", conversation_id=thread.id)
    await office.write("an answer", conversation_id=thread.id)
    async with office.db.hotel(office.hotel) as session:
        guest = (await session.scalars(select(Guest))).one()
        opt(session, guest, out=True, by="t", now=office.clock.now())
    while await office.deliver() == 0:
        pass
    assert office.gateway.texts == ["an answer"]
    assert await office.statuses() == ["cancelled", "sent"]


async def test_chats_are_paced_and_one_chat_is_not(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock
) -> None:
    paced = await open_office(db, vault, hotel, clock, pace_ms=1000)
    await paced.write("one")
    await paced.write("two")
    await paced.write("other", chat=OTHER_CHAT)
    assert [await paced.deliver(), await paced.deliver()] == [0, 0]
    assert 1 <= await paced.deliver() <= 1.5
    assert paced.gateway.texts == ["one", "two"]


async def test_another_hotel_delivers_nothing_of_ours(office: Office, other_hotel: HotelId) -> None:
    await office.write("ours")
    assert await deliver_next(office.post, other_hotel, office.instance) is None
    assert office.gateway.texts == []
    async with office.db.hotel(other_hotel) as session:
        assert (await session.scalars(select(Conversation.id))).all() == []
