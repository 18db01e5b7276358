"""Whatever two hotels do, in whatever order, neither meets the other."""

import random
import re
from dataclasses import dataclass, field

import asyncpg
import httpx
import pytest

from frontdesk.api.app import api_routes, create_app
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database, open_database, plain_url
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.operations.probe_routes import Call, calls
from frontdesk.operations.probe_world import World, make_world, tenant_tables
from tests.conftest import NOON, new_hotel

EXAMPLE = "01932b1e-5a70-"
"""How the ids in our documentation begin."""
STEPS = 250
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FRESH = {"code", "name", "title", "phone", "id_instance", "text"}
"""Fields that get another value each time, so that not every second call is a conflict."""


@dataclass
class Hotel:
    world: World
    things: dict[str, list[str]]
    """Ids by the name that routes have for them."""
    seen: set[str] = field(default_factory=set)
    """Every id that an answer ever showed it."""


async def _walk(settings: Settings, seed: int) -> dict[str, int]:
    """Random calls of two hotels with their own and each other's ids; how each kind ended."""
    chance = random.Random(seed)  # noqa: S311 - a walk that can be walked again
    ends = dict.fromkeys(("own", "foreign", "done", "made"), 0)
    settings = settings.model_copy(update={"allow_private_urls": True})
    app = create_app(settings, clock=FixedClock(NOON))
    db = open_database(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        Rehearsal.of(db) as stage,
        httpx.AsyncClient(transport=transport, base_url="http://walk") as client,
    ):
        hotels = [await _hotel(app.state.vault, db, stage) for _ in range(2)]
        app.state.db = stage
        known = [c for c in calls(app.openapi(), api_routes(app)) if "{hotel_id}" in c.path]
        making = [c for c in known if c.method == "POST" and _made(c) in hotels[0].things]
        for _ in range(STEPS):
            me, them = chance.sample(hotels, 2)
            call = chance.choice(making if chance.random() < 0.3 else known)
            names, foreign = _names(chance, call, me, them)
            request = call.as_request(names)
            request["json"] = _freshened(chance, request["json"])
            key = {"Authorization": f"Bearer {me.world.key}"}
            answer = await client.request(**request, headers=key)
            assert answer.status_code == 404 or not foreign, (call.name, answer.status_code)
            assert answer.status_code < 500 or call.path.endswith("/connect"), call.name
            me.seen |= {i for i in UUID.findall(answer.text) if not i.startswith(EXAMPLE)}
            assert not me.seen & (them.seen | them.world.ids), call.name
            ends["foreign" if foreign else "own"] += 1
            ends["done"] += answer.is_success
            if call in making and answer.status_code == 201 and "id" in answer.json():
                me.things[_made(call)].append(answer.json()["id"])
                ends["made"] += 1
    await db.close()
    return ends


def _made(call: Call) -> str:
    """What others call the thing that a creating call gives an id for."""
    return (
        re.sub("ie$", "y", call.path.rpartition("/")[2].removesuffix("s")).replace("-", "_") + "_id"
    )


async def _hotel(vault: Vault, db: Database, stage: Rehearsal) -> Hotel:
    world = await make_world(stage, vault, await new_hotel(db), now=NOON)
    return Hotel(world, {name: [value] for name, value in world.names.items()})


def _names(
    chance: random.Random, call: Call, me: Hotel, them: Hotel
) -> tuple[dict[str, str], bool]:
    """An id for each name that the call has; whether any is the other hotel's."""
    names, foreign = {}, False
    for name in me.things:
        whose = them if name in (*call.ids, "hotel_id") and chance.random() < 0.2 else me
        names[name] = chance.choice(whose.things[name])
        foreign |= whose is them
    return names, foreign


def _freshened(chance: random.Random, body: dict | None) -> dict | None:
    if body is None:
        return None
    digits = str(chance.randrange(10**10, 10**11))
    return {k: digits if k in FRESH else v for k, v in body.items()}


@pytest.mark.parametrize("seed", range(4))
async def test_neither_meets_the_other(apart: Settings, seed: int) -> None:
    ends = await _walk(apart, seed)
    assert ends["own"] >= 100
    assert ends["foreign"] >= 40
    assert ends["done"] >= 100
    assert ends["made"] >= 30


async def test_the_walk_would_notice(apart: Settings) -> None:
    owner = await asyncpg.connect(plain_url(apart.database_owner_url))
    for table in tenant_tables():
        await owner.execute(f"ALTER TABLE {table.name} DISABLE ROW LEVEL SECURITY")
    await owner.close()
    with pytest.raises(AssertionError, match="/v1/hotels"):
        await _walk(apart, 0)
