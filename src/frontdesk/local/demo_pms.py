"""The first demo hotel's PMS: the simulator speaks Mews, and the reading of it is the real one."""

from datetime import timedelta

import httpx
from sqlalchemy import select

from frontdesk.kit.clock import Clock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.local.mews.app import MewsStandIn
from frontdesk.local.mews.book import SERVICE
from frontdesk.pms.links import link_pms
from frontdesk.pms.models import PmsLink
from frontdesk.pms.schemas import PmsIn
from frontdesk.rooms.models import Room
from frontdesk.rooms.queries import active_room_types
from frontdesk.tenancy.queries import the_hotel

GUESTS = (("Guest from the PMS", 45, True), ("Another from the PMS", 46, False))
"""Name, days from today, and whether a room is given there."""


async def connect_pms(
    db: Database,
    vault: Vault,
    clock: Clock,
    client: httpx.AsyncClient,
    hotel_id: HotelId,
    *,
    url: str,
) -> None:
    """Once two reservations there; at every start the address, as the simulator may have moved."""
    async with db.hotel(hotel_id) as session:
        known = await session.scalar(select(PmsLink))
        if known is not None:
            known.url = url
            return
        hotel = await the_hotel(session)
        kind = (await active_room_types(session))[-1]
        here = Room.room_type_id == kind.id
        numbers = select(Room.number).where(here).order_by(Room.number)
        number = await session.scalar(numbers.limit(1))
        own = MewsStandIn()
        wanted = PmsIn.model_validate(
            {
                "kind": "mews",
                "url": url,
                "client_token": own.client_token,
                "access_token": own.access_token,
                "service": SERVICE,
                "automatic": True,
            }
        )
        await link_pms(session, vault, hotel_id, wanted, by="demo", now=clock.now())
    today = local_day(clock.now(), hotel.timezone)
    for name, days, given in GUESTS:
        said = {
            "number": name,
            "name": name,
            "arrival": (today + timedelta(days)).isoformat(),
            "departure": (today + timedelta(days + 2)).isoformat(),
            "category": kind.code,
            "currency": hotel.currency,
            "phone": None,
            "adults": 1,
            "room": number if given else None,
        }
        answer = await client.post(f"{url}/stand-in/reservations", json=said)
        answer.raise_for_status()
