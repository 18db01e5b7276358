"""Signed webhooks to a hotel's own systems: checked by the receiver, tried again, never lost."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.notifications.actions import Alert, notify, switch
from frontdesk.notifications.models import NotificationDelivery, StaffWebhook
from frontdesk.notifications.parcels import Messenger
from frontdesk.notifications.tell import MAX_TRIES, tell_next
from tests.factories import all_of
from tests.receiving import Receiver, receiving

SECRET = "sixteen or more characters"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as told:
        yield told


@dataclass
class Post:
    messenger: Messenger
    hotel: HotelId
    clock: FixedClock

    async def alert(self, key: str = "a") -> None:
        told = Alert("request", 50, "Towels", "for room 12", key)
        async with self.messenger.db.hotel(self.hotel) as session:
            await notify(session, self.hotel, told, now=self.clock.now())

    async def tell(self) -> bool:
        return await tell_next(self.messenger, self.hotel)

    async def deliveries(self) -> list[NotificationDelivery]:
        return await all_of(self.messenger.db, self.hotel, NotificationDelivery)


@pytest.fixture
async def post(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock, receiver: Receiver
) -> AsyncIterator[Post]:
    clock.advance(timedelta(days=365))  # rows are due by the database's own clock
    async with db.hotel(hotel) as session:
        session.add(StaffWebhook(hotel_id=hotel, url=receiver.url, secret=vault.seal(SECRET)))
    async with httpx.AsyncClient(timeout=5) as client:
        yield Post(Messenger(db, vault, clock, client, allow_private=True), hotel, clock)


async def test_the_receiver_can_check_who_says_it_and_when(post: Post, receiver: Receiver) -> None:
    await post.alert()
    assert (await post.tell(), await post.tell()) == (True, False)
    ((headers, body),) = receiver.got
    stamp = headers["frontdesk-timestamp"]
    expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["frontdesk-signature"] == expected
    assert int(stamp) == int(post.clock.now().timestamp())
    said = json.loads(body)
    assert (said["event"], said["title"]) == ("notification.created", "Towels")
    assert said["hotel_id"] == str(post.hotel)


async def test_a_receiver_that_is_down_is_told_later_with_the_same_delivery(
    post: Post, receiver: Receiver
) -> None:
    receiver.answers.extend([500, 503, 302])
    await post.alert()
    waits = []
    while (await post.deliveries())[0].status == "waiting":
        assert await post.tell()
        (kept,) = await post.deliveries()
        waits.append((kept.next_try_at - post.clock.now()).total_seconds())
        assert not await post.tell()
        post.clock.at = kept.next_try_at
    assert waits == [10, 20, 40, 80]
    assert len({headers["frontdesk-delivery"] for headers, _ in receiver.got}) == 1
    assert len({body for _, body in receiver.got}) == 1


async def test_a_receiver_down_for_a_day_leaves_a_delivery_that_shows(
    post: Post, receiver: Receiver
) -> None:
    receiver.answers.extend([500] * MAX_TRIES)
    await post.alert()
    began = post.clock.now()
    while await post.tell():
        post.clock.at = (await post.deliveries())[0].next_try_at
    (kept,) = await post.deliveries()
    assert (kept.status, kept.error, kept.tries) == ("dead", "HTTP 500", MAX_TRIES)
    assert timedelta(hours=6) < post.clock.now() - began < timedelta(hours=24)


async def test_one_that_fails_holds_up_no_other(
    post: Post, receiver: Receiver, db: Database, vault: Vault
) -> None:
    async with db.hotel(post.hotel) as session:
        gone = "http://127.0.0.1:9/nobody"
        session.add(StaffWebhook(hotel_id=post.hotel, url=gone, secret=vault.seal(SECRET)))
    await post.alert()
    while await post.tell():
        pass
    assert len(receiver.got) == 1
    ends = {d.error: d.status for d in await post.deliveries()}
    assert ends == {None: "sent", "ConnectError": "waiting"}


async def test_an_address_inside_the_house_is_never_called(post: Post, receiver: Receiver) -> None:
    careful = Messenger(post.messenger.db, post.messenger.vault, post.clock, post.messenger.client)
    await post.alert()
    assert await tell_next(careful, post.hotel)
    assert receiver.got == []
    assert (await post.deliveries())[0].error == "PrivateAddress"


async def test_nothing_is_told_to_a_webhook_that_was_switched_off(
    post: Post, receiver: Receiver, db: Database
) -> None:
    await post.alert()
    async with db.hotel(post.hotel) as session:
        await switch(session, (await session.scalars(select(StaffWebhook))).one(), enabled=False)
    assert not await post.tell()
    await post.alert("b")
    assert [(d.status, d.error) for d in await post.deliveries()] == [("dead", "switched off")]
    assert receiver.got == []
