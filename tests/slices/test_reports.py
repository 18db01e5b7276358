"""The reports match a ledger kept by hand, to the cent, and nobody else's bookings are in them."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from frontdesk.bookings.models import Booking, BookingNight, NightlyInventory, Quote
from frontdesk.bookings.reports import (
    Day,
    PickUp,
    Posted,
    Sales,
    as_csv,
    daily,
    ledger,
    mean,
    neutral,
    pick_up,
    plain_money,
    sales,
    whole,
)
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.rooms.models import RoomType
from tests.slices.stays import become
from tests.slices.test_booking import booked, quoted, room_of
from tests.slices.test_folio import charged, opened
from tests.slices.test_rest import Caller, call, client  # noqa: F401 - fixtures

D1, D2, D3 = (date(2027, 3, day) for day in (1, 2, 3))
BOOKED = datetime(2027, 1, 10, 12, tzinfo=UTC)
LATER = datetime(2027, 1, 20, 12, tzinfo=UTC)
WAYS = {
    "confirmed": (),
    "checked_in": ("checked_in",),
    "checked_out": ("checked_in", "checked_out"),
    "cancelled": ("cancelled",),
    "no_show": ("no_show",),
}


@pytest.fixture
async def house(db: Database, hotel: HotelId, other_hotel: HotelId) -> dict[str, UUID]:
    """Two room types, three nights, five bookings; and a stay at the other hotel.

    DBL 4 rooms, SGL 2 rooms. Sold by hand:
      A whatsapp DBL D1-D3 (2 nights) 100.01 + 120.00      confirmed
      B rest     DBL D1-D2 (1 night, 2 rooms) 199.99       checked_out
      C rest     SGL D2-D4 (2 nights) 80.00 + 80.01        checked_in, booked later
      D rest     DBL D1-D2 150.00                           cancelled later
      E whatsapp SGL D1-D2 70.00                            no_show
    """
    kinds: dict[str, UUID] = {}
    for house, name in ((hotel, "=DBL()"), (hotel, "SGL"), (other_hotel, "DBL")):
        async with db.hotel(house) as session:
            kind = RoomType(
                hotel_id=house,
                id=uuid7(),
                code=name,
                name=name,
                max_adults=2,
                max_guests=2,
                base_price=1,
            )
            session.add(kind)
            await session.flush()
            rooms = {"=DBL()": 4, "SGL": 2, "DBL": 9}[name]
            for day in (D1, D2, D3):
                night = {"hotel_id": house, "room_type_id": kind.id, "night": day}
                await session.execute(
                    insert(NightlyInventory).values(**night, capacity=rooms, price=1)
                )
        kinds[name] = kind.id
    dbl, sgl = kinds["=DBL()"], kinds["SGL"]
    await stay(db, hotel, dbl, "whatsapp", "confirmed", [(D1, 1, 10001), (D2, 1, 12000)])
    await stay(db, hotel, dbl, "rest", "checked_out", [(D1, 2, 19999)])
    nights = [(D2, 1, 8000), (D3, 1, 8001)]
    await stay(db, hotel, sgl, "rest", "checked_in", nights, made=LATER)
    await stay(db, hotel, dbl, "rest", "cancelled", [(D1, 1, 15000)])
    await stay(db, hotel, sgl, "whatsapp", "no_show", [(D1, 1, 7000)])
    await stay(db, other_hotel, kinds["DBL"], "rest", "confirmed", [(D1, 5, 99999)])
    return kinds


async def stay(
    db: Database,
    hotel: HotelId,
    kind: UUID,
    source: str,
    status: str,
    nights: list[tuple[date, int, int]],
    *,
    made: datetime = BOOKED,
) -> Booking:
    """Tax is a tenth of the price, rounded down."""
    async with db.hotel(hotel) as session:
        guest = await recognise(session, hotel, None, "34600111222@c.us", name="A")
        common = {
            "hotel_id": hotel,
            "code": uuid7().hex[-8:],
            "guest_id": guest.id,
            "room_type_id": kind,
            "arrival": nights[0][0],
            "departure": nights[-1][0] + timedelta(days=1),
            "rooms": nights[0][1],
            "adults": 1,
            "total": sum(price for _, _, price in nights),
            "tax": 0,
            "currency": "EUR",
            "policy": {"free_until": made.isoformat(), "fee": 0},
        }
        quote = Quote(
            id=uuid7(), nights=[], policy_hash=b"x", expires_at=made, status="booked", **common
        )
        session.add(quote)
        await session.flush()
        booking = Booking(
            id=uuid7(),
            quote_id=quote.id,
            source=source,
            status="confirmed",
            created_at=made,
            **common,
        )
        session.add(booking)
        await session.flush()
        for night, rooms, price in nights:
            session.add(
                BookingNight(
                    hotel_id=hotel,
                    booking_id=booking.id,
                    night=night,
                    room_type_id=kind,
                    rooms=rooms,
                    price=price,
                    tax=price // 10,
                )
            )
    await become(db, booking, *WAYS[status], at=LATER)
    if status in ("cancelled", "no_show"):
        await released(db, booking, LATER)
    return booking


async def released(db: Database, booking: Booking, at: datetime, *, since: date = date.min) -> None:
    """The nights from `since` on go back on sale, as an early departure leaves them."""
    mine = (BookingNight.booking_id == booking.id, BookingNight.night >= since)
    async with db.hotel(booking.hotel_id) as session:
        await session.execute(update(BookingNight).where(*mine).values(released_at=at))


async def test_the_days_match_the_ledger_by_hand(
    db: Database, hotel: HotelId, house: dict[str, UUID]
) -> None:
    async with db.hotel(hotel) as session:
        days = await daily(session, D1, 4)
    assert days == [
        Day(D1, 6, 3, 0.5, 30000, 2999, 10000, 5000),
        Day(D2, 6, 2, 0.3333, 20000, 2000, 10000, 3333),
        Day(D3, 6, 1, 0.1667, 8001, 800, 8001, 1334),
        Day(date(2027, 3, 4), 0, 0, 0.0, 0, 0, 0, 0),
    ]
    assert whole(days) == Day(D1, 18, 6, 0.3333, 58001, 5799, 9667, 3222)


async def test_sales_by_room_type_and_channel_add_up_to_the_days(
    db: Database, hotel: HotelId, house: dict[str, UUID]
) -> None:
    dbl, sgl = house["=DBL()"], house["SGL"]
    async with db.hotel(hotel) as session:
        rows = await sales(session, D1, 3)
        days = await daily(session, D1, 3)
    assert rows == [
        Sales(D1, dbl, "=DBL()", "=DBL()", "rest", 2, 19999, 1999, 10000),
        Sales(D1, dbl, "=DBL()", "=DBL()", "whatsapp", 1, 10001, 1000, 10001),
        Sales(D2, dbl, "=DBL()", "=DBL()", "whatsapp", 1, 12000, 1200, 12000),
        Sales(D2, sgl, "SGL", "SGL", "rest", 1, 8000, 800, 8000),
        Sales(D3, sgl, "SGL", "SGL", "rest", 1, 8001, 800, 8001),
    ]
    assert sum(r.revenue for r in rows) == sum(d.revenue for d in days)


async def test_pick_up_is_the_books_now_less_the_books_then(
    db: Database, hotel: HotelId, house: dict[str, UUID]
) -> None:
    """A and B were there; C came, D (150.00) was taken off again."""
    since, until = BOOKED + timedelta(days=5), LATER + timedelta(days=5)
    async with db.hotel(hotel) as session:
        rows = await pick_up(session, D1, 3, since=since, until=until)
        start = await pick_up(session, D1, 3, since=BOOKED - timedelta(1), until=since)
    assert rows == [
        PickUp(D1, 4, -1, 45000, -15000),
        PickUp(D2, 1, 1, 12000, 8000),
        PickUp(D3, 0, 1, 0, 8001),
    ]
    assert sum(r.sold_gained for r in start) == 5


async def test_a_night_that_went_back_on_sale_is_in_no_report(
    db: Database, hotel: HotelId, house: dict[str, UUID]
) -> None:
    """F leaves after one of three nights: the others were sold until then, and are not since."""
    at = LATER + timedelta(days=2)
    nights = [(D1, 1, 6000), (D2, 1, 6100), (D3, 1, 6200)]
    left = await stay(db, hotel, house["SGL"], "rest", "checked_out", nights)
    asked = {"since": at - timedelta(hours=1), "until": at + timedelta(hours=1)}
    async with db.hotel(hotel) as session:
        before = await daily(session, D1, 3)
    await released(db, left, at, since=D2)
    async with db.hotel(hotel) as session:
        after = await daily(session, D1, 3)
        rows = await sales(session, D1, 3)
        gained = await pick_up(session, D1, 3, **asked)
    assert [b.revenue - a.revenue for b, a in zip(before, after, strict=True)] == [0, 6100, 6200]
    assert [b.sold - a.sold for b, a in zip(before, after, strict=True)] == [0, 1, 1]
    assert sum(r.revenue for r in rows) == sum(d.revenue for d in after) == 58001 + 6000
    assert [(r.sold_gained, r.revenue_gained) for r in gained] == [(0, 0), (-1, -6100), (-1, -6200)]


async def test_the_ledger_is_what_folios_posted(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=5)
    booking = await booked(db, hotel, await quoted(db, hotel, kind, clock), clock)
    folio_id = await opened(db, booking)
    for amount in (1500, -500):
        await charged(db, hotel, folio_id, amount)
    async with db.hotel(hotel) as session:
        assert await ledger(session, date(2026, 11, 1), 60) == [
            Posted(date(2026, 11, 21), "addon", 2, 1000)
        ]


def test_a_spreadsheet_runs_nothing_and_sees_whole_money() -> None:
    kind = UUID(int=1)
    row = Sales(D1, kind, "=1+1", "@x", "-rest", 1, -12345, 5, 0)
    (head, line) = csv.reader(io.StringIO(as_csv(Sales, [row], "EUR")))
    assert dict(zip(head, line, strict=True)) == {
        "day": "2027-03-01",
        "room_type_id": str(kind),
        "code": "'=1+1",
        "name": "'@x",
        "channel": "'-rest",
        "sold": "1",
        "revenue": "-123.45",
        "tax": "0.05",
        "adr": "0.00",
        "currency": "EUR",
    }
    assert [neutral(cell) for cell in ("a", "", "+1", "\tx")] == ["a", "", "'+1", "'\tx"]
    assert (plain_money(1200, "JPY"), plain_money(5, "KWD")) == ("1200", "0.005")
    assert [mean(5, 2), mean(4, 3), mean(0, 0)] == [3, 1, 0]


async def test_rest_gives_the_same_figures_as_json_and_csv(
    db: Database,
    hotel: HotelId,
    house: dict[str, UUID],
    call: Caller,  # noqa: F811 - a fixture
) -> None:
    path, ask = f"/v1/hotels/{hotel}/reports", {"first": "2027-03-01", "days": 3}
    told = (await call("GET", f"{path}/daily", params=ask)).json()
    assert (told["whole"]["revenue"], told["currency"]) == (58001, "EUR")
    lines = (await call("GET", f"{path}/daily", params={**ask, "form": "csv"})).text.splitlines()
    assert lines[1] == "2027-03-01,6,3,0.5,300.00,29.99,100.00,50.00,EUR"
    assert [float(line.split(",")[4]) for line in lines[1:]] == [
        row["revenue"] / 100 for row in told["rows"]
    ]
    for name in ("sales", "pick-up", "ledger"):
        assert (await call("GET", f"{path}/{name}", params=ask)).json()["hotel_id"] == str(hotel)
        text = await call("GET", f"{path}/{name}", params={**ask, "form": "csv"})
        assert text.headers["content-type"].startswith("text/csv")
    for wrong in ({"first": "9999-12-31"}, {"first": "2027-03-01", "days": 10**30}, {}):
        assert (await call("GET", f"{path}/daily", params=wrong)).status_code == 422
