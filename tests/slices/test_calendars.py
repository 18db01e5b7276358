"""Calendars out and in: whole days, secret addresses, blocks, and a report of what overlaps."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from frontdesk.bookings.models import NightlyInventory
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.rooms.calendar_models import CalendarFeed, CalendarSource
from frontdesk.rooms.calendars import EVERY, Calendars, read_calendar
from frontdesk.rooms.ical import Busy, NotACalendar, read
from tests.calling import Caller, calling
from tests.factories import all_of

TYPE = {"code": "DBL", "name": "Double", "max_adults": 2, "max_guests": 3, "base_price": 10000}


def ics(*events: str) -> bytes:
    lines = [f"BEGIN:VEVENT\r\n{e}\r\nEND:VEVENT\r\n" for e in events]
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{''.join(lines)}END:VCALENDAR\r\n".encode()
    )


def event(uid: str, first: str, until: str) -> str:
    return f"UID:{uid}\r\nDTSTART;VALUE=DATE:{first}\r\nDTEND;VALUE=DATE:{until}"


@dataclass
class Portal:
    """Somebody else's calendar server."""

    body: bytes = b""
    etag: str = '"1"'
    asked: list[str] = field(default_factory=list)
    status: int = 200

    async def answer(self, request: Request) -> Response:
        self.asked.append(request.headers.get("if-none-match", ""))
        if self.asked[-1] == self.etag and self.status == 200:
            return Response(status_code=304, headers={"etag": self.etag})
        return Response(self.body, self.status, headers={"etag": self.etag})


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
async def calendars(
    db: Database, vault: Vault, clock: FixedClock, portal: Portal
) -> AsyncIterator[Calendars]:
    app = Starlette(routes=[Route("/r.ics", portal.answer)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        yield Calendars(db, vault, clock, client, allow_private=True)


@pytest.fixture
async def call(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> AsyncIterator[Caller]:
    open_to_all = settings.model_copy(update={"allow_private_urls": True})
    async with calling(open_to_all, db, hotel, clock) as caller:
        yield caller


@pytest.fixture
async def room(call: Caller) -> dict:
    """One double, on sale for December."""
    kind = (await call.made("/room-types", **TYPE))["id"]
    made = await call.made("/rooms", room_type_id=kind, number="204")
    sale = {"first": "2026-12-01", "days": 31, "capacity": 1, "price": 10000}
    assert (await call("PUT", f"/room-types/{kind}/nights", json=sale)).is_success
    return made


async def source_of(call: Caller, room: dict) -> UUID:
    wanted = {"name": "Portal", "url": "http://portal.test/r.ics"}
    return UUID((await call.made(f"/rooms/{room['id']}/calendar-sources", **wanted))["id"])


async def blocked(db: Database, hotel: HotelId) -> list[int]:
    """The days of December that are blocked."""
    return [n.night.day for n in await all_of(db, hotel, NightlyInventory) if n.blocked]


async def test_a_feed_shows_when_the_room_is_taken_and_nothing_else(
    call: Caller, room: dict, db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    wanted = {"first": "2026-12-03", "until": "2026-12-05", "reason": "a guest's name"}
    await call.made(f"/rooms/{room['id']}/blocks", **wanted)
    made = await call.made(f"/rooms/{room['id']}/calendar-feeds", name="Portal")
    path = httpx.URL(made["url"]).path
    answer = await call.client.get(path)
    assert answer.headers["content-type"].startswith("text/calendar")
    (shown,) = Calendar.from_ical(answer.content).walk("VEVENT")
    days = (shown.decoded("DTSTART"), shown.decoded("DTEND"))
    assert days == (date(2026, 12, 3), date(2026, 12, 5))
    assert "VALUE=DATE:20261203" in answer.text
    assert "guest" not in answer.text
    (stored,) = await all_of(db, hotel, CalendarFeed)
    assert path.rpartition("/")[2].removesuffix(".ics").encode() not in stored.digest
    elsewhere = path.replace(str(hotel), str(other_hotel))
    for wrong in (elsewhere, path.replace(".ics", "x.ics")):
        assert (await call.client.get(wrong)).status_code == 404
    assert (await call("DELETE", f"/calendar-feeds/{made['id']}")).status_code == 204
    assert (await call.client.get(path)).status_code == 404


async def test_their_events_block_and_let_go(
    call: Caller,
    room: dict,
    db: Database,
    hotel: HotelId,
    calendars: Calendars,
    portal: Portal,
    clock: FixedClock,
) -> None:
    portal.body = ics(event("a", "20261203", "20261205"), event("b", "20261210", "20261211"))
    source = await source_of(call, room)
    await read_calendar(calendars, hotel, source)
    assert await blocked(db, hotel) == [3, 4, 10]
    await read_calendar(calendars, hotel, source)
    assert len(portal.asked) == 1, "not before its time"
    clock.advance(EVERY)
    await read_calendar(calendars, hotel, source)
    assert portal.asked == ["", '"1"']
    portal.body, portal.etag = ics(event("a", "20261204", "20261206")), '"2"'
    clock.advance(EVERY)
    await read_calendar(calendars, hotel, source)
    assert await blocked(db, hotel) == [4, 5]
    portal.status = 500
    clock.advance(EVERY)
    await read_calendar(calendars, hotel, source)
    (kept,) = await all_of(db, hotel, CalendarSource)
    assert (kept.failures, kept.error) == (1, "answered 500")
    assert b"portal" not in kept.url
    assert await blocked(db, hotel) == [4, 5]
    assert (await call("DELETE", f"/calendar-sources/{source}")).status_code == 204
    assert await blocked(db, hotel) == []


async def test_what_overlaps_with_us_is_reported_until_it_does_not(
    call: Caller,
    room: dict,
    db: Database,
    hotel: HotelId,
    calendars: Calendars,
    portal: Portal,
    clock: FixedClock,
) -> None:
    stay = {"arrival": "2026-12-03", "departure": "2026-12-05", "adults": 2}
    kind = room["room_type_id"]
    quote = await call.made("/quotes", **stay, room_type_id=kind, guest_phone="34600111222")
    booked = await call.made("/bookings", quote_id=quote["id"])
    ours = await call.made(f"/rooms/{room['id']}/blocks", first="2026-12-20", until="2026-12-22")
    portal.body = ics(event("a", "20261204", "20261207"), event("b", "20261221", "20261223"))
    source = await source_of(call, room)
    await read_calendar(calendars, hotel, source)
    full, claimed = sorted(
        await call.listed("/calendar-events", status="conflict"), key=lambda e: e["uid"]
    )
    assert full["conflict"]["nights"] == ["2026-12-04"]
    assert [b["code"] for b in full["conflict"]["bookings"]] == [booked["code"]]
    assert full["block_id"] is not None
    assert (claimed["conflict"]["problem"], claimed["block_id"]) == ("room_claimed", None)
    assert await blocked(db, hotel) == [5, 6, 20, 21]
    await call("POST", f"/blocks/{ours['id']}/end")
    clock.advance(EVERY)
    await read_calendar(calendars, hotel, source)
    assert [e["uid"] for e in await call.listed("/calendar-events", status="conflict")] == ["a"]
    assert await blocked(db, hotel) == [5, 6, 21, 22]


async def test_a_private_address_is_not_read(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock, call: Caller, room: dict
) -> None:
    async with calling(settings, db, hotel, clock) as careful:
        path = f"/rooms/{room['id']}/calendar-sources"
        for url in ("http://127.0.0.1/r.ics", "http://169.254.169.254/r.ics", "https://[::1]/"):
            answer = await careful("POST", path, json={"name": "x", "url": url})
            assert answer.json()["type"].endswith("bad_address")


def test_days_times_and_lengths_become_nights() -> None:
    raw = ics(
        event("whole", "20261203", "20261205"),
        "UID:single\r\nDTSTART;VALUE=DATE:20261203",
        "UID:times\r\nDTSTART:20261203T230000Z\r\nDTEND:20261205T090000Z",
        "UID:lasting\r\nDTSTART;VALUE=DATE:20261203\r\nDURATION:P3D",
        event("gone", "20261203", "20261205") + "\r\nSTATUS:CANCELLED",
        event("ours@frontdesk", "20261203", "20261205"),
        "UID:nothing",
        event("often", "20261203", "20261204") + "\r\nRRULE:FREQ=WEEKLY",
    )
    found = {b.uid: b for b in read(raw, "Europe/Madrid")}
    third, fourth, fifth = date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 5)
    assert found.keys() == {"whole", "single", "times", "lasting", "often"}
    assert found["whole"] == Busy("whole", third, fifth)
    assert found["single"].until == fourth
    assert (found["times"].first, found["times"].until) == (fourth, fifth)
    assert found["lasting"].until == date(2026, 12, 6)
    assert found["often"].problem


@pytest.mark.parametrize("raw", [b"", b"\xff\x00", b"<html>", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"])
def test_what_is_no_calendar_is_refused(raw: bytes) -> None:
    with pytest.raises(NotACalendar):
        read(raw, "UTC")
