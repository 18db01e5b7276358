"""A hotel's own systems hear what happens: signed, in order, nothing lost, nobody held up."""

import asyncio
import base64
import hashlib
import hmac
import os
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import select

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database, open_database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import OutboxEvent
from frontdesk.messaging.shapes import sample
from frontdesk.notifications.models import StaffNotification
from frontdesk.webhooks.courier import Courier, send_due
from frontdesk.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookSubscription
from frontdesk.webhooks.replay import Span, replay_dead, replay_one, replay_span
from frontdesk.webhooks.subscriptions import change, remove, rotate_secret, subscribe
from tests.factories import all_of
from tests.receiving import Receiver, receiving

ROUNDS = int(os.environ.get("FRONTDESK_TEST_ROUNDS", "12"))
"""Of bookings in six hours; one booking each of so many stays."""
STAYS = 4


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as told:
        yield told


@dataclass
class House:
    """A hotel that tells."""

    courier: Courier
    hotel: HotelId
    clock: FixedClock
    receiver: Receiver
    secret: str = ""

    async def subscribe(self, url: str = "", **more) -> UUID:
        only = {"events": ["booking.created"]}  # what staff are told besides is an event too
        wanted = {"name": "PMS", "url": url or self.receiver.url, **only, **more}
        async with self.courier.db.hotel(self.hotel) as session:
            vault = self.courier.vault
            made, self.secret = await subscribe(session, vault, self.hotel, wanted, by="t")
        return made.id

    async def happens(self, subject: UUID, *totals: int, event: str = "booking.created") -> None:
        """One transaction each."""
        for total in totals:
            async with self.courier.db.hotel(self.hotel) as session:
                told = {**sample(event), "total": total} if total else sample(event)
                await emit(session, self.hotel, event, subject, told)

    async def send(self) -> None:
        await send_due(self.courier, self.hotel)

    async def deliveries(self) -> list[WebhookDelivery]:
        rows = await all_of(self.courier.db, self.hotel, WebhookDelivery)
        return sorted(rows, key=lambda row: row.seq)

    async def until(self, end, step: timedelta) -> None:
        """Time goes by, with the clock's sweep."""
        while self.clock.at < end:
            await self.send()
            self.clock.at += step
        await self.send()


@pytest.fixture
async def house(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock, receiver: Receiver
) -> House:
    return House(Courier(db, vault, clock, allow_private=True), hotel, clock, receiver)


def expected(secret: str, headers, body: bytes) -> str:
    """As the specification of Standard Webhooks 1.0.0 says it, written apart from ours."""
    key = base64.b64decode(secret.split("_", 1)[1])
    said = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    return "v1," + base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()


async def test_the_receiver_can_check_who_says_it_and_when(house: House) -> None:
    """Also while the secret changes, and what it is told is the event, once."""
    hook = await house.subscribe(events=["booking.created"])
    stay = uuid7()
    await house.happens(stay, 100)
    await house.happens(stay, 0, event="booking.cancelled")
    await house.send()
    ((headers, body),) = house.receiver.got
    old, now = house.secret, house.clock.now()
    assert len(base64.b64decode(old.removeprefix("whsec_"))) == 32
    assert headers["webhook-signature"] == expected(old, headers, body)
    assert int(headers["webhook-timestamp"]) == int(now.timestamp())
    assert headers["webhook-attempt"] == "1"
    (said,) = house.receiver.told()
    assert (said["type"], said["subject"]) == ("booking.created", str(stay))
    assert said["data"] == {**sample("booking.created"), "total": 100}
    async with house.courier.db.hotel(house.hotel) as session:
        row = (await session.scalars(select(WebhookSubscription))).one()
        assert old.encode() not in row.secret
        _, new = await rotate_secret(session, house.courier.vault, hook, by="t", now=now)
    await house.happens(stay, 200)
    await house.send()
    headers, body = house.receiver.got[-1]
    both = headers["webhook-signature"].split(" ")
    assert both == [expected(new, headers, body), expected(old, headers, body)]
    house.clock.advance(timedelta(hours=25))
    await house.happens(stay, 300)
    await house.send()
    headers, body = house.receiver.got[-1]
    assert headers["webhook-signature"] == expected(new, headers, body)
    assert [row.status for row in await house.deliveries()] == ["sent"] * 3


async def test_a_receiver_down_for_six_hours_gets_it_all_in_order(house: House) -> None:
    """With a second one that is up all the time, and hears each at once."""
    async with receiving() as other:
        await house.subscribe(name="down")
        await house.subscribe(other.url, name="up")
        stays = [uuid7() for _ in range(STAYS)]
        up = house.clock.now() + timedelta(hours=6)
        house.receiver.judge = lambda _: 200 if house.clock.at >= up else 503
        number = 0
        while house.clock.at < up:
            for stay in stays:
                number += 1
                await house.happens(stay, number)
            await house.send()
            assert len(other.got) == number
            house.clock.advance(timedelta(minutes=360 / ROUNDS))
        refused = len(house.receiver.got)
        assert refused < 150, "it is left alone while it is down"
        await house.until(house.clock.at + timedelta(minutes=7), timedelta(seconds=30))
        taken = house.receiver.told()[refused:]
        heard = defaultdict(list)
        for told in taken:
            heard[told["subject"]].append(told["data"]["total"])
        assert sum(map(len, heard.values())) == number == len(taken)
        assert set(heard) == {str(stay) for stay in stays}
        assert all(totals == sorted(totals) for totals in heard.values())
        assert {row.status for row in await house.deliveries()} == {"sent"}


async def test_what_fails_waits_alone_and_is_dead_after_a_day(house: House) -> None:
    """Its subject waits behind it, others go on; then the next of it has its turn."""
    hook = await house.subscribe()
    bad, good = uuid7(), uuid7()
    house.receiver.judge = lambda told: 500 if told["data"]["total"] == 1 else 200
    await house.happens(bad, 1, 2)
    began = house.clock.now()
    while (await house.deliveries())[0].status != "dead":
        if house.clock.now() < began + timedelta(hours=1):
            await house.happens(good, 3)
        await house.send()
        assert {t["subject"] for t in house.receiver.told()[-2:]} <= {str(bad), str(good)}
        later = await house.deliveries()
        assert later[1].status == "waiting" or later[0].status == "dead"
        assert {row.status for row in later[2:]} == {"sent"}
        house.clock.at = max(house.clock.at + timedelta(seconds=1), later[0].next_try_at)
    took = house.clock.now() - began
    assert timedelta(hours=24) <= took < timedelta(hours=25)
    house.clock.advance(timedelta(minutes=7))
    await house.send()
    first, second, *_ = await house.deliveries()
    assert (first.error, second.status) == ("HTTP 500", "sent")
    calls = await all_of(house.courier.db, house.hotel, WebhookAttempt)
    mine = sorted((a for a in calls if a.delivery_id == first.id), key=lambda a: a.number)
    waits = [(b.at - a.at).total_seconds() for a, b in pairwise(mine)]
    assert 8 <= waits[0] <= 12
    assert all(w <= 4320 for w in waits)
    at_rest = mine[-1].at - mine[0].at - timedelta(hours=24)
    assert timedelta() <= at_rest <= timedelta(minutes=6), "a call waits for its address"
    assert len(mine) > 20
    (alert,) = await all_of(house.courier.db, house.hotel, StaffNotification)
    assert alert.title == "A webhook is given up"
    house.receiver.judge = None
    async with house.courier.db.hotel(house.hotel) as session:
        assert await replay_dead(session, hook, by="t") == 1
    await house.send()
    assert (await house.deliveries())[0].status == "sent"
    assert house.receiver.got[-1][0]["webhook-id"] == str(first.id)


async def test_a_slow_one_holds_up_nobody(house: House) -> None:
    """Few calls at once to one address; the others of the hotel have their places."""
    async with receiving() as slow:
        slow.hold = asyncio.Event()
        await house.subscribe(slow.url, name="slow")
        await house.subscribe(name="quick")
        for _ in range(12):
            await house.happens(uuid7(), 1)
        began = time.monotonic()
        sending = asyncio.create_task(house.send())
        while len(house.receiver.got) < 12:
            await asyncio.sleep(0.02)
            assert time.monotonic() - began < 10
        assert (slow.open, slow.most) == (4, 4)
        second = Courier(house.courier.db, house.courier.vault, house.clock, allow_private=True)
        await send_due(second, house.hotel)  # another process: the places are counted over both
        assert slow.most == 4
        slow.hold.set()
        await sending
        assert len(slow.got) == 12
        assert slow.most == 4


async def test_what_commits_late_is_not_passed_over(house: House, settings: Settings) -> None:
    await house.subscribe()
    first, second = uuid7(), uuid7()
    db = open_database(settings)
    async with db.hotel(house.hotel) as late:
        await emit(late, house.hotel, "booking.created", first, sample("booking.created"))
        await late.flush()
        await house.happens(second, 2)
        await house.send()
        assert [t["subject"] for t in house.receiver.told()] == [str(second)]
    await db.close()
    await house.send()
    assert [t["subject"] for t in house.receiver.told()] == [str(second), str(first)]


async def test_only_what_was_wanted_and_only_outside(house: House, other_hotel: HotelId) -> None:
    conditions = {"field": "nights", "op": "gte", "value": 3}
    await house.subscribe(events=["booking.created"], conditions=conditions)
    house.receiver.words = b"x" * 100_000
    stay = uuid7()
    async with house.courier.db.hotel(house.hotel) as session:
        for nights in (2, 3):
            told = {**sample("booking.created"), "nights": nights}
            await emit(session, house.hotel, "booking.created", stay, told)
    async with house.courier.db.hotel(other_hotel) as session:
        await emit(session, other_hotel, "booking.created", stay, sample("booking.created"))
    await send_due(house.courier, other_hotel)
    await house.send()
    assert [t["data"]["nights"] for t in house.receiver.told()] == [3]
    assert [row.status for row in await house.deliveries()] == ["skipped", "sent"]
    (call,) = await all_of(house.courier.db, house.hotel, WebhookAttempt)
    assert (len(call.answer), call.status_code) == (500, 200)
    careful = Courier(house.courier.db, house.courier.vault, house.clock)
    async with house.courier.db.hotel(house.hotel) as session:
        told = {**sample("booking.created"), "nights": 3}
        await emit(session, house.hotel, "booking.created", uuid7(), told)
    await send_due(careful, house.hotel)
    assert len(house.receiver.got) == 1
    last = (await house.deliveries())[-1]
    assert (last.status, last.error) == ("waiting", "PrivateAddress")
    house.receiver.answers.append(302)
    house.clock.advance(timedelta(minutes=1))
    await house.send()
    assert (await house.deliveries())[-1].error == "HTTP 302"
    assert len(house.receiver.got) == 2, "a redirect is not followed"


async def test_told_to_go_slow_or_for_good(house: House) -> None:
    hook = await house.subscribe()
    house.receiver.headers = [(b"retry-after", b"1800")]
    house.receiver.answers.append(429)
    await house.happens(uuid7(), 1)
    await house.send()
    await house.happens(uuid7(), 2)
    await house.until(house.clock.at + timedelta(minutes=24), timedelta(minutes=5))
    assert len(house.receiver.got) == 1
    house.receiver.headers = []
    await house.until(house.clock.at + timedelta(minutes=20), timedelta(minutes=5))
    assert len(house.receiver.got) == 3
    house.receiver.answers.append(410)
    await house.happens(uuid7(), 3, 4)
    await house.send()
    (row,) = await all_of(house.courier.db, house.hotel, WebhookSubscription)
    assert not row.enabled
    ends = sorted(d.status for d in await house.deliveries())
    assert ends in (["dead", "sent", "sent", "sent"], ["dead", "dead", "sent", "sent"])
    before = len(await house.deliveries())
    await house.happens(uuid7(), 5)
    assert len(await house.deliveries()) == before, "switched off, nothing is owed"
    async with house.courier.db.hotel(house.hotel) as session:
        await change(session, hook, {"enabled": True}, by="t", now=house.clock.now())
        events = (await session.scalars(select(OutboxEvent).order_by(OutboxEvent.seq))).all()
        begin = events[0].created_at
        span = Span(begin, begin + timedelta(hours=1))
        assert await replay_span(session, hook, span, by="t") == 5
    heard = len(house.receiver.got)
    await house.send()
    totals = sorted(t["data"]["total"] for t in house.receiver.told()[heard:])
    assert totals == [1, 2, 3, 4, 5]
    async with house.courier.db.hotel(house.hotel) as session:
        await replay_one(session, (await house.deliveries())[0].id, by="t")
    await house.send()
    assert len(house.receiver.got) == heard + 6
    async with house.courier.db.hotel(house.hotel) as session:
        gone = await remove(session, hook, by="t", now=house.clock.now())
        assert gone.secret is None
    await house.happens(uuid7(), 6)
    await house.send()
    assert len(house.receiver.got) == heard + 6
