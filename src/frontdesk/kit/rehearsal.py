"""The app's door onto one transaction that is never committed."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from frontdesk.kit.asked import asked_setting, departments_setting, note_reading
from frontdesk.kit.cache import Cache
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.transaction import as_database_error, calling, driver_of


class Rehearsal(Database):
    """The same door, each transaction a savepoint: a proof on live data that leaves nothing."""

    def __init__(self, connection: AsyncConnection, door: Database) -> None:
        super().__init__(door._app, door._platform, door._calls, door._bell, Cache())
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def of(cls, door: Database) -> AsyncGenerator["Rehearsal"]:
        """Everything done on this stage is rolled back at the end."""
        async with door._app.connect() as connection:
            await connection.execution_options(isolation_level="READ COMMITTED")
            whole = await connection.begin()
            try:
                yield cls(connection, door)
            finally:
                await whole.rollback()

    @asynccontextmanager
    async def hotel(self, hotel_id: HotelId | UUID) -> AsyncGenerator[AsyncSession]:
        """Bound for this savepoint only: a binding would outlive its RELEASE."""
        async with self._connection.begin_nested():
            await _bind(self._connection, hotel_id)
            async with AsyncSession(
                self._connection,
                expire_on_commit=False,
                join_transaction_mode="rollback_only",
            ) as session:
                note_reading(session, hotel_id)
                yield session
                await session.flush()
            await _bind(self._connection, "")

    async def at_once(
        self,
        hotel_id: HotelId | UUID,
        call: str,
        *args: object,
        rings: Sequence[str] = (),  # noqa: ARG002 - a rehearsal rings nobody
    ) -> Any:
        """In a savepoint too, and nothing rings."""
        (row,) = await self.rows_at_once(hotel_id, call, *args)
        return row

    async def rows_at_once(
        self, hotel_id: HotelId | UUID, call: str, *args: object
    ) -> Sequence[Any]:
        async with self._connection.begin_nested():
            with as_database_error("a call"):
                rows = await driver_of(self._connection).fetch(
                    calling(call, len(args) + 2),
                    str(hotel_id),
                    *args,
                    asked_setting(),
                    departments_setting(),
                )
            await _bind(self._connection, "")
        return rows

    @asynccontextmanager
    async def undone(self) -> AsyncGenerator[None]:
        """What is done inside is rolled back at once."""
        scene = await self._connection.begin_nested()
        try:
            yield
        finally:
            await scene.rollback()


async def _bind(connection: AsyncConnection, hotel_id: UUID | str) -> None:
    await connection.execute(
        text(
            "SELECT set_config('app.hotel_id', :hotel, true),"
            " set_config('app.asked', :asked, true),"
            " set_config('app.departments', :departments, true)"
        ),
        {
            "hotel": str(hotel_id),
            "asked": asked_setting(),
            "departments": departments_setting() if hotel_id else "",
        },
    )
