"""The demo hotels' journeys: every ready-made one, off until somebody switches it on."""

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.triggers.ready_made import JOURNEYS, install, installed


async def add_journeys(db: Database, hotel_id: HotelId) -> None:
    """Those that are not there yet."""
    async with db.hotel(hotel_id) as session:
        known = await installed(session)
        for name in JOURNEYS:
            if name not in known:
                await install(session, hotel_id, name, by="demo")
