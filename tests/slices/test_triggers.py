"""A hotel's rules on real events: once each, with the why, and never in a loop."""

from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from frontdesk.kit.clock import SystemClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, OutboundMessage, OutboxEvent
from frontdesk.messaging.shapes import sample
from frontdesk.notifications.models import StaffNotification
from frontdesk.tenancy.models import Hotel
from frontdesk.triggers.actions import MAX_DEPTH, run_next
from frontdesk.triggers.models import Trigger, TriggerRun
from tests.factories import all_of, number_of, thread_of

CLOCK = SystemClock()


async def rule(db: Database, hotel: HotelId, name: str, actions: list[dict], **more) -> UUID:
    async with db.hotel(hotel) as session:
        wanted = {"event": "message.understood", "conditions": {}, **more}
        made = Trigger(hotel_id=hotel, name=name, actions=actions, **wanted)
        session.add(made)
        await session.flush()
        return made.id


async def happens(db: Database, hotel: HotelId, payload: dict, *, depth: int = 0) -> None:
    told = {**sample("message.understood"), **payload} if payload else {}
    async with db.hotel(hotel) as session:
        await emit(session, hotel, "message.understood", uuid7(), told, depth=depth)


async def run_all(db: Database, hotel: HotelId) -> int:
    for rounds in range(50):
        if not await run_next(db, CLOCK, hotel):
            return rounds
    raise AssertionError("the rules never come to rest")


@pytest.fixture
async def thread(db: Database, vault: Vault, hotel: HotelId) -> Conversation:
    number = await number_of(db, vault, hotel)
    return await thread_of(db, hotel, number.id)


async def test_a_rule_acts_once_an_event_and_says_what_it_saw(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    condition = {"field": "intent", "op": "eq", "value": "request"}
    actions = [{"type": "send_message", "text": "Noted"}, {"type": "tag", "tag": "errand"}]
    await rule(db, hotel, "errands", actions, conditions=condition)
    await happens(db, hotel, {"conversation_id": str(thread.id), "intent": "request"})
    assert await run_all(db, hotel) == 3  # a new guest, it, and that there is a label now
    async with db.hotel(hotel) as session:
        await session.execute(update(OutboxEvent).values(processed_at=OutboxEvent.processed_at))
    assert await run_all(db, hotel) == 0
    (ran,) = await all_of(db, hotel, TriggerRun)
    assert (ran.outcome, ran.trigger_version) == ("fired", 1)
    assert ran.reasons == [{**condition, "seen": "request", "held": True}]
    assert [m.text for m in await all_of(db, hotel, OutboundMessage)] == ["Noted"]
    assert [c.tags for c in await all_of(db, hotel, Conversation)] == [["errand"]]


async def test_a_rule_that_does_not_hold_keeps_its_why_and_not_the_guests_words(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    conditions = {
        "all": [
            {"not": {"field": "language", "op": "eq", "value": "de"}},
            {
                "any": [
                    {"field": "text", "op": "has_word", "value": ["pool"]},
                    {"field": "urgency", "op": "in", "value": ["urgent"]},
                ]
            },
        ]
    }
    await rule(db, hotel, "pool", [{"type": "tag", "tag": "pool"}], conditions=conditions)
    facts = {"conversation_id": str(thread.id), "language": "en", "text": "a carpool secret"}
    await happens(db, hotel, {**facts, "urgency": "normal"})
    await happens(db, hotel, {**facts, "urgency": "urgent"})
    await run_all(db, hotel)
    kept = await all_of(db, hotel, TriggerRun)
    assert sorted(k.outcome for k in kept) == ["fired", "not_matched"]
    assert {len(k.reasons) for k in kept} == {3}
    assert "secret" not in str([k.reasons for k in kept])


async def test_an_action_without_a_conversation_says_so_and_stops_no_other(
    db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    await rule(
        db, hotel, "both", [{"type": "tag", "tag": "x"}, {"type": "notify_staff", "title": "Look"}]
    )
    await happens(db, hotel, {})
    await run_all(db, hotel)
    (ran,) = await all_of(db, hotel, TriggerRun)
    assert (ran.outcome, "error" in ran.actions[0], ran.actions[1]) == (
        "failed",
        True,
        {"type": "notify_staff", "done": True},
    )
    assert [n.title for n in await all_of(db, hotel, StaffNotification)] == ["Look"]
    assert await all_of(db, other_hotel, StaffNotification) == []


async def test_only_enabled_rules_of_this_event_and_this_hotel_run(
    db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    act = [{"type": "notify_staff"}]
    await rule(db, hotel, "off", act, enabled=False)
    await rule(db, hotel, "else", act, event="booking.created")
    await rule(db, other_hotel, "theirs", act)
    await happens(db, hotel, {})
    await run_all(db, hotel)
    assert await all_of(db, hotel, TriggerRun) == []
    assert await run_next(db, CLOCK, other_hotel) is False


async def test_a_chain_of_rules_stops_and_shows_it(db: Database, hotel: HotelId) -> None:
    await rule(db, hotel, "any", [{"type": "notify_staff"}])
    await happens(db, hotel, {}, depth=MAX_DEPTH)
    await run_all(db, hotel)
    (ran,) = await all_of(db, hotel, TriggerRun)
    assert (ran.outcome, ran.actions) == ("stopped", [])
    assert await all_of(db, hotel, StaffNotification) == []


async def test_what_a_rule_causes_knows_that_a_rule_stands_behind_it(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    await rule(db, hotel, "hand over", [{"type": "hand_over", "reason": "vip"}])
    await happens(db, hotel, {"conversation_id": str(thread.id)}, depth=2)
    await run_all(db, hotel)
    async with db.hotel(hotel) as session:
        query = select(OutboxEvent.depth, OutboxEvent.payload["reason"].astext)
        query = query.where(OutboxEvent.event_type == "conversation.escalated")
        assert [tuple(row) for row in await session.execute(query)] == [(3, "vip")]


async def test_an_event_that_cannot_be_worked_dies_visibly_and_holds_up_nobody(
    db: Database, hotel: HotelId
) -> None:
    event = "sentiment.detected"
    late = {"field": "time.hour", "op": "gte", "value": 0}
    await rule(db, hotel, "any", [{"type": "notify_staff"}], event=event, conditions=late)
    await rule(db, hotel, "tag", [{"type": "tag", "tag": "x"}])
    async with db.hotel(hotel) as session:
        await session.execute(update(Hotel).values(timezone="Middle/Earth"))
        await emit(session, hotel, event, uuid7(), sample(event))
    await happens(db, hotel, {})
    await run_all(db, hotel)
    events = await all_of(db, hotel, OutboxEvent)
    assert sorted((e.tries, e.error) for e in events) == [(0, None), (5, "ZoneInfoNotFoundError")]
    assert sum(e.dead_at is not None for e in events) == 1
    async with db.hotel(hotel) as session:
        assert await session.scalar(select(func.count()).select_from(TriggerRun)) == 1


BROKEN = {
    "an operator of old": {"conditions": {"field": "text", "op": "resembles", "value": 1}},
    "a field of old": {"conditions": {"field": "mood", "op": "eq", "value": "x"}},
    "half a condition": {"conditions": {"all": "x"}},
    "an action of old": {"actions": [{"type": "shout", "text": "x"}]},
    "no action at all": {"actions": [7]},
    "half an action": {"actions": [{"type": "notify_staff"}, {"type": "send_message"}]},
}


async def test_a_rule_that_is_broken_is_refused_alone_shown_and_told_once(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    """As one that an older version stored: whatever of it is of no use now."""
    say = [{"type": "send_message", "text": "Hi"}]
    for name, parts in BROKEN.items():
        await rule(db, hotel, name, **{"actions": say, "priority": 9, **parts})
    await rule(db, hotel, "sound", say)
    for _ in range(2):
        await happens(db, hotel, {"conversation_id": str(thread.id)})
    await run_all(db, hotel)
    assert [m.text for m in await all_of(db, hotel, OutboundMessage)] == ["Hi", "Hi"]
    assert all(e.processed_at and not e.tries for e in await all_of(db, hotel, OutboxEvent))
    names = {t.id: t.name for t in await all_of(db, hotel, Trigger)}
    for run in await all_of(db, hotel, TriggerRun):
        broken = names[run.trigger_id] in BROKEN
        assert (run.outcome, "broken" in str(run.reasons)) == (
            ("failed", True) if broken else ("fired", False)
        )
        assert not broken or run.actions == []
    told = await all_of(db, hotel, StaffNotification)
    assert sorted(t.title for t in told) == [
        f"The rule {name} cannot be worked" for name in sorted(BROKEN)
    ]
