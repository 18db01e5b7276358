"""Changing and cancelling: shown first, whole or not at all, at whatever step it breaks."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.assign import assign_all
from frontdesk.bookings.cancel import cancel, preview_cancel
from frontdesk.bookings.change import commit_change, preview_change
from frontdesk.bookings.errors import (
    ChangedMeanwhile,
    NotChangeable,
    PriceChanged,
    QuoteExpired,
    RoomTaken,
)
from frontdesk.bookings.extend import extend, shorten
from frontdesk.bookings.models import NightlyInventory
from frontdesk.bookings.no_show import no_show
from frontdesk.bookings.parts import Wanted
from frontdesk.bookings.rules import cancellation_fee
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from tests.slices.stays import (
    at,
    audited,
    doors,
    events,
    in_house,
    lines_of,
    picture,
    read,
    sold,
    stay_of,
    told,
    uneven,
)
from tests.slices.test_booking import FIRST, room_of

WAYS = {
    ("confirmed", "checked_in"),
    ("confirmed", "cancelled"),
    ("confirmed", "no_show"),
    ("checked_in", "checked_out"),
}
STATES = ("confirmed", "checked_in", "checked_out", "cancelled", "no_show")
PATHS = {
    "confirmed": (),
    "checked_in": ("checked_in",),
    "checked_out": ("checked_in", "checked_out"),
    "cancelled": ("cancelled",),
    "no_show": ("no_show",),
}


@pytest.mark.parametrize("before", STATES)
async def test_the_database_knows_the_ways_between_states_and_no_other(
    db: Database, hotel: HotelId, clock: FixedClock, before: str
) -> None:
    booking = await stay_of(db, hotel, await room_of(db, hotel), clock)
    put = text(
        "UPDATE bookings SET status = s.word,"
        " cancelled_at = CASE WHEN s.word = 'cancelled' THEN now() END"
        " FROM (SELECT CAST(:to AS text) AS word) s WHERE id = :id"
    ).bindparams(id=booking.id)
    async with db.hotel(hotel) as session:
        for state in PATHS[before]:
            await session.execute(put, {"to": state})
    for after in STATES:
        async with db.hotel(hotel) as session:
            if before == after or (before, after) in WAYS:
                await session.execute(put, {"to": after})
            else:
                with pytest.raises(DBAPIError, match=f"cannot become {after}"):
                    await session.execute(put, {"to": after})
            await session.rollback()


async def test_a_booking_begins_confirmed(db: Database, hotel: HotelId, clock: FixedClock) -> None:
    booking = await stay_of(db, hotel, await room_of(db, hotel), clock)
    async with db.hotel(hotel) as session:
        with pytest.raises(DBAPIError, match="cannot become checked_out"):
            await session.execute(
                text(
                    "INSERT INTO bookings SELECT (jsonb_populate_record(b, jsonb_build_object("
                    "'id', gen_random_uuid(), 'code', 'X', 'status', 'checked_out'))).*"
                    " FROM bookings b WHERE id = :id"
                ),
                {"id": booking.id},
            )
        await session.rollback()


async def changed(
    db: Database, hotel: HotelId, booking_id: UUID, wanted: Wanted, clock: FixedClock
) -> int:
    """Shown and confirmed; gives the difference that was shown."""
    async with db.hotel(hotel) as session:
        shown = await preview_change(session, booking_id, wanted, by="test", now=clock.now())
    async with db.hotel(hotel) as session:
        await commit_change(session, booking_id, shown.change.id, by="test", now=clock.now())
    return shown.change.difference


async def test_a_change_shows_its_price_and_swaps_the_nights(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    booking = await stay_of(db, hotel, kind, clock)
    async with db.hotel(hotel) as session:
        wanted = Wanted(arrival=FIRST + timedelta(1), departure=FIRST + timedelta(4))
        shown = await preview_change(session, booking.id, wanted, by="test", now=clock.now())
    assert await sold(db, hotel) == [1, 1, 0, 0, 0, 0]
    assert shown.change.difference == booking.total // 2
    for _ in range(2):
        async with db.hotel(hotel) as session:
            done = await commit_change(
                session, booking.id, shown.change.id, by="test", now=clock.now()
            )
    assert (done.arrival, done.departure, done.version) == (*_dates(1, 4), 2)
    assert done.total == booking.total + shown.change.difference
    assert await sold(db, hotel) == [0, 1, 1, 1, 0, 0]
    assert await uneven(db, hotel) == []
    assert await events(db, hotel) == ["booking.created", "booking.changed"]
    assert (await told(db, hotel, "booking.changed"))["difference"] == shown.change.difference
    assert await audited(db, hotel) == ["booking.create", "booking.show_change", "booking.change"]


def _dates(first: int, last: int) -> tuple:
    return FIRST + timedelta(first), FIRST + timedelta(last)


async def test_back_and_forth_leaves_the_nights_as_they_were_sold(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=3)
    booking = await stay_of(db, hotel, kind, clock)
    await changed(
        db, hotel, booking.id, Wanted(rooms=2, adults=3, departure=_dates(0, 4)[1]), clock
    )
    assert await sold(db, hotel) == [2, 2, 2, 2, 0, 0]
    await changed(
        db, hotel, booking.id, Wanted(rooms=1, adults=2, departure=_dates(0, 2)[1]), clock
    )
    assert await sold(db, hotel) == [1, 1, 0, 0, 0, 0]
    assert (await read(db, hotel, booking.id)).total == booking.total
    assert await uneven(db, hotel) == []


async def test_a_change_into_a_full_house_leaves_the_booking(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    booking = await stay_of(db, hotel, kind, clock)
    async with db.hotel(hotel) as session:
        wanted = Wanted(departure=_dates(0, 3)[1])
        shown = await preview_change(session, booking.id, wanted, by="test", now=clock.now())
    await stay_of(db, hotel, kind, clock, after=2, phone="34600111333")
    before = await picture(db, hotel, booking.id)
    with pytest.raises(RoomTaken):
        async with db.hotel(hotel) as session:
            await commit_change(session, booking.id, shown.change.id, by="test", now=clock.now())
    with pytest.raises(RoomTaken):
        await changed(db, hotel, booking.id, wanted, clock)
    assert await picture(db, hotel, booking.id) == before
    assert await uneven(db, hotel) == []


async def test_what_was_shown_holds_only_while_nothing_moves(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    booking = await stay_of(db, hotel, kind, clock)

    async def shown() -> UUID:
        async with db.hotel(hotel) as session:
            wanted = Wanted(departure=_dates(0, 3)[1])
            made = await preview_change(session, booking.id, wanted, by="test", now=clock.now())
            return made.change.id

    async def confirm(change: UUID) -> None:
        async with db.hotel(hotel) as session:
            await commit_change(session, booking.id, change, by="test", now=clock.now())

    first, second = await shown(), await shown()
    async with db.hotel(hotel) as session:
        await session.execute(update(NightlyInventory).values(price=20000))
    with pytest.raises(PriceChanged):
        await confirm(first)
    async with db.hotel(hotel) as session:
        await session.execute(update(NightlyInventory).values(price=10050))
    await confirm(first)
    with pytest.raises(ChangedMeanwhile):
        await confirm(second)
    late = await shown()
    clock.advance(timedelta(minutes=31))
    with pytest.raises(QuoteExpired):
        await confirm(late)
    assert await uneven(db, hotel) == []


async def test_a_fee_that_is_due_is_not_shaken_off_by_a_change(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    booking = await stay_of(db, hotel, await room_of(db, hotel), clock)
    due = booking.policy["fee"]
    clock.at = at(FIRST, 10)
    async with db.hotel(hotel) as session:
        terms = await preview_cancel(session, booking.id, now=clock.now())
    assert (terms.fee, terms.returned) == (due, booking.total - due)
    arrival, departure = _dates(20, 22)
    await changed(db, hotel, booking.id, Wanted(arrival=arrival, departure=departure), clock)
    done = await read(db, hotel, booking.id)
    assert cancellation_fee(done.policy, clock.now()) == due > 0


async def test_another_hotels_booking_is_neither_shown_nor_changed(
    db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    booking = await stay_of(db, hotel, await room_of(db, hotel), clock)
    with pytest.raises(Exception, match="There is no such booking"):
        await changed(db, other_hotel, booking.id, Wanted(adults=1), clock)


Step = Callable[[AsyncSession], Awaitable[object]]
END = "SELECT pg_terminate_backend(pg_backend_pid())"


@contextmanager
def breaking(db: Database, at_statement: int, fault: str) -> Iterator[list[int]]:
    """The session's n-th statement becomes a fault: a lost connection, or an error."""
    seen = [0]
    engine = db._app.sync_engine

    def replace(connection, cursor, statement, parameters, context, executemany):
        seen[0] += 1
        if seen[0] == at_statement:
            return fault, ()
        return statement, parameters

    event.listen(engine, "before_cursor_execute", replace, retval=True)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", replace)


async def break_everywhere(
    db: Database, hotel: HotelId, booking_id: UUID, step: Step, *, every: int = 1
) -> int:
    """Run the step with a fault at its first statement, its second, ...; gives how many it has."""
    before = await picture(db, hotel, booking_id)
    for n in range(1, 200, every):
        for fault in (END, "SELECT 1/0"):
            with breaking(db, n, fault) as seen:
                try:
                    async with db.hotel(hotel) as session:
                        await step(session)
                        reached = seen[0]
                        await session.execute(text(END))  # and the moment before the commit
                except DBAPIError:
                    reached = seen[0]
            assert await picture(db, hotel, booking_id) == before, n
            assert await uneven(db, hotel) == []
        if reached < n:
            break
    async with db.hotel(hotel) as session:
        await step(session)
    assert await picture(db, hotel, booking_id) != before
    assert await uneven(db, hotel) == []
    return n


async def test_a_change_that_breaks_at_any_step_leaves_the_booking_whole(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=2)
    await doors(db, hotel, kind, "101")
    booking = await stay_of(db, hotel, kind, clock)
    async with db.hotel(hotel) as session:
        await assign_all(session, booking.id, by="test", now=clock.now())
        wanted = Wanted(departure=_dates(0, 4)[1], rooms=2, adults=3)
        shown = await preview_change(session, booking.id, wanted, by="test", now=clock.now())

    async def step(session: AsyncSession) -> None:
        await commit_change(session, booking.id, shown.change.id, by="test", now=clock.now())

    assert await break_everywhere(db, hotel, booking.id, step) > 10
    assert await sold(db, hotel) == [2, 2, 2, 2, 0, 0]
    assert len(await lines_of(db, hotel, booking.id)) == 2


@pytest.mark.parametrize("verb", ["cancel", "no_show", "extend", "shorten"])
async def test_whatever_ends_or_bends_a_stay_breaks_without_a_trace(
    db: Database, hotel: HotelId, clock: FixedClock, verb: str
) -> None:
    kind = await room_of(db, hotel)
    await doors(db, hotel, kind, "101")
    booking = await stay_of(db, hotel, kind, clock, nights=3)
    if verb == "shorten":
        await in_house(db, hotel, booking, clock)
    if verb == "no_show":
        clock.at = at(FIRST + timedelta(1))

    async def step(session: AsyncSession) -> None:
        now = clock.now()
        match verb:
            case "cancel":
                await cancel(session, booking.id, by="test", now=now)
            case "no_show":
                await no_show(session, booking.id, by="test", now=now)
            case "extend":
                await extend(session, booking.id, _dates(0, 5)[1], by="test", now=now)
            case _:
                await shorten(session, booking.id, _dates(0, 1)[1], by="test", now=now)

    assert await break_everywhere(db, hotel, booking.id, step) > 4
    left = {"cancel": 0, "no_show": 0, "extend": 5, "shorten": 1}
    assert sum(await sold(db, hotel)) == left[verb]


async def test_only_a_confirmed_booking_is_changed(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    booking = await stay_of(db, hotel, await room_of(db, hotel), clock)
    async with db.hotel(hotel) as session:
        await cancel(session, booking.id, by="test", now=clock.now())
    with pytest.raises(NotChangeable):
        await changed(db, hotel, booking.id, Wanted(adults=1), clock)
