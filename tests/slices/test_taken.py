"""Whoever does what an alert called for has taken it: nobody is woken for it any more."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from frontdesk.conversations.handover import take_over
from frontdesk.conversations.staff import send_as_staff
from frontdesk.conversations.states import move
from frontdesk.conversations.task_steps import step_task
from frontdesk.conversations.tasks import Wish, open_task
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.models import Conversation
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.ladder_models import AlertStep
from frontdesk.notifications.models import Staff, StaffNotification
from tests.factories import all_of, number_of, thread_of


async def test_a_reply_takes_the_chats_alerts_and_a_task_begun_its_own(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock
) -> None:
    now = clock.now()
    number = await number_of(db, vault, hotel)
    talk = await thread_of(db, hotel, number.id)
    other = await thread_of(db, hotel, number.id, "34600222333@c.us")
    async with db.hotel(hotel) as session:
        night = Staff(hotel_id=hotel, name="Night", phone="34600999111")
        session.add(night)
        await session.flush()
        for chat in (talk, other):
            called = Alert("complaint", 80, "Unhappy", "x", f"a{chat.id}", chat.id)
            await notify(session, hotel, called, now=now)
        for kind in ("mention", "draft"):
            await notify(session, hotel, Alert(kind, 60, "You", "x", kind, talk.id), now=now)
        wish = Wish("Towels", item="towels", conversation_id=talk.id, priority="high")
        task = await open_task(session, hotel, wish, by="bot", now=now)
        await take_over(session, talk.id, by="bot", reason="complaint", now=now)
        await take_over(session, talk.id, by="rule", reason="rule", now=now, depth=1)

    async def going() -> set[tuple[str, str]]:
        """Alerts that are open and still climb."""
        async with db.hotel(hotel) as session:
            waiting = select(AlertStep.notification_id).where(AlertStep.state == "waiting")
            query = select(StaffNotification).where(
                StaffNotification.status == "open", StaffNotification.id.in_(waiting)
            )
            rows = (await session.scalars(query)).all()
        return {(a.kind, "ours" if a.conversation_id == talk.id else "other") for a in rows}

    theirs = ("complaint", "other")
    ours = {(kind, "ours") for kind in ("complaint", "draft", "mention", "task")}
    assert await going() == {*ours, theirs}
    async with db.hotel(hotel) as session:
        await send_as_staff(session, talk.id, "We come", by="key:1", now=now)
    assert await going() == {theirs, ("mention", "ours"), ("task", "ours")}
    async with db.hotel(hotel) as session:
        await step_task(session, task.id, "in_progress", by=f"staff:{night.id}", now=now)
    assert await going() == {theirs, ("mention", "ours")}
    taken = [a for a in await all_of(db, hotel, StaffNotification) if a.status == "acknowledged"]
    ways = {a.kind: (a.acknowledged_via, a.acknowledged_by) for a in taken}
    by_console = dict.fromkeys(("complaint", "draft"), ("console", None))
    assert ways == {**by_console, "task": ("whatsapp", night.id)}


@pytest.mark.parametrize("to", ["pending", "snoozed", "resolved", "closed", "active"])
async def test_whoever_moves_a_chat_has_seen_to_it_and_a_rule_has_not(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock, to: str
) -> None:
    now = clock.now()
    number = await number_of(db, vault, hotel)
    talk = await thread_of(db, hotel, number.id)
    until = now + timedelta(hours=1) if to == "snoozed" else None
    for by, depth, status in (("rule", 1, "open"), ("user:" + str(uuid4()), 0, "acknowledged")):
        async with db.hotel(hotel) as session:
            await take_over(session, talk.id, by="bot", reason="complaint", now=now)
            called = Alert("complaint", 80, "Unhappy", "x", "once", talk.id)
            await notify(session, hotel, called, now=now)
        async with db.hotel(hotel) as session:
            await move(session, talk, to, by=by, reason=None, now=now, until=until, depth=depth)
        (told,) = await all_of(db, hotel, StaffNotification)
        assert told.status == status
        (moved,) = await all_of(db, hotel, Conversation)
        over = to not in ("pending", "snoozed")
        assert (moved.status, moved.owner) == (to, "bot" if over else "staff")
