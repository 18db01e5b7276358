"""Cut off and back again: nothing missed, nothing twice, over processes and late commits."""

import asyncio
import random
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any, cast

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from websockets.exceptions import ConnectionClosed

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database, open_database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.live.changes import PAGE, since
from frontdesk.live.connection import Connection
from frontdesk.live.doors import CHATS, Looker
from frontdesk.live.resume import NoPlace, Place, read, token
from frontdesk.live.room import Room
from frontdesk.local.valkey import RunningValkey, start_valkey
from frontdesk.messaging.models import Conversation, Message
from tests.conftest import new_hotel
from tests.factories import number_of, thread_of
from tests.looking import Looking, Served, refused, serving
from tests.slices.test_live import EVERYTHING, key_of

CUTS = 12
WRITERS = 6


@pytest.fixture(scope="module")
def valkey() -> Iterator[RunningValkey]:
    with tempfile.TemporaryDirectory(prefix="frontdesk-live-") as folder:
        running = start_valkey(Path(folder))
        yield running
        running.stop()


@dataclass
class Two:
    """Two processes of the API over one Valkey, and the worker's own door to the database."""

    one: Served
    two: Served
    db: Database
    hotel: HotelId
    other: HotelId
    key: str
    talk: Conversation

    def says(self, session: AsyncSession, said: str) -> None:
        message = Message(
            hotel_id=self.hotel,
            id=uuid7(),
            conversation_id=self.talk.id,
            direction="in",
            author="guest",
            kind="text",
            text=said,
            occurred_at=self.talk.last_message_at,
        )
        session.add(message)

    async def said(self, *texts: str) -> None:
        async with self.db.hotel(self.hotel) as session:
            for said in texts:
                self.says(session, said)
                await session.flush()


@pytest.fixture
async def house(
    settings: Settings, clock: FixedClock, vault: Vault, valkey: RunningValkey
) -> AsyncIterator[Two]:
    chosen = settings.model_copy(
        update={"redis_url": valkey.url, "live_per_principal": 3, "live_per_hotel": 5}
    )
    db = open_database(chosen)
    hotel, other = await new_hotel(db), await new_hotel(db)
    number = await number_of(db, vault, hotel)
    talk = await thread_of(db, hotel, number.id)
    key = await key_of(db, hotel, *EVERYTHING)
    async with serving(chosen, clock) as one, serving(chosen, clock) as two:
        yield Two(one, two, db, hotel, other, key, talk)
    await db.close()


def told(looking: Looking) -> list[str]:
    return [f["message"] for f in looking.frames if f["type"] == "message"]


async def until(looking: Looking, said: str) -> None:
    while not told(looking) or told(looking)[-1] != said:
        await looking.frame("message")


async def test_two_processes_tell_the_same_and_a_cut_misses_and_doubles_nothing(
    house: Two, clock: FixedClock
) -> None:
    async with (
        house.one.look(house.hotel, house.key) as a,
        house.two.look(house.hotel, house.key) as b,
    ):
        await asyncio.sleep(0.3)
        begun = monotonic()
        await house.said("hello")
        await asyncio.gather(until(a, "hello"), until(b, "hello"))
        assert monotonic() - begun < 3  # rung: unrung it is read every 5 s
        early = house.db.hotel(house.hotel)
        session = await early.__aenter__()
        house.says(session, "early, committed late")
        await session.flush()
        await house.said("late, committed early")
        await until(a, "late, committed early")
        a.wire.transport.abort()
        await house.said("while away 1", "while away 2", "while away 3", "while away 4")
        await early.__aexit__(None, None, None)
        await house.said("while away 5")
        await until(b, "while away 5")
        wanted = ["early, committed late", *(f"while away {n}" for n in range(1, 6))]
        async with house.two.look(house.hotel, house.key, a.resume) as back:
            assert back.first["event"] == "connected"
            await back.frame("system", event="resumed")
            assert sorted(told(back)) == sorted(wanted)
            at_two = [f["resume"] for f in back.frames if f.get("message") == "while away 2"]
        async with house.one.look(house.hotel, house.key, at_two[0]) as again:
            await again.frame("system", event="resumed")
            after = told(back).index("while away 2") + 1
            assert told(again) == told(back)[after:]
        assert sorted(told(b)) == sorted(["hello", "late, committed early", *wanted])
    clock.advance(timedelta(hours=25))
    async with house.one.look(house.hotel, house.key, a.resume) as gone:
        await gone.frame("system", event="resync")
        assert told(gone) == []


async def test_a_process_that_stops_says_so_and_its_people_go_on_at_another(house: Two) -> None:
    look, hotel, key = house.one.look, house.hotel, house.key
    async with look(hotel, key) as staff, house.two.look(hotel, key) as there:
        await house.said("before")
        await asyncio.gather(until(staff, "before"), until(there, "before"))
        house.one.server.should_exit = True
        with pytest.raises(ConnectionClosed) as ended:
            await staff.frame("message")
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 1012
        await house.said("meanwhile")
        async with house.two.look(hotel, key, staff.resume) as back:
            await back.frame("system", event="resumed")
            assert told(back) == ["meanwhile"]


async def test_random_cuts_under_random_commits_add_up(house: Two) -> None:
    """It is written for as long as it is cut, so that a slow machine has as many of both."""
    dice = random.Random(7)  # noqa: S311 - no secret
    wanted, heard, cutting = list[str](), list[str](), True

    async def write(writer: int) -> None:
        while cutting:
            said = f"{writer}.{len(wanted)}"
            wanted.append(said)
            async with house.db.hotel(house.hotel) as session:
                house.says(session, said)
                await session.flush()
                await asyncio.sleep(dice.random() * 0.1)

    async def listen(looking: Looking) -> None:
        while cutting or len(heard) + len(told(looking)) < len(wanted):
            await looking.frame("message")
        await looking.ask("ping")

    async with house.one.look(house.hotel, house.key, open_timeout=60) as looking:
        resume = looking.first["resume"]
    writing = asyncio.gather(*map(write, range(WRITERS)))
    for cut in range(CUTS + 1):
        served = dice.choice((house.one, house.two))
        if cut == CUTS:
            cutting = False
            await writing
        async with served.look(house.hotel, house.key, resume, open_timeout=60) as looking:
            with suppress(TimeoutError):
                async with asyncio.timeout(dice.random() * 0.3 if cutting else 60):
                    await listen(looking)
            looking.wire.transport.abort()
        heard += told(looking)
        resume = looking.resume or resume
    assert sorted(heard) == sorted(wanted)
    assert len(wanted) > CUTS


class Failing:
    """A door to the database: more is written behind its second reading, and the fourth fails."""

    def __init__(self, house: Two) -> None:
        self.house, self.readings = house, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.house.db, name)

    async def rows_at_once(self, *asked: Any) -> Any:
        self.readings += 1
        if self.readings == 4:
            raise OSError("cut off")
        rows = await self.house.db.rows_at_once(*asked)
        if self.readings == 2:
            await self.house.said(*map(str, range(PAGE + 50)))
        return rows


async def test_nobody_enters_in_the_middle_of_a_reading_that_failed(
    house: Two, clock: FixedClock
) -> None:
    room = Room(cast("Database", Failing(house)), clock, house.hotel)
    await room.advance()
    knew = room.tip
    looker = Looker(house.hotel, "key:1", "1", "key", "key", None, frozenset({CHATS}), None)
    entering = asyncio.create_task(room.enter(Connection(looker)))
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="cut off"):
        await room.advance()
    place = await entering
    assert place.until == ""
    read = await since(house.db, house.hotel, knew.seen, until=place.seen)
    rest = await since(
        house.db, house.hotel, knew.seen, until=place.seen, past=read.changes[-1].seq
    )
    assert len(read.changes) + len(rest.changes) == PAGE + 50


async def test_who_reads_nothing_is_let_go_and_comes_back_for_the_rest(house: Two) -> None:
    rows = text(
        "INSERT INTO messages (hotel_id, id, conversation_id, direction, author, kind, text,"
        " occurred_at) SELECT :hotel, gen_random_uuid(), :talk, 'in', 'guest', 'text',"
        " n || repeat('x', 3900), now() FROM generate_series(1, 3000) n"
    )
    look = house.one.look
    async with look(house.hotel, house.key, max_queue=1, open_timeout=30) as slow:
        async with house.db.hotel(house.hotel) as session:
            await session.execute(rows, {"hotel": house.hotel, "talk": house.talk.id})
        async with look(house.hotel, house.key) as quick:
            room = house.one.app.state.hub.rooms[house.hotel]
            async with asyncio.timeout(30):
                while len(room.connections) > 1:  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.1)
            assert len(told(quick)) == 0
        with pytest.raises(ConnectionClosed):
            await until(slow, "nothing")
    first = told(slow)
    assert 0 < len(first) < 3000
    async with look(house.hotel, house.key, slow.resume) as back:
        await back.frame("system", event="resumed")
    assert len({*first, *told(back)}) == len(first) + len(told(back)) == 3000


async def test_there_is_an_end_to_connections(house: Two, clock: FixedClock) -> None:
    other = await key_of(house.db, house.hotel, *EVERYTHING)
    look, hotel = house.one.look, house.hotel
    async with look(hotel, house.key), house.two.look(hotel, house.key), look(hotel, house.key):
        await asyncio.sleep(1.5)
        assert await refused(house.one, hotel, house.key) == 429
        assert await refused(house.two, hotel, house.key) == 429
        async with look(hotel, other), look(hotel, other):
            assert await refused(house.one, hotel, other) == 429
    await asyncio.sleep(0.2)
    assert await refused(house.one, hotel, house.key) == 101


def test_a_token_says_what_it_said_and_nothing_else_is_one() -> None:
    for place in (Place("7:7:", 5), Place("7:12:8,9", 5, "12:12:", 99)):
        assert read(token(place)) == place
    bad = ("8:7:", "0:1:", "7:9:9", "7:9:8,8", "7:9:6", "a:b:", "7:9", f"{2**64}:{2**65}:", "")
    for seen in bad:
        with pytest.raises(NoPlace):
            read(token(Place(seen, 5)))
    for said in ("", "x", "~~~~", "é", "A" * 9000, str(uuid.uuid4())):
        with pytest.raises(NoPlace):
            read(said)
