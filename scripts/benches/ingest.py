"""Webhook requests a second over raw asyncpg calls that store the same row, 50 hotels."""

import asyncio
import json
import os
import sys
import time
import uuid
from collections.abc import Awaitable, Callable

import asyncpg

from benches.common import (
    TOKEN,
    Ground,
    cpu_seconds,
    ground,
    hotel_with_number,
    median,
    percentile,
    rss_mib,
    steady,
)
from benches.wire import Wire
from frontdesk.kit.db import plain_url

HOTELS = 50
CONNECTIONS = 16
REQUESTS = 4000
ROUNDS = 7
STORE = """
CREATE OR REPLACE FUNCTION bench_store(h uuid, i uuid, k text, c text, b bytea) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, public AS $$
    SELECT set_config('app.hotel_id', h::text, true);
    INSERT INTO inbound_events (hotel_id, id, instance_id, event_key, kind, lane, chat, raw,
                                occurred_at, received_at, state)
    VALUES (h, gen_random_uuid(), i, k, 'message', 'turn', c, b, now(), now(), 'waiting')
$$"""
Work = Callable[[int, list[float], list], Awaitable[None]]


def body(number: int, n: int) -> bytes:
    chat = f"34600{n % 100_000:06d}@c.us"
    event = {
        "typeWebhook": "incomingMessageReceived",
        "instanceData": {
            "idInstance": 7105_000_000 + number,
            "wid": "34971555010@c.us",
            "typeInstance": "whatsapp",
        },
        "timestamp": 1795000000,
        "idMessage": uuid.uuid4().hex.upper(),
        "senderData": {"chatId": chat, "chatName": "A", "sender": chat, "senderName": "A"},
        "messageData": {
            "typeMessage": "textMessage",
            "textMessageData": {"textMessage": "Do you have a room for two? " * 12},
        },
    }
    return json.dumps(event).encode()


async def run() -> dict[str, object]:
    async with ground() as at:
        owner = await asyncpg.connect(plain_url(at.settings.database_owner_url))
        await owner.execute(STORE)
        await owner.execute("GRANT EXECUTE ON FUNCTION bench_store TO hotel_bot_tenant")
        await owner.close()
        numbers = [await hotel_with_number(at, n) for n in range(HOTELS)]
        pool = [
            await asyncpg.connect(plain_url(at.settings.database_url)) for _ in range(CONNECTIONS)
        ]
        figures = await _of(at, numbers, pool, "serve")
        alone = await _of(at, numbers, pool, "receive")
        for connection in pool:
            await connection.close()
        kept = ("ratio", "cpu_ratio", "p99_ratio", "rss_mib", "lost", "steady")
        return figures | {f"receive_{name}": alone[name] for name in kept}


async def _of(at: Ground, numbers, pool, command: str) -> dict[str, object]:
    """`serve` is the API and the webhook in one process, `receive` the webhook alone."""
    server, port = await _serve(at, command)
    try:
        return await _rounds(at, numbers, pool, server, port)
    finally:
        server.terminate()
        await server.wait()


async def _serve(at: Ground, command: str) -> tuple[asyncio.subprocess.Process, int]:
    """The product as it is served: one process, uvloop and httptools."""
    names = ("database_url", "database_platform_url", "log_level")
    given = {
        at.settings.__class__.model_fields[n].alias or n: str(getattr(at.settings, n))
        for n in names
    }
    port = 20_000 + os.getpid() % 20_000
    given |= {
        "FRONTDESK_SECRET_KEY": at.settings.secret_key.get_secret_value(),
        "FRONTDESK_PORT": str(port),
    }
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "frontdesk.cli", command, env={**os.environ, **given}
    )
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        return server, port
    raise TimeoutError("the server does not answer")


async def _rounds(at, numbers, pool, server, port) -> dict[str, object]:
    def prepared() -> list[tuple[object, object, bytes, bytes]]:
        ready = []
        for k in range(REQUESTS):
            hotel, number = numbers[k % HOTELS]
            sent = body(k % HOTELS, k)
            head = (
                f"POST /webhooks/green-api/{number.instance_key} HTTP/1.1\r\n"
                f"Host: b\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(sent)}\r\n\r\n"
            )
            ready.append((hotel, number.id, sent, head.encode() + sent))
        return ready

    async def raw(n: int, took: list[float], ready: list) -> None:
        connection = pool[n]
        for k in range(n, REQUESTS, CONNECTIONS):
            hotel, number, sent, _ = ready[k]
            start = time.perf_counter()
            await connection.execute(
                "SELECT bench_store($1, $2, $3, $4, $5)",
                hotel,
                number,
                uuid.uuid4().hex,
                "34600111222@c.us",
                sent,
            )
            took.append(time.perf_counter() - start)

    async def webhook(n: int, took: list[float], ready: list) -> None:
        wire = await Wire.to("127.0.0.1", port)
        for k in range(n, REQUESTS, CONNECTIONS):
            start = time.perf_counter()
            answer = await wire.ask(ready[k][3])
            took.append(time.perf_counter() - start)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(answer[:40])
        wire.close()

    before = await _stored(at, numbers)
    await _all(webhook, [], prepared())
    await _all(raw, [], prepared())
    bases, products = [], []
    for n in range(ROUNDS):
        order = ((raw, bases), (webhook, products))
        for work, kept in order if n % 2 == 0 else order[::-1]:
            pid = os.getpid() if work is raw else server.pid
            took: list[float] = []
            ready = prepared()
            cpu, start = cpu_seconds(pid), time.perf_counter()
            await _all(work, took, ready)
            wall = time.perf_counter() - start
            used = (cpu_seconds(pid) - cpu) / REQUESTS * 1e6
            kept.append((REQUESTS / wall, used, percentile(took, 0.99) * 1000))
    stored = await _stored(at, numbers) - before
    expected = REQUESTS * 2 * (ROUNDS + 1)
    base, product = list(zip(*bases, strict=True)), list(zip(*products, strict=True))
    return {
        "ratio": round(median(product[0]) / median(base[0]), 2),
        "webhook_per_s": round(median(product[0])),
        "raw_per_s": round(median(base[0])),
        "cpu_ratio": round(median(product[1]) / median(base[1]), 2),
        "server_cpu_us": round(median(product[1])),
        "raw_cpu_us": round(median(base[1])),
        "p99_ratio": round(median(product[2]) / median(base[2]), 2),
        "p99_ms": round(median(product[2]), 1),
        "raw_p99_ms": round(median(base[2]), 1),
        "rss_mib": round(rss_mib(server.pid)),
        "rows": stored,
        "lost": expected - stored,
        "steady": steady(base[0]),
    }


async def _stored(at: Ground, numbers) -> int:
    stored = 0
    for hotel, _ in numbers:
        async with at.db.hotel(hotel) as session:
            counted = await session.connection()
            stored += (
                await counted.exec_driver_sql("SELECT count(*) FROM inbound_events")
            ).scalar_one()
    return stored


async def _all(work: Work, took: list[float], ready: list) -> None:
    await asyncio.gather(*(work(n, took, ready) for n in range(CONNECTIONS)))
