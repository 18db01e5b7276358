"""Transactions in few round trips: BEGIN binds the hotel, and stands in for a ping."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from frontdesk.kit.asked import asked_setting, departments_setting

BEGIN = "BEGIN"
CUT = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # after a goodbye that arrived while the connection was idle
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,
)
"""What a connection says that is gone, or a server that goes."""


class NotCommitted(Exception):
    """The transaction had failed before its end: nothing of it was kept"""


def begin_for(hotel_id: UUID) -> str:
    """BEGIN takes no parameters, so all are written out: the digits of UUIDs, and hex."""
    begin = f"BEGIN; SELECT set_config('app.hotel_id', '{UUID(int=hotel_id.int)}', true)"
    said = {"app.asked": asked_setting(), "app.departments": departments_setting()}
    return begin + "".join(f", set_config('{k}', '{v}', true)" for k, v in said.items() if v)


def calling(call: str, last: int) -> str:
    """One statement that binds the hotel, which the call names, and who asks, before it calls.

    `last` is the number of the parameter that says who asks; whose departments is the next. Of
    columns that are computed afresh each time none is left out, also where nobody names it.
    """
    bind = (
        f"(SELECT set_config('app.asked', ${last}, true) AS asked,"
        f" set_config('app.departments', ${last + 1}, true) AS seen,"
        " set_config('app.hotel_id', $1, true) AS hotel)"
    )
    return f"SELECT r.* FROM {bind} AS bound, {call} AS r"  # noqa: S608 - ours


@asynccontextmanager
async def transaction(engine: AsyncEngine, begin: str) -> AsyncGenerator[AsyncConnection]:
    """A connection inside a transaction that commits at the end and rolls back on an error."""
    connection = await _begun(engine, begin)
    driver = driver_of(connection)
    try:
        try:
            yield connection
        except BaseException:
            await _roll_back(driver)
            raise
        done = await _commit(driver)
        if done != "COMMIT":  # PostgreSQL answers ROLLBACK, and no error, to a failed transaction
            raise NotCommitted(NotCommitted.__doc__)
    finally:
        await connection.close()


async def _commit(driver: Any) -> str:
    """What the server says of it. One that is cancelled may leave the transaction open, with its
    locks.
    """
    try:
        with as_database_error("COMMIT"):
            return await driver.execute("COMMIT")
    except DBAPIError:
        raise
    except BaseException:
        await _roll_back(driver)
        raise


async def _begun(engine: AsyncEngine, begin: str) -> AsyncConnection:
    """A connection that died unseen fails here, before anything was done: take the next."""
    pool: Any = engine.pool
    stale = 0
    while True:
        connection = await _checked_out(engine)
        try:
            with as_database_error("BEGIN"):
                await driver_of(connection).execute(begin)
        except BaseException as lost:
            driver_of(connection).terminate()
            await connection.close()
            stale += 1
            if stale > pool.size() or not isinstance(lost, OperationalError):
                raise
        else:
            return connection


async def _checked_out(engine: AsyncEngine) -> AsyncConnection:
    """The pool's next connection that is not known to be closed."""
    while True:
        connection = await engine.connect()
        if not driver_of(connection).is_closed():
            return connection
        await connection.invalidate()
        await connection.close()


async def _roll_back(driver: Any) -> None:
    """Whatever went wrong, the connection does not go back to the pool inside a transaction."""
    try:
        await driver.execute("ROLLBACK")
    except (asyncpg.PostgresError, *CUT):
        driver.terminate()
    except BaseException:
        driver.terminate()
        raise


def driver_of(connection: AsyncConnection) -> Any:
    """Asyncpg's own connection."""
    sync: Any = connection.sync_connection
    return sync.connection.driver_connection


@contextmanager
def as_database_error(statement: str) -> Generator[None]:
    """The driver's errors as SQLAlchemy's, which the rest of the product knows."""
    try:
        yield
    except CUT as lost:
        raise OperationalError(statement, None, lost) from lost
    except asyncpg.PostgresError as refused:
        raise DBAPIError(statement, None, refused) from refused


def sqlstate(error: DBAPIError) -> str | None:
    """PostgreSQL's five letters for what went wrong."""
    return getattr(error.orig, "sqlstate", None)
