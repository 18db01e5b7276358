"""What a model costs a hotel: never more than its limits, and open to see and to change."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import httpx
import pytest

from frontdesk.api.app import create_app
from frontdesk.assistant.ledger import Limits, Prices, Usage, Wanted, reserve, settle
from frontdesk.assistant.models import AssistantCall, AssistantSpending
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.settings import Settings
from tests.conftest import NOON
from tests.factories import all_of
from tests.slices.test_rest import key_of

PRICES = Prices(Decimal(1), Decimal(2))
MOST = Usage(600, 200)
LIMITS = Limits(10_000, 25_000, 10**9, 10**9)


async def take(
    db: Database, hotel: HotelId, limits: Limits = LIMITS, days: int = 0, most: Usage = MOST
) -> UUID | None:
    wanted = Wanted(uuid7(), "read", "llama", most)
    now = NOON + timedelta(days=days)
    async with db.hotel(hotel) as session:
        return await reserve(
            session,
            hotel,
            wanted,
            prices=PRICES,
            limits=limits,
            zone="Europe/Madrid",
            now=now,
        )


async def done(db: Database, hotel: HotelId, call: UUID, usage: Usage | None) -> None:
    async with db.hotel(hotel) as session:
        await settle(session, call, usage, outcome="used", prices=PRICES, now=NOON)


async def spent(db: Database, hotel: HotelId) -> dict[str, tuple[int, int, int]]:
    rows = await all_of(db, hotel, AssistantSpending)
    return {r.period: (r.calls, r.tokens, r.micros) for r in rows}


async def test_turns_that_reserve_at_once_never_pass_a_limit(
    db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    taken = await asyncio.gather(*(take(db, hotel) for _ in range(40)))
    granted = [call for call in taken if call is not None]
    assert len(granted) == 10_000 // MOST.tokens
    used = Usage(100, 50)
    more = await asyncio.gather(
        *(done(db, hotel, call, used) for call in granted), *(take(db, hotel) for _ in range(40))
    )
    second = [call for call in more if isinstance(call, UUID)]
    counted = await spent(db, hotel)
    reserved = len(second) * MOST.tokens + len(granted) * used.tokens
    assert counted["2026-11-21"][1] == counted["2026-11"][1] == reserved <= 10_000
    calls = await all_of(db, hotel, AssistantCall)
    assert sum(c.micros for c in calls) == counted["2026-11"][2]
    assert await spent(db, other_hotel) == {}


async def test_a_month_bounds_its_days_and_money_bounds_both(db: Database, hotel: HotelId) -> None:
    for day in range(3):
        while await take(db, hotel, days=day):
            pass
    counted = await spent(db, hotel)
    assert counted["2026-11-21"][1] == counted["2026-11-22"][1] == 9_600
    assert counted["2026-11"][1] == 24_800 <= LIMITS.tokens_per_month
    poor = Limits(10**9, 10**9, counted["2026-11-21"][2] + 999, 10**9)
    assert await take(db, hotel, poor) is None  # one call may cost 1,000
    assert await take(db, hotel, Limits(10**9, 10**9, 10**9, 10**9)) is not None
    assert await take(db, hotel, Limits(0, 0, 0, 0), days=9) is None


async def test_what_is_settled_once_stays_and_the_unknown_stays_counted(
    db: Database, hotel: HotelId
) -> None:
    known, unknown = await take(db, hotel), await take(db, hotel)
    assert known is not None
    assert unknown is not None
    for _ in range(2):
        await done(db, hotel, known, Usage(10, 5))
        await done(db, hotel, unknown, None)
    await done(db, hotel, known, Usage(9999, 9999))
    assert await spent(db, hotel) == {
        "2026-11": (2, 15 + 800, 20 + 1000),
        "2026-11-21": (2, 15 + 800, 20 + 1000),
    }
    first, second = await all_of(db, hotel, AssistantCall)
    assert (first.tokens_in, first.tokens_out, second.tokens_in) == (10, 5, None)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


async def test_usage_is_seen_and_limits_are_changed_over_rest(
    settings: Settings, db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    app = create_app(settings, clock=clock)
    call = await take(db, hotel)
    assert call is not None
    await done(db, hotel, call, Usage(10, 5))
    await take(db, hotel)
    await take(db, other_hotel)
    headers = {"authorization": f"Bearer {await key_of(db, hotel)}"}
    base = f"http://test/v1/hotels/{hotel}/assistant"
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, headers=headers) as client,
    ):
        usage = (await client.get(f"{base}/usage")).json()
        assert usage["day"] == {
            "period": "2026-11-21",
            "calls": 2,
            "tokens": 815,
            "tokens_limit": 1_000_000,
            "micros": 1020,
            "micros_limit": 1_000_000,
        }
        assert usage["month"]["micros_limit"] == 20_000_000
        assert (usage["outcomes"], usage["open_reservations"]) == ({"used": 1}, 1)
        assert (usage["engine"], usage["model_enabled"]) == ("local", True)
        own = {"tokens_per_day": 500, "model_enabled": False}
        changed = await client.patch(f"{base}/limits", json=own)
        assert (changed.json()["tokens_per_day"], changed.json()["model_enabled"]) == (500, False)
        assert (await client.get(f"{base}/usage")).json()["day"]["tokens_limit"] == 500
        back = await client.patch(f"{base}/limits", json={"tokens_per_day": None})
        assert back.json()["tokens_per_day"] == 1_000_000
        assert back.json()["model_enabled"] is False
        for wrong in (
            {"tokens_per_day": -1},
            {"tokens_per_day": 10**30},
            {"micros_per_month": "x"},
            {"model_enabled": None},
            {"limit": 1},
        ):
            assert (await client.patch(f"{base}/limits", json=wrong)).status_code == 422, wrong
        listed = (await client.get(f"{base}/calls?limit=1")).json()
        assert len(listed["items"]) == 1
        older = (await client.get(f"{base}/calls?cursor={listed['next']}")).json()
        assert [c["outcome"] for c in older["items"]] == ["used"]
        elsewhere = f"http://test/v1/hotels/{other_hotel}/assistant"
        assert (await client.get(f"{elsewhere}/usage")).status_code == 404
        assert (await client.patch(f"{elsewhere}/limits", json={})).status_code == 404
