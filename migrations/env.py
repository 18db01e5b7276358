"""Runs migrations as the owner; at head, rls/*.sql is applied in the same transaction."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from frontdesk.kit.db import metadata
from frontdesk.kit.settings import Settings
from frontdesk.local.migrate import rls_files
from frontdesk.runtime import import_models

import_models()


def apply_rls(connection: Connection) -> None:
    for _, sql in rls_files():
        connection.connection.dbapi_connection.run_async(lambda raw, sql=sql: raw.execute(sql))


def every_row(connection: Connection, said: str) -> None:
    """`NO FORCE` lets the owner see what a migration has to judge, rewrite or hold to a key, in
    every hotel; no hotel is bound, and behind the wall there would be nothing to see.
    """
    walled = text(
        "SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND relrowsecurity"
    )
    for table in connection.scalars(walled).all():
        connection.execute(text(f"ALTER TABLE {table} {said} ROW LEVEL SECURITY"))


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    reading = bool(context.config.attributes.get("reading"))
    with context.begin_transaction():
        if not reading:
            every_row(connection, "NO FORCE")
        context.run_migrations()
        if reading:
            return
        every_row(connection, "FORCE")
        now_at = set(context.get_context().get_current_heads())
        if now_at and now_at == set(context.script.get_heads()):
            apply_rls(connection)


async def main() -> None:
    url = context.config.attributes.get("url") or Settings().database_owner_url
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


asyncio.run(main())
