"""The one door to the database: bound for a transaction, whole or not at all, rung afterwards."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from frontdesk.guests.models import Guest
from frontdesk.kit.db import (
    RING_CHANNEL,
    Database,
    connect_plainly,
    notice,
    open_database,
    ring,
)
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.settings import Settings
from frontdesk.kit.transaction import NotCommitted


@pytest.fixture
async def narrow(settings: Settings) -> AsyncIterator[Database]:
    """One connection: what a transaction leaves behind, the next one meets."""
    only = {"database_pool_size": 1, "database_max_overflow": 0}
    opened = open_database(settings.model_copy(update=only))
    yield opened
    await opened.close()


def guest_of(hotel: HotelId) -> Guest:
    return Guest(hotel_id=hotel, name="A", language="en")


async def guests(db: Database, hotel: HotelId) -> int:
    async with db.hotel(hotel) as session:
        return len((await session.scalars(select(Guest))).all())


async def test_the_hotel_is_bound_for_one_transaction_only(
    narrow: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    bound = text("SELECT current_setting('app.hotel_id', true)")
    for one in (hotel, other_hotel):
        async with narrow.hotel(one) as session:
            assert await session.scalar(bound) == str(one)
    async with narrow._app.connect() as bare:  # past the door, on its own connection
        assert (await bare.execute(bound)).scalar_one() == ""
        with pytest.raises(DBAPIError, match="no hotel is bound"):
            await bare.execute(text("SELECT count(*) FROM guests"))


async def test_a_call_at_once_binds_its_hotel_for_itself_only(db: Database, hotel: HotelId) -> None:
    row = await db.at_once(hotel, "LATERAL (SELECT hotel, get_current_tenant_id() AS mine)")
    assert row["mine"] == hotel
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await db._calls.fetchval("SELECT get_current_tenant_id()")


async def test_an_error_or_a_cancellation_leaves_nothing(narrow: Database, hotel: HotelId) -> None:
    async def breaks() -> None:
        async with narrow.hotel(hotel) as session:
            session.add(guest_of(hotel))
            await session.flush()
            raise ZeroDivisionError

    async def hangs() -> None:
        async with narrow.hotel(hotel) as session:
            session.add(guest_of(hotel))
            await session.flush()
            await session.execute(text("SELECT pg_sleep(30)"))

    with pytest.raises(ZeroDivisionError):
        await breaks()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(hangs(), 0.3)
    assert await guests(narrow, hotel) == 0


async def test_a_commit_that_is_cancelled_keeps_no_lock(
    narrow: Database, hotel: HotelId, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "CREATE FUNCTION slow_end() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$;"
        " CREATE CONSTRAINT TRIGGER slow_end AFTER INSERT ON guests"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow_end()"
    )

    async def comes() -> None:
        async with narrow.hotel(hotel) as session:
            session.add(guest_of(hotel))

    try:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(comes(), 0.3)
    finally:
        await owner.execute("DROP TRIGGER slow_end ON guests; DROP FUNCTION slow_end")
    left_open = await owner.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND state LIKE 'idle in transaction%'"
    )
    assert left_open == 0
    assert await guests(narrow, hotel) == 0


async def test_what_was_taken_back_is_not_there(narrow: Database, hotel: HotelId) -> None:
    async with narrow.hotel(hotel) as session:
        session.add(guest_of(hotel))
        await session.flush()
        await session.rollback()
    assert await guests(narrow, hotel) == 0


async def test_nothing_may_follow_what_was_taken_back(narrow: Database, hotel: HotelId) -> None:
    async def goes_on() -> None:
        async with narrow.hotel(hotel) as session:
            session.add(guest_of(hotel))
            await session.flush()
            await session.rollback()
            session.add(guest_of(hotel))

    with pytest.raises(NotCommitted):
        await goes_on()
    assert await guests(narrow, hotel) == 0


async def test_a_swallowed_error_is_told_at_the_end(narrow: Database, hotel: HotelId) -> None:
    async def swallows() -> None:
        async with narrow.hotel(hotel) as session:
            session.add(guest_of(hotel))
            await session.flush()
            with contextlib.suppress(DBAPIError):
                await session.execute(text("SELECT 1 / 0"))

    with pytest.raises(NotCommitted):
        await swallows()
    assert await guests(narrow, hotel) == 0


async def test_a_savepoint_goes_back_alone(narrow: Database, hotel: HotelId) -> None:
    async with narrow.hotel(hotel) as session:
        session.add(guest_of(hotel))
        await session.flush()
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(text("SELECT 1 / 0"))
    assert await guests(narrow, hotel) == 1


async def test_a_connection_that_died_while_idle_is_not_used(
    narrow: Database, hotel: HotelId, server
) -> None:
    async with narrow.hotel(hotel) as session:
        pid = await session.scalar(text("SELECT pg_backend_pid()"))
    root = await asyncpg.connect(server.superuser)
    await root.execute("SELECT pg_terminate_backend($1)", pid)
    await root.close()
    assert await guests(narrow, hotel) == 0


async def test_a_ring_is_heard_after_the_commit_and_once(
    db: Database, settings: Settings, hotel: HotelId
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await connect_plainly(settings.database_url)
    await listener.add_listener(RING_CHANNEL, lambda *told: heard.put_nowait(told[3]))
    async with db.hotel(hotel) as session:
        session.add(guest_of(hotel))
        await ring(session, Job.DELIVER, hotel, "lost")
        await session.flush()
        await session.rollback()
    key = str(uuid7())
    async with db.hotel(hotel) as session:
        await ring(session, Job.DELIVER, hotel, key)
        await ring(session, Job.DELIVER, hotel, key)
    assert await asyncio.wait_for(heard.get(), 10) == notice(Job.DELIVER, hotel, key)
    await db.close()
    await listener.close()
    assert heard.empty()
