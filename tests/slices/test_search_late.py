"""A word that thousands of messages say: the newest come first, whichever way they were found."""

import asyncio

import pytest
from sqlalchemy import text, update

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.rooms.models import Room
from frontdesk.search.actions import Question, catch_up, find
from tests.slices.stays import doors
from tests.slices.test_booking import room_of

FILL = text(
    "INSERT INTO search_entries (hotel_id, id, kind, body, status, at, words)"
    " SELECT :hotel, gen_random_uuid(), 'messages', n::text, CASE n % 2 WHEN 0 THEN 'guest' ELSE"
    " 'staff' END, TIMESTAMPTZ '2026-01-01Z' + n * interval '1 minute', to_tsvector('simple',"
    " concat_ws(' ', 'always', CASE WHEN n <= 15800 THEN 'once' END,"
    " CASE WHEN n <= 3400 THEN 'long' END)) FROM generate_series(1, 18000) AS n"
)


@pytest.mark.parametrize("status", [None, "guest"])
async def test_the_newest_of_very_many_come_first(
    db: Database, hotel: HotelId, other_hotel: HotelId, status: str | None
) -> None:
    async with db.hotel(other_hotel) as session:
        await session.execute(text(str(FILL).replace("18000", "3200")), {"hotel": other_hotel})
    async with db.hotel(hotel) as session:
        await session.execute(FILL, {"hotel": hotel})
        for word, last in (("always", 18000), ("once", 15800), ("long", 3400)):
            step = 1 if status is None else 2
            kinds = ("messages",)
            asked = Question(word, kinds, kinds, status=status, limit=100)
            first = await find(session, hotel, asked)
            assert [int(hit.body) for hit in first.hits] == list(range(last, 0, -step))[:100]
            assert first.most is (last // step >= 3000)
            again = Question(word, kinds, kinds, status=status, limit=100, after=first.after)
            more = await find(session, hotel, again)
            assert [int(hit.body) for hit in more.hits] == list(range(last, 0, -step))[100:200]


async def test_who_reads_for_search_gives_way_to_who_writes(db: Database, hotel: HotelId) -> None:
    """Both take entries in an order of their own; the desk's change must not be the one to die."""
    kind = await room_of(db, hotel)
    first, second = await doors(db, hotel, kind, "101", "102")
    await catch_up(db, hotel)
    notes = text(
        "INSERT INTO search_queue (hotel_id, kind, subject_id) VALUES"
        " (:hotel, 'rooms', :first), (:hotel, 'rooms', :second)"
    )
    change = update(Room).values(number=Room.number + "B")
    async with db.hotel(hotel) as session:
        await session.execute(notes, {"hotel": hotel, "first": first, "second": second})
    async with db.hotel(hotel) as desk:
        await desk.execute(change.where(Room.id == first))
        async with asyncio.timeout(10):
            assert await catch_up(db, hotel) == 0
        await desk.execute(change.where(Room.id == second))
    assert await catch_up(db, hotel) >= 2
