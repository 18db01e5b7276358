"""Whatever is written or read of people by HTTP leaves one entry: who, from where, with what."""

import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from frontdesk.api.app import api_routes, create_app, scopes_of
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.kit.secrets import new_key
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation
from frontdesk.operations.probe_routes import OF_A_PERSON, Call, calls
from frontdesk.operations.probe_world import World, make_world
from frontdesk.tenancy.audit_reads import IMPERSONAL, PERSONAL
from frontdesk.tenancy.models import AuditEntry
from frontdesk.triggers.models import Trigger
from tests.conftest import NOON

AGENT = "desk/1.0 '; --"
API = create_app(Settings(_env_file=None, FRONTDESK_SECRET_KEY=new_key()))
SCOPES = {r.path: scopes_of(r) for r in api_routes(API) if "GET" in (r.methods or ())}
CALLS = [c for c in calls(API.openapi(), api_routes(API)) if "{hotel_id}" in c.path]
WRITES = [c for c in CALLS if c.method != "GET"]
READS = [c for c in CALLS if c.method == "GET"]
HOUSE = ("", "/triggers", "/triggers/{trigger_id}")
"""What a hotel says of itself has a phone and texts too, and they are nobody's."""
PEOPLE = {"guest_id", "phone", "chat", "text", "email", "special_requests", "actor", "question"}
"""Fields by which an answer shows somebody."""
NOTHING_TO_DO = {
    f"POST /v1/hotels/{{hotel_id}}/{path}"
    for path in (
        "rules-latch/lift",
        "broadcasts/{broadcast_id}/stop",
        "bookings/{booking_id}/split",
        "conversations/{conversation_id}/labels/remove",
    )
}
"""Of a probe nothing is latched, sent or labelled, and its booking has one room: no news."""
ASKS_THE_GATEWAY = {"POST /v1/hotels/{hotel_id}/instances/{instance_id}/connect"}
"""A probe has no gateway that would say yes."""


async def _taken_over(stage: Rehearsal, hotel: HotelId) -> None:
    async with stage.hotel(hotel) as session:
        await session.execute(update(Conversation).values(owner="staff"))


async def _switched_off(stage: Rehearsal, hotel: HotelId) -> None:
    async with stage.hotel(hotel) as session:
        await session.execute(update(Trigger).values(enabled=False))


BEFORE = {
    "POST /v1/hotels/{hotel_id}/conversations/{conversation_id}/resume": _taken_over,
    "POST /v1/hotels/{hotel_id}/triggers/{trigger_id}/switch": _switched_off,
}
"""What has to be so for a write to change anything in the probe's world."""


@dataclass
class Walk:
    client: httpx.AsyncClient
    stage: Rehearsal
    world: World

    async def __call__(self, call: Call) -> tuple[httpx.Response, list[AuditEntry]]:
        """What a call answers, and the entries that came of it; it is undone at once."""
        hotel = self.world.hotel_id
        async with self.stage.undone():
            if call.name in BEFORE:
                await BEFORE[call.name](self.stage, hotel)
            known = {e.id for e in await self._entries()}
            headers = {"Authorization": f"Bearer {self.world.key}", "User-Agent": AGENT}
            answer = await self.client.request(**call.as_request(self.world.names), headers=headers)
            return answer, [e for e in await self._entries() if e.id not in known]

    async def _entries(self) -> list[AuditEntry]:
        async with self.stage.hotel(self.world.hotel_id) as session:
            return list((await session.scalars(select(AuditEntry))).all())


@pytest.fixture
async def walk(settings: Settings, db: Database, hotel: HotelId) -> AsyncIterator[Walk]:
    app = create_app(settings.model_copy(update={"allow_private_urls": True}))
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 4711))
    async with app.router.lifespan_context(app), Rehearsal.of(db) as stage:
        world = await make_world(stage, app.state.vault, hotel, now=NOON)
        app.state.db = stage
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            yield Walk(client, stage, world)


def _is_whole(entry: AuditEntry) -> bool:
    asked = (entry.ip, entry.user_agent) == ("203.0.113.7", AGENT)
    return asked and entry.actor.partition(":")[0] in ("key", "user")


async def test_every_writing_route_leaves_who_and_from_where(walk: Walk) -> None:
    silent, refused = [], []
    for call in WRITES:
        answer, entries = await walk(call)
        if call.name in ASKS_THE_GATEWAY:
            continue
        if call.name in OF_A_PERSON:
            assert (answer.status_code, entries) == (403, []), call.name
            continue
        if answer.status_code == 409:  # the probe's rows are not in the state for it
            refused.append(call.name)
            continue
        assert answer.is_success, (call.name, answer.text)
        if call.name in NOTHING_TO_DO and not entries:
            continue
        if not entries or not all(map(_is_whole, entries)):
            silent.append((call.name, [(e.action, e.actor, e.ip) for e in entries]))
    assert silent == [], [name for name, _ in silent]
    assert len(WRITES) - len(refused) >= 30, refused


async def test_every_reading_of_people_leaves_one_entry_and_no_other_reading_any(
    walk: Walk,
) -> None:
    wrong = []
    for call in READS:
        _, entries = await walk(call)
        if call.name in OF_A_PERSON:
            assert entries == [], call.name
            continue
        personal = SCOPES[call.path] & PERSONAL and call.path.split("/")[-1] not in IMPERSONAL
        if len(entries) != (1 if personal else 0) or not all(map(_is_whole, entries)):
            wrong.append((call.name, [(e.action, e.actor, e.ip) for e in entries]))
    assert wrong == []
    assert len(READS) >= 15


async def test_a_reading_says_what_was_read_and_a_refused_one_read_nothing(walk: Walk) -> None:
    path = "/v1/hotels/{hotel_id}/conversations/{conversation_id}/messages"
    (call,) = (c for c in READS if c.path == path)
    _, (entry,) = await walk(call)
    thread = walk.world.names["conversation_id"]
    assert (entry.action, entry.subject) == ("messages.read", f"conversation:{thread}")
    walk.world.names["conversation_id"] = str(uuid.uuid4())  # type: ignore[index]
    answer, entries = await walk(call)
    assert (answer.status_code, entries) == (404, [])


def test_no_route_shows_people_unnoted() -> None:
    """By what its answer is made of: a new route is held to it too."""
    told = API.openapi()
    unnoted = [
        c.name
        for c in READS
        if c.path.removeprefix("/v1/hotels/{hotel_id}") not in HOUSE
        and PEOPLE & set(_fields(told, _answer(told, c)))
        and (not SCOPES[c.path] & PERSONAL or c.path.split("/")[-1] in IMPERSONAL)
    ]
    assert unnoted == [], unnoted


def _answer(told: dict[str, Any], call: Call) -> Any:
    content = told["paths"][call.path]["get"]["responses"]["200"].get("content", {})
    return next(iter(content.values()), {}).get("schema", {})


def _fields(told: dict[str, Any], schema: Any, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    if isinstance(schema, list):
        for part in schema:
            yield from _fields(told, part, seen)
    if not isinstance(schema, dict):
        return
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name and name not in seen:
        yield from _fields(told, told["components"]["schemas"][name], seen | {name})
    yield from schema.get("properties", {})
    for part in schema.values():
        yield from _fields(told, part, seen)
