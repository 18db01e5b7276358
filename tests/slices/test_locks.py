"""A lock of a thing leaves its key alone: who has written beneath it may go on to lock it too.

Two who have each written a row of one chat, and then both want the chat, would wait for each
other until the database ends one of them, if the lock wanted the key as well.
"""

from sqlalchemy import text

from frontdesk.bookings.queries import booking
from frontdesk.conversations.find import conversation
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.models import OutboxEvent
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.models import TriggerRun
from tests.factories import all_of, number_of, thread_of
from tests.slices.stays import stay_of
from tests.slices.test_booking import room_of
from tests.slices.test_limits import NOON, SAY, happen, run_all
from tests.slices.test_triggers import rule


async def test_a_lock_waits_for_no_row_beneath(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock
) -> None:
    """A foreign key holds the key of its parent until the commit."""
    chat = await thread_of(db, hotel, (await number_of(db, vault, hotel)).id)
    stay = await stay_of(db, hotel, await room_of(db, hotel), clock)
    greets = await rule(db, hotel, "greets", SAY, event="conversation.escalated")
    await happen(db, hotel, [chat])
    (event,) = [e for e in await all_of(db, hotel, OutboxEvent) if e.event_type.endswith("lated")]
    async with db.hotel(hotel) as writer:
        run = TriggerRun(
            hotel_id=hotel,
            event_id=event.id,
            trigger_id=greets,
            trigger_version=1,
            booking_id=stay.id,
            conversation_id=chat.id,
            reasons=[],
            actions=[],
            outcome="fired",
            created_at=NOON,
        )
        writer.add(run)
        await writer.flush()
        async with db.hotel(hotel) as session:
            await session.execute(text("SET LOCAL lock_timeout = '1s'"))
            await the_hotel(session, lock=True)
            await booking(session, stay.id, lock=True)
            await conversation(session, chat.id, lock=True)


async def test_rules_of_one_chat_never_stand_in_each_others_way(
    db: Database, vault: Vault, hotel: HotelId
) -> None:
    chat = await thread_of(db, hotel, (await number_of(db, vault, hotel)).id)
    await rule(db, hotel, "tells", [{"type": "notify_staff"}], event="conversation.escalated")
    for _ in range(12):
        await happen(db, hotel, [chat])
    await run_all(db, hotel, NOON)
    events = await all_of(db, hotel, OutboxEvent)
    assert {(e.tries, e.error, e.dead_at) for e in events} == {(0, None, None)}
