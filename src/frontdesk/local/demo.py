"""Loads the demo hotels, once, and connects their numbers to the simulator, every time."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.rules import stay_nights
from frontdesk.kit.breaker import Breaker
from frontdesk.kit.clock import Clock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault, new_token
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.local.demo_alerts import tell_staff
from frontdesk.local.demo_desk import furnish_desk
from frontdesk.local.demo_facts import add_facts
from frontdesk.local.demo_hotels import DEMOS, Demo
from frontdesk.local.demo_journeys import add_journeys
from frontdesk.local.demo_money import open_account
from frontdesk.local.demo_pms import connect_pms
from frontdesk.local.demo_promises import add_promises
from frontdesk.local.demo_rates import add_rates
from frontdesk.local.demo_rooms import fill_rooms
from frontdesk.local.demo_stays import load_stays
from frontdesk.local.simulator.client import Phones
from frontdesk.messaging.connect import connect
from frontdesk.messaging.provider import GreenApi, open_client
from frontdesk.notifications.models import Staff
from frontdesk.rooms.models import Room, RoomType, Tax
from frontdesk.tenancy.actions import add_instance, open_hotel
from frontdesk.tenancy.envelope import unseal
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import instances
from frontdesk.tenancy.schemas import HotelIn, InstanceIn
from frontdesk.triggers.models import Trigger

DAYS_ON_SALE = 400
PATIENCE = 30
"""Seconds to wait for the worker to read the demo's documents."""


@dataclass(frozen=True, slots=True)
class DemoHotel:
    id: HotelId
    slug: str
    name: str


async def load_demo(
    db: Database, vault: Vault, clock: Clock, *, simulator_url: str, api_url: str
) -> list[DemoHotel]:
    """Make what is not there yet, put nights on sale, and connect the numbers."""
    loaded: list[DemoHotel] = []
    async with open_client(20) as client:
        for demo in DEMOS:
            hotel_id = await open_one(
                db, vault, clock, client, demo, simulator_url=simulator_url, api_url=api_url
            )
            await load_stays(db, clock, hotel_id)
            await add_journeys(db, hotel_id)
            await furnish_desk(db, clock, hotel_id)
            till = f"{simulator_url}/stripe"
            await open_account(db, vault, client, hotel_id, stripe_url=till, api_url=api_url)
            if demo == DEMOS[0]:
                await connect_pms(db, vault, clock, client, hotel_id, url=f"{simulator_url}/mews")
            loaded.append(DemoHotel(hotel_id, demo.slug, demo.name))
    await asyncio.gather(*(_knowledge_ready(db, hotel.id) for hotel in loaded))
    return loaded


async def open_one(
    db: Database,
    vault: Vault,
    clock: Clock,
    client: httpx.AsyncClient,
    demo: Demo,
    *,
    simulator_url: str,
    api_url: str,
) -> HotelId:
    """One hotel with rooms, rates, knowledge, nights on sale and a connected number."""
    hotel_id = await _hotel(db, vault, clock, demo, simulator_url)
    await _nights(db, clock, hotel_id, demo)
    await _connect(db, vault, clock, client, hotel_id, demo, simulator_url, api_url)
    return hotel_id


async def _hotel(
    db: Database, vault: Vault, clock: Clock, demo: Demo, simulator_url: str
) -> HotelId:
    async with db.platform() as session:
        known = await session.scalar(select(Hotel.id).where(Hotel.slug == demo.slug))
        if known is not None:
            return HotelId(known)
        wanted = HotelIn.model_validate(
            {
                "slug": demo.slug,
                "name": demo.name,
                "timezone": demo.timezone,
                "currency": demo.currency,
                "language": demo.language,
                "phone": demo.phone,
                "emergency_number": demo.emergency,
            }
        )
        hotel = await open_hotel(session, wanted)
        hotel.settings = {"pace_ms": 300}
        hotel_id = HotelId(hotel.id)
    async with db.hotel(hotel_id) as session:
        await _fill(session, hotel_id, demo)
        await fill_rooms(session, hotel_id, local_day(clock.now(), demo.timezone))
        await add_rates(session, hotel_id, local_day(clock.now(), demo.timezone))
        await add_promises(session, vault, hotel_id, now=clock.now())
        number = InstanceIn.model_validate(
            {
                "id_instance": demo.id_instance,
                "api_url": simulator_url,
                "api_token": new_token(),
            }
        )
        await add_instance(session, vault, hotel_id, number, by="demo")
    return hotel_id


async def _fill(session: AsyncSession, hotel_id: UUID, demo: Demo) -> None:
    for name, phone, language in demo.staff:
        session.add(Staff(hotel_id=hotel_id, name=name, phone=phone, language=language))
    await session.flush()
    await tell_staff(session, hotel_id)
    for name, kind, amount in demo.taxes:
        session.add(Tax(hotel_id=hotel_id, name=name, kind=kind, amount=amount))
    for trigger in demo.triggers:
        session.add(Trigger(hotel_id=hotel_id, **trigger))
    for kind in demo.rooms:
        made = RoomType(
            hotel_id=hotel_id,
            code=kind.code,
            name=kind.name,
            max_adults=kind.adults,
            max_children=max(0, kind.guests - 1),
            max_guests=kind.guests,
            features=list(kind.features),
            base_price=kind.price,
        )
        session.add(made)
        await session.flush()
        for n in range(1, kind.rooms + 1):
            number = f"{kind.floor}{n:02d}"
            session.add(
                Room(hotel_id=hotel_id, room_type_id=made.id, number=number, floor=kind.floor)
            )
    for document in demo.documents:
        await add_document(
            session,
            KnowledgeDocument(
                hotel_id=hotel_id,
                title=document.title,
                body=document.body,
                language=document.language,
            ),
        )
    await add_facts(session)


async def _nights(db: Database, clock: Clock, hotel_id: HotelId, demo: Demo) -> None:
    today = local_day(clock.now(), demo.timezone)
    async with db.hotel(hotel_id) as session:
        types = (await session.scalars(select(RoomType))).all()
        for kind in types:
            rooms = {r.code: r.rooms for r in demo.rooms}
            if kind.code not in rooms:
                continue
            nights = stay_nights(today, today + timedelta(days=DAYS_ON_SALE))
            prices = dict.fromkeys(nights, kind.base_price)
            await open_nights(
                session,
                hotel_id,
                kind.id,
                first=today,
                days=DAYS_ON_SALE,
                capacity=rooms[kind.code],
                prices=prices,
            )


async def _connect(
    db: Database,
    vault: Vault,
    clock: Clock,
    client: httpx.AsyncClient,
    hotel_id: HotelId,
    demo: Demo,
    simulator_url: str,
    api_url: str,
) -> None:
    """The simulator may stand at another address today, and its folder may be gone."""
    async with db.hotel(hotel_id) as session:
        number = (await instances(session))[0]
        number.api_url = simulator_url
        number_id = number.id
        token = await unseal(session, vault, hotel_id, number.api_token)
    phones = Phones(client, simulator_url)
    await phones.add_instance(demo.id_instance, token, demo.wid, label=demo.name, slug=demo.slug)
    gateway = GreenApi(client, Breaker())
    await connect(db, vault, gateway, hotel_id, number_id, public_url=api_url, now=clock.now())


async def _knowledge_ready(db: Database, hotel_id: HotelId) -> None:
    """The first question should find its answer; after PATIENCE seconds it may come later."""
    waiting = select(func.count()).where(KnowledgeDocument.status == "queued")
    for _ in range(PATIENCE * 10):
        async with db.hotel(hotel_id) as session:
            if not await session.scalar(waiting):
                return
        await asyncio.sleep(0.1)
