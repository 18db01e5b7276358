"""An admin for each demo hotel, with a password that is made once and kept in the data folder."""

import json
from pathlib import Path

from sqlalchemy import select

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import new_token
from frontdesk.local.spawn import write_private
from frontdesk.tenancy.person_models import Membership, Role
from frontdesk.tenancy.seat import seat

FILE = "people.json"
NIGHT_DESK = ("hotel:read", "rooms:read", "bookings:read", "bookings:check_in", "guests:read")
NIGHT_LIMIT = 5000
"""Minor units."""


async def seat_admin(
    db: Database, clock: Clock, folder: Path, hotel_id: HotelId, slug: str
) -> None:
    """Where there is none yet; and a role of the hotel's own, to be seen in the list."""
    email = f"admin@{slug}.example"
    async with db.hotel(hotel_id) as session:
        known = await session.scalar(select(Membership.id).where(Membership.email == email))
        if known is None:
            name = "Night desk"
            role = Role(hotel_id=hotel_id, name=name, scopes=list(NIGHT_DESK))
            role.approval_limit = NIGHT_LIMIT
            session.add(role)
    if known is None:
        password = _password(folder, slug)
        await seat(db, hotel_id, email, "Admin", "admin", password, by="demo", now=clock.now())


def _password(folder: Path, slug: str) -> str:
    file = folder / FILE
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    if slug not in known:
        known[slug] = new_token(12)
        write_private(file, json.dumps(known, indent=2))
    return known[slug]
