"""The deployment's broker: every sink keeps one contract, and nothing is lost on the way to it."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis
from sqlalchemy import update

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.settings import Settings
from frontdesk.local.valkey import RunningValkey, start_valkey
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import OutboxEvent
from frontdesk.messaging.shapes import SHAPES, sample
from frontdesk.webhooks.forward import forward
from frontdesk.webhooks.sink import TOPICS, Record, RedisStreams, SinkDown, open_sink
from tests.factories import all_of
from tests.fakes import Partitions
from workers.sweeps import SINK_SWEEP, sweep


@pytest.fixture(scope="module")
def valkey() -> Iterator[RunningValkey]:
    with tempfile.TemporaryDirectory(prefix="frontdesk-sink-") as folder:
        running = start_valkey(Path(folder))
        yield running
        running.stop()


class Stream:
    """The real one, and what stands in it."""

    def __init__(self, url: str) -> None:
        self.name = f"events.{uuid7()}"
        self.sink = RedisStreams(url, self.name, 100_000)
        self.away = RedisStreams("redis://127.0.0.1:9/0", self.name, 1000)
        self._client = Redis.from_url(url)

    async def read(self) -> list[tuple[str, str, bytes]]:
        entries = await self._client.xrange(self.name)
        return [
            (told[b"topic"].decode(), told[b"key"].decode(), told[b"value"]) for _, told in entries
        ]

    async def close(self) -> None:
        await self.sink.close()
        await self.away.close()
        await self._client.aclose()


class Log:
    """Shaped as Kafka: topics with partitions, and only there is an order."""

    def __init__(self) -> None:
        self.sink = Partitions()
        self.away = Partitions(up=False)

    async def read(self) -> list[tuple[str, str, bytes]]:
        return self.sink.read()

    async def close(self) -> None:
        await self.sink.close()


@pytest.fixture(params=["redis", "partitions"])
async def broker(request, valkey: RunningValkey) -> AsyncIterator[Stream | Log]:
    made = Stream(valkey.url) if request.param == "redis" else Log()
    yield made
    await made.close()


async def test_every_sink_keeps_the_contract(broker: Stream | Log) -> None:
    """In order a key, bytes as they were, nothing raised but SinkDown; an empty batch is none."""
    records = [
        Record("booking.created", f"stay-{at % 3}", f'{{"n":{at},"é":"🛏"}}'.encode(), f"e{at}", "h")
        for at in range(30)
    ]
    await broker.sink.publish(records[:20])
    await broker.sink.publish([])
    await broker.sink.publish(records[20:])
    found = await broker.read()
    assert len(found) == 30
    for key in {r.key for r in records}:
        assert [v for _, k, v in found if k == key] == [r.value for r in records if r.key == key]
    assert {topic for topic, _, _ in found} == {"booking.created"}
    with pytest.raises(SinkDown):
        await broker.away.publish(records)


async def test_events_go_in_order_and_on_after_an_outage(
    db: Database, clock: FixedClock, hotel: HotelId, other_hotel: HotelId, valkey: RunningValkey
) -> None:
    stream, stays = Stream(valkey.url), [uuid7() for _ in range(3)]
    for total in range(1, 8):
        async with db.hotel(hotel) as session:
            for stay in stays:
                told = {**sample("booking.created"), "total": total}
                await emit(session, hotel, "booking.created", stay, told)
    assert await forward(db, clock, stream.away, hotel) == 0
    assert await forward(db, clock, stream.sink, hotel) == 21
    assert await forward(db, clock, stream.sink, hotel) == 0
    assert await forward(db, clock, stream.sink, other_hotel) == 0
    found = await stream.read()
    told = [value for _, _, value in found]
    assert len(told) == len(set(told)) == 21
    for stay in stays:
        mine = [value for _, key, value in found if key == str(stay)]
        assert [f'"total":{n},'.encode() in value for n, value in enumerate(mine, 1)] == [True] * 7
    async with db.hotel(hotel) as session:  # a worker died between the broker and the mark
        await session.execute(update(OutboxEvent).values(forwarded_at=None))
        payment = {**sample("payment.completed"), "booking_id": str(stays[0])}
        await emit(session, hotel, "payment.completed", uuid7(), payment)
        await emit(session, hotel, "booking.created", stays[0], {})  # erased since
    assert await sweep(db, clock, older_than=-timedelta(days=4000), sweeps=(SINK_SWEEP,)) >= 1
    assert await forward(db, clock, stream.sink, hotel) == 22
    again = await stream.read()
    assert [v for _, _, v in again[21:42]] == [v for _, _, v in again[:21]]
    assert again[-1][:2] == ("payment.completed", str(stays[0])), "in the order of its stay"
    assert all(e.forwarded_at for e in await all_of(db, hotel, OutboxEvent))
    await stream.close()


def test_the_founding_systems_topics_are_events_of_ours() -> None:
    assert set(TOPICS) <= set(SHAPES)


def test_it_is_off_unless_it_is_set(settings: Settings) -> None:
    assert open_sink(settings) is None
    said = {"sink": "redis", "redis_url": "redis://127.0.0.1:1/0"}
    assert isinstance(open_sink(settings.model_copy(update=said)), RedisStreams)
