"""What `frontdesk up` does to the database itself: its shape, and the demo hotels in it."""

from frontdesk.kit.clock import SystemClock
from frontdesk.kit.db import open_database
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.local.demo import load_demo
from frontdesk.local.demo_people import seat_admin
from frontdesk.local.migrate import upgrade_head


async def open_demo(settings: Settings) -> tuple[str, ...]:
    """Load the demo hotels where they are not there yet; gives their short names."""
    db = open_database(settings)
    try:
        hotels = await load_demo(
            db,
            Vault(settings.fernet_keys()),
            SystemClock(),
            simulator_url=settings.simulator_url,
            api_url=settings.public_url,
        )
        clock = SystemClock()
        for hotel in hotels:
            await seat_admin(db, clock, settings.data, hotel.id, hotel.slug)
    finally:
        await db.close()
    return tuple(hotel.slug for hotel in hotels)


__all__ = ["open_demo", "upgrade_head"]
