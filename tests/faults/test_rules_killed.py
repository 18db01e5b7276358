"""Workers killed in the middle of rules: every action done once, and the ledger tells of all."""

import asyncio
import os
import random
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text

from frontdesk.conversations.task_models import Task
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, OutboundMessage, OutboxEvent
from frontdesk.messaging.shapes import sample
from frontdesk.notifications.models import StaffNotification
from frontdesk.tenancy.models import Hotel, WhatsAppInstance
from frontdesk.triggers.models import Trigger, TriggerRun, TriggerStep
from frontdesk.triggers.plan_models import PlannedSend
from tests.factories import all_of, thread_of
from tests.faults.conftest import Town

KILLS = int(os.environ.get("RULE_KILLS", "1"))
CHATS = 8 * KILLS
LONGEST = 1.2
"""Seconds; from a worker's start until the rules have worked for a while."""
PATIENCE = 60
"""Seconds without anything done, until it is said to be stuck."""
OPEN = (
    "SELECT (SELECT count(*) FROM outbox_events WHERE processed_at IS NULL)"
    " + (SELECT count(*) FROM trigger_steps WHERE state = 'waiting')"
    " + (SELECT count(*) FROM planned_sends WHERE state = 'planned')"
)
ACTIONS = [
    {"type": "open_task", "title": "Towels"},
    {"type": "webhook", "name": "told"},
    {
        "type": "branch",
        "conditions": {"field": "guest.vip", "op": "eq", "value": True},
        "then": [{"type": "label", "label": "vip"}],
        "otherwise": [{"type": "notify_staff", "title": "Somebody came"}],
    },
    {"type": "send_message", "text": "Hello {guest.first_name|you}"},
]


async def rules_and_chats(town: Town) -> None:
    """A rule that hears of each chat, and one that is due in each."""
    async with town.db.hotel(town.hotel) as session:
        house = (await session.scalars(select(Hotel))).one()
        free = {"quiet_hours": "", "rules_per_hour": 10_000, "unasked_per_day": 9}
        house.settings = {**house.settings, **free}
        number = (await session.scalars(select(WhatsAppInstance.id))).one()
        hears = {"name": "hears", "event": "sentiment.detected", "actions": ACTIONS}
        when = {"anchor": "arrival", "days": 0, "at": "10:00", "minutes": 0, "late": "send"}
        due = {"name": "due", "event": "stay.moment", "actions": ACTIONS, "schedule": when}
        rules = [Trigger(hotel_id=town.hotel, id=uuid7(), **said) for said in (hears, due)]
        session.add_all(rules)
    for n in range(CHATS):
        chat = await thread_of(town.db, town.hotel, number, f"346005{n:05d}@c.us")
        await one_of_each(town, chat, rules[1])


async def one_of_each(town: Town, chat: Conversation, due: Trigger) -> None:
    now = datetime.now(UTC) - timedelta(seconds=1)
    async with town.db.hotel(town.hotel) as session:
        told = {**sample("sentiment.detected"), "conversation_id": str(chat.id)}
        await emit(session, town.hotel, "sentiment.detected", chat.id, told)
        same = {"conversation_id": chat.id, "guest_id": chat.guest_id, "subject": chat.id}
        plan = PlannedSend(hotel_id=town.hotel, trigger_id=due.id, trigger_version=1, **same)
        plan.due_at = plan.try_at = plan.planned_at = now
        session.add(plan)


async def open_rows(town: Town) -> int:
    async with town.db.hotel(town.hotel) as session:
        return (await session.execute(text(OPEN))).scalar_one()


async def test_a_worker_killed_in_its_rules_loses_and_doubles_no_action(town: Town) -> None:
    chance = random.Random(20261122)  # noqa: S311 - the same points every time
    await rules_and_chats(town)
    before = await open_rows(town)
    for _ in range(KILLS):
        worker = await town.processes.start_worker()
        await asyncio.sleep(chance.uniform(0, LONGEST))
        town.processes.kill(worker)
        before = await open_rows(town)
    await town.processes.start_worker()
    until = time.monotonic() + PATIENCE
    while (now := await open_rows(town)) > 0:
        if now != before:
            before, until = now, time.monotonic() + PATIENCE
        assert time.monotonic() < until, f"stuck with {now} open"
        await asyncio.sleep(0.2)
    await once_each(town)
    await ledger(town)


async def once_each(town: Town) -> None:
    """Two rules, so that each chat has each of their actions twice."""
    for rows in (Task, OutboundMessage):
        found = [r.conversation_id for r in await all_of(town.db, town.hotel, rows)]
        assert (len(found), len(set(found))) == (2 * CHATS, CHATS), rows
        assert all(found.count(chat) == 2 for chat in found), rows
    alerts = await all_of(town.db, town.hotel, StaffNotification)
    told = [a.tellings for a in alerts if a.kind == "trigger"]
    assert told == [2] * CHATS  # one episode a chat, told by both
    called = [
        e.payload["event_id"]
        for e in await all_of(town.db, town.hotel, OutboxEvent)
        if e.event_type == "rule.called"
    ]
    assert (len(called), len(set(called))) == (2 * CHATS, 2 * CHATS)


async def ledger(town: Town) -> None:
    runs = await all_of(town.db, town.hotel, TriggerRun)
    assert [r.outcome for r in runs] == ["fired"] * 2 * CHATS
    assert all(len(r.actions) == len(ACTIONS) + 1 for r in runs)
    steps = await all_of(town.db, town.hotel, TriggerStep)
    assert {s.state for s in steps} == {"done"}
    assert {p.state for p in await all_of(town.db, town.hotel, PlannedSend)} == {"sent"}
    assert not any(e.dead_at for e in await all_of(town.db, town.hotel, OutboxEvent))
