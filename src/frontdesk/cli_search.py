"""`frontdesk search rebuild`: what can be found, read anew from the things themselves."""

import typer
from sqlalchemy import select

from frontdesk.cli_operations import find_hotel
from frontdesk.kit.db import Database, open_database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.search.actions import catch_up, rebuild
from frontdesk.tenancy.models import Hotel


async def rebuild_search(settings: Settings, slug: str | None) -> None:
    """One hotel or all; says how many things each has."""
    db = open_database(settings)
    for hotel_id in [await find_hotel(db, slug)] if slug else await _all(db):
        async with db.hotel(hotel_id) as session:
            queued = await rebuild(session, hotel_id)
        await catch_up(db, hotel_id)
        typer.echo(f"{hotel_id} {queued}")
    await db.close()


async def _all(db: Database) -> list[HotelId]:
    async with db.platform() as session:
        return [HotelId(i) for i in (await session.scalars(select(Hotel.id))).all()]
