"""Imports: a preview that leaves nothing, lines that stand alone, one result however often."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from frontdesk.bookings.import_models import Import
from frontdesk.bookings.import_reading import (
    BadFile,
    GuestCells,
    cells,
    decoded,
    escaped,
    minor,
    read_table,
    unescaped,
)
from frontdesk.bookings.imports import AT_ONCE, run_import
from frontdesk.bookings.models import Booking, BookingNight, NightlyInventory
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Invalid
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.privacy.retention import expire
from frontdesk.rooms.models import Room
from tests.calling import Caller, calling
from tests.factories import all_of

TYPE = {"code": "DBL", "name": "Double", "max_adults": 2, "max_guests": 3, "base_price": 10000}
STAYS = """external_id,room_type,arrival,departure,guest_phone,guest_name,adults,total,tax,status
B1,DBL,2026-12-01,2026-12-04,34600111222,Ana,2,300.01,30.01,{status}
B2,DBL,2026-12-02,2026-12-03,34600111333,Ben,1,100,0,confirmed
B3,DBL,2026-12-02,2026-12-03,34600111444,Cleo,1,100,0,confirmed
"""


@pytest.fixture
async def call(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> AsyncIterator[Caller]:
    async with calling(settings, db, hotel, clock) as caller:
        await caller.made("/room-types", **TYPE)
        yield caller


async def sold(db: Database, hotel: HotelId) -> list[int]:
    return [n.sold for n in await all_of(db, hotel, NightlyInventory)]


async def on_sale(call: Caller, capacity: int) -> None:
    (kind,) = await call.listed("/room-types")
    sale = {"first": "2026-12-01", "days": 4, "capacity": capacity, "price": 10000}
    assert (await call("PUT", f"/room-types/{kind['id']}/nights", json=sale)).is_success


def counts(done: dict) -> tuple[int, int, int, int]:
    return done["created"], done["updated"], done["unchanged"], len(done["conflicts"])


async def test_a_preview_says_it_all_and_leaves_nothing(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    table = "external_id;Number;Room Type;floor\r\nR1;101;DBL;1\r\nR2;;DBL;1\r\nR3;103;SUI;1\r\n"
    shown = await call.made("/imports", kind="rooms", csv="\ufeff" + table)
    assert (shown["status"], counts(shown)) == ("preview", (1, 0, 0, 2))
    assert [c["line"] for c in shown["conflicts"]] == [3, 4]
    assert "number" in shown["conflicts"][0]["problem"]
    assert "SUI" in shown["conflicts"][1]["problem"]
    assert await all_of(db, hotel, Room) == []
    done = (await call("POST", f"/imports/{shown['id']}/apply")).json()
    assert (done["status"], counts(done)) == ("done", (1, 0, 0, 2))
    assert (await call("POST", f"/imports/{shown['id']}/apply")).status_code == 409
    again = await call.made("/imports", kind="rooms", csv=table, apply=True)
    assert counts(again) == (0, 0, 1, 2)
    assert [r.number for r in await all_of(db, hotel, Room)] == ["101"]


async def test_a_second_line_of_the_same_id_takes_nothings_place(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    """A portal that writes a line a room: the first room would be gone without a word."""
    await on_sale(call, 2)
    head = "external_id,room_type,arrival,departure,guest_name,adults,total\n"
    line = "B7,DBL,2026-12-01,2026-12-02,Ann,{adults},90\n".format
    table = head + line(adults=1) + line(adults=1) + line(adults=2)
    done = await call.made("/imports", kind="bookings", csv=table, apply=True)
    assert counts(done) == (1, 0, 1, 1)
    assert [(c["line"], c["external_id"]) for c in done["conflicts"]] == [(4, "B7")]
    assert done["conflicts"][0]["problem"].startswith("line 2 has this external id already")
    (stay,) = await all_of(db, hotel, Booking)
    assert stay.adults == 1


async def test_imported_bookings_take_stock_like_any_other(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    await on_sale(call, 2)
    table = STAYS.format(status="confirmed")
    done = await call.made("/imports", kind="bookings", source="pms", csv=table, apply=True)
    assert counts(done) == (2, 0, 0, 1)
    assert done["conflicts"][0]["external_id"] == "B3"
    assert await sold(db, hotel) == [1, 2, 1, 0]
    nights = sorted(await all_of(db, hotel, BookingNight), key=lambda n: (-n.tax, n.night))
    assert [(n.price, n.tax) for n in nights] == [
        (9000, 1001),
        (9000, 1000),
        (9000, 1000),
        (10000, 0),
    ]
    cancelled = STAYS.format(status="cancelled")
    again = await call.made("/imports", kind="bookings", source="pms", csv=cancelled, apply=True)
    assert counts(again) == (1, 1, 1, 0)  # what was cancelled made room for B3
    assert await sold(db, hotel) == [0, 2, 0, 0]
    back = await call.made("/imports", kind="bookings", source="pms", csv=table)
    assert ["bring it back" in c["problem"] for c in back["conflicts"]] == [True]
    assert len(await all_of(db, hotel, Booking)) == 3


async def test_a_booking_moved_elsewhere_moves_here_whole_or_not_at_all(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    async def take(*rows: dict, **more: object) -> dict:
        return await call.made(
            "/imports", kind="bookings", source="pms", rows=list(rows), apply=True, **more
        )

    await on_sale(call, 1)
    stay = {"room_type": "DBL", "adults": "2", "total": "300.01", "tax": "30.01"}
    stay |= {"arrival": "2026-12-01", "departure": "2026-12-03", "guest_name": "Ana"}
    last = {"arrival": "2026-12-03", "departure": "2026-12-04"}
    done = await take({"external_id": "B1", **stay}, {"external_id": "B2", **stay, **last})
    assert counts(done) == (2, 0, 0, 0)
    guests = await all_of(db, hotel, Guest)  # two of one name are two, where no phone says more
    assert [(g.name, g.phone) for g in guests] == [("Ana", None)] * 2

    longer = {**stay, "departure": "2026-12-04", "total": "450"}
    refused = await take({"external_id": "B1", **longer})
    assert "no room" in refused["conflicts"][0]["problem"]
    assert await sold(db, hotel) == [1, 1, 1, 0]
    gone = {"external_id": "B2", "status": "cancelled"}
    moved = await take(gone, {"external_id": "B1", **longer})
    assert counts(moved) == (0, 2, 0, 0)
    assert await sold(db, hotel) == [1, 1, 1, 0]
    booked = {b.total: b for b in await all_of(db, hotel, Booking)}[45000]
    nights = [n for n in await all_of(db, hotel, BookingNight) if n.booking_id == booked.id]
    assert sum(n.price + n.tax for n in nights if n.released_at is None) == 45000
    assert (booked.tax, booked.policy["free_until"][:10]) == (3001, "2026-12-01")

    undone = (await call("POST", f"/imports/{moved['id']}/undo")).json()
    assert len(undone["conflicts"]) == 1  # what is cancelled stays so
    assert await sold(db, hotel) == [1, 1, 0, 0]
    nobody = await take({"external_id": "B3", **last, **stay, "guest_name": ""})
    assert "guest_phone or guest_name" in nobody["conflicts"][0]["problem"]


async def test_the_last_writer_wins_but_over_a_person(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    async def take(notes: str, **more: object) -> dict:
        row = {"external_id": "R1", "number": "101", "room_type": "DBL", "notes": notes}
        return await call.made("/imports", kind="rooms", rows=[row], apply=True, **more)

    assert counts(await take("old")) == (1, 0, 0, 0)
    assert counts(await take("newer")) == (0, 1, 0, 0)
    (room,) = await call.listed("/rooms")
    await call("PATCH", f"/rooms/{room['id']}", json={"notes": "by hand"})
    kept = await take("newest")
    assert counts(kept) == (0, 0, 0, 1)
    assert "changed here since the last import: notes" in kept["conflicts"][0]["problem"]
    assert counts(await take("newest", overwrite=True)) == (0, 1, 0, 0)
    (room,) = await call.listed("/rooms")
    assert room["notes"] == "newest"
    await call("DELETE", f"/rooms/{room['id']}")
    assert "removed here" in (await take("x"))["conflicts"][0]["problem"]


async def test_undo_takes_back_what_was_not_changed_since(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    await on_sale(call, 5)
    rates = "room_type,night,price\nDBL,2026-12-01,120.50\nDBL,2026-12-02,130\nDBL,2026-12-09,140\n"
    done = await call.made("/imports", kind="rates", csv=rates, apply=True)
    assert counts(done) == (1, 2, 0, 0)
    priced = {n.night.day: n.price for n in await all_of(db, hotel, NightlyInventory)}
    assert (priced[1], priced[2], priced[9]) == (12050, 13000, 14000)
    (kind,) = await call.listed("/room-types")
    sale = {"first": "2026-12-02", "days": 1, "capacity": 5, "price": 15000}
    await call("PUT", f"/room-types/{kind['id']}/nights", json=sale)
    undone = (await call("POST", f"/imports/{done['id']}/undo")).json()
    assert (undone["status"], len(undone["conflicts"])) == ("undone", 1)
    priced = {n.night.day: n.price for n in await all_of(db, hotel, NightlyInventory)}
    assert (priced[1], priced[2]) == (10000, 15000)
    assert 9 not in priced
    stays = STAYS.format(status="confirmed")
    done = await call.made("/imports", kind="bookings", csv=stays, apply=True)
    assert counts(done) == (3, 0, 0, 0)
    await call("POST", f"/imports/{done['id']}/undo")
    assert await sold(db, hotel) == [0, 0, 0, 0]
    again = await call.made("/imports", kind="bookings", csv=stays, apply=True)
    assert counts(again) == (3, 0, 0, 0)


async def test_guests_come_by_phone_and_go_while_nothing_hangs_on_them(
    call: Caller, db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    file = base64.b64encode("phone\tname\tvip\n+34600111222\tÁna\ttrue\n".encode("utf-16")).decode()
    done = await call.made("/imports", kind="guests", file=file, apply=True)
    assert counts(done) == (1, 0, 0, 0)
    (guest,) = await all_of(db, hotel, Guest)
    assert (guest.name, guest.phone, guest.vip) == ("Ána", "34600111222", True)
    assert await all_of(db, other_hotel, Guest) == []
    await call("POST", f"/imports/{done['id']}/undo")
    assert await all_of(db, hotel, Guest) == []


async def test_a_long_file_is_worked_in_the_background_and_once(
    call: Caller, db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    lines = "".join(f"346{n:08},G{n}\n" for n in range(AT_ONCE + 20))
    headers = {"Idempotency-Key": "one"}
    wanted = {"kind": "guests", "csv": f"phone,name\n{lines}", "apply": True}
    first = await call("POST", "/imports", json=wanted, headers=headers)
    again = await call("POST", "/imports", json=wanted, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    assert first.json()["status"] == "applying"
    work = UUID(first.json()["id"])
    for _ in range(2):
        await run_import(db, clock, hotel, work)
    (done,) = await all_of(db, hotel, Import)
    assert (done.status, done.created, done.next_row) == ("done", AT_ONCE + 20, AT_ONCE + 20)
    assert len(await all_of(db, hotel, Guest)) == AT_ONCE + 20


async def test_what_goes_out_comes_back_and_is_never_run(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    row = {"number": "101", "room_type": "DBL", "notes": "=1+1"}
    await call.made("/imports", kind="rooms", rows=[row], apply=True)
    out = (await call("GET", "/exports", params={"kind": "rooms"})).text
    assert "'=1+1" in out
    back = "\n".join(line.partition(",")[2] for line in out.splitlines())
    assert counts(await call.made("/imports", kind="rooms", csv=back)) == (0, 0, 1, 0)
    await on_sale(call, 1)
    rates = (await call("GET", "/exports", params={"kind": "rates"})).text
    assert ",DBL,2026-12-01,100.00,1,false" in rates


@pytest.mark.parametrize("cell", ["=cmd", "+1", "-1", "@x", "\tx", "plain", "'quoted", ""])
def test_a_cell_survives_the_way_out_and_back(cell: str) -> None:
    assert escaped(cell)[:1] not in "=+-@\t" or cell == ""
    assert unescaped(escaped(cell)) == cell


@pytest.mark.parametrize(
    "table",
    [
        "",
        "number\n1",
        "number,room_type,wifi\n",
        "number,number,room_type\n",
        'number,room_type\n"1',
    ],
)
def test_a_table_that_is_none_is_refused(table: str) -> None:
    with pytest.raises(BadFile):
        read_table("rooms", table)


def test_a_column_that_is_unknown_is_told_with_those_that_are_known() -> None:
    with pytest.raises(BadFile, match=r"twice: email; guests have external_id, phone, name"):
        read_table("guests", "phone,email\n34600111222,a@b.example\n")


@pytest.mark.parametrize(
    "said", ["+34 600 111 222", "0034600111222", "+34 (0)600.111-222", "34600111222"]
)
def test_a_phone_is_read_as_people_write_it(said: str) -> None:
    (row,) = read_table("guests", f"phone\n{said}\n")
    read = cells("guests", row)
    assert isinstance(read, GuestCells)
    assert read.phone.removeprefix("+") == "34600111222"


def test_bytes_and_money_are_read_exactly() -> None:
    assert decoded("é".encode("utf-8-sig")) == decoded("é".encode("utf-16")) == "é"
    with pytest.raises(BadFile):
        decoded(b"\xe9")
    assert (minor("129,50", "EUR"), minor("129", "JPY")) == (12950, 129)
    with pytest.raises(Invalid):
        minor("1.5", "JPY")
    (row,) = read_table("rooms", 'notes;number;room_type\n"two\nlines";7;DBL\n')
    assert (row["line"], row["notes"]) == (3, "two\nlines")


async def test_what_cannot_be_an_import_is_refused(call: Caller) -> None:
    for wanted in (
        {"kind": "rooms"},
        {"kind": "rooms", "csv": "number,room_type\n", "rows": []},
        {"kind": "spas", "csv": ""},
        {"kind": "rooms", "rows": [{"number": "1\0", "room_type": "DBL"}]},
        {"kind": "rooms", "file": "not base64"},
        {"kind": "rooms", "csv": "x" * 5_000_001},
    ):
        assert (await call("POST", "/imports", json=wanted)).status_code == 422, wanted["kind"]


async def test_what_an_import_said_of_people_is_let_go_of(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    sent = {"kind": "guests", "source": "pms", "csv": "phone,name\n34600777888,Zoe Quist\n"}
    left = (await call("POST", "/imports", json=sent)).json()
    done = (await call("POST", "/imports", json={**sent, "apply": True})).json()
    at = FixedClock(datetime.now(UTC))
    assert (await expire(db, at, hotel))["imports"] == 0
    at.advance(timedelta(days=91))
    assert (await expire(db, at, hotel))["imports"] == 1
    assert (await expire(db, at, hotel))["imports"] == 0
    for path, why in (((f"{left['id']}/apply"), "failed"), (f"{done['id']}/undo", "kept")):
        refused = await call("POST", f"/imports/{path}")
        assert (refused.status_code, why in refused.json()["detail"]) == (409, True)
    async with db.hotel(hotel) as session:
        said = await session.scalars(text("SELECT rows::text FROM imports"))
        assert not any("Zoe" in rows for rows in said)
        assert await session.scalar(text("SELECT count(*) FROM import_changes")) == 0


async def test_an_erasure_reaches_what_imports_keep_and_no_import_brings_it_back(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    def sent(name: str) -> dict:
        row = {"external_id": "G1", "phone": "34600777888", "name": name}
        return {"kind": "guests", "source": "pms", "rows": [row]}

    await call.made("/imports", **sent("Zoe Quist"), apply=True)
    renamed = await call.made("/imports", **sent("Zoe Quist-Ardo"), apply=True)
    waiting = sent("Zoe Quist-Preview")
    waiting["rows"].append({"external_id": "G2", "phone": "34600777999", "name": "Ben"})
    waiting = await call.made("/imports", **waiting)
    (guest,) = await all_of(db, hotel, Guest)
    answer = await call("POST", f"/guests/{guest.id}/erase", json={"even_with_stays": True})
    assert answer.is_success, answer.text
    tables = ("imports", "import_changes", "external_ids", "guests", "audit_log")

    async def left() -> list[str]:
        async with db.hotel(hotel) as session:
            rows = [
                row
                for name in tables
                for row in await session.scalars(text(f"SELECT to_jsonb(t)::text FROM {name} t"))  # noqa: S608
            ]
        return [row for row in rows if "Quist" in row or "34600777888" in row]

    assert await left() == []
    assert (await call("POST", f"/imports/{renamed['id']}/undo")).status_code == 409
    applied = (await call("POST", f"/imports/{waiting['id']}/apply")).json()
    assert counts(applied) == (1, 0, 0, 0)
    names = {g.name: g.erased_at is None for g in await all_of(db, hotel, Guest)}
    assert names == {None: False, "Ben": True}
