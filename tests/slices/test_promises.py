"""What is promised to guests: in open hours, kept with every message, told once when it breaks."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from frontdesk.conversations.handover import resume, take_over
from frontdesk.conversations.states import move
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation, Message, OutboxEvent
from frontdesk.sla.hours import Hours, periods_of, set_hours
from frontdesk.sla.models import SlaClock
from frontdesk.sla.policies import promise
from frontdesk.sla.watch import new_day, watch_next
from frontdesk.tenancy.departments import department
from frontdesk.tenancy.models import Hotel
from tests.calling import calling
from tests.factories import all_of, number_of, thread_of
from tests.rules.test_open_hours import asked_every_minute
from workers.sweeps import sweep

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPLIT = dict.fromkeys(DAYS, ("08:00-12:00", "14:00-18:00"))
MINUTE = timedelta(minutes=1)


@dataclass
class Desk:
    """A hotel with a chat, a promise and a clock."""

    db: Database
    hotel: HotelId
    talk: Conversation
    clock: FixedClock

    async def says(self, author: str, *, at: datetime | None = None, kind: str = "text") -> None:
        async with self.db.hotel(self.hotel) as session:
            session.add(
                Message(
                    hotel_id=self.hotel,
                    id=uuid7(),
                    conversation_id=self.talk.id,
                    direction="in" if author == "guest" else "out",
                    author=author,
                    kind=kind,
                    text="x",
                    occurred_at=at or self.clock.now(),
                )
            )

    async def promises(self, **wanted: object) -> UUID:
        async with self.db.hotel(self.hotel) as session:
            made = await promise(session, self.hotel, {"name": "House", **wanted}, by="t")
            return made.id

    async def open(self, week=SPLIT, *, country: str | None = None, of=None, days=None) -> None:
        hours = Hours(week, country, None, days or {})
        async with self.db.hotel(self.hotel) as session:
            await set_hours(session, self.hotel, of, hours, by="t", now=self.clock.now())

    async def clocks(self) -> dict[str, SlaClock]:
        return {c.kind: c for c in await all_of(self.db, self.hotel, SlaClock)}

    async def told(self) -> list[tuple[str, str]]:
        while await watch_next(self.db, self.clock, self.hotel):
            pass
        rows = await all_of(self.db, self.hotel, OutboxEvent)
        mine = sorted((r for r in rows if r.event_type.startswith("sla.")), key=lambda r: r.seq)
        return [(r.event_type, r.payload["kind"]) for r in mine]

    def at(self, day: int, clock: str) -> datetime:
        """In Madrid, in winter."""
        hours, minutes = map(int, clock.split(":"))
        return datetime(2026, 11, day, hours - 1, minutes, tzinfo=UTC)


@pytest.fixture
async def desk(db: Database, vault: Vault, hotel: HotelId, clock: FixedClock) -> Desk:
    number = await number_of(db, vault, hotel)
    return Desk(db, hotel, await thread_of(db, hotel, number.id), clock)


async def test_deadlines_equal_minutes_that_are_counted_one_by_one(desk: Desk) -> None:
    """Over both nights that change the clock, with holidays and own days, from any instant."""
    rng = random.Random(5)  # noqa: S311 - a test
    for zone, now in (("Europe/Madrid", (3, 27)), ("America/New_York", (10, 30))):
        desk.clock.at = datetime(2026, *now, 12, tzinfo=UTC)
        async with desk.db.hotel(desk.hotel) as session:
            (await session.scalars(select(Hotel))).one().timezone = zone
        day = date(2026, *now)
        own = {day + timedelta(days=1): ("00:30-02:45", "03:15-04:00"), day: ()}
        await desk.open({**SPLIT, "sun": ("00:00-03:30", "22:00-24:00")}, days=own)
        first, last = day - timedelta(days=3), day + timedelta(days=9)
        week = {
            d: periods_of(p) for d, p in {**SPLIT, "sun": ("00:00-03:30", "22:00-24:00")}.items()
        }
        days = {d: periods_of(p) for d, p in own.items()}
        opened = sorted(asked_every_minute(week, days, zone, first, last))
        async with desk.db.hotel(desk.hotel) as session:
            calendar = (await session.execute(text("SELECT id FROM sla_calendars"))).scalar_one()
            for _ in range(60):
                begin = datetime(2026, *now, tzinfo=UTC) + rng.randrange(-2000, 4000) * MINUTE
                promised = rng.randrange(1, 1500)
                rest = [at for at in opened if at >= begin]
                due = func.sla_due(desk.hotel, calendar, begin, promised * 60)
                assert await session.scalar(select(due)) == rest[promised - 1] + MINUTE
                until = begin + rng.randrange(3000) * MINUTE
                used = func.sla_used(desk.hotel, calendar, begin, until)
                counted = sum(at < until for at in rest)
                assert await session.scalar(select(used)) == counted * 60


async def test_first_next_and_the_end_with_a_pause_while_the_guest_is_to_write(desk: Desk) -> None:
    desk.clock.at = desk.at(23, "11:50")
    await desk.open()
    await desk.promises(first_minutes=20, next_minutes=30, resolution_minutes=60)
    await desk.says("guest")
    first = (await desk.clocks())["first"]
    assert first.due_at == desk.at(23, "14:10"), "ten minutes before noon, ten after two"
    assert first.warn_at == desk.at(23, "14:05")
    assert await desk.told() == []
    desk.clock.at = desk.at(23, "14:06")
    await desk.says("system")
    await desk.says("guest")
    assert await desk.told() == [("sla.warning", "first")]
    assert await desk.told() == [("sla.warning", "first")], "once"
    await desk.says("bot")
    clocks = await desk.clocks()
    assert (clocks["first"].state, clocks["resolution"].state) == ("met", "paused")
    assert clocks["resolution"].used_seconds == 16 * 60
    desk.clock.at = desk.at(23, "17:00")
    assert await desk.told() == [("sla.warning", "first")], "the guest is to write"
    await desk.says("guest")
    clocks = await desk.clocks()
    assert clocks["next"].due_at == desk.at(23, "17:30")
    assert clocks["resolution"].due_at == desk.at(23, "17:44")
    desk.clock.at = desk.at(23, "18:30")
    await desk.says("guest", kind="call")
    told = await desk.told()
    assert set(told[1:]) == {("sla.breached", "next"), ("sla.breached", "resolution")}
    await desk.says("staff")
    await desk.says("guest", at=desk.at(23, "18:10"))
    assert (await desk.clocks())["next"].state == "met", "it was answered before it came"
    desk.clock.at = desk.at(24, "09:00")
    await desk.says("guest")
    again = (await desk.clocks())["next"]
    assert (again.due_at, again.breached_at, again.cycle) == (desk.at(24, "09:30"), None, 2)
    await desk.open(country="ES", days={date(2026, 11, 24): ("10:00-11:00",)})
    assert (await desk.clocks())["next"].due_at == desk.at(24, "10:30"), "new hours, at once"
    async with desk.db.hotel(desk.hotel) as session:
        await move(session, desk.talk, "closed", by="t", reason=None, now=desk.clock.now())
    assert {c.state for c in (await desk.clocks()).values()} == {"over"}
    desk.clock.at = desk.at(25, "09:00")
    assert len(await desk.told()) == len(told)
    async with desk.db.hotel(desk.hotel) as session:
        await move(session, desk.talk, "active", by="t", reason=None, now=desk.clock.now())
    await desk.says("guest")
    assert (await desk.clocks())["first"].due_at == desk.at(25, "09:20"), "a new case"


async def test_a_person_who_is_needed_is_waited_for_whatever_the_bot_says(desk: Desk) -> None:
    await desk.promises(next_minutes=10, open_hours=False)
    await desk.says("guest")
    await desk.says("bot")
    assert (await desk.clocks())["next"].state == "met"
    desk.clock.advance(timedelta(minutes=3))
    async with desk.db.hotel(desk.hotel) as session:
        by = {"by": "bot", "reason": "complaint", "now": desk.clock.now()}
        await take_over(session, desk.talk.id, **by)
    await desk.says("bot")
    waiting = (await desk.clocks())["next"]
    assert (waiting.state, waiting.due_at) == ("running", desk.clock.now() + 10 * MINUTE)
    async with desk.db.hotel(desk.hotel) as session:
        spa = await department(session, desk.hotel, "spa")
        talk = (await session.scalars(select(Conversation))).one()
        talk.department_id = spa.id
        wanted = {"name": "Spa", "department_id": spa.id, "next_minutes": 60, "bot_counts": False}
        await promise(session, desk.hotel, wanted, by="t")
        await session.flush()
    assert (await desk.clocks())["next"].target_minutes == 60
    assert (await desk.clocks())["next"].due_at == desk.clock.now() + 60 * MINUTE
    desk.clock.advance(timedelta(hours=2))
    async with desk.db.hotel(desk.hotel) as session:
        await resume(session, desk.talk.id, by="t", now=desk.clock.now())
    assert await desk.told() == [], "nobody is to answer any more"
    await desk.says("guest")
    await desk.says("bot")
    assert (await desk.clocks())["next"].state == "running", "here the bot is no answer"
    await desk.says("phone")
    assert (await desk.clocks())["next"].state == "met"


async def test_the_clock_rings_for_what_is_due_and_days_are_made_out_anew(desk: Desk) -> None:
    desk.clock.at = datetime.now(UTC)
    await desk.promises(next_minutes=1)
    await desk.open(dict.fromkeys(DAYS, ("00:00-24:00",)))
    await desk.says("guest", at=desk.clock.now() - timedelta(minutes=1, seconds=8))
    assert await sweep(desk.db, desk.clock, older_than=timedelta(seconds=3)) >= 1
    assert await desk.told() == [("sla.breached", "next")]
    async with desk.db.hotel(desk.hotel) as session:
        (await session.scalars(select(Hotel))).one().timezone = "Asia/Tokyo"
        begin = await session.scalar(text("SELECT min(starts_at) FROM sla_spans"))
    await new_day(desk.db, desk.clock, desk.hotel)
    async with desk.db.hotel(desk.hotel) as session:
        assert await session.scalar(text("SELECT min(starts_at) FROM sla_spans")) != begin


async def test_over_rest(desk: Desk, settings: Settings, other_hotel: HotelId) -> None:
    async with calling(settings, desk.db, desk.hotel, desk.clock) as call:
        made = await call.made("/sla/policies", name="House", next_minutes=15, open_hours=False)
        twice = await call("POST", "/sla/policies", json={"name": "Again"})
        assert (twice.status_code, made["warn_percent"]) == (409, 75)
        await desk.says("guest")
        (running,) = (await call("GET", f"/conversations/{desk.talk.id}/sla")).json()
        assert (running["kind"], running["left_seconds"]) == ("next", 900)
        path = f"/sla/policies/{made['id']}"
        changed = await call("PATCH", path, json={"next_minutes": 5, "resolution_minutes": 60})
        assert changed.json()["next_minutes"] == 5
        desk.clock.advance(timedelta(minutes=6))
        (running,) = (await call("GET", f"/conversations/{desk.talk.id}/sla")).json()
        assert running["left_seconds"] == -60
        hours = {"week": {"mon": ["08:00-12:00"]}, "country": "ES", "subdivision": "CT"}
        put = await call("PUT", "/sla/hours", json=hours)
        assert put.json()["week"]["mon"] == ["08:00-12:00"], put.text
        assert len((await call("GET", "/sla/hours")).json()) == 1
        named = await call("GET", "/sla/holidays", params={"country": "ES", "year": 2026})
        assert "2026-12-25" in [h["day"] for h in named.json()]
        for wrong in (
            {**hours, "week": {"mon": ["12:00-08:00"]}},
            {**hours, "week": {"mon": ["08:00-12:00", "11:00-13:00"]}},
            {**hours, "week": {"mon": ["8-12"]}},
            {**hours, "country": "XX"},
            {**hours, "subdivision": "NOWHERE"},
        ):
            assert (await call("PUT", "/sla/hours", json=wrong)).status_code == 422
        assert (await call("DELETE", "/sla/hours")).status_code == 204
        assert (await call("DELETE", path)).status_code == 200
        (over,) = (await call("GET", f"/conversations/{desk.talk.id}/sla")).json()
        assert over["state"] == "over"
