"""The audit log: append-only for everybody, one chain a hotel, and every break of it is told."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from frontdesk.cli_audit import export_chain, verify_chains
from frontdesk.kit.db import Database, plain_url
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.audit import HIDDEN, bare, record
from frontdesk.tenancy.audit_chain import Verdict, export, seal, verify
from frontdesk.tenancy.models import AuditEntry, Hotel
from tests.conftest import Server, at, new_hotel

REFUSED = "42501"


async def _write(db: Database, hotel: HotelId, count: int) -> None:
    for n in range(count):
        async with db.hotel(hotel) as session:
            new = {"n": n, "state": "clean", "ünïcode": n / 4, "deep": {"b": None, "a": [1, "x"]}}
            record(session, hotel, "room.change", f"room:{uuid7()}", by="key:1", new=new)


async def _verdict(db: Database, hotel: HotelId) -> Verdict:
    async with db.hotel(hotel) as session:
        return await verify(session, hotel)


async def _lines(db: Database, hotel: HotelId) -> list[str]:
    async with db.hotel(hotel) as session:
        return [line async for line in export(session)]


@pytest.fixture
async def root(server: Server, settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """Whoever has the whole server: no grant, policy or trigger stops them."""
    database = settings.database_url.rpartition("/")[2]
    connection = await asyncpg.connect(plain_url(at(server.superuser, database)))
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


async def test_what_is_written_waits_and_is_then_chained_once_a_hotel(
    db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    await _write(db, hotel, 5)
    await _write(db, other_hotel, 3)
    waiting = await _verdict(db, hotel)
    assert (waiting.sealed, waiting.unsealed, waiting.whole) == (0, 5, True)
    done = await asyncio.gather(*(seal(db, hotel) for _ in range(4)))
    assert sum(done) == 5
    await _write(db, hotel, 2)
    whole = await _verdict(db, hotel)
    assert (whole.sealed, whole.unsealed, whole.whole) == (5, 2, True)
    other = await _verdict(db, other_hotel)
    assert (other.sealed, other.unsealed, other.whole) == (0, 3, True)
    assert await seal(db, other_hotel) == 3
    assert (await _verdict(db, other_hotel)).last_hash != whole.last_hash


async def test_the_export_is_the_chain_and_anybody_can_check_it(
    db: Database, hotel: HotelId
) -> None:
    await _write(db, hotel, 3)
    await seal(db, hotel)
    lines = await _lines(db, hotel)
    assert lines == await _lines(db, hotel)
    prev = hashlib.sha256(str(hotel).encode()).hexdigest()
    for seq, line in enumerate(lines, start=1):
        entry = json.loads(line)
        assert (entry["seq"], entry["prev_hash"]) == (seq, prev)
        assert entry["new"]["deep"] == {"b": None, "a": [1, "x"]}
        prev = hashlib.sha256(line.encode()).hexdigest()
    assert (await _verdict(db, hotel)).last_hash == prev


BREAKS = {
    "a value is changed": ("UPDATE audit_log SET new = '{\"n\": 99}' WHERE {h} AND seq = 3", "3"),
    "an actor is changed": ("UPDATE audit_log SET actor = 'x' WHERE {h} AND seq = 2", "2"),
    "an address is changed": ("UPDATE audit_log SET ip = '::1' WHERE {h} AND seq = 2", "2"),
    "a time is changed": ("UPDATE audit_log SET created_at = now() WHERE {h} AND seq = 4", "4"),
    "one is deleted": ("DELETE FROM audit_log WHERE {h} AND seq = 3", "3 to 3"),
    "the first is deleted": ("DELETE FROM audit_log WHERE {h} AND seq = 1", "1 to 1"),
    "the end is cut off": ("DELETE FROM audit_log WHERE {h} AND seq > 4", "5 to 6"),
    "all is deleted": ("DELETE FROM audit_log WHERE {h}", "1 to 6"),
    "two change places": (
        "UPDATE audit_log SET seq = -seq WHERE {h} AND seq IN (2, 3);"
        "UPDATE audit_log SET seq = 5 + seq WHERE {h} AND seq < 0",
        "2",
    ),
    "one is put in": (
        "UPDATE audit_log SET seq = -seq - 1 WHERE {h} AND seq > 3;"
        "UPDATE audit_log SET seq = -seq WHERE {h} AND seq < 0;"
        "INSERT INTO audit_log (hotel_id, id, actor, action, subject, seq, prev_hash, hash)"
        " SELECT hotel_id, gen_random_uuid(), actor, action, subject, 4, hash, hash"
        " FROM audit_log WHERE {h} AND seq = 3",
        "4",
    ),
    "one is put after the end": (
        "INSERT INTO audit_log (hotel_id, id, actor, action, subject, seq, prev_hash, hash)"
        " SELECT hotel_id, gen_random_uuid(), actor, action, subject, 7, hash, hash"
        " FROM audit_log WHERE {h} AND seq = 6",
        "after the head",
    ),
    "the end and its head are put back": (
        "DELETE FROM audit_log WHERE {h} AND seq = 6;UPDATE audit_heads SET sealed = 5 WHERE {h}",
        "another hash",
    ),
    "the head is gone": ("DELETE FROM audit_heads WHERE {h}", "after the head"),
}


@pytest.mark.parametrize("name", BREAKS)
async def test_each_break_is_told(
    name: str, db: Database, hotel: HotelId, root: asyncpg.Connection
) -> None:
    await _write(db, hotel, 6)
    await seal(db, hotel)
    assert (await _verdict(db, hotel)).whole
    statements, where = BREAKS[name]
    await root.execute(statements.replace("{h}", f"hotel_id = '{hotel}'"))
    broken = await _verdict(db, hotel)
    assert not broken.whole
    assert where in broken.breaks[0]


async def test_the_commands_print_the_chain_and_fail_where_it_is_broken(
    db: Database,
    settings: Settings,
    root: asyncpg.Connection,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hotels = [await new_hotel(db, slug=f"h-{uuid7().hex[-8:]}") for _ in range(2)]
    for hotel in hotels:
        await _write(db, hotel, 3)
        await seal(db, hotel)
    async with db.platform() as session:
        slug = await session.scalar(select(Hotel.slug).where(Hotel.id == hotels[0]))
    assert await verify_chains(settings, slug) == 0
    assert "3 sealed, 0 not yet; head " in capsys.readouterr().out
    await export_chain(settings, slug)
    printed = capsys.readouterr().out.splitlines()
    assert printed == await _lines(db, hotels[0])
    await root.execute("UPDATE audit_log SET actor = 'x' WHERE hotel_id = $1", hotels[1])
    assert await verify_chains(settings, slug) == 0
    capsys.readouterr()
    assert await verify_chains(settings, None) == 1
    told = capsys.readouterr().out
    assert "BROKEN" in told
    assert "entry 1: it was changed" in told


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'x'",
        "UPDATE audit_log SET seq = 1, hash = '\\x00', prev_hash = '\\x00'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "UPDATE audit_heads SET sealed = 0",
        "DELETE FROM audit_heads",
        "INSERT INTO audit_log (hotel_id, id, actor, action, subject, seq) SELECT hotel_id,"
        " gen_random_uuid(), actor, action, subject, 2 FROM audit_log",
    ],
)
async def test_the_app_adds_and_nothing_else(
    statement: str, db: Database, hotel: HotelId, owner: asyncpg.Connection
) -> None:
    await _write(db, hotel, 1)
    await seal(db, hotel)
    with pytest.raises(DBAPIError) as refused:
        async with db.hotel(hotel) as session:
            await session.execute(text(statement))
    assert getattr(refused.value.orig, "sqlstate", None) == REFUSED
    if "TRUNCATE" in statement:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await owner.execute(statement)
    assert (await _verdict(db, hotel)).whole


async def test_the_platform_sees_who_waits_and_no_more(db: Database, hotel: HotelId) -> None:
    await _write(db, hotel, 1)
    async with db.platform() as session:
        waiting = "SELECT count(*) FROM audit_log WHERE seq IS NULL AND hotel_id = :h"
        assert await session.scalar(text(waiting), {"h": hotel}) == 1
    for statement in ("SELECT actor FROM audit_log", "SELECT seal_audit(1)"):
        with pytest.raises(DBAPIError):
            async with db.platform() as session:
                await session.execute(text(statement))


async def test_the_oldest_go_by_retention_and_the_rest_still_holds(
    db: Database, hotel: HotelId, root: asyncpg.Connection
) -> None:
    old, now = datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC)
    async with db.hotel(hotel) as session:
        for n in range(5):
            session.add(
                AuditEntry(
                    hotel_id=hotel,
                    created_at=old + timedelta(days=n),
                    actor="t",
                    action="a.b",
                    subject=f"x:{n}",
                )
            )
    await _write(db, hotel, 2)
    await seal(db, hotel)
    async with db.hotel(hotel) as session:
        trim = text("SELECT trim_audit(:before, 3)")
        assert await session.scalar(trim, {"before": now + timedelta(days=9)}) == 3
        assert await session.scalar(trim, {"before": now + timedelta(days=9)}) == 2
        assert await session.scalar(trim, {"before": now + timedelta(days=9)}) == 0
    await seal(db, hotel)
    left = await _verdict(db, hotel)
    assert (left.sealed, left.trimmed, left.whole) == (9, 5, True)
    assert [json.loads(line)["seq"] for line in await _lines(db, hotel)] == [6, 7, 8, 9]
    await root.execute("DELETE FROM audit_log WHERE hotel_id = $1 AND seq = 6", hotel)
    assert "6 to 6" in (await _verdict(db, hotel)).breaks[0]


def test_the_log_keeps_states_and_ids_and_nobodys_words() -> None:
    kept = {"status": "clean", "total": 12, "at": "2027-01-01T10:00:00+00:00", "ok": True}
    kept |= {"guest": str(uuid7()), "nights": ["2027-01-01"], "code": "KX7-22"}
    assert bare(kept) == kept
    said = {"guest_name": "Ann", "why": "she is angry", "to": "34600111222", "mail": None}
    said |= {"deep": {"text": "hello", "list": ["two words"]}, "reason": "Ann"}
    assert bare(said) == {
        "guest_name": HIDDEN,
        "why": HIDDEN,
        "to": HIDDEN,
        "mail": None,
        "deep": {"text": HIDDEN, "list": [HIDDEN]},
        "reason": HIDDEN,
    }
