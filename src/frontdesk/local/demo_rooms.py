"""What the demo hotels' rooms are sold with and cared for: add-ons, floors, beds, a few tasks."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.rooms.care_models import HousekeepingTask, MaintenanceJob
from frontdesk.rooms.catalogue import know_words
from frontdesk.rooms.catalogue_models import Addon, BedType, Photo
from frontdesk.rooms.models import Room, RoomType

ADDONS = (
    ("breakfast", "Breakfast buffet", "breakfast", "person_night", 15, 60),
    ("massage", "Massage, 50 minutes", "spa", "person", 60, 6),
    ("boat", "Boat tour", "tours", "person", 45, 12),
    ("transfer", "Airport transfer", "transport", "stay", 40, 4),
    ("parking", "Parking space", "parking", "night", 12, 8),
)
"""(code, name, category, pricing, whole units of money, pieces a day)"""
BEDS = (
    ("single", "Single bed", 1, 90),
    ("queen", "Queen bed", 2, 150),
    ("sofa", "Sofa bed", 1, 120),
)


async def fill_rooms(session: AsyncSession, hotel_id: UUID, today: date) -> None:
    """Once, after the rooms themselves are there."""
    for code, name, category, pricing, price, stock in ADDONS:
        session.add(
            Addon(
                hotel_id=hotel_id,
                code=code,
                name=name,
                category=category,
                pricing=pricing,
                price=price * 100,
                tax_rate=1000,
                stock_per_day=stock,
            )
        )
    for code, name, sleeps, width in BEDS:
        session.add(BedType(hotel_id=hotel_id, code=code, name=name, sleeps=sleeps, width_cm=width))
    for kind in (await session.scalars(select(RoomType))).all():
        await know_words(session, hotel_id, features=kind.features)
        picture = f"https://photos.example.org/{kind.code.lower()}.jpg"
        session.add(Photo(hotel_id=hotel_id, room_type_id=kind.id, url=picture, caption=kind.name))
    rooms = (await session.scalars(select(Room).order_by(Room.number))).all()
    for room in rooms:
        await know_words(session, hotel_id, floor=room.floor, features=[])
    for room in rooms[:2]:
        room.status = "dirty"
        session.add(
            HousekeepingTask(hotel_id=hotel_id, room_id=room.id, day=today, kind="departure")
        )
    session.add(
        MaintenanceJob(
            hotel_id=hotel_id,
            room_id=rooms[-1].id,
            title="The reading lamp flickers",
            priority="low",
            reported_by="demo",
        )
    )
