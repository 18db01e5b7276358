"""Makes the indexes of the models that a database lacks, without locking anybody out."""

from typing import Any

from sqlalchemy import Index, MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, DropIndex

from frontdesk.kit.db import connect_plainly, metadata
from frontdesk.local.migrate import require_head
from frontdesk.runtime import import_models

LOCK = 0x66726F6E74
"""One maker at a time: a second one would take a half-made index for a broken one."""
FOUND = """
    SELECT c.relname AS name, i.indisvalid AND i.indisready AS whole
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace"""


class AlreadyAtIt(Exception):
    """Somebody else makes indexes in this database at the moment"""


async def create_missing_indexes(owner_url: str) -> list[str]:
    """Each index that is missing, or was left half made, is made; gives a line for each.

    Raises AlreadyAtIt, and NotAtHead.
    """
    import_models()
    connection = await connect_plainly(owner_url)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            raise AlreadyAtIt(AlreadyAtIt.__doc__)
        await require_head(connection, owner_url)
        whole = {row["name"]: row["whole"] for row in await connection.fetch(FOUND)}
        return [
            await _make(connection, index, broken=str(index.name) in whole)
            for index in _wanted()
            if not whole.get(str(index.name))
        ]
    finally:
        await connection.close()


async def lacking_indexes(owner_url: str) -> list[str]:
    """The names of the models' indexes that are missing or half made. Raises NotAtHead."""
    import_models()
    connection = await connect_plainly(owner_url)
    try:
        await require_head(connection, owner_url)
        whole = {row["name"]: row["whole"] for row in await connection.fetch(FOUND)}
    finally:
        await connection.close()
    return [str(index.name) for index in _wanted() if not whole.get(str(index.name))]


async def _make(connection: Any, index: Index, *, broken: bool) -> str:
    """A CONCURRENTLY that failed leaves an index that is kept up to date and never used."""
    dialect = postgresql.dialect()  # pyright: ignore[reportUnknownMemberType]
    if broken:
        await connection.execute(str(DropIndex(index).compile(dialect=dialect)))
    await connection.execute(str(CreateIndex(index).compile(dialect=dialect)))
    return f"{index.name}: {'was broken, made again' if broken else 'was missing, made'}"


def _wanted() -> list[Index]:
    """Copies of the models' indexes that are made beside running work."""
    copies = MetaData(naming_convention=metadata.naming_convention)
    tables = [table.to_metadata(copies) for table in metadata.sorted_tables]
    wanted = sorted((i for table in tables for i in table.indexes), key=lambda i: str(i.name))
    for index in wanted:
        index.dialect_options["postgresql"]["concurrently"] = True
    return wanted
