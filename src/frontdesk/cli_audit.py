"""The operator's commands for the audit log: verify its chains, print one."""

import typer
from sqlalchemy import select

from frontdesk.cli_operations import find_hotel
from frontdesk.kit.db import open_database
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.audit_chain import export, verify
from frontdesk.tenancy.models import Hotel


async def verify_chains(settings: Settings, slug: str | None) -> int:
    """Of one hotel, or of all; gives the exit code: 1 on any break."""
    db = open_database(settings)
    try:
        async with db.platform() as session:
            query = select(Hotel.slug, Hotel.id).order_by(Hotel.slug)
            wanted = query.where(Hotel.slug == slug) if slug else query
            houses = [(name, HotelId(found)) for name, found in await session.execute(wanted)]
        if slug and not houses:
            raise NotFound(f"there is no hotel {slug}")
        broken = 0
        for name, hotel_id in houses:
            async with db.hotel(hotel_id) as session:
                told = await verify(session, hotel_id)
            broken += not told.whole
            gone = f", {told.trimmed} gone by retention" if told.trimmed else ""
            typer.echo(
                f"{'ok    ' if told.whole else 'BROKEN'} {name:20} {told.sealed} sealed{gone},"
                f" {told.unsealed} not yet; head {told.last_hash or '-'}"
            )
            for place in told.breaks[:20]:
                typer.echo(f"       {place}")
        return 1 if broken else 0
    finally:
        await db.close()


async def export_chain(settings: Settings, slug: str) -> None:
    db = open_database(settings)
    try:
        hotel_id = await find_hotel(db, slug)
        async with db.hotel(hotel_id) as session:
            async for line in export(session):
                typer.echo(line)
    finally:
        await db.close()
