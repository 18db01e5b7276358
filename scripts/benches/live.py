"""100 staff and 500 guests look on live at one box; networks fall, and nothing is lost or twice.

Two processes of the API over one Valkey. What a guest says is heard by every member of staff and by
that guest; `ratio` is how long that takes, from before the write until it is heard, over the write
alone. Then the network of every fifth goes dead for 60 s: nothing arrives, nothing is refused, and
neither end knows. Within that minute all others are cut off at once and come back with their place,
each to the other process, while more is written all the time, some of it begun before the cut and
committed in the middle of it. At its end the dead come back with their place too.
"""

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from benches.common import Ground, ground, hotel_with_number, median, percentile, rss_mib
from benches.relay import Relay, relay
from benches.running import PATIENCE, api
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.models import Booking
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.guests.models import Guest
from frontdesk.kit.caller import Caller
from frontdesk.kit.clock import SystemClock, local_day
from frontdesk.kit.db import Database, open_database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.settings import Settings
from frontdesk.kit.tokens import Signer
from frontdesk.local.valkey import start_valkey
from frontdesk.messaging.models import Conversation, Message
from frontdesk.messaging.threads import open_conversation
from frontdesk.portal.links import SESSION_SECONDS, USE, make_link
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.person_models import Membership, User
from frontdesk.tenancy.queries import the_hotel
from frontdesk.tenancy.sessions import Entrance, open_session

STAFF, GUESTS = 100, 500
SECONDS, A_SECOND = 12, 15
AWAY = 300
"""Messages written within the minute that some networks are dead."""
DEAD, EVERY = 60.0, 5
"""Seconds, and of how many connections one hangs on a network that goes dead."""
LATE = 10
"""More of them, begun before the cut and committed in the middle of it."""
RESUMED = (1011, 1012, 1013)
"""Closes after which a client comes back at once."""
QUIET = 6.0
"""Seconds without a word after which what was not heard is lost."""
LIMIT = 235.0
"""Seconds for all of it."""
FIRST = 40
"""Connections that a process has before memory is measured: the first one loads what all share."""
GATE, GATE_P95_MS, GATE_KIB = 15, 1000, 200
"""Of `ratio`, of the 95th percentile, and of what a connection takes of a process."""


COPY = (
    """
    INSERT INTO quotes (hotel_id, id, code, guest_id, room_type_id, arrival, departure, rooms,
        adults, nights, total, tax, currency, policy, policy_hash, expires_at, status)
    SELECT q.hotel_id, :quote, CAST(:quote AS uuid)::text, :guest, q.room_type_id, q.arrival,
        q.departure, q.rooms, q.adults, q.nights, q.total, q.tax, q.currency, q.policy,
        q.policy_hash, q.expires_at, q.status
    FROM quotes q JOIN bookings b ON (b.hotel_id, b.quote_id) = (q.hotel_id, q.id)
    WHERE b.id = :first""",
    """
    INSERT INTO bookings (hotel_id, id, code, guest_id, quote_id, room_type_id, arrival, departure,
        rooms, adults, total, tax, currency, policy, source)
    SELECT b.hotel_id, :id, CAST(:id AS uuid)::text, :guest, :quote, b.room_type_id, b.arrival,
        b.departure, b.rooms, b.adults, b.total, b.tax, b.currency, b.policy, b.source
    FROM bookings b WHERE b.id = :first""",
)


@dataclass
class House:
    at: Ground
    settings: Settings
    db: Database
    hotel: HotelId
    staff: list[str] = field(default_factory=list)
    """Their tokens."""
    guests: list[tuple[str, Conversation]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)

    async def say(self, n: int, name: str, *, hold: float = 0) -> None:
        """As the worker files what a guest wrote."""
        talk = self.guests[n % GUESTS][1]
        start = time.perf_counter()
        async with self.db.hotel(self.hotel) as session:
            message = Message(
                hotel_id=self.hotel,
                id=uuid7(),
                conversation_id=talk.id,
                direction="in",
                author="guest",
                kind="text",
                text=f"{name} {time.time_ns() + int(hold * 1e9)}",
                occurred_at=SystemClock().now(),
            )
            session.add(message)
            await session.flush()
            await asyncio.sleep(hold)
        self.writes.append(time.perf_counter() - start - hold)
        self.written.append(name)


@dataclass
class Looker:
    """One connection after another, and everything that was heard in them."""

    token: str
    wire: Any = None
    resume: str = ""
    heard: Counter[str] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)
    back: float = 0
    again: int = 0
    """How often the server closed it."""
    network: Relay | None = None

    async def open(self, port: int, hotel: HotelId) -> None:
        query = f"?resume={self.resume}" if self.resume else ""
        start = time.perf_counter()
        door = port if self.network is None else await self.network.to(port)
        self.wire = await connect(
            f"ws://127.0.0.1:{door}/v1/hotels/{hotel}/live{query}",
            additional_headers={"Authorization": f"Bearer {self.token}"},
            compression=None,
            proxy=None,
            open_timeout=PATIENCE,
            ping_interval=None,
        )
        self._take(json.loads(await self.wire.recv()))
        self.back = time.perf_counter() - start

    async def listen(self, port: int, hotel: HotelId) -> None:
        """From the moment it is open, so that pings are answered; closed by the server, it resumes
        as a real client does.
        """
        while True:
            try:
                async for said in self.wire:
                    self._take(json.loads(said))
            except ConnectionClosed as ended:
                if ended.rcvd is not None and ended.rcvd.code in RESUMED:
                    self.again += 1
                    await self.open(port, hotel)
                    continue
            return

    def _take(self, frame: dict) -> None:
        self.resume = frame.get("resume") or self.resume
        if frame["type"] == "message":
            name, _, at = frame["message"].partition(" ")
            self.heard[name] += 1
            self.late.append((time.time_ns() - int(at)) / 1e6)


async def run() -> dict[str, object]:
    try:
        async with asyncio.timeout(LIMIT):
            return await _run()
    except TimeoutError:
        return {"not_done_within_s": LIMIT, "gate": False}


async def _run() -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder:
        valkey = await asyncio.to_thread(start_valkey, Path(folder))
        try:
            async with ground() as at, AsyncExitStack() as stack:
                settings = at.settings.model_copy(
                    update={"redis_url": valkey.url, "database_pool_size": 16}
                )
                db = open_database(settings)
                stack.push_async_callback(db.close)
                house = await _house(at, settings, db)
                served = [await stack.enter_async_context(_served(settings)) for _ in "12"]
                return await _measured(house, served)
        finally:
            await asyncio.to_thread(valkey.stop)


async def _measured(house: House, served: list[tuple[int, int]]) -> dict[str, object]:
    tokens = [*house.staff, *(t for t, _ in house.guests)]
    async with relay() as network:
        lookers = [Looker(t, network=None if n % EVERY else network) for n, t in enumerate(tokens)]
        return await _seen(house, lookers, served)


async def _seen(
    house: House, lookers: list[Looker], served: list[tuple[int, int]]
) -> dict[str, object]:
    before = [rss_mib(pid) for _, pid in served]
    listening = await _open_all(house, lookers[:FIRST], served, turn=0)
    await asyncio.sleep(3)
    loaded = [rss_mib(pid) for _, pid in served]
    listening += await _open_all(house, lookers[FIRST:], served, turn=0)
    await asyncio.sleep(3)
    full = [rss_mib(pid) for _, pid in served]
    await _say_all(house, [f"a{n}" for n in range(SECONDS * A_SECOND)], every=1 / A_SECOND)
    await _heard(house, lookers)
    late = [ms for one in lookers for ms in one.late]
    write = median(house.writes) * 1000
    at_work = [rss_mib(pid) for _, pid in served]
    missed = await _cut(house, lookers, served, listening)
    p50, p95 = percentile(late, 0.5), percentile(late, 0.95)
    kib = (sum(full) - sum(loaded)) * 1024 / (len(lookers) - FIRST)
    figures = {
        "ratio": round(p50 / write, 2),
        "p50_ms": round(p50, 1),
        "p95_ms": round(p95, 1),
        "p99_ms": round(percentile(late, 0.99), 1),
        "write_p50_ms": round(write, 1),
        "heard": len(late),
        "rss_before_mib": [round(mib) for mib in before],
        "rss_first_mib": [round(mib) for mib in loaded],
        "rss_full_mib": [round(mib) for mib in full],
        "rss_at_work_mib": [round(mib) for mib in at_work],
        "kib_a_connection": round(kib),
        **missed,
    }
    whole = figures["lost"] == figures["twice"] == 0 and bool(figures["dead_heard_nothing"])
    fast = p50 / write <= GATE and p95 <= GATE_P95_MS
    return {**figures, "gate": whole and fast and kib <= GATE_KIB}


async def _cut(
    house: House,
    lookers: list[Looker],
    served: list[tuple[int, int]],
    listening: list["asyncio.Task[None]"],
) -> dict[str, object]:
    early = [asyncio.create_task(house.say(n, f"late{n}", hold=4)) for n in range(LATE)]
    await asyncio.sleep(1)
    start = time.perf_counter()
    dead = [one for one in lookers if one.network is not None]
    cut = [one for one in lookers if one.network is None]
    for one in dead:
        one.network.kill()
    names = [f"b{n}" for n in range(AWAY)]
    away = asyncio.create_task(_say_all(house, names, every=(DEAD + 2) / AWAY))
    for one in cut:
        one.wire.transport.abort()
    await asyncio.sleep(5)
    began = time.perf_counter()
    again = await _open_all(house, cut, served, turn=1)
    took = time.perf_counter() - began
    known = [one.heard.total() for one in dead]
    await asyncio.sleep(max(0, start + DEAD - time.perf_counter()))
    deaf = sum(one.heard.total() for one in dead) == sum(known)
    for one in dead:
        one.wire.transport.abort()
        one.network = None
    await asyncio.gather(*listening)
    began = time.perf_counter()
    again += await _open_all(house, dead, served, turn=1)
    revived = time.perf_counter() - began
    await asyncio.gather(away, *early)
    await _heard(house, lookers)
    for one in lookers:
        await one.wire.close()
    await asyncio.gather(*again)
    lost, twice = _sums(house, lookers)
    return {
        "written": len(house.written),
        "lost": lost,
        "twice": twice,
        "back_p95_s": round(percentile([one.back for one in cut], 0.95), 2),
        "all_back_s": round(took, 1),
        "dead_60_s": len(dead),
        "dead_heard_nothing": deaf,
        "dead_back_p95_s": round(percentile([one.back for one in dead], 0.95), 2),
        "dead_all_back_s": round(revived, 1),
        "closed_by_server": sum(one.again for one in lookers),
    }


def _wanted(house: House, at: int) -> list[str]:
    """Staff hear all, a guest what they said."""
    if at < STAFF:
        return house.written
    return [name for name in house.written if _number(name) % GUESTS == at - STAFF]


def _number(name: str) -> int:
    return int(name.lstrip("abelt"))


def _sums(house: House, lookers: list[Looker]) -> tuple[int, int]:
    lost = twice = 0
    for at, one in enumerate(lookers):
        wanted = Counter(_wanted(house, at))
        lost += (wanted - one.heard).total()
        twice += (one.heard - wanted).total()
    return lost, twice


async def _heard(house: House, lookers: list[Looker]) -> None:
    """Until all is heard, or nobody hears anything more."""
    known, at = -1, time.perf_counter()
    while _sums(house, lookers)[0] and time.perf_counter() - at < QUIET:
        total = sum(one.heard.total() for one in lookers)
        if total != known:
            known, at = total, time.perf_counter()
        await asyncio.sleep(1)
    await asyncio.sleep(1)


async def _open_all(
    house: House, lookers: list[Looker], served: list[tuple[int, int]], *, turn: int
) -> list["asyncio.Task[None]"]:
    gate = asyncio.Semaphore(50)

    async def one(n: int) -> "asyncio.Task[None]":
        port = served[(n + turn) % 2][0]
        async with gate:
            await lookers[n].open(port, house.hotel)
        return asyncio.create_task(lookers[n].listen(port, house.hotel))

    return await asyncio.gather(*(one(n) for n in range(len(lookers))))


async def _say_all(house: House, names: list[str], *, every: float) -> None:
    start = time.perf_counter()
    said = []
    for n, name in enumerate(names):
        await asyncio.sleep(max(0, start + n * every - time.perf_counter()))
        said.append(asyncio.create_task(house.say(_number(name), name)))
    await asyncio.gather(*said)


async def _house(at: Ground, settings: Settings, db: Database) -> House:
    hotel, number = await hotel_with_number(at, 1)
    house = House(at, settings, db, hotel)
    signer = Signer(settings.keys_to_sign())
    entrance = Entrance(db, at.vault, signer, SystemClock())
    for n in range(STAFF):
        house.staff.append(await _person(house, entrance, n))
    first = await _booked(house)
    for some in range(0, GUESTS, 50):
        async with db.hotel(hotel) as session:
            house.guests += [
                await _guest(session, signer, first, number.id, n) for n in range(some, some + 50)
            ]
    return house


async def _person(house: House, entrance: Entrance, n: int) -> str:
    user_id, mail, now = uuid7(), f"staff{n}@bench.invalid", entrance.clock.now()
    async with house.db.platform() as session:
        session.add(User(id=user_id, email=mail, name=f"Staff {n}", verified_at=now))
        await session.flush()
        nowhere = Caller(None, None)
        opened = await open_session(session, entrance, user_id, nowhere, method="password", now=now)
    async with house.db.hotel(house.hotel) as session:
        place = {"user_id": user_id, "email": mail, "name": f"Staff {n}", "role": "staff"}
        session.add(Membership(hotel_id=house.hotel, id=uuid7(), status="active", **place))
    return opened.access


async def _booked(house: House) -> Booking:
    """One stay; the others are copies of it."""
    now = SystemClock().now()
    today = local_day(now, "Europe/Madrid")
    async with house.db.hotel(house.hotel) as session:
        kind = RoomType(
            hotel_id=house.hotel, code="D", name="Double", max_adults=2, max_guests=2, base_price=1
        )
        guest = Guest(hotel_id=house.hotel, name="G")
        session.add_all([kind, guest])
        await session.flush()
        await open_nights(
            session, house.hotel, kind.id, first=today, days=1, capacity=1, prices={today: 100}
        )
        wish = StayWish(today, today + timedelta(1), adults=1)
        hotel = await the_hotel(session)
        quote = await make_quote(session, hotel, wish, kind.id, guest.id, now=now)
        return await reserve(session, Yes(quote.id, "bench", "rest"), now=now)


async def _guest(
    session: AsyncSession, signer: Signer, first: Booking, number: UUID, n: int
) -> tuple[str, Conversation]:
    """With a stay, its link, and a chat."""
    now, hotel = SystemClock().now(), HotelId(first.hotel_id)
    talk = await open_conversation(session, hotel, number, f"{34600000000 + n}@c.us", name=f"G{n}")
    stay = {"id": uuid7(), "quote": uuid7(), "guest": talk.guest_id, "first": first.id}
    for copying in COPY:
        await session.execute(text(copying), stay)
    link, _ = await make_link(session, signer, stay["id"], days=None, by="bench", now=now)
    claims = {"use": USE, "hotel": str(hotel), "link": str(link.id)}
    return signer.sign(claims, now=now, seconds=SESSION_SECONDS), talk


@asynccontextmanager
async def _served(settings: Settings) -> AsyncIterator[tuple[int, int]]:
    """Its port and process."""
    pools = {"DATABASE_POOL_SIZE": "8", "DATABASE_MAX_OVERFLOW": "4"}
    async with api(settings, **pools) as (url, pid):
        yield int(url.rpartition(":")[2]), pid
