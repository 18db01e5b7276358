"""Runs migrations as the owner; at head, rls/*.sql is applied in the same transaction."""

import asyncio

from alembic import context
from sqlalchemy import Connection
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


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
        now_at = set(context.get_context().get_current_heads())
        at_head = bool(now_at) and now_at == set(context.script.get_heads())
        if at_head and not context.config.attributes.get("reading"):
            apply_rls(connection)


async def main() -> None:
    url = context.config.attributes.get("url") or Settings().database_owner_url
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


asyncio.run(main())
