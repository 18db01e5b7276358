"""Two full hotels behind one app, and requests made of its description, with our own mischief."""

import asyncio
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import httpx
import requests
from fastapi import FastAPI
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.core import NotSet
from sqlalchemy import select

from frontdesk.api.app import create_app
from frontdesk.kit.db import Database, open_database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.operations.probe_world import World, make_world, tenant_tables
from tests.conftest import new_hotel

ORIGIN = "http://fuzz"
SHORTEST_MARKER = 10
UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
LONE = "\ud800"
"""Half a character: JSON can say it, an address cannot."""
NASTY: Mapping[type, tuple[Any, ...]] = {
    str: (
        "",
        math.nan,
        "\0",
        "a\0b",
        LONE,
        "\u202e",
        "%00",
        "' OR 1=1 --",
        "9999-12-31",
        "x" * 6_000,
    ),
    int: (-1, 0, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**30, 1e308, True),
    float: (-1, 2**63, 1e308, 1e-320, math.nan, math.inf),
    bool: (None, 2),
    list: ([], [None], ["\0"], [[[]]], ["x"] * 3000),
    dict: ({}, {"\0": "\0"}, {"": {}}, {"x": math.nan}),
    type(None): ("\0", 2**63),
}
"""What stands in place of one value of that kind."""
FIRST_DAYS = ("0001-01-01", "1970-01-01", "9999-12-30", "9999-12-31")


class Indoors(asyncio.SelectorEventLoop):
    """A loop that reaches this machine only: what a case names may be anybody's address."""

    async def getaddrinfo(self, host, port, **more):
        _refuse_outside(host)
        return await super().getaddrinfo(host, port, **more)

    async def create_connection(self, protocol_factory, host=None, port=None, **more):
        _refuse_outside(host)
        return await super().create_connection(protocol_factory, host, port, **more)


def _refuse_outside(host: object) -> None:
    if host not in (None, "127.0.0.1", "localhost"):
        raise ConnectionRefusedError(f"{host} is outside")


@dataclass
class Fuzz:
    """The served app, a caller that is hotel `mine`, and all that would betray hotel `other`."""

    app: FastAPI
    client: httpx.AsyncClient
    platform_key: str
    mine: World
    other: World
    markers: frozenset[str]
    pool: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Ids that hotel `mine` was given in answers, by what the routes call them."""

    async def send(self, case: Case, key: str) -> httpx.Response:
        case.freeze_metadata()
        told = case.as_transport_kwargs(base_url=ORIGIN)
        if "json" in told:
            told["data"] = json.dumps(told.pop("json"))
            told["headers"]["Content-Type"] = "application/json"
        told["headers"] = {**told["headers"], "Authorization": f"Bearer {key}"}
        prepared = requests.Request(**told).prepare()
        return await self.client.request(
            prepared.method or "GET",
            prepared.url or "",
            content=prepared.body,
            headers=list(prepared.headers.items()),
        )

    def learn(self, case: Case, answer: httpx.Response) -> None:
        """What a creating route made is what the routes below it are tried with."""
        if answer.status_code != 201 or not isinstance(made := answer.json(), dict):
            return
        below = re.compile(re.escape(case.path) + r"/\{(\w+)\}")
        for path in case.operation.schema.raw_schema["paths"]:
            if (found := below.match(path)) and "id" in made:
                self.pool[found[1]].append(made["id"])

    def leaks(self, case: Case, answer: httpx.Response) -> list[str]:
        """What of the other hotel is in the answer, but for ids that the request itself named."""
        asked = f"{case.path_parameters}{case.query}{case.body}"
        said = f"{answer.text}{answer.headers}"
        return [m for m in self.markers if m in said and not (UUID.fullmatch(m) and m in asked)]


@asynccontextmanager
async def fuzzed(settings: Settings) -> Any:
    """The app as it is served, over a database that has both hotels."""
    app = create_app(settings)
    db = open_database(settings)
    async with app.router.lifespan_context(app):
        now = datetime.now(UTC)
        mine, other = [await _full_hotel(db, settings, now) for _ in range(2)]
        theirs = await _texts(db, other.hotel_id) - await _texts(db, mine.hotel_id)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            key = settings.platform_key.get_secret_value()
            yield Fuzz(app, client, key, mine, other, frozenset(theirs | other.ids))
    await db.close()


async def _full_hotel(db: Database, settings: Settings, now: datetime) -> World:
    hotel = await new_hotel(db)
    return await make_world(db, Vault(settings.fernet_keys()), hotel, now=now)


async def _texts(db: Database, hotel: HotelId) -> set[str]:
    """Every longer text in every row of a hotel, ids among them."""
    async with db.hotel(hotel) as session:
        rows = [(await session.execute(select(t))).all() for t in tenant_tables()]
    found = {str(v) for row in chain.from_iterable(rows) for v in row if isinstance(v, str)}
    return {text for text in found if len(text) >= SHORTEST_MARKER}


def mischief(fuzz: Fuzz, data: st.DataObject, case: Case) -> Case:
    """Lead the case to rows that exist, mostly of our own hotel, and spoil one value."""
    places = dict(case.path_parameters)
    for name in places:
        places[name] = _id(fuzz, data, name, places[name])
    case.path_parameters = places
    if not isinstance(case.body, NotSet):
        case.body = _led(fuzz, data, "", case.body)
    case.query = {name: _led(fuzz, data, name, v) for name, v in case.query.items()}
    _spoil(data, case)
    return case


def _id(fuzz: Fuzz, data: st.DataObject, name: str, made: Any) -> Any:
    own, foreign = fuzz.mine.names.get(name), fuzz.other.names.get(name)
    if name == "hotel_id":
        return data.draw(st.sampled_from([own] * 10 + [foreign, made]))
    known = [own] if own else []
    pool = [*known * 3, *known * 3, *fuzz.pool[name][-3:] * 2, *([foreign] * 2 if foreign else [])]
    return data.draw(st.sampled_from([*pool, made]))


def _led(fuzz: Fuzz, data: st.DataObject, name: str, value: Any) -> Any:
    """The same shape, its ids and dates replaced by such as lead somewhere."""
    match value:
        case dict():
            return {k: _led(fuzz, data, k, v) for k, v in value.items()}
        case list():
            return [_led(fuzz, data, name.removesuffix("s"), v) for v in value]
        case str() if UUID.fullmatch(value):
            return _id(fuzz, data, name, value)
        case str() if DATE.fullmatch(value):
            known = [fuzz.mine.names[name]] * 6 if name in fuzz.mine.names else []
            return data.draw(st.sampled_from([*known, *FIRST_DAYS, value]))
    return value


def _spoil(data: st.DataObject, case: Case) -> None:
    """In half of all cases, one value of the body or the query becomes a nasty one."""
    asked = list(_spots(case.query))
    spots = asked + ([] if isinstance(case.body, NotSet) else list(_spots(case.body)))
    if spots and data.draw(st.booleans()):
        which = data.draw(st.sampled_from(range(len(spots))))
        holder, at = spots[which]
        nasty = NASTY.get(type(holder[at]), ())
        nasty = [n for n in nasty if which >= len(asked) or n != LONE]
        holder[at] = data.draw(st.sampled_from([*nasty, None]))


def _spots(part: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value, as its holder and the key or the index in it."""
    match part:
        case dict():
            inside: Iterable[tuple[Any, Any]] = part.items()
        case list():
            inside = enumerate(part)
        case _:
            return
    for at, value in inside:
        yield part, at
        yield from _spots(value)
