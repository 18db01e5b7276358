"""A rule's actions as stored steps: tried one by one, kept in order, and never done twice."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from frontdesk.conversations.task_models import Task
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, OutboundMessage, OutboxEvent
from frontdesk.messaging.shapes import sample
from frontdesk.notifications.models import StaffNotification
from frontdesk.triggers.actions import run_next, work_due_step
from frontdesk.triggers.models import Trigger, TriggerRun, TriggerStep
from frontdesk.triggers.rules import judge
from frontdesk.triggers.steps import judged
from tests.factories import all_of, number_of, thread_of
from tests.slices.test_triggers import rule

NOW = datetime.now(UTC)


@pytest.fixture
async def thread(db: Database, vault: Vault, hotel: HotelId) -> Conversation:
    number = await number_of(db, vault, hotel)
    return await thread_of(db, hotel, number.id)


async def hears(db: Database, hotel: HotelId, thread: Conversation, **facts: object) -> None:
    about = {"conversation_id": str(thread.id), "guest_id": str(thread.guest_id)}
    told = {**sample("message.understood"), **about, **facts}
    async with db.hotel(hotel) as session:
        await emit(session, hotel, "message.understood", uuid7(), told)
    while await run_next(db, FixedClock(NOW), hotel):
        pass


async def goes_on(db: Database, hotel: HotelId, after: timedelta) -> int:
    for rounds in range(30):
        if not await work_due_step(db, FixedClock(NOW + after), hotel):
            return rounds
    raise AssertionError("the steps never come to rest")


async def texts(db: Database, hotel: HotelId) -> list[str]:
    return [m.text for m in await all_of(db, hotel, OutboundMessage)]


async def test_what_waits_comes_later_in_order_and_once(
    db: Database, hotel: HotelId, other_hotel: HotelId, thread: Conversation
) -> None:
    vip = {"field": "guest.vip", "op": "eq", "value": True}
    actions = [
        {"type": "send_message", "text": "one"},
        {"type": "wait", "minutes": 30},
        {
            "type": "branch",
            "conditions": vip,
            "then": [{"type": "send_message", "text": "champagne"}],
            "otherwise": [{"type": "send_message", "text": "water"}],
        },
        {"type": "send_message", "text": "last"},
    ]
    await rule(db, hotel, "slow", actions)
    await hears(db, hotel, thread)
    (run,) = await all_of(db, hotel, TriggerRun)
    assert (run.outcome, await texts(db, hotel)) == ("running", ["one"])
    assert [a["type"] for a in run.actions] == ["send_message", "wait", "branch", "send_message"]
    assert await goes_on(db, hotel, timedelta(minutes=29)) == 0
    assert await work_due_step(db, FixedClock(NOW + timedelta(days=9)), other_hotel) is False
    async with db.hotel(hotel) as session:
        await session.execute(update(Guest).values(vip=True))
    await asyncio.gather(*(goes_on(db, hotel, timedelta(minutes=31)) for _ in range(3)))
    assert await texts(db, hotel) == ["one", "champagne", "last"]
    (run,) = await all_of(db, hotel, TriggerRun)
    assert (run.outcome, len(run.actions)) == ("fired", 5)
    assert run.actions[2]["reasons"] == [{**vip, "seen": True, "held": True}]
    assert await goes_on(db, hotel, timedelta(days=9)) == 0


async def test_a_step_that_fails_is_tried_again_on_its_own_and_keeps_the_order(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    """The odd step stands for whatever breaks: what came before it is not done again."""
    say = [{"type": "send_message", "text": text} for text in ("a", "b", "c")]
    await rule(db, hotel, "three", [say[0], {"type": "wait", "minutes": 1}, *say[1:]])

    async def breaks(action: dict) -> None:
        async with db.hotel(hotel) as session:
            waits = update(TriggerStep).where(TriggerStep.place == "02")
            waits = waits.where(TriggerStep.state == "waiting").values(action=action)
            await session.execute(waits)

    await hears(db, hotel, thread)
    await breaks({**say[1], "buttons": 7})
    assert await goes_on(db, hotel, timedelta(minutes=1)) == 1
    assert await texts(db, hotel) == ["a"]
    (run,) = await all_of(db, hotel, TriggerRun)
    assert (run.outcome, run.actions[2]["error"]) == ("running", "TypeError")
    assert await goes_on(db, hotel, timedelta(seconds=74)) == 0
    assert await goes_on(db, hotel, timedelta(seconds=75)) == 1
    steps = await all_of(db, hotel, TriggerStep)
    assert [s.tries for s in sorted(steps, key=lambda s: s.place)] == [0, 0, 2, 0]
    await breaks(say[1])
    await goes_on(db, hotel, timedelta(hours=1))
    assert await texts(db, hotel) == ["a", "b", "c"]
    await hears(db, hotel, thread)
    await breaks({**say[1], "buttons": 7})
    for hours in range(1, 8):
        await goes_on(db, hotel, timedelta(hours=hours))
    assert await texts(db, hotel) == ["a", "b", "c", "a", "c"]
    runs = await all_of(db, hotel, TriggerRun)
    assert [r.outcome for r in runs] == ["fired", "failed"]


async def test_a_text_speaks_the_guests_language_and_is_not_sent_with_a_hole_in_it(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    variants = [
        {"language": "de", "text": "Guten Tag {guest.first_name}"},
        {"language": "de", "segment": "vip", "text": "Willkommen zurück {guest.first_name}"},
    ]
    said = {"type": "send_message", "text": "Hello {guest.first_name|there}"}
    await rule(db, hotel, "hello", [{**said, "variants": variants}])

    async def guest(**is_now: object) -> None:
        async with db.hotel(hotel) as session:
            await session.execute(update(Guest).values(**is_now))

    await guest(name=None, language="fr")
    await hears(db, hotel, thread)
    await guest(language="de")
    await hears(db, hotel, thread)
    await guest(name="Ada Example", vip=True)
    await hears(db, hotel, thread)
    assert await texts(db, hotel) == ["Hello there", "Willkommen zurück Ada"]
    _, failed, _ = await all_of(db, hotel, TriggerRun)
    assert (failed.outcome, failed.actions[0]["missing"]) == ("failed", ["guest.first_name"])


async def test_buttons_are_said_again_in_the_text(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    buttons = [{"text": "Yes, please"}, {"text": "No, thanks"}]
    await rule(db, hotel, "ask", [{"type": "send_message", "text": "Towels?", "buttons": buttons}])
    await hears(db, hotel, thread)
    (sent,) = await all_of(db, hotel, OutboundMessage)
    assert [b["text"] for b in sent.buttons] == ["Yes, please", "No, thanks"]
    assert sent.text == "Towels?\n\n· Yes, please\n· No, thanks"


async def test_what_rules_cause_knows_them_and_no_rule_acts_twice_in_a_chain(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    call = [{"type": "webhook", "name": "again"}, {"type": "notify_staff"}]
    first = await rule(db, hotel, "call", [*call, {"type": "send_message", "text": "x"}])
    again = await rule(db, hotel, "echo", call[:1], event="rule.called")
    await hears(db, hotel, thread)
    chains = {
        model: [row.chain for row in await all_of(db, hotel, model)]
        for model in (OutboxEvent, OutboundMessage, StaffNotification)
    }
    one, two = [str(first)], [str(first), str(again)]
    called = [
        e.chain for e in await all_of(db, hotel, OutboxEvent) if e.event_type == "rule.called"
    ]
    assert sorted(called) == [one, two]
    assert all(c in ([], one, two) for c in chains[OutboxEvent])
    assert [chains[OutboundMessage], chains[StaffNotification]] == [[one], [one]]
    runs = {r.outcome: r for r in await all_of(db, hotel, TriggerRun) if r.trigger_id == again}
    assert set(runs) == {"fired", "stopped"}
    assert runs["stopped"].reasons[0]["chain"] == two


async def test_a_run_can_be_judged_again_from_what_is_kept(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    parts = [
        {"field": "intent", "op": "eq", "value": "question"},
        {"any": [{"field": "guest.stays", "op": "gte", "value": 1}]},
        {"not": {"field": "conversation.hours_since_any", "op": "gt", "value": 5}},
        {"field": "time.weekday", "op": "in", "value": ["mon", "tue"]},
    ]
    made: UUID = await rule(
        db, hotel, "rich", [{"type": "notify_staff"}], conditions={"all": parts}
    )
    await hears(db, hotel, thread)
    async with db.hotel(hotel) as session:
        await session.execute(update(Guest).values(vip=True))
        (run,) = (await session.scalars(select(TriggerRun))).all()
        event = await session.get(OutboxEvent, (hotel, run.event_id))
        kept = await session.get(Trigger, (hotel, made))
    assert event is not None
    assert kept is not None
    facts = judged(event.event_type, event.payload, run.facts)
    assert judge(kept.conditions, facts) == (run.outcome == "fired", run.reasons)
    assert len(run.facts) == 3


async def test_a_rule_works_the_desk_and_what_cannot_be_is_said_and_stops_no_other(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    actions = [
        {"type": "label", "label": "late"},
        {"type": "set_priority", "priority": "high"},
        {"type": "open_task", "title": "Call {guest.name|the guest}", "due_minutes": 30},
        {"type": "snooze", "minutes": 60},
        {"type": "assign", "user_id": str(uuid7())},
        {"type": "set_status", "status": "resolved"},
    ]
    await rule(db, hotel, "desk", actions)
    await hears(db, hotel, thread)
    (run,) = await all_of(db, hotel, TriggerRun)
    errors = [a.get("error") for a in run.actions]
    assert errors == [None] * 4 + ["There is no such member of the hotel's people", None]
    (chat,) = await all_of(db, hotel, Conversation)
    assert (chat.tags, chat.priority, chat.status) == (["late"], "high", "resolved")
    (task,) = await all_of(db, hotel, Task)
    assert (task.title, task.due_at) == ("Call Guest", NOW + timedelta(minutes=30))
    told = [e for e in await all_of(db, hotel, OutboxEvent) if e.event_type == "task.opened"]
    assert [e.chain for e in told] == [[str(run.trigger_id)]]


async def test_an_alert_of_a_rule_names_whom_it_is_about_and_waits_for_no_name(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    said = {"title": "Call {guest.first_name}", "text": "{stay.code|no stay}, {guest.name}"}
    await rule(db, hotel, "tells", [{"type": "notify_staff", **said}])
    await hears(db, hotel, thread)
    async with db.hotel(hotel) as session:
        await session.execute(update(Guest).values(name=None))
    await hears(db, hotel, thread)
    told = {(n.title, n.body) for n in await all_of(db, hotel, StaffNotification)}
    assert told == {("Call Guest", "no stay, Guest"), ("Call ?", "no stay, ?")}
