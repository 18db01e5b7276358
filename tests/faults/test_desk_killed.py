"""Worker and clock killed amid ladders, surveys, promises and a broadcast: all goes on, once."""

import asyncio
import os
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text, update

from frontdesk.conversations.survey_models import Survey, SurveyAsk
from frontdesk.conversations.task_models import Task
from frontdesk.guests.models import Guest
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Conversation, Message, OutboxEvent
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.ladder_models import AlertLadder, AlertStep
from frontdesk.notifications.models import Staff
from frontdesk.sla.models import SlaClock
from frontdesk.sla.policies import promise
from frontdesk.tenancy.models import Hotel, WhatsAppInstance
from frontdesk.triggers.broadcast_models import Broadcast, BroadcastSend
from frontdesk.triggers.broadcasts import start
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.plan_models import PlannedSend
from tests.factories import all_of, thread_of
from tests.faults.conftest import Town

KILLS = int(os.environ.get("DESK_KILLS", "2"))
CHATS = 6
GUESTS = [f"346006{n:05d}" for n in range(CHATS)]
LONGEST = 1.2
"""Seconds; from a worker's start until all has been worked for a while."""
DUE = 15
"""Seconds after a restart, until what was due has gone on."""
OPEN = (
    "SELECT (SELECT count(*) FROM alert_steps WHERE state = 'waiting' AND try_at <= now())"
    " + (SELECT count(*) FROM broadcast_sends WHERE state = 'planned')"
    " + (SELECT count(*) FROM planned_sends WHERE state = 'planned')"
    " + (SELECT count(*) FROM trigger_steps WHERE state = 'waiting')"
    " + (SELECT count(*) FROM sla_clocks WHERE look_at <= now())"
)
HOW = {"kind": "rating", "text": {"en": "How was it?"}}
LEVELS = [{"roles": [role], "channels": ["whatsapp"], "minutes": 60} for role in ("one", "two")]
STAFF = {"one": "34600777001", "two": "34600777002"}


async def a_busy_house(town: Town) -> None:
    """In each chat an alert that climbs, a promise that breaks, a survey and a broadcast."""
    now, own = datetime.now(UTC), {"hotel_id": town.hotel}
    async with town.db.hotel(town.hotel) as session:
        house = (await session.scalars(select(Hotel))).one()
        house.settings = {**house.settings, "quiet_hours": "", "unasked_per_day": 9}
        number = (await session.scalars(select(WhatsAppInstance.id))).one()
        session.add_all(Staff(**own, name=role, phone=STAFF[role], role=role) for role in STAFF)
        session.add(AlertLadder(**own, kind="complaint", levels=LEVELS))
        session.add(Survey(**own, name="Stay", questions=[HOW]))
        asks = [{"type": "survey", "survey": "Stay"}]
        when = {"anchor": "arrival", "days": 0, "at": "10:00", "minutes": 0, "late": "send"}
        rule = {"name": "asks", "event": "stay.moment", "actions": asks, "schedule": when}
        session.add(asking := Trigger(**own, id=uuid7(), **rule))
        only_first = {"name": "House", "first_minutes": 1, "open_hours": False}
        await promise(session, town.hotel, {**only_first, "bot_counts": False}, by="t")
        said = {"type": "send_message", "text": "Summer is open"}
        card = {"name": "Summer", "message": said, "per_minute": 600, "made_by": "t"}
        session.add(summer := Broadcast(**own, id=uuid7(), **card))
    for n, guest in enumerate(GUESTS):
        chat = await thread_of(town.db, town.hotel, number, f"{guest}@c.us")
        async with town.db.hotel(town.hotel) as session:
            told = Alert("complaint", 80, f"Soup {n}", "Cold", f"soup:{n}", conversation_id=chat.id)
            await notify(session, town.hotel, told, now=now)
            session.add(_plan(chat, asking, now))
            session.add(_word(chat, now))
    async with town.db.hotel(town.hotel) as session:
        await session.execute(update(Guest).values(consent_at=now))
        await session.execute(update(Conversation).values(owner="staff"))
        late = now - timedelta(seconds=1)
        due = update(AlertStep).where(AlertStep.level == 1)
        await session.execute(due.values(due_at=late, try_at=late))
        await session.execute(update(SlaClock).values(due_at=late, look_at=late))
        await start(session, summer.id, by="t", now=now)


def _plan(chat: Conversation, rule: Trigger, now: datetime) -> PlannedSend:
    about = {"conversation_id": chat.id, "guest_id": chat.guest_id, "subject": chat.id}
    own = {"hotel_id": chat.hotel_id, "trigger_id": rule.id, "trigger_version": 1}
    return PlannedSend(**own, **about, due_at=now, try_at=now, planned_at=now)


def _word(chat: Conversation, now: datetime) -> Message:
    own = {"hotel_id": chat.hotel_id, "id": uuid7(), "conversation_id": chat.id}
    said = {"direction": "in", "author": "guest", "kind": "text", "text": "hello?"}
    return Message(**own, **said, occurred_at=now, handled_at=now)


async def killed_again_and_again(town: Town, chance: random.Random) -> None:
    """Every time the clock as well, which is the relay; then both stay up."""
    for _ in range(KILLS):
        worker = await town.processes.start_worker()
        await asyncio.sleep(chance.uniform(0, LONGEST))
        town.processes.kill(worker)
        town.processes.kill(town.processes.clock)
        town.processes.clock = town.processes.start("clock")
    await town.processes.start_worker()


async def goes_on(town: Town, until_done: str) -> None:
    since = time.monotonic()
    async with town.db.hotel(town.hotel) as session:
        while (left := (await session.execute(text(until_done))).scalar_one()) > 0:
            assert time.monotonic() < since + DUE, f"{left} still open"
            await asyncio.sleep(0.2)


async def test_what_was_due_goes_on_within_seconds_and_nothing_twice(town: Town) -> None:
    chance = random.Random(20261122)  # noqa: S311 - the same points every time
    await a_busy_house(town)
    await killed_again_and_again(town, chance)
    await goes_on(town, OPEN)
    await _all_sent(town)
    town.processes.kill_workers()
    for guest in GUESTS:
        await town.says(guest, "1")
    await killed_again_and_again(town, chance)
    await goes_on(town, f"SELECT {CHATS} - count(*) FROM tasks")  # noqa: S608 - our own number
    await _all_sent(town)
    await once_each(town)


async def _all_sent(town: Town) -> None:
    await asyncio.sleep(3.2)
    await town.minutes_pass()
    await town.rests(60)


async def once_each(town: Town) -> None:
    said = Counter(
        (b.chat[:11], b.text.split("\n")[0]) for b in town.number.bubbles if b.by == "api"
    )
    assert set(said.values()) == {1}, said
    for guest in GUESTS:
        heard = sorted(line for who, line in said if who == guest)
        assert heard[:2] == ["How was it?", "Summer is open"], heard
        assert len(heard) == 3  # and thanks for the rating
    for phone in STAFF.values():
        told = [line for who, line in said if who == phone and "Soup" in line]
        assert len(told) == CHATS, told
    happened = Counter(e.event_type for e in await all_of(town.db, town.hotel, OutboxEvent))
    names = ("alert.escalated", "sla.breached", "survey.sent", "survey.answered", "task.opened")
    assert {happened[name] for name in names} == {CHATS}, happened
    assert [b.state for b in await all_of(town.db, town.hotel, Broadcast)] == ["done"]
    assert [a.state for a in await all_of(town.db, town.hotel, SurveyAsk)] == ["done"] * CHATS
    assert [s.state for s in await all_of(town.db, town.hotel, BroadcastSend)] == ["sent"] * CHATS
    assert len(await all_of(town.db, town.hotel, Task)) == CHATS
