"""A PMS over real HTTP: read by pages, taken through the import desk, never sold twice."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import inf

import pytest
from sqlalchemy import text

from frontdesk.bookings.import_models import Import
from frontdesk.bookings.models import Booking, BookingNight, NightlyInventory
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.fetching import Bounds
from frontdesk.kit.ids import HotelId
from frontdesk.kit.jobs import Job
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.local.mews.app import MewsStandIn, create_mews
from frontdesk.local.mews.book import SERVICE, Book, Sold
from frontdesk.local.serving import running
from frontdesk.notifications.models import StaffNotification
from frontdesk.pms.mews_rows import phone_of
from frontdesk.pms.models import PmsLink, PmsPage
from frontdesk.pms.sync import EVERY, LONGEST_WAIT, PmsDesk, read_pms
from frontdesk.rooms.models import RoomType
from tests.calling import Caller, calling
from tests.factories import all_of
from tests.slices.stays import doors
from workers.sweeps import SWEEPS, sweep

TYPE = {"code": "DBL", "name": "Double", "max_adults": 2, "max_guests": 3, "base_price": 10000}
FIRST = date(2026, 12, 1)
STAY = Sold(FIRST, FIRST + timedelta(2))


@dataclass
class House:
    """One hotel with a PMS beside it; a step of its reading lasts as long as it takes."""

    call: Caller
    desk: PmsDesk
    mews: MewsStandIn
    url: str

    async def say(self, **more) -> dict:
        said = {
            "kind": "mews",
            "url": self.url,
            "client_token": self.mews.client_token,
            "access_token": self.mews.access_token,
            "service": SERVICE,
            "automatic": True,
        }
        answer = await self.call("PUT", "/pms", json={**said, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def read(self, after: timedelta = EVERY) -> dict:
        """Some time later it is due again."""
        self.desk.clock.advance(after)
        await read_pms(self.desk, self.call.hotel)
        return (await self.call("GET", "/pms")).json()

    async def problems(self) -> dict[str, str]:
        listed = await self.call.listed("/pms/conflicts")
        return {c["external_id"]: c["problem"] for c in listed}

    async def bookings(self) -> list[Booking]:
        found = await all_of(self.desk.db, self.call.hotel, Booking)
        return sorted(found, key=lambda b: (b.arrival, b.total))

    async def sold(self) -> list[int]:
        return [n.sold for n in await all_of(self.desk.db, self.call.hotel, NightlyInventory)]


@pytest.fixture
async def house(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, clock: FixedClock
) -> AsyncIterator[House]:
    mews = MewsStandIn(book=Book(clock=clock))
    allowed = settings.model_copy(update={"allow_private_urls": True})
    async with running(create_mews(mews)) as url, calling(allowed, db, hotel, clock) as call:
        kind = await call.made("/room-types", **TYPE)
        sale = {"first": f"{FIRST}", "days": 5, "capacity": 2, "price": 10000}
        assert (await call("PUT", f"/room-types/{kind['id']}/nights", json=sale)).is_success
        desk = PmsDesk(db, vault, clock, allow_private=True, seconds=inf)
        yield House(call, desk, mews, url)


async def test_what_is_booked_there_is_booked_here_once(
    house: House, db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    book = house.mews.book
    book.put("one", replace(STAY, children=1, total="300.01", tax="30.01"))
    book.put("two", replace(STAY, phone="600111333", name="Ben", adults=1, state="Started"))
    book.put("asks", replace(STAY, state="Inquired"))
    book.put("over", Sold(FIRST - timedelta(20), FIRST - timedelta(15)))
    far = FIRST + timedelta(200)
    late = book.put("late", replace(STAY, arrival=far, departure=far))
    house.mews.page = 2
    await house.say()
    shown = await house.read()
    assert (shown["error"], shown["stale_since"], shown["failures"]) == (None, None, 0)
    assert shown["synced_at"] is not None
    assert shown["since"] < shown["synced_at"]
    first, second = await house.bookings()
    assert {first.status, second.status} == {"confirmed"}
    assert (second.total, second.tax, second.adults, second.children) == (30001, 3001, 2, 1)
    assert await house.sold() == [2, 2, 0, 0, 0]
    guests = {g.name: g.phone for g in await all_of(db, hotel, Guest)}
    assert guests == {"Ada Example": "34600111222", "Ben": None}
    assert list(await house.problems()) == [late]
    assert await all_of(db, other_hotel, Booking) == []
    kinds = [one["key"] for one in house.mews.asked]
    assert kinds.count("Reservations") > 5  # windows of three months, and pages of two

    await house.read(timedelta(minutes=20))
    await house.read(timedelta(minutes=20))
    assert len(await house.bookings()) == 2
    assert len(await all_of(db, hotel, Import)) == 2  # the overlap once more, then nothing new


async def test_what_moves_or_ends_there_moves_and_ends_here(house: House) -> None:
    book = house.mews.book
    one, two = book.put("one", STAY), book.put("two", replace(STAY, total="250.00"))
    await house.say()
    await house.read()
    moved = replace(STAY, arrival=FIRST + timedelta(2), departure=FIRST + timedelta(5))
    book.put("one", replace(moved, total="450.00"))
    book.put("two", replace(STAY, state="Canceled"))
    shown = await house.read()
    assert await house.problems() == {}
    gone, kept = await house.bookings()
    assert (gone.status, kept.status, kept.total) == ("cancelled", "confirmed", 45000)
    assert await house.sold() == [0, 0, 1, 1, 1]
    desk = (await house.call("GET", f"/imports/{shown['import_id']}")).json()
    assert (desk["source"], desk["updated"], desk["conflicts"]) == ("mews", 2, [])
    undone = await house.call("POST", f"/imports/{desk['id']}/undo")
    assert undone.status_code == 200
    assert await house.sold() == [1, 1, 0, 0, 0]
    assert {one, two} == {r["Id"] for r in book.reservations()}


async def test_what_was_changed_here_is_never_overwritten(house: House) -> None:
    key = house.mews.book.put("one", STAY)
    await house.say()
    await house.read()
    (booked,) = await house.bookings()
    path = f"/bookings/{booked.id}/changes"
    wish = {"departure": f"{FIRST + timedelta(3)}"}
    change = await house.call.made(path, **wish)
    done = await house.call("POST", f"{path}/{change['id']}/confirm")
    assert done.status_code == 200, done.text
    moved = replace(STAY, arrival=FIRST + timedelta(1), departure=FIRST + timedelta(2))
    house.mews.book.put("one", moved)
    await house.read()
    assert "changed here since the last import" in (await house.problems())[key]
    (kept,) = await house.bookings()
    assert (kept.arrival, kept.departure) == (FIRST, FIRST + timedelta(3))
    assert await house.sold() == [1, 1, 1, 0, 0]

    house.mews.book.put("one", replace(STAY, state="Canceled"))
    await house.read()
    assert [b.status for b in await house.bookings()] == ["cancelled"]
    assert await house.problems() == {}


async def test_what_does_not_fit_stays_in_sight_until_it_does(
    house: House, db: Database, hotel: HotelId
) -> None:
    book = house.mews.book
    keys = [book.put(name, STAY) for name in ("one", "two", "three")]
    suite = book.put("suite", replace(STAY, category="SUI"))
    dollars = book.put("dollars", replace(STAY, currency="USD"))
    nobody = book.put("nobody", replace(STAY, adults=0, children=2))
    later = replace(STAY, arrival=FIRST + timedelta(3), departure=FIRST + timedelta(5))
    house.mews.mode, house.mews.spoiled = "malformed", book.put("broken", later)
    await house.say()
    await house.read()
    assert await house.sold() == [2, 2, 0, 0, 0]
    problems = await house.problems()
    (over,) = [key for key in keys if key in problems]
    assert "no room" in problems[over]
    assert "SUI" in problems[suite]
    assert "USD" in problems[dollars]
    assert "adults" in problems[nobody]
    assert "ScheduledStartUtc" in problems[house.mews.spoiled]
    assert len(problems) == 5
    told = await all_of(db, hotel, StaffNotification)
    assert {t.kind for t in told} == {"pms_conflict"}

    await house.read(timedelta(minutes=20))  # the overlap is behind them
    house.mews.mode = "plain"
    free = next(key for key in keys if key != over)
    name = ("one", "two", "three")[keys.index(free)]
    book.put(name, replace(STAY, state="Canceled"))
    await house.call.made("/room-types", **{**TYPE, "code": "SUI"})
    await house.read(timedelta(hours=1))  # what was in the way is asked for again by itself
    left = await house.problems()
    assert over not in left
    assert "no room" in left[suite]  # there is no night of it on sale
    assert await house.sold() == [2, 2, 0, 1, 1]
    assert sum(b.status == "confirmed" for b in await house.bookings()) == 3
    assert len(await all_of(db, hotel, StaffNotification)) == len(told)
    nights = [n for n in await all_of(db, hotel, BookingNight) if n.released_at is None]
    assert len(nights) == 6


async def test_a_pms_that_does_not_answer_is_stale_and_loses_nothing(
    house: House, db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    house.mews.book.put("one", STAY)
    house.mews.mode, house.mews.seconds, house.mews.refusals = "busy", 7, 2
    await house.say()
    for _ in range(2):  # told to wait, it goes away and comes back then
        shown = await house.read(timedelta(seconds=7))
        assert (shown["error"], shown["synced_at"]) == (None, None)
    shown = await house.read(timedelta(seconds=6))
    assert len(house.mews.asked) == 2
    shown = await house.read(timedelta(seconds=1))
    assert (shown["error"], len(await house.bookings())) == (None, 1)
    fresh, cursor = shown["synced_at"], shown["since"]

    house.mews.book.put("two", STAY)
    house.mews.seconds, house.mews.refusals = 1200, 1
    shown = await house.read()
    assert (shown["error"], shown["failures"]) == ("Mews is asked too often", 1)
    await house.read()
    assert house.mews.asked[-1]["key"] == "Reservations"
    assert len(await house.bookings()) == 1  # for 20 minutes nobody asks
    house.mews.mode = "refusing"
    shown = await house.read(timedelta(minutes=15))
    assert (shown["error"], shown["stale_since"]) == ("Mews refuses these tokens", fresh)
    assert (shown["since"], shown["synced_at"]) == (cursor, fresh)
    house.mews.mode = "plain"
    assert (await house.call("POST", "/pms/sync")).status_code == 200
    shown = await house.read(timedelta())
    assert (shown["error"], shown["stale_since"], shown["failures"]) == (None, None, 0)
    assert len(await house.bookings()) == 2
    async with db.hotel(hotel) as session:
        await session.execute(text("UPDATE pms_links SET busy_until = now() + '9 years'"))
    assert (await house.call("POST", "/pms/sync")).json()["type"].endswith("pms_busy")
    async with db.hotel(hotel) as session:
        await session.execute(text("UPDATE pms_links SET failures = 30, busy_until = NULL"))
    house.mews.mode = "refusing"
    failed = await house.read()
    assert failed["next_sync_at"] == (clock.now() + LONGEST_WAIT).isoformat().replace("+00:00", "Z")


async def test_a_room_given_there_is_claimed_here_or_in_sight(
    house: House, db: Database, hotel: HotelId
) -> None:
    book = house.mews.book
    key = book.put("one", replace(STAY, room="101"))
    await house.say()
    assert (await house.read())["error"] is None  # a hotel that names no rooms is asked for none
    assert await house.problems() == {}
    kind = (await all_of(db, hotel, RoomType))[0].id
    await doors(db, hotel, kind, "101", "102")
    book.put("one", replace(STAY, room="101", total="310.00"))
    two = book.put("two", replace(STAY, room="102", phone=None, name="Ben"))
    await house.read()
    assert await house.problems() == {}
    assert await claims(db, hotel) == [("101", FIRST), ("102", FIRST)]
    work = (await house.call("GET", "/pms")).json()["import_id"]
    assert (await house.call("GET", f"/imports/{work}")).json()["created"] == 1
    assert (await house.call("POST", f"/imports/{work}/undo")).is_success
    assert await claims(db, hotel) == []
    await house.read()  # the last minutes are read twice
    assert await claims(db, hotel) == [("101", FIRST), ("102", FIRST)]

    book.put("two", replace(STAY, room="103", phone=None, name="Ben"))
    book.put("one", replace(STAY, room="102", total="310.00"))
    await house.read()
    assert await house.problems() == {
        key: "room 102 is somebody else's on one of these nights",
        two: "there is no room 103",
    }
    assert await claims(db, hotel) == [("101", FIRST), ("102", FIRST)]
    assert await house.sold() == [2, 2, 0, 0, 0]
    await doors(db, hotel, kind, "103")
    await house.read(timedelta(hours=1))
    await house.read(timedelta(hours=1))
    assert await house.problems() == {}
    assert await claims(db, hotel) == [("102", FIRST), ("103", FIRST)]
    (one,) = [b for b in await house.bookings() if b.total == 31000]
    mine = f"/bookings/{one.id}/rooms"
    (line,) = (await house.call("GET", mine)).json()
    assert line["room_id"] is not None
    (spare,) = await doors(db, hotel, kind, "104")
    await house.call("POST", f"{mine}/{line['id']}/assign", json={"room_id": str(spare)})
    for name, number in (("one", "103"), ("two", "102")):
        said = {"total": "310.00"} if name == "one" else {"phone": None, "name": "Ben"}
        book.put(name, replace(STAY, room=number, **said))
    await house.read()
    assert "changed here since the last import: room" in (await house.problems()).values()
    assert ("104", FIRST) in await claims(db, hotel)  # what somebody gave here stands


async def claims(db: Database, hotel: HotelId) -> list[tuple[str, date]]:
    query = (
        "SELECT r.number, c.first FROM room_claims c JOIN rooms r ON r.hotel_id = c.hotel_id"
        " AND r.id = c.room_id ORDER BY 1, 2"
    )
    async with db.hotel(hotel) as session:
        return [tuple(row) for row in await session.execute(text(query))]


async def test_a_slow_pms_is_read_step_by_step_while_others_go_on(
    house: House, db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    """A step that may last no time asks one question: so it is the same on every machine."""
    for n in range(5):
        first = FIRST + timedelta(n % 2 * 2)
        house.mews.book.put(f"{n}", Sold(first, first + timedelta(2)))
    house.mews.mode, house.mews.seconds, house.mews.page = "slow", 0.01, 2
    await house.say()
    step = replace(house.desk, seconds=0.0)
    house.desk.clock.advance(EVERY)
    for steps in range(1, 200):
        await read_pms(step, hotel)
        assert len(house.mews.asked) <= steps
        link = (await all_of(db, hotel, PmsLink))[0]
        if link.synced_at is not None:
            break
        assert link.busy_until is None
        assert link.next_sync_at <= step.clock.now()
        assert (await house.call("GET", "/pms")).json()["failures"] == 0
        pages = await all_of(db, hotel, PmsPage)
        assert not any(b"Example" in page.sealed for page in pages)
        assert await all_of(db, other_hotel, PmsPage) == []
    assert len(house.mews.asked) > 8
    assert await house.sold() == [2, 2, 2, 2, 0]
    assert len(await house.problems()) == 1  # five for two doubles, as in one piece
    assert await all_of(db, hotel, PmsPage) == []
    kinds = [one["key"] for one in house.mews.asked]
    assert kinds == sorted(kinds, key=list(dict.fromkeys(kinds)).index)  # nothing asked twice
    same = [str(sorted(one.items(), key=str)) for one in house.mews.asked]
    assert len(set(same)) == len(same)


async def test_a_reading_that_breaks_off_goes_on_from_what_it_has(
    house: House, db: Database, hotel: HotelId
) -> None:
    house.mews.book.put("one", STAY)
    await house.say()
    house.desk.clock.advance(EVERY)
    step = replace(house.desk, seconds=0.0)
    for _ in range(3):
        await read_pms(step, hotel)
    had = len(await all_of(db, hotel, PmsPage))
    assert (had, await house.bookings()) == (3, [])
    await running_out(house, step)
    link = (await all_of(db, hotel, PmsLink))[0]
    assert (link.failures, len(await all_of(db, hotel, PmsPage))) == (1, had)
    house.mews.mode = "plain"
    asked = len(house.mews.asked)
    shown = await house.read()
    assert (shown["failures"], len(await house.bookings())) == (0, 1)
    new = {str(one) for one in list(house.mews.asked)[asked:]}
    assert not new & {str(one) for one in list(house.mews.asked)[: asked - 1]}

    house.desk.clock.advance(EVERY)
    await read_pms(step, hotel)
    assert len(await all_of(db, hotel, PmsPage)) == 1
    await house.say(service="another")  # another book: what was read of the first is dropped
    await house.read()
    assert await all_of(db, hotel, PmsPage) == []


async def running_out(house: House, step: PmsDesk) -> None:
    """The PMS answers after the time that one question may take."""
    house.mews.mode, house.mews.seconds = "slow", 1
    await read_pms(replace(step, bounds=Bounds(1000, 0.02)), house.call.hotel)


async def test_by_hand_a_reading_is_a_preview(house: House, db: Database, hotel: HotelId) -> None:
    house.mews.book.put("one", STAY)
    await house.say(automatic=False)
    assert (await house.read())["synced_at"] is None
    await house.call("POST", "/pms/sync")
    shown = await house.read(timedelta())
    work = (await house.call("GET", f"/imports/{shown['import_id']}")).json()
    assert (work["status"], work["created"], shown["since"]) == ("preview", 1, None)
    assert await house.bookings() == []
    await house.call("POST", f"/imports/{work['id']}/apply")
    assert await house.sold() == [1, 1, 0, 0, 0]
    again = await house.say()  # from now on by itself, from the start, and nothing twice
    assert again["since"] is None
    await house.read()
    assert len(await house.bookings()) == 1


async def test_tokens_are_sealed_and_go_to_no_other_address(
    house: House, settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    shown = await house.say(room_types={"x": "DBL"})
    assert "token" not in str(shown)
    (link,) = await all_of(db, hotel, PmsLink)
    assert house.mews.access_token.encode() not in link.tokens
    wanted = {"kind": "mews", "url": "http://127.0.0.1:9", "service": SERVICE}
    assert (await house.call("PUT", "/pms", json=wanted)).status_code == 422
    wanted |= {"client_token": "a", "access_token": "b"}
    async with calling(settings, db, hotel, clock) as strict:
        assert (await strict("PUT", "/pms", json=wanted)).json()["type"].endswith("bad_address")
    for wrong in ({"url": "ftp://x"}, {"url": "http://x/?a=1"}, {"access_token": None}):
        assert (await house.call("PUT", "/pms", json={**wanted, **wrong})).status_code == 422
    wanted |= {"url": house.url, "automatic": True}
    assert (await house.call("PUT", "/pms", json=wanted)).status_code == 200
    shown = await house.read()
    assert shown["error"] == "Mews refuses these tokens"
    ours = [one for one in SWEEPS if one[0] == Job.READ_PMS]
    assert await sweep(db, clock, older_than=-LONGEST_WAIT, sweeps=ours) >= 1
    assert (await house.call("DELETE", "/pms")).status_code == 204
    assert (await house.call("GET", "/pms")).status_code == 404
    await read_pms(house.desk, hotel)


def test_a_phone_is_one_only_with_its_country() -> None:
    said = ("+34 600 111 222", "0034600111222", "+34 (600) 111-222")
    assert {phone_of(one) for one in said} == {"34600111222"}
    assert [phone_of(one) for one in (None, "", "600111222", "+34 x", "+0")] == [None] * 5
