"""One room of several with dates and an end of its own: a booking set apart, exact and whole."""

import os
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, text, update

from frontdesk.bookings.apart import alone
from frontdesk.bookings.assign import assign_all
from frontdesk.bookings.cancel import cancel, preview_cancel
from frontdesk.bookings.change import commit_change
from frontdesk.bookings.check_in import check_in, check_out
from frontdesk.bookings.errors import (
    ChangedMeanwhile,
    NoSuchMove,
    NotChangeable,
    RoomNotReady,
    RoomTaken,
    TooEarly,
)
from frontdesk.bookings.extend import extend
from frontdesk.bookings.folio_models import FolioLine
from frontdesk.bookings.models import Booking
from frontdesk.bookings.no_show import no_show
from frontdesk.bookings.parts import RoomWanted
from frontdesk.bookings.payments import owed
from frontdesk.bookings.posting import post_stay
from frontdesk.kit.errors import NotFound
from frontdesk.rooms.models import Room
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.plan_models import PlannedSend
from tests.factories import all_of
from tests.slices.stays import audited, doors, events, lines_of, picture, read, sold, told, uneven
from tests.slices.test_booking import FIRST
from tests.slices.test_stay_changes import break_everywhere
from tests.slices.test_stay_mixed import CHILD, STAY_TAX, House, house

__all__ = ["house"]


def day(n: int):
    return FIRST + timedelta(n)


async def three(house: House, **party) -> Booking:
    """Two doubles by the plan and a twin, for two nights."""
    return await house.group(
        await house.quote(house.double, plan=house.plan, rooms=2, **party),
        await house.quote(house.twin, plan=None),
    )


async def do(house: House, booking: Booking, verb, *lines, **how) -> Booking:
    async with house.db.hotel(house.hotel) as session:
        more = {"by": "test", "now": house.clock.now()}

        async def act(own):
            return await verb(session, own, **more, **how)

        return await alone(session, booking.id, [line.id for line in lines], act, **more)


async def count(house: House) -> int:
    return len(await all_of(house.db, house.hotel, Booking))


async def due(house: House, *bookings: Booking) -> list[int]:
    async with house.db.hotel(house.hotel) as session:
        return [await owed(session, await read(house.db, house.hotel, b.id)) for b in bookings]


async def test_one_room_stays_longer_arrives_later_and_leaves_earlier(house: House) -> None:
    booking = await three(house, children=1, children_ages=(4,))
    first, second, third = await lines_of(house.db, house.hotel, booking.id)
    before = await picture(house.db, house.hotel, booking.id)
    shown = await house.show(booking, lines=(RoomWanted(second.id, departure=day(4)),))
    assert await picture(house.db, house.hotel, booking.id) == before
    assert (await count(house), shown.change.apart) == (1, [second.id])
    await house.commit(booking, shown)
    await house.commit(booking, shown)
    rest, own = await read(house.db, house.hotel, booking.id), None
    (own,) = [b for b in await all_of(house.db, house.hotel, Booking) if b.id != booking.id]
    assert (own.split_from, own.arrival, own.departure, own.rooms) == (booking.id, *_(0, 4), 1)
    assert (rest.arrival, rest.departure, rest.rooms, rest.adults) == (*_(0, 2), 2, 4)
    assert (rest.children, own.children) == (1, 0)
    assert rest.total + own.total == booking.total + shown.change.difference
    assert (own.guest_id, own.created_at) == (booking.guest_id, booking.created_at)
    assert own.code != booking.code
    nights = await house.nights(own)
    assert [n.price for n in nights] == [9045] * 4
    assert STAY_TAX in [t["amount"] for t in nights[0].taxes]  # it is a stay of its own by now
    assert own.total == sum(n.price + n.tax for n in nights)
    kept = await house.nights(rest)
    assert [n.price for n in kept if n.room_type_id == house.double] == [9045 + CHILD] * 2
    assert rest.total == sum(n.price + n.tax for n in kept)
    assert all(sum(t["amount"] for t in n.taxes) == n.tax for n in (*nights, *kept))
    assert rest.policy["fee"] + own.policy["fee"] > booking.policy["fee"]  # its new nights' too
    assert await sold(house.db, house.hotel) == [3, 3, 1, 1, 0, 0]
    said = await told(house.db, house.hotel, "booking.split")
    assert (said["code"], said["split_from_code"], said["rest"]["rooms"]) == (
        own.code,
        booking.code,
        2,
    )
    assert (await events(house.db, house.hotel))[1:] == ["booking.split", "booking.changed"]
    assert "booking.split" in await audited(house.db, house.hotel)

    left = await lines_of(house.db, house.hotel, booking.id)
    assert [x.position for x in left] == [1, 2]
    later = RoomWanted(third.id, arrival=day(1), departure=day(3))
    assert await house.change(booking, lines=(later,)) == 0
    assert await house.change(booking, lines=(RoomWanted(first.id, departure=day(1)),)) < 0
    assert await count(house) == 3  # the last room of a booking is that booking
    assert await sold(house.db, house.hotel) == [2, 2, 2, 1, 0, 0]
    assert await uneven(house.db, house.hotel) == []


def _(first: int, last: int) -> tuple:
    return day(first), day(last)


async def test_what_cannot_be_set_apart_leaves_all_as_it_was(house: House) -> None:
    booking = await three(house)
    first, second, third = await lines_of(house.db, house.hotel, booking.id)
    await house.group(await house.quote(house.twin, plan=None, rooms=2, after=2))
    other = await house.group(await house.quote(house.double, plan=None, after=4))
    (strange,) = await lines_of(house.db, house.hotel, other.id)
    before = await picture(house.db, house.hotel, booking.id)
    with pytest.raises(RoomTaken):
        await house.show(booking, lines=(RoomWanted(third.id, departure=day(3)),))
    two = (RoomWanted(first.id, arrival=day(1)), RoomWanted(second.id, departure=day(3)))
    with pytest.raises(NotChangeable):
        await house.show(booking, lines=two)
    with pytest.raises(NotChangeable):
        await house.show(booking, departure=day(4), lines=two[:1])
    with pytest.raises(NotFound):
        await do(house, booking, cancel, strange)
    with pytest.raises(TooEarly):
        await do(house, booking, no_show, second)
    shown = await house.show(booking, lines=two[1:])
    assert await picture(house.db, house.hotel, booking.id) == before
    await house.group(await house.quote(house.double, plan=None, rooms=3, after=2))
    before = await picture(house.db, house.hotel, booking.id)
    with pytest.raises(RoomTaken):
        await house.commit(booking, shown)
    assert await picture(house.db, house.hotel, booking.id) == before
    assert await uneven(house.db, house.hotel) == []
    await do(house, booking, cancel, third)
    with pytest.raises(ChangedMeanwhile):
        await house.commit(booking, shown)


async def test_a_room_set_apart_breaks_at_any_step_without_a_trace(house: House) -> None:
    booking = await three(house)
    await doors(house.db, house.hotel, house.double, "101", "102")
    await doors(house.db, house.hotel, house.twin, "201")
    async with house.db.hotel(house.hotel) as session:
        now = house.clock.now()
        await assign_all(session, booking.id, by="test", now=now)
        await post_stay(session, booking.id, through=FIRST, by="test", now=now)
    second = (await lines_of(house.db, house.hotel, booking.id))[1]
    shown = await house.show(
        booking, lines=(RoomWanted(second.id, arrival=day(1), departure=day(4)),)
    )

    async def step(session) -> None:
        await commit_change(session, booking.id, shown.change.id, by="test", now=now)
        assert await session.scalar(select(func.count()).select_from(Booking)) == 2

    every = int(os.environ.get("FRONTDESK_TEST_BREAK_EVERY", "17"))
    reached = await break_everywhere(house.db, house.hotel, booking.id, step, every=every)
    assert reached > 30
    assert await count(house) == 2
    assert await sold(house.db, house.hotel) == [2, 3, 1, 1, 0, 0]
    claims = "SELECT count(*) FROM room_claims WHERE first = :first AND until = :until"
    async with house.db.hotel(house.hotel) as session:
        moved = await session.scalar(text(claims), {"first": day(1), "until": day(4)})
    assert moved == 1


async def test_one_room_is_cancelled_at_its_share_and_the_payer_stays(house: House) -> None:
    booking = await three(house)
    lines = await lines_of(house.db, house.hotel, booking.id)
    house.clock.at = house.clock.now().replace(year=FIRST.year, month=FIRST.month, day=FIRST.day)
    async with house.db.hotel(house.hotel) as session:
        now = house.clock.now()
        await post_stay(session, booking.id, through=FIRST, by="test", now=now)
        whole = await preview_cancel(session, booking.id, now=now)
        each = [
            await preview_cancel(session, booking.id, [x.id], by="test", now=now) for x in lines
        ]
    assert await count(house) == 1
    each_sum = sum(terms.fee for terms in each)
    assert whole.fee - STAY_TAX < each_sum < whole.fee  # the tax on the stay leaves with the last
    for _times in range(2):
        gone = await do(house, booking, cancel, lines[1])
    assert (gone.status, gone.cancel_fee) == ("cancelled", each[1].fee)
    rest = await read(house.db, house.hotel, booking.id)
    assert (rest.status, rest.rooms, rest.total + gone.total) == ("confirmed", 2, booking.total)
    assert rest.cancel_fee == 0
    assert await sold(house.db, house.hotel) == [2, 2, 0, 0, 0, 0]
    assert await due(house, rest, gone) == [rest.total + gone.cancel_fee, 0]
    async with house.db.hotel(house.hotel) as session:
        nights = select(func.sum(FolioLine.amount)).where(FolioLine.night == FIRST)
        posted = await session.scalar(nights)
    assert posted == sum(n.price + n.tax for n in await house.nights(rest) if n.night == FIRST)
    assert await uneven(house.db, house.hotel) == []


async def test_rooms_arrive_stay_away_and_leave_one_by_one(house: House) -> None:
    booking = await three(house)
    await doors(house.db, house.hotel, house.double, "101")
    (dirty,) = await doors(house.db, house.hotel, house.double, "102", status="dirty")
    await doors(house.db, house.hotel, house.twin, "201")
    first, second, third = await lines_of(house.db, house.hotel, booking.id)
    async with house.db.hotel(house.hotel) as session:
        await assign_all(session, booking.id, by="test", now=house.clock.now())
    house.clock.at = house.clock.now().replace(year=FIRST.year, month=FIRST.month, day=FIRST.day)
    with pytest.raises(RoomNotReady):
        await do(house, booking, check_in)
    lines = {x.id: x.room_id for x in await lines_of(house.db, house.hotel, booking.id)}
    ready = first if lines[first.id] != dirty else second
    other = second if ready is first else first
    here = await do(house, booking, check_in, ready, third)
    assert (here.status, here.rooms, here.split_from) == ("checked_in", 2, booking.id)
    with pytest.raises(NoSuchMove):
        await do(house, booking, check_in, ready, third)
    waiting = await read(house.db, house.hotel, booking.id)
    assert (waiting.status, waiting.rooms) == ("confirmed", 1)

    house.clock.advance(timedelta(days=1))
    absent = await do(house, booking, no_show, other)
    assert (absent.id, absent.status) == (booking.id, "no_show")
    assert absent.no_show_fee == waiting.policy.get("no_show", waiting.policy["fee"])
    assert await sold(house.db, house.hotel) == [2, 2, 0, 0, 0, 0]

    longer = await do(house, here, partial(extend, departure=day(3)), third)
    assert (longer.status, longer.departure) == ("checked_in", day(3))
    assert longer.checked_in_at == here.checked_in_at
    gone = await do(house, here, check_out, ready)  # alone by now: the booking itself
    assert (gone.id, gone.status, gone.departure) == (here.id, "checked_out", day(1))
    assert gone.early_fee > 0
    states = {room.number: room.status for room in await all_of(house.db, house.hotel, Room)}
    assert states["201"] == "occupied"
    assert sorted(states.values()) == ["dirty", "dirty", "occupied"]
    assert await sold(house.db, house.hotel) == [2, 1, 1, 0, 0, 0]
    paid = await due(house, await read(house.db, house.hotel, booking.id), gone, longer)
    assert paid == [absent.no_show_fee + gone.total + gone.early_fee + longer.total, 0, 0]
    assert await uneven(house.db, house.hotel) == []


async def test_what_was_told_of_the_first_booking_is_not_told_again(house: House) -> None:
    when = {"anchor": "arrival", "days": -2, "at": "10:00", "minutes": 0, "late": "skip"}
    say = {"event": "stay.moment", "actions": [{"type": "send_message", "text": "Hello"}]}
    async with house.db.hotel(house.hotel) as session:
        for name in ("told", "to come"):
            rule = Trigger(hotel_id=house.hotel, name=name, schedule=when, conditions={}, **say)
            session.add(rule)
    booking = await three(house)
    second, third = (await lines_of(house.db, house.hotel, booking.id))[1:]
    async with house.db.hotel(house.hotel) as session:
        mark = select(Trigger.id).where(Trigger.name == "told").scalar_subquery()
        sent = update(PlannedSend).where(PlannedSend.trigger_id == mark).values(state="sent")
        await session.execute(sent)
    await house.change(booking, lines=(RoomWanted(second.id, departure=day(4)),))
    await house.change(booking, lines=(RoomWanted(third.id, arrival=day(1)),))
    found = {b.id: b.arrival for b in await all_of(house.db, house.hotel, Booking)}
    plans = [
        (found[p.subject], p.state, p.subject == booking.id)
        for p in await all_of(house.db, house.hotel, PlannedSend)
    ]
    assert sorted(plans) == [
        (day(0), "planned", False),
        (day(0), "planned", True),
        (day(0), "sent", True),
        (day(0), "skipped", False),
        (day(1), "planned", False),
        (day(1), "planned", False),
    ]
