"""Whatever gave up is in one list, only its own hotel's, and goes back to work when told to."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.handover import take_over
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import RING_CHANNEL, Database, connect_plainly
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.messaging.models import (
    Conversation,
    InboundEvent,
    Message,
    OutboundMessage,
    OutboxEvent,
)
from frontdesk.notifications.models import NotificationDelivery, StaffNotification, StaffWebhook
from frontdesk.operations.dead import list_dead, replay
from frontdesk.triggers.models import Trigger, TriggerRun, TriggerStep
from frontdesk.triggers.plan_models import PlannedSend
from frontdesk.webhooks.models import WebhookDelivery, WebhookSubscription
from tests.factories import CHAT, number_of, thread_of

Make = Callable[[AsyncSession, Conversation, FixedClock], Awaitable[object]]


async def _event(session: AsyncSession, thread: Conversation, clock: FixedClock) -> InboundEvent:
    return InboundEvent(
        hotel_id=thread.hotel_id,
        instance_id=thread.instance_id,
        event_key="k",
        kind="status",
        lane="apply",
        raw=b'{"typeWebhook": "outgoingMessageStatus"}',
        occurred_at=clock.now(),
        state="dead",
        tries=5,
        error="DataError",
    )


async def _message(session: AsyncSession, thread: Conversation, clock: FixedClock) -> Message:
    await take_over(session, thread.id, by="bot", reason="failed", now=clock.now())
    return Message(
        hotel_id=thread.hotel_id,
        conversation_id=thread.id,
        direction="in",
        author="guest",
        kind="text",
        text="hello",
        occurred_at=clock.now(),
        handled_at=clock.now(),
        meta={"dead": True},
    )


async def _send(session: AsyncSession, thread: Conversation, clock: FixedClock) -> OutboundMessage:
    return OutboundMessage(
        hotel_id=thread.hotel_id,
        instance_id=thread.instance_id,
        conversation_id=thread.id,
        chat=CHAT,
        text="hello",
        dedupe_key="k",
        status="expired",
        expires_at=clock.now() - timedelta(hours=1),
    )


async def _happening(session: AsyncSession, thread: Conversation, clock: FixedClock) -> OutboxEvent:
    return OutboxEvent(
        hotel_id=thread.hotel_id,
        aggregate_id=thread.id,
        event_type="message.received",
        payload={},
        tries=5,
        dead_at=clock.now(),
        error="KeyError",
    )


async def _delivery(
    session: AsyncSession, thread: Conversation, clock: FixedClock
) -> NotificationDelivery:
    hook = StaffWebhook(hotel_id=thread.hotel_id, id=uuid7(), url="https://a.example", secret=b"x")
    told = StaffNotification(
        hotel_id=thread.hotel_id,
        id=uuid7(),
        kind="request",
        priority_score=1,
        title="t",
        body="b",
        dedupe_key="k",
    )
    session.add_all([hook, told])
    await session.flush()
    return NotificationDelivery(
        hotel_id=thread.hotel_id,
        notification_id=told.id,
        channel="webhook",
        webhook_id=hook.id,
        status="dead",
        tries=14,
        error="ConnectError",
    )


async def _document(
    session: AsyncSession, thread: Conversation, clock: FixedClock
) -> KnowledgeDocument:
    return KnowledgeDocument(
        hotel_id=thread.hotel_id, title="t", body="b", language="en", status="failed", tries=3
    )


async def _rule(session: AsyncSession, thread: Conversation) -> Trigger:
    say = [{"type": "send_message", "text": "Hi"}]
    rule = Trigger(hotel_id=thread.hotel_id, id=uuid7(), name="r", event="hotel.moment")
    rule.actions, rule.enabled = say, False
    session.add(rule)
    await session.flush()
    return rule


async def _webhook(
    session: AsyncSession, thread: Conversation, clock: FixedClock
) -> WebhookDelivery:
    to = WebhookSubscription(hotel_id=thread.hotel_id, id=uuid7(), url="https://a.example")
    to.secret, to.name, to.events = b"x", "a", []
    event = OutboxEvent(
        hotel_id=thread.hotel_id,
        id=uuid7(),
        aggregate_id=thread.id,
        event_type="conversation.opened",
        payload={},
        processed_at=clock.now(),
    )
    session.add_all([to, event])
    await session.flush()
    return WebhookDelivery(
        hotel_id=thread.hotel_id,
        subscription_id=to.id,
        event_id=event.id,
        event_type=event.event_type,
        subject=thread.id,
        seq=1,
        status="dead",
        tries=9,
        error="HTTP 500",
    )


async def _planned(session: AsyncSession, thread: Conversation, clock: FixedClock) -> PlannedSend:
    rule = await _rule(session, thread)
    return PlannedSend(
        hotel_id=thread.hotel_id,
        trigger_id=rule.id,
        trigger_version=1,
        subject=thread.hotel_id,
        due_at=clock.now(),
        try_at=clock.now(),
        state="failed",
        tries=5,
        why=[{"failed": "KeyError"}],
    )


async def _step(session: AsyncSession, thread: Conversation, clock: FixedClock) -> TriggerStep:
    rule = await _rule(session, thread)
    event = await _happening(session, thread, clock)
    event.id, event.dead_at, event.processed_at = uuid7(), None, clock.now()
    session.add(event)
    await session.flush()
    run = TriggerRun(hotel_id=thread.hotel_id, id=uuid7(), trigger_id=rule.id, event_id=event.id)
    run.trigger_version, run.outcome = 1, "failed"
    session.add(run)
    await session.flush()
    return TriggerStep(
        hotel_id=thread.hotel_id,
        run_id=run.id,
        place="00",
        action=rule.actions[0],
        state="failed",
        tries=5,
        result={"error": "TypeError"},
    )


DEAD: dict[str, tuple[Make, str]] = {
    "event": (_event, "apply_events"),
    "message": (_message, "take_turn"),
    "send": (_send, "deliver"),
    "happening": (_happening, "run_triggers"),
    "delivery": (_delivery, "tell_staff"),
    "document": (_document, "ingest_document"),
    "webhook": (_webhook, "send_webhooks"),
    "planned": (_planned, "send_planned"),
    "step": (_step, "run_steps"),
}


@pytest.fixture
async def thread(db: Database, vault: Vault, hotel: HotelId) -> Conversation:
    number = await number_of(db, vault, hotel)
    return await thread_of(db, hotel, number.id)


async def kill(
    db: Database, hotel: HotelId, thread: Conversation, clock: FixedClock, kind: str
) -> UUID:
    async with db.hotel(hotel) as session:
        own = (
            await session.scalars(select(Conversation).where(Conversation.id == thread.id))
        ).one()
        row = await DEAD[kind][0](session, own, clock)
        row.id = uuid7()
        session.add(row)
    return row.id


@pytest.mark.parametrize("kind", DEAD)
async def test_the_dead_are_seen_and_go_back_to_work_once(
    db: Database,
    settings: Settings,
    hotel: HotelId,
    other_hotel: HotelId,
    thread: Conversation,
    clock: FixedClock,
    kind: str,
) -> None:
    row_id = await kill(db, hotel, thread, clock, kind)
    async with db.hotel(hotel) as session:
        assert [(d.kind, d.id) for d in await list_dead(session)] == [(kind, row_id)]
    async with db.hotel(other_hotel) as session:
        assert await list_dead(session) == []
        with pytest.raises(NotFound):
            await replay(session, other_hotel, row_id, now=clock.now())
    rings: asyncio.Queue[str] = asyncio.Queue()
    ear: asyncpg.Connection = await connect_plainly(settings.database_url)
    await ear.add_listener(RING_CHANNEL, lambda *notice: rings.put_nowait(notice[3]))
    async with db.hotel(hotel) as session:
        assert await replay(session, hotel, row_id, now=clock.now()) == kind
    rung = [await asyncio.wait_for(rings.get(), 10)]
    while not rings.empty():
        rung.append(rings.get_nowait())
    assert any(f'"{DEAD[kind][1]}", "{hotel}"' in notice for notice in rung)
    await ear.close()
    async with db.hotel(hotel) as session:
        assert await list_dead(session) == []
        with pytest.raises(NotFound):
            await replay(session, hotel, row_id, now=clock.now())


async def test_the_newest_are_shown_first(
    db: Database, hotel: HotelId, thread: Conversation, clock: FixedClock
) -> None:
    for kind in itertools.islice(DEAD, 5):
        await kill(db, hotel, thread, clock, kind)
    async with db.hotel(hotel) as session:
        found = await list_dead(session)
        assert [d.at for d in found] == sorted((d.at for d in found), reverse=True)
        assert len(await list_dead(session, limit=2)) == 2


async def test_a_replayed_message_is_unread_by_a_bot_that_may_answer(
    db: Database, hotel: HotelId, thread: Conversation, clock: FixedClock
) -> None:
    row_id = await kill(db, hotel, thread, clock, "message")
    async with db.hotel(hotel) as session:
        await replay(session, hotel, row_id, now=clock.now())
    async with db.hotel(hotel) as session:
        (found,) = (await session.scalars(select(Conversation))).all()
        (message,) = (await session.scalars(select(Message))).all()
    assert (found.owner, found.fence, message.handled_at) == ("bot", thread.fence + 2, None)
