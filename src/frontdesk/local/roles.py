"""The three login roles and the database of the embedded PostgreSQL, made as its superuser."""

import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any, cast

import asyncpg

from frontdesk.local.postgres import SUPERUSER, RunningPostgres
from frontdesk.local.spawn import write_private

DATABASE = "frontdesk"
OWNER, APP, PLATFORM = "frontdesk_owner", "hotel_bot_tenant", "frontdesk_platform"
CREATE = "CREATE ROLE %I LOGIN PASSWORD %L NOSUPERUSER NOCREATEDB NOBYPASSRLS"
ALTER = "ALTER ROLE %I LOGIN PASSWORD %L NOSUPERUSER NOCREATEDB NOBYPASSRLS"

EXTENSIONS = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    "CREATE SCHEMA IF NOT EXISTS monitoring",
    "REVOKE ALL ON SCHEMA monitoring FROM PUBLIC",
    "CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA monitoring",
    f"GRANT USAGE ON SCHEMA monitoring TO {OWNER}",
    f"GRANT EXECUTE ON FUNCTION monitoring.pg_stat_statements_reset TO {OWNER}",
    f"GRANT pg_read_all_stats TO {OWNER}",
)


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """DATABASE_URL, DATABASE_OWNER_URL and DATABASE_PLATFORM_URL, as SQLAlchemy writes them."""

    app: str
    owner: str
    platform: str


@dataclass(frozen=True, slots=True)
class _Passwords:
    owner: str
    app: str
    platform: str


async def ensure_roles_and_database(
    postgres: RunningPostgres, *, database: str = DATABASE
) -> DatabaseUrls:
    """Idempotent. The superuser does here what no other role may: roles, database, pgvector."""
    passwords = _passwords(postgres)
    connection = await _connect(postgres, "postgres")
    try:
        for role, password in (
            (OWNER, passwords.owner),
            (APP, passwords.app),
            (PLATFORM, passwords.platform),
        ):
            await _ensure_role(connection, role, password)
        await _formatted(connection, "ALTER ROLE %I CREATEROLE", OWNER)
        await _formatted(connection, "GRANT %I TO %I", PLATFORM, OWNER)
        await _ensure_database(connection, database)
    finally:
        await connection.close()
    await _ensure_extensions(postgres, database)
    return _urls(postgres, passwords, database)


def database_urls(postgres: RunningPostgres, *, database: str = DATABASE) -> DatabaseUrls:
    """The addresses of a database that is already there."""
    return _urls(postgres, _passwords(postgres), database)


def _urls(postgres: RunningPostgres, passwords: _Passwords, database: str) -> DatabaseUrls:
    def url(user: str, password: str) -> str:
        return postgres.url(user, password, database, driver="postgresql+asyncpg")

    return DatabaseUrls(
        app=url(APP, passwords.app),
        owner=url(OWNER, passwords.owner),
        platform=url(PLATFORM, passwords.platform),
    )


def _passwords(postgres: RunningPostgres) -> _Passwords:
    file = postgres.folder / "roles.json"
    if not file.exists():
        made = _Passwords(*(secrets.token_urlsafe(24) for _ in range(3)))
        write_private(file, json.dumps(asdict(made)))
    return _Passwords(**json.loads(file.read_text()))


async def _connect(postgres: RunningPostgres, database: str) -> Any:
    url = postgres.url(SUPERUSER, postgres.password, database)
    return cast("Any", await asyncpg.connect(url, timeout=10))  # pyright: ignore[reportUnknownMemberType]


async def _formatted(connection: Any, template: str, *names: str) -> None:
    """Names and passwords of DDL cannot be bound: the server quotes them itself."""
    sql: str = await connection.fetchval("SELECT format($1, VARIADIC $2::text[])", template, names)
    await connection.execute(sql)


async def _ensure_role(connection: Any, role: str, password: str) -> None:
    known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
    await _formatted(connection, ALTER if known else CREATE, role, password)


async def _ensure_database(connection: Any, database: str) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
        await _formatted(connection, "CREATE DATABASE %I OWNER %I", database, OWNER)
        await _formatted(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", database)
        for role in (APP, PLATFORM):
            await _formatted(connection, "GRANT CONNECT ON DATABASE %I TO %I", database, role)


async def _ensure_extensions(postgres: RunningPostgres, database: str) -> None:
    """Neither is a trusted extension: an owner who is no superuser cannot add it."""
    connection = await _connect(postgres, database)
    try:
        for statement in EXTENSIONS:
            await connection.execute(statement)
    finally:
        await connection.close()
