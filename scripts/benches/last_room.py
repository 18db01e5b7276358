"""200 guests over REST say yes to the last room at once: one wins, and how soon the rest know.

What others do to the machine moves the waits and hardly the `_cpu_ms`: of one answer, what the
server's process, PostgreSQL's and this one (the guests) spend on it.
"""

import asyncio
import json
import time
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from benches.booking import House, build
from benches.common import cpu_seconds, ground, median, percentile
from benches.running import api
from benches.wire import Wire, head
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.schemas import KeyIn

GUESTS = 200
ROUNDS = 3


async def run() -> dict[str, object]:
    async with ground() as at:
        house = await build(at)
        async with at.db.hotel(house.hotel) as session:
            _, key = await add_key(session, house.hotel, KeyIn(name="bench"), by="bench")
        await house.owner.execute("ANALYZE")
        async with api(at.settings) as (url, server):
            measured = [await _measured(house, url, key, server, n) for n in range(-1, ROUNDS)][1:]
        figures = _figures([crowd for crowd, _ in measured])
        for n, who in enumerate(("server", "postgres", "guests")):
            spent = median([cpu[n] for _, cpu in measured])
            figures[f"{who}_cpu_ms"] = round(spent * 1000 / GUESTS, 2)
        figures["sold_of_one"] = await house.pool[0].fetchval(
            "SELECT max(sold) FROM nightly_inventory WHERE room_type_id = $1", house.sold
        )
        for connection in [*house.pool, house.owner]:
            await connection.close()
        return figures


def _figures(rounds: list[list[tuple[float, str]]]) -> dict[str, object]:
    slowest = median([max(took for took, _ in crowd) for crowd in rounds])
    answers = Counter(what for crowd in rounds for _, what in crowd)
    expected = {"booked": ROUNDS, "taken, with alternatives": ROUNDS * (GUESTS - 1)}
    took = [took for crowd in rounds for took, _ in crowd]
    return {
        "ratio": round(slowest, 3),
        "slowest_answer_s": round(slowest, 3),
        "slowest_of_all_rounds_s": round(max(took), 3),
        "median_answer_s": round(percentile(took, 0.5), 3),
        "below_1_s": max(took) < 1,
        "answers": dict(answers),
        "one_winner_a_round": answers == expected,
    }


async def _measured(
    house: House, url: str, key: str, server: int, n: int
) -> tuple[list[tuple[float, str]], list[float]]:
    await house.emptied(rooms=1)
    quotes = await house.quotes([house.first + timedelta(10 + 4 * n)] * GUESTS)
    before = await _cpu(house, server)
    crowd = await _crowd(house, url, key, quotes)
    after = await _cpu(house, server)
    return crowd, [late - early for early, late in zip(before, after, strict=True)]


async def _cpu(house: House, server: int) -> list[float]:
    """Seconds of the API's process, of the database's for others than this one, and of this."""
    rows = await house.pool[0].fetch(
        "SELECT pid FROM pg_stat_activity WHERE usename = current_user"
    )
    ours = {connection.get_server_pid() for connection in house.pool}
    theirs = sum(cpu_seconds(row["pid"]) for row in rows if row["pid"] not in ours)
    return [cpu_seconds(server), theirs, time.process_time()]


async def _crowd(house: House, url: str, key: str, quotes: list[UUID]) -> list[tuple[float, str]]:
    """Seconds and answer of each; every round on nights of its own, the other type being free.

    Each guest has a connection of the cheapest kind: whole HTTP clients for 200 cost this process
    a second that the answers would then be blamed for.
    """
    at = httpx.URL(url)
    wires = [await Wire.to(at.host, at.port) for _ in quotes]
    path = f"/v1/hotels/{house.hotel}/bookings"
    asked = [
        head("POST", path, key, len(body)) + body
        for body in (json.dumps({"quote_id": str(quote)}).encode() for quote in quotes)
    ]
    try:
        pairs = zip(wires, asked, strict=True)
        return list(await asyncio.gather(*(_yes(wire, question) for wire, question in pairs)))
    finally:
        for wire in wires:
            wire.close()


async def _yes(wire: Wire, question: bytes) -> tuple[float, str]:
    start = time.perf_counter()
    answer = await wire.ask(question)
    took = time.perf_counter() - start
    said, _, body = answer.partition(b"\r\n\r\n")
    return took, _said(int(said.split(b" ", 2)[1]), json.loads(body))


def _said(status: int, body: dict[str, Any]) -> str:
    if status == httpx.codes.CREATED:
        return "booked"
    if status == httpx.codes.CONFLICT and body.get("alternatives"):
        return "taken, with alternatives"
    return f"{status} {body.get('code')}"
