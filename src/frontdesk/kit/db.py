"""The single door to the database: a session always belongs to a hotel, or plainly to nobody."""

import json
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, DateTime, MetaData, event, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    create_async_engine,  # noqa: TID251 - this is the door
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    mapped_column,
)

from frontdesk.kit.asked import asked_setting, departments_setting, note_reading
from frontdesk.kit.bell import RING_CHANNEL, Bell
from frontdesk.kit.bypass import CAN_BYPASS, CanBypassRowSecurity
from frontdesk.kit.cache import CACHE, Cache
from frontdesk.kit.gather import Gatherings
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.plain import connect_plainly, plain_url
from frontdesk.kit.pulse import Pulse
from frontdesk.kit.raw import RawPool
from frontdesk.kit.settings import Settings
from frontdesk.kit.slow_queries import watch_queries
from frontdesk.kit.transaction import (
    BEGIN,
    NotCommitted,
    as_database_error,
    begin_for,
    calling,
    transaction,
)

RINGS = "rings"
"""Where a session keeps what it will ring, in order and once each."""
WROTE = "wrote"
"""Where a session keeps the hotels that it wrote to, for the cache to forget."""
SHOWN = "shown"
"""Where a session keeps that it wrote what is looked on live."""
TAKEN_BACK = "taken_back"
NOBODY = HotelId(UUID(int=0))
"""Bound where a session has no hotel: matches no row."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: JSONB,
        JSON: JSONB,
    }


class Tenant(Base):
    """A row that belongs to a hotel: its key leads with `hotel_id`."""

    __abstract__ = True
    __live__: ClassVar[bool] = False
    """Whether its changes are told at once to whoever looks on: see live/."""
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """Kept by the database trigger `touch_updated_at`."""


class Database:
    """Opens transactions. `hotel()` and `nobody()` run as the app role, `platform()` as its own."""

    def __init__(
        self,
        app: AsyncEngine,
        platform: AsyncEngine,
        calls: RawPool,
        bell: Bell,
        cache: Cache,
        pulse: Pulse | None = None,
    ) -> None:
        self.cache = cache
        self.pulse = pulse or Pulse()
        self.groups = Gatherings()
        self._app = app
        self._platform = platform
        self._calls = calls
        self._bell = bell

    @asynccontextmanager
    async def hotel(self, hotel_id: HotelId | UUID) -> AsyncGenerator[AsyncSession]:
        """One transaction bound to one hotel; commits at the end, rolls back on an error.

        What it rang is heard once it has committed.
        """
        async with self._session(self._app, begin_for(hotel_id)) as session:
            note_reading(session, hotel_id)
            yield session
        if session.info.get(SHOWN):
            self.pulse.ring((hotel_id,))

    @asynccontextmanager
    async def nobody(self) -> AsyncGenerator[AsyncSession]:
        """One transaction of the app role with no hotel: only definer look-ups answer here."""
        async with self.hotel(NOBODY) as session:
            yield session

    @asynccontextmanager
    async def platform(self) -> AsyncGenerator[AsyncSession]:
        """One transaction of the narrow cross-hotel role: sweeps and platform administration."""
        async with self._session(self._platform, BEGIN) as session:
            yield session

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine, begin: str) -> AsyncGenerator[AsyncSession]:
        async with transaction(engine, begin) as connection:
            session = AsyncSession(connection, expire_on_commit=False, sync_session_class=InDoor)
            session.info[CACHE] = self.cache
            async with session:
                yield session
                await session.flush()
                await _settle(session)
        self._bell.ring(session.info.get(RINGS, ()))
        for hotel_id in session.info.get(WROTE, ()):
            await self.cache.wrote(hotel_id)

    async def at_once(
        self, hotel_id: HotelId | UUID, call: str, *args: object, rings: Sequence[str] = ()
    ) -> Any:
        """One function call as one transaction bound to one hotel, in one round trip.

        `call` names the hotel as `hotel::uuid`, so that it is bound first, and its own arguments
        from $2 on. Gives the function's one row.
        """
        (row,) = await self.rows_at_once(hotel_id, call, *args)
        self._bell.ring(rings)
        return row

    async def rows_at_once(
        self, hotel_id: HotelId | UUID, call: str, *args: object
    ) -> Sequence[Any]:
        """As at_once(), of a function that gives many rows; rings nothing."""
        with as_database_error("a call"):
            return await self._calls.fetch(
                calling(call, len(args) + 2),
                str(hotel_id),
                *args,
                asked_setting(),
                departments_setting(),
            )

    def ring(self, notices: Iterable[str]) -> None:
        """For what was committed past this door, by the webhook."""
        self._bell.ring(notices)

    async def refuse_to_bypass(self) -> None:
        """Raise where the app's role is a superuser, has BYPASSRLS or owns a table."""
        async with self._app.connect() as connection:
            if (await connection.execute(text(CAN_BYPASS))).scalar_one():
                raise CanBypassRowSecurity(CanBypassRowSecurity.__doc__)

    def pool_status(self) -> dict[str, int]:
        pool: Any = self._app.pool
        return {"size": pool.size(), "in_use": pool.checkedout(), "overflow": pool.overflow()}

    async def close(self) -> None:
        await self.groups.close()
        await self._bell.close()
        await self.pulse.close()
        await self.cache.close()
        await self._calls.close()
        await self._app.dispose()
        await self._platform.dispose()


class InDoor(Session):
    """Knows whether its user took everything back: the door owns the transaction itself."""


@event.listens_for(InDoor, "after_soft_rollback")
def _took_back(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info[TAKEN_BACK] = True


@event.listens_for(InDoor, "after_flush")
def _shows(session: Session, _: object) -> None:
    if any(getattr(row, "__live__", False) for row in (*session.new, *session.dirty)):
        session.info[SHOWN] = True


@event.listens_for(InDoor, "do_orm_execute")
def _shows_many(state: ORMExecuteState) -> None:
    if state.is_update or state.is_insert:
        mapper = state.bind_mapper
        if mapper is not None and getattr(mapper.class_, "__live__", False):
            state.session.info[SHOWN] = True


async def _settle(session: AsyncSession) -> None:
    """A session that was rolled back leaves nothing, and may have done nothing since."""
    if session.info.get(TAKEN_BACK):
        if session.in_transaction():
            raise NotCommitted(NotCommitted.__doc__)
        session.info[RINGS] = {}
        session.info.pop(SHOWN, None)
        await session.execute(text("ROLLBACK"))
        await session.execute(text("BEGIN"))


def wrote(session: AsyncSession, hotel_id: UUID) -> None:
    """What is kept of the hotel's answers is stale once, and only if, the transaction commits."""
    session.info.setdefault(WROTE, set()).add(hotel_id)


async def ring(session: AsyncSession, job: Job, hotel_id: UUID, key: str = "") -> None:
    """Tell the workers to look at this once, and only if, the transaction commits."""
    session.info.setdefault(RINGS, {})[notice(job, hotel_id, key)] = None


def notice(job: Job, hotel_id: UUID, key: str = "") -> str:
    """A ring as the relay reads it."""
    return json.dumps([job, str(hotel_id), key])


def open_database(settings: Settings) -> Database:
    return Database(
        _engine(settings, settings.database_url, settings.database_pool_size),
        _engine(settings, settings.database_platform_url or settings.database_url, 4),
        RawPool(settings.database_url, size=8),
        Bell(settings.database_url, RING_CHANNEL),
        Cache(settings.redis_url),
        Pulse(settings.redis_url),
    )


def _engine(settings: Settings, url: str, size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=settings.database_max_overflow,
        pool_timeout=settings.database_pool_timeout,
        pool_recycle=3600,
        isolation_level="AUTOCOMMIT",  # the door begins and ends: BEGIN and the hotel in one trip
        hide_parameters=True,  # an error's text ends in a log: no guest's words in it
        connect_args={"timeout": 10, "command_timeout": 60, "statement_cache_size": 0}
        if "pgbouncer" in url
        else {"timeout": 10, "command_timeout": 60},
    )
    watch_queries(
        engine.sync_engine,
        log_all=settings.database_log_queries,
        slow_ms=settings.database_slow_query_threshold
        if settings.database_log_slow_queries
        else None,
    )
    return engine


__all__ = [
    "NOBODY",
    "RING_CHANNEL",
    "Base",
    "CanBypassRowSecurity",
    "Database",
    "Tenant",
    "connect_plainly",
    "metadata",
    "notice",
    "open_database",
    "plain_url",
    "ring",
    "wrote",
]
