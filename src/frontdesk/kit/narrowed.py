"""In and out of the asker's departments, inside of one transaction."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.asked import departments_setting

SEEN = text("SELECT current_setting('app.departments', true)")
SEE = text("SELECT set_config('app.departments', :departments, true)")


@asynccontextmanager
async def whole_hotel(session: AsyncSession) -> AsyncGenerator[None]:
    """For what the house does of itself with what somebody may do. What they named is looked up
    before; nothing that is read in here is shown to them. Free where they have the whole hotel.
    """
    if not departments_setting():
        yield
        return
    async with _bound(session, ""):
        yield


@asynccontextmanager
async def within(session: AsyncSession, departments: Sequence[UUID]) -> AsyncGenerator[None]:
    """For what is named, by who is of these departments, where all else is the whole hotel's."""
    if not departments:
        yield
        return
    async with _bound(session, ",".join(map(str, departments))):
        yield


@asynccontextmanager
async def _bound(session: AsyncSession, departments: str) -> AsyncGenerator[None]:
    await session.flush()
    before = {"departments": await session.scalar(SEEN) or ""}
    await session.execute(SEE, {"departments": departments})
    try:
        yield
        await session.flush()
    except BaseException:
        with suppress(DBAPIError):  # where the transaction has failed there is nothing to see
            await session.execute(SEE, before)
        raise
    await session.execute(SEE, before)
