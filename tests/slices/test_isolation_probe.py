"""The probes reach for rows that exist: they see a wall that is down, and leave nothing."""

import asyncio
import json
import uuid
from typing import Annotated

import asyncpg
import httpx
import pytest
from fastapi import Depends
from pydantic import BaseModel
from sqlalchemy import func, select, text

from frontdesk.api.app import create_app, serving
from frontdesk.cli_isolation import probe, prove, tell
from frontdesk.kit.db import Database, open_database, plain_url
from frontdesk.kit.ids import HotelId
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.kit.web import DbDep
from frontdesk.messaging.models import InboundEvent
from frontdesk.operations.findings import Finding
from frontdesk.operations.probe_routes import CATALOGUES, NARROWED, OF_A_PERSON
from frontdesk.operations.probe_world import tenant_tables
from frontdesk.search.kinds import KINDS
from frontdesk.tenancy.actions import add_instance
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.schemas import InstanceIn
from tests.commanding import frontdesk
from tests.conftest import Server, at


class Letter(BaseModel):
    booking_id: str


class Envelope(BaseModel):
    letter: Letter


class Parcel(BaseModel):
    envelopes: list[Envelope]


TABLES = {t.name for t in tenant_tables()}
STAY = "/v1/hotels/{hotel_id}/bookings/{booking_id}"
DRAFT = "/v1/hotels/{hotel_id}/conversations/{conversation_id}/drafts/{notification_id}/send"
VERSION = "/v1/hotels/{hotel_id}/knowledge/documents/{document_id}/versions/{revision_id}"
TASKS = "/v1/hotels/{hotel_id}/tasks"
CHAT = "/v1/hotels/{hotel_id}/conversations/{conversation_id}"
APART = ("split", "cancel", "check-in", "check-out", "no-show", "extend", "shorten")
NAMES_ITS_HOTEL = {
    *(f"POST {DRAFT} {name}" for name in ("conversation_id", "notification_id")),
    *(f"GET {VERSION} {name}" for name in ("document_id", "revision_id")),
    *(f"POST {TASKS} {name}" for name in ("conversation_id", "message_id")),
    *(f"POST {CHAT}/messages {name}" for name in ("conversation_id", "after")),
    "POST /v1/hotels/{hotel_id}/bookings quote_id",
    "POST /v1/hotels/{hotel_id}/bookings/group quote_ids",
    f"POST {STAY}/changes booking_room_id",
    f"POST {STAY}/changes/{{change_id}}/confirm booking_id",
    f"POST {STAY}/changes/{{change_id}}/confirm change_id",
    f"POST {STAY}/rooms/{{booking_room_id}}/assign booking_room_id",
    *(f"POST {STAY}/{do} {name}" for do in APART for name in ("booking_id", "line_ids")),
    *(f"POST {STAY}/rooms/{{booking_room_id}}/assign {name}" for name in ("booking_id", "room_id")),
    *(f"PUT {STAY}/rooms/{{booking_room_id}} {name}" for name in ("booking_id", "booking_room_id")),
}
"""Holds without the wall too: reserve_stay() asks for the hotel in every statement, and a booking
has no other booking's rooms and changes."""
OWNED = TABLES - {"hotels"}
ONE_OR_SUMS = {
    f"GET /v1/hotels/{{hotel_id}}/{path}"
    for path in (
        *("payment-account", "reports/daily", "reports/pick-up", "reports/ledger", "audit/verify"),
        *("configuration", "assistant/usage", "rules-latch", "pms"),
    )
}
"""One row, sums of rows, or rows by their codes: no foreign id, wall or no wall."""
BIND_IT_THEMSELVES = {
    f"GET /v1/hotels/{{hotel_id}}/{path}"
    for path in (
        *("availability", "availability/search", "calendar", "search", "search/suggest"),
        *(f"search/{kind}" for kind in KINDS),
    )
}
"""Holds without the wall too: they read by rate_book() and by the look-ups of a search, which bind
the hotel in each of their parts."""
NOTHING_TO_SHOW = {
    f"GET /v1/hotels/{{hotel_id}}/{path}"
    for path in (
        *("autonomy", "events/types", "knowledge/answer", "knowledge/contradictions"),
        *("journeys", "escalation-causes", "alert-kinds"),
    )
}
"""The same for all, or of a world in which nothing is answered and nothing contradicts."""
UNCHANGEABLE = {"audit_heads", "audit_log", "conversation_changes", "folio_lines", "invoices"}
"""The app has no grant to change a row of theirs, wall or no wall."""


async def _as_owner(settings: Settings, *statements: str) -> None:
    owner = await asyncpg.connect(plain_url(settings.database_owner_url))
    for statement in statements:
        await owner.execute(statement)
    await owner.close()


def _red(findings: list[Finding], check: str) -> set[str]:
    return {f.subject for f in findings if f.check == check and not f.holds}


async def test_two_proofs_at_once_try_every_table_find_nothing_and_leave_nothing(
    apart: Settings, server: Server
) -> None:
    """One of them as an operator runs it."""
    findings, (code, said) = await asyncio.gather(prove(apart), frontdesk(apart, "isolation"))
    assert [f for f in findings if not f.holds] == []
    assert {f.subject for f in findings if f.check == "its own rows are there"} == TABLES
    assert {f.subject for f in findings if f.check == "the probe knows its tables"} == OWNED
    routes = {f.subject for f in findings if f.check == "a foreign hotel is not there"}
    assert len(routes) > 200
    assert {f.subject for f in findings if f.check == "row security on and forced"} >= OWNED
    assert len(TABLES) >= 81
    assert (code, "0 holes" in said, "HOLE" in said) == (0, True, False), said
    assert "a foreign id is not there" in said
    database = apart.database_url.rpartition("/")[2]
    root = await asyncpg.connect(plain_url(at(server.superuser, database)))
    left = {table: await root.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}  # noqa: S608 - names from our own metadata
    await root.close()
    assert {table: count for table, count in left.items() if count} == {"hotels": 2}


async def test_a_wall_that_is_down_is_seen_in_every_table_and_route(apart: Settings) -> None:
    await _as_owner(apart, *(f"ALTER TABLE {t} DISABLE ROW LEVEL SECURITY" for t in TABLES))
    after = await prove(apart)
    assert _red(after, "another hotel's rows are not there") == TABLES
    assert _red(after, "nobody bound is an error") == TABLES
    assert _red(after, "no foreign row is planted") == OWNED - {"audit_heads"}
    assert _red(after, "no foreign row is moved") == OWNED - UNCHANGEABLE
    asked = {f.subject for f in after if f.check == "a foreign id is not there"}
    assert len(asked) >= 170
    assert _red(after, "a foreign id is not there") == asked - NAMES_ITS_HOTEL
    shown = {f.subject for f in after if f.check == "an answer has its own rows"}
    lists = {name for name in shown if name.count("{") < 2 and not name.endswith("}")}
    lists -= {subject.rpartition(" ")[0] for subject in asked}  # narrowed to one of our own
    assert len(lists) >= 60
    held = lists - _red(after, "an answer has no foreign rows")
    idle = CATALOGUES | NARROWED | OF_A_PERSON
    assert held - idle == (ONE_OR_SUMS | BIND_IT_THEMSELVES | NOTHING_TO_SHOW) - idle


async def test_a_route_that_forgets_whose_it_is_turns_the_probe_red(apart: Settings) -> None:
    app = create_app(apart.model_copy(update={"allow_private_urls": True}))
    app.router.routes.clear()  # ours are tried by the other proofs
    reader = Annotated[Principal, Depends(allow("rooms:read"))]

    async def forgetful(hotel_id: uuid.UUID, booking_id: uuid.UUID, asker: reader) -> str:
        return "here you are"

    async def gossip(db: DbDep, hotel_id: uuid.UUID, asker: reader) -> str:
        async with db.platform() as session:
            return " ".join(str(i) for i in await session.scalars(select(Hotel.id)))

    async def unknown(hotel_id: uuid.UUID, pigeon_id: uuid.UUID, asker: reader) -> str:
        return str(hotel_id)

    async def buried(hotel_id: uuid.UUID, asker: reader, wanted: Parcel) -> str:
        return str(hotel_id)

    async def filtered(hotel_id: uuid.UUID, asker: reader, booking_id: str | None = None) -> str:
        return f"{hotel_id} {booking_id}"

    path = "/v1/hotels/{hotel_id}"
    app.add_api_route(f"{path}/forgetful/{{booking_id}}", forgetful)
    app.add_api_route(f"{path}/gossip", gossip)
    app.add_api_route(f"{path}/pigeons/{{pigeon_id}}", unknown)
    app.add_api_route(f"{path}/buried", buried, methods=["POST"])
    app.add_api_route(f"{path}/filtered", filtered)
    db = open_database(apart)
    findings = await probe(db, app)
    await db.close()
    assert {(f.check, f.subject) for f in findings if not f.holds} == {
        ("a foreign id is not there", f"GET {path}/forgetful/{{booking_id}} booking_id"),
        ("an answer has its own rows", f"GET {path}/forgetful/{{booking_id}}"),
        ("an answer has no foreign rows", f"GET {path}/gossip"),
        ("the probe knows its ids", f"GET {path}/pigeons/{{pigeon_id}}"),
        ("the probe knows its ids", f"POST {path}/buried"),
        ("a foreign id is not there", f"GET {path}/filtered booking_id"),
    }


async def test_the_command_tells_a_hole_and_its_exit_code(
    apart: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await _as_owner(apart, "CREATE POLICY careless ON guests USING (true)")
    code, said = await frontdesk(apart, "isolation", "--json")
    told = json.loads(said)
    assert (code, told["holes"]) == (1, 1)
    assert [f["subject"] for f in told["findings"] if not f["holds"]] == ["guests"]
    findings = [Finding(**f) for f in told["findings"]]
    assert tell(findings, as_json=False) == 1
    assert "HOLE  no other policy: guests careless" in capsys.readouterr().out
    assert tell([f for f in findings if f.holds], as_json=True) == 0


async def test_a_rehearsal_leaves_no_binding_behind(db: Database, hotel: HotelId) -> None:
    """A released savepoint would keep it, and a door that forgot to bind would go unseen."""
    query = text("SELECT current_setting('app.hotel_id', true)")
    async with Rehearsal.of(db) as stage:
        async with stage.hotel(hotel) as session:
            assert await session.scalar(query) == str(hotel)
        assert await stage._connection.scalar(query) == ""
        with pytest.raises(ZeroDivisionError):
            async with stage.hotel(hotel):
                raise ZeroDivisionError
        assert await stage._connection.scalar(query) == ""


async def test_another_hotels_token_opens_no_webhook(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId
) -> None:
    made = {}
    for hotel_id, token in ((hotel, "a-token-of-one-hotel"), (other_hotel, "a-token-of-another")):
        wanted = InstanceIn(
            id_instance="7105000001",
            api_url="http://127.0.0.1:9",
            api_token="of-no-use",
            webhook_token=token,
        )
        async with db.hotel(hotel_id) as session:
            instance = await add_instance(session, vault, hotel_id, wanted, by="test")
            made[hotel_id] = (instance.instance_key, token)
    async with (
        serving(settings) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client,
    ):
        for whose, status in ((hotel, 401), (other_hotel, 200)):
            answer = await client.post(
                f"/webhooks/green-api/{made[other_hotel][0]}",
                headers={"Authorization": f"Bearer {made[whose][1]}"},
                content=b"{}",
            )
            assert answer.status_code == status
    for whose, count in ((hotel, 0), (other_hotel, 1)):
        async with db.hotel(whose) as session:
            kept = await session.scalar(select(func.count()).select_from(InboundEvent))
        assert kept == count
