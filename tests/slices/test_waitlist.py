"""Waiting in order, selling beyond what there is on somebody's word, and walking a guest."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.errors import (
    NoSuchMove,
    QuoteExpired,
    RoomTaken,
    TooLongAway,
    TooManySold,
)
from frontdesk.bookings.models import Booking, NightlyInventory
from frontdesk.bookings.overbook import Allowance, SentAway, allow_overbooking, walk
from frontdesk.bookings.quote import StayWish
from frontdesk.bookings.stay_models import OverbookingApproval, WaitlistEntry
from frontdesk.bookings.waitlist import OFFER, Waiting, accept, decline, join
from frontdesk.conversations.offers import work_waitlist
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.models import Conversation, OutboundMessage
from frontdesk.privacy.erase import erase
from tests.factories import all_of, number_of, thread_of
from tests.slices.stays import audited, events, sold, stay_of, told, uneven
from tests.slices.test_booking import FIRST, counters, room_of


async def waits(
    db: Database,
    hotel: HotelId,
    kind: UUID,
    clock: FixedClock,
    phone: str,
    *,
    nights: int = 2,
    after: int = 0,
) -> UUID:
    async with db.hotel(hotel) as session:
        guest = await recognise(session, hotel, None, f"{phone}@c.us", name="A")
        first = FIRST + timedelta(after)
        wish = StayWish(first, first + timedelta(nights), 2)
        waiting = Waiting(guest.id, kind, wish)
        return (await join(session, hotel, waiting, by="test", now=clock.now())).id


async def states(db: Database, hotel: HotelId) -> list[str]:
    return [entry.status for entry in await all_of(db, hotel, WaitlistEntry)]


async def test_offers_go_round_in_the_order_of_asking(
    db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    booking = await stay_of(db, hotel, kind, clock)
    numbers = ("34600111301", "34600111302", "34600111303", "34600111304")
    first, second, third, _ = [await waits(db, hotel, kind, clock, n) for n in numbers]
    await work_waitlist(db, clock, hotel)
    assert await states(db, hotel) == ["waiting"] * 4
    async with db.hotel(hotel) as session:
        await cancel(session, booking.id, by="test", now=clock.now())
    await work_waitlist(db, clock, other_hotel)
    assert (await counters(db, hotel))[0] == (0, 0)
    await work_waitlist(db, clock, hotel)
    assert await states(db, hotel) == ["offered", "waiting", "waiting", "waiting"]
    assert (await counters(db, hotel))[0] == (0, 1)
    clock.advance(OFFER)
    async with db.hotel(hotel) as session:
        with pytest.raises(QuoteExpired):
            await accept(session, first, by="test", source="rest", now=clock.now())
        await session.rollback()
    await work_waitlist(db, clock, hotel)
    assert await states(db, hotel) == ["expired", "offered", "waiting", "waiting"]
    async with db.hotel(hotel) as session:
        await decline(session, second, by="test")
    await work_waitlist(db, clock, hotel)
    assert await states(db, hotel) == ["expired", "declined", "offered", "waiting"]
    for _ in range(2):
        async with db.hotel(hotel) as session:
            done = await accept(session, third, by="test", source="rest", now=clock.now())
    assert (done.arrival, await sold(db, hotel)) == (FIRST, [1, 1, 0, 0, 0, 0])
    await work_waitlist(db, clock, hotel)
    assert await states(db, hotel) == ["expired", "declined", "accepted", "waiting"]
    assert (await uneven(db, hotel), len(await all_of(db, hotel, Booking))) == ([], 2)
    assert [e for e in await events(db, hotel) if e.startswith("waitlist")] == [
        "waitlist.offered",
        "waitlist.expired",
        "waitlist.offered",
        "waitlist.declined",
        "waitlist.offered",
        "waitlist.accepted",
    ]
    with pytest.raises(NoSuchMove):
        async with db.hotel(hotel) as session:
            await decline(session, third, by="test")


async def test_who_asks_again_keeps_the_place_they_have(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    booking = await stay_of(db, hotel, kind, clock)
    phone = "34600111301"
    first = await waits(db, hotel, kind, clock, phone)
    assert await waits(db, hotel, kind, clock, phone) == first
    assert await waits(db, hotel, kind, clock, phone, nights=1) != first
    assert await waits(db, hotel, kind, clock, "34600111302") != first
    async with db.hotel(hotel) as session:
        await cancel(session, booking.id, by="test", now=clock.now())
    await work_waitlist(db, clock, hotel)
    assert await waits(db, hotel, kind, clock, phone) == first
    assert await states(db, hotel) == ["offered", "waiting", "waiting"]
    clock.advance(OFFER)
    assert await waits(db, hotel, kind, clock, phone) != first


async def test_a_longer_wait_holds_up_nobody_whose_stay_is_free(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    await stay_of(db, hotel, kind, clock, after=2)
    await waits(db, hotel, kind, clock, "34600111301", nights=3)
    await waits(db, hotel, kind, clock, "34600111302", nights=1)
    await work_waitlist(db, clock, hotel)
    assert await states(db, hotel) == ["waiting", "offered"]
    clock.advance(timedelta(days=20))
    await work_waitlist(db, clock, hotel)
    assert await states(db, hotel) == ["expired", "expired"]
    assert await uneven(db, hotel) == []


async def test_what_comes_back_while_the_line_is_asked_is_offered_to_who_asked_first(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    """The first in line is asked before a stay is cancelled, the second one after it."""
    kind = await room_of(db, hotel)
    booking = await stay_of(db, hotel, kind, clock, nights=1)
    await waits(db, hotel, kind, clock, "34600111301", nights=2)
    await waits(db, hotel, kind, clock, "34600111302", nights=1, after=1)
    n = NightlyInventory
    async with db.hotel(hotel) as session:
        await session.execute(select(n).where(n.night == FIRST + timedelta(1)).with_for_update())
        offering = asyncio.create_task(work_waitlist(db, clock, hotel))
        await _until_somebody_waits(db, hotel)
        await cancel(session, booking.id, by="test", now=clock.now())
    await offering
    assert await states(db, hotel) == ["offered", "waiting"]
    assert await uneven(db, hotel) == []


async def test_nothing_is_held_for_somebody_who_was_erased(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    first, second = [await waits(db, hotel, kind, clock, f"3460011130{n}") for n in (1, 2)]
    await work_waitlist(db, clock, hotel)
    assert await states(db, hotel) == ["offered", "waiting"]
    entries = {entry.id: entry.guest_id for entry in await all_of(db, hotel, WaitlistEntry)}
    async with db.hotel(hotel) as session:
        await erase(session, entries[first], by="test", now=clock.now())
    await work_waitlist(db, clock, hotel)
    assert await states(db, hotel) == ["declined", "offered"]
    async with db.hotel(hotel) as session:
        await erase(session, entries[second], by="test", now=clock.now())
    assert (await counters(db, hotel))[0] == (0, 0)
    assert await uneven(db, hotel) == []


async def _until_somebody_waits(db: Database, hotel: HotelId) -> None:
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database()"
    )
    async with asyncio.timeout(20):
        while True:
            async with db.hotel(hotel) as session:
                if await session.scalar(waits):
                    return
            await asyncio.sleep(0.02)


async def test_an_offer_is_told_in_the_chat_and_a_yes_there_counts(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    number = await number_of(db, vault, hotel)
    chat = await thread_of(db, hotel, number.id)
    async with db.hotel(hotel) as session:
        wish = StayWish(FIRST, FIRST + timedelta(2), 2)
        waiting = Waiting(chat.guest_id, kind, wish, chat.id)
        entry = await join(session, hotel, waiting, by="test", now=clock.now())
    await work_waitlist(db, clock, hotel)
    (letter,) = await all_of(db, hotel, OutboundMessage)
    (entry,) = await all_of(db, hotel, WaitlistEntry)
    assert letter.text.startswith("The stay you are waiting for has become free.")
    assert [b["id"] for b in letter.buttons] == [f"book:{entry.quote_id}", f"drop:{entry.quote_id}"]
    (thread,) = await all_of(db, hotel, Conversation)
    assert (thread.state["stage"], thread.state["subject"]) == ("confirming", str(entry.quote_id))
    assert (await told(db, hotel, "waitlist.offered"))["conversation_id"] == str(chat.id)


async def test_overbooking_takes_somebodys_word_and_walking_leaves_a_record(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    await stay_of(db, hotel, kind, clock)

    async def allow(rooms: int) -> OverbookingApproval:
        wanted = Allowance(kind, FIRST, FIRST + timedelta(2), rooms, "late cancels")
        async with db.hotel(hotel) as session:
            return await allow_overbooking(session, hotel, wanted, by="key:manager")

    with pytest.raises(RoomTaken):
        await stay_of(db, hotel, kind, clock, phone="34600111333")
    assert (await allow(1)).approved_by == "key:manager"
    second = await stay_of(db, hotel, kind, clock, phone="34600111333")
    with pytest.raises(TooManySold):
        await allow(0)
    with pytest.raises(RoomTaken):
        await stay_of(db, hotel, kind, clock, phone="34600111444")
    clock.at = clock.at.replace(month=12, day=1, hour=20)
    too_long = SentAway("The house next door", 3, 42000)
    with pytest.raises(TooLongAway) as refused:
        async with db.hotel(hotel) as session:
            await walk(session, second.id, too_long, by="key:manager", now=clock.now())
    assert refused.value.extra == {"nights": 2}
    async with db.hotel(hotel) as session:
        away = SentAway("The house next door", 2, 28000)
        walked = await walk(session, second.id, away, by="key:manager", now=clock.now())
    assert (walked.cost, walked.sent_to) == (28000, "The house next door")
    assert (await told(db, hotel, "booking.cancelled"))["fee"] == 0
    assert (await told(db, hotel, "booking.walked"))["cost"] == 28000
    assert {"overbooking.allow", "booking.walk"} <= set(await audited(db, hotel))
    assert (await sold(db, hotel), await uneven(db, hotel)) == ([1, 1, 0, 0, 0, 0], [])
    await allow(0)
    with pytest.raises(NoSuchMove):
        async with db.hotel(hotel) as session:
            await walk(session, second.id, away, by="key:manager", now=clock.now())
